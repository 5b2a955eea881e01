"""The workspace as it counts: each value and where it comes from, what a new rule would do, and who may sign in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from unposted.errors import UsageError
from unposted.web.people import Person
from unposted.web.rendering import page_of
from unposted.web.roles import ROLE_WORDS, ROLES
from unposted.web.rules import Effect, effect_of, new_rule, rule_text, write_rule
from unposted.web.visit import Page, Visit, page
from unposted.workspace.model import Rule
from unposted.workspace.positions import KeyPath, positions

__all__ = ["PAGES", "Setting"]

_SEERS = frozenset({"owner", "finance", "operations", "engineering"})
_OWNER = frozenset({"owner"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One value that counts: its name, the value as text, and its line in the file (None: a default)."""

    name: str
    value: str
    line: int | None


def _show(
    visit: Visit, status: int = 200, problem: str = "", rule: Rule | None = None, effect: Effect | None = None
) -> Response:
    workspace = visit.desk.workspace
    return page_of(
        visit, "settings.html", status, settings=_settings(visit), field_map=workspace.field_map,
        entities=workspace.entities, stores=workspace.stores, file=workspace.path.name, problem=problem, rule=rule,
        effect=effect, text=rule_text(rule) if rule else "", currency=workspace.reporting_currency, form=visit.form,
    )  # fmt: skip


@page("/settings", _SEERS)
def settings(visit: Visit) -> Response:
    """Show every value and where it comes from."""
    return _show(visit)


@page("/settings/rule", _SEERS, "POST")
def rule(visit: Visit) -> Response:
    """Show what a rule would do; the owner may write it into the file."""
    try:
        made = new_rule(
            visit.desk.workspace, visit.form.get("condition", ""), visit.form.get("value", ""),
            visit.form.get("entity", ""), visit.form.get("store", ""),
        )  # fmt: skip
        if visit.form.get("write") and visit.may("rules"):
            write_rule(visit.desk, made)
            visit.desk.audit.note(
                visit.who, "rule added", visit.desk.workspace.path.name, visit.now, rule=rule_text(made)
            )
            return RedirectResponse("/settings#rules", 303)
        return _show(visit, rule=made, effect=effect_of(visit.desk, made))
    except UsageError as error:
        return _show(visit, 400, f"{error.message} {error.next_step}")


@page("/people", _OWNER)
def people(visit: Visit) -> Response:
    """Show who may sign in."""
    return _people(visit)


@page("/people", _OWNER, "POST")
def add_person(visit: Visit) -> Response:
    """Add somebody."""
    name, role = visit.form.get("name", ""), visit.form.get("role", "")
    try:
        person = visit.desk.people.add(name, role, visit.form.get("password", ""), visit.now)
    except UsageError as error:
        return _people(visit, 400, f"{error.message} {error.next_step}")
    visit.desk.audit.note(visit.who, "person added", person.person_id, visit.now, name=person.name, role=role)
    return RedirectResponse("/people", 303)


@page("/people/{person}", _OWNER, "POST")
def change_person(visit: Visit) -> Response:
    """Give somebody another role, or let them in no more; the last owner stays."""
    person = visit.desk.people.by_id(visit.params["person"])
    if person is None:
        return _people(visit, 404, "This person is not there any more.")
    role = visit.form.get("role", "")
    is_end = bool(visit.form.get("end"))
    if _is_last_owner(visit, person) and (is_end or role != "owner"):
        return _people(visit, 400, "This is the last owner. Make somebody else an owner first.")
    if is_end:
        visit.desk.people.end(person.person_id, visit.now)
        visit.desk.sessions.end_all_of(person.person_id, visit.now)
    else:
        try:
            visit.desk.people.change_role(person.person_id, role)
        except UsageError as error:
            return _people(visit, 400, f"{error.message} {error.next_step}")
    action = "person ended" if is_end else "role changed"
    visit.desk.audit.note(visit.who, action, person.person_id, visit.now, name=person.name, role=role)
    return RedirectResponse("/people", 303)


def _people(visit: Visit, status: int = 200, problem: str = "") -> Response:
    return page_of(
        visit, "people.html", status, people=visit.desk.people.all(), roles=ROLES, role_words=ROLE_WORDS,
        problem=problem,
    )  # fmt: skip


def _is_last_owner(visit: Visit, person: Person) -> bool:
    owners = [one for one in visit.desk.people.all() if one.role == "owner"]
    return owners == [person]


def _settings(visit: Visit) -> list[Setting]:
    """List the file's values with their lines, and the defaults that count beside them."""
    text = visit.desk.workspace.path.read_text("utf-8-sig")
    lines = positions(text)
    found = [Setting(_named(path), _shown(value), lines.get(path)) for path, value in _values(tomllib.loads(text), ())]
    field_map = visit.desk.workspace.field_map
    held = {setting.name for setting in found}
    defaults = {
        "field_map.match_on": ", ".join(field_map.match_on),
        "field_map.awaiting_sync_minutes": str(field_map.awaiting_sync_minutes),
        "field_map.b2b_tags": ", ".join(field_map.b2b_tags),
        "field_map.placeholders": ", ".join(field_map.placeholders),
    }
    return found + [Setting(name, value, None) for name, value in defaults.items() if name not in held]


def _values(value: object, path: KeyPath) -> list[tuple[KeyPath, object]]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in _values(part, (*path, key))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [leaf for place, part in enumerate(value) for leaf in _values(part, (*path, place))]
    return [(path, value)]


def _named(path: KeyPath) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


PAGES: tuple[Page, ...] = (settings, rule, people, add_person, change_person)

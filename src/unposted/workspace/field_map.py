"""Reads [field_map]: the keys to match on, the rules that find the legal entity, placeholders and B2B signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, get_args

from unposted.domain.identity import DEFAULT_PLACEHOLDERS
from unposted.workspace import keys
from unposted.workspace.checks import Placed, Section
from unposted.workspace.globs import file_advice, named_path
from unposted.workspace.hints import closest, did_you_mean, listed, quoted
from unposted.workspace.model import Entity, FieldMap, MatchKey, Override, Rule
from unposted.workspace.overrides import read_overrides
from unposted.workspace.vocabulary import choice_advice, chosen, country, entity_id

__all__ = ["read_field_map"]

_MEANT_KEY = MappingProxyType({
    "vat": "tax_id", "vat_id": "tax_id", "vat_number": "tax_id", "taxid": "tax_id", "ein": "tax_id", "abn": "tax_id",
    "mail": "email", "e_mail": "email", "customer_id": "external_id", "id": "external_id", "telephone": "phone",
    "name": "name_address", "address": "name_address",
})  # fmt: skip
_MOST_DAYS = 366
_MOST_MINUTES = 60 * 24 * 366
_MOST_ROW_FAULTS = 20


def read_field_map(
    section: Section, folder: Path, entities: Mapping[str, Entity], store_names: Sequence[str]
) -> FieldMap:
    """Read the table; what cannot be read keeps its default, with its faults noted."""
    section.known(keys.FIELD_MAP)
    default = FieldMap()
    placeholders = _placeholders(section)
    return FieldMap(
        match_on=_match_on(section, default.match_on),
        awaiting_sync_minutes=section.whole("awaiting_sync_minutes", default.awaiting_sync_minutes, _MOST_MINUTES),
        aged_out_days=section.whole("aged_out_days", default.aged_out_days, _MOST_DAYS),
        rules=_rules(section, entities, store_names),
        overrides=_overrides(section, folder, entities, placeholders),
        placeholders=placeholders,
        b2b_tags=_folded(section, "b2b_tags", '["b2b", "wholesale"]', default.b2b_tags),
        b2b_groups=_folded(section, "b2b_groups", '["Wholesale"]', default.b2b_groups),
    )


def _match_on(section: Section, default: tuple[MatchKey, ...]) -> tuple[MatchKey, ...]:
    options: tuple[MatchKey, ...] = get_args(MatchKey)
    found: list[MatchKey] = []
    for written in section.texts("match_on", '["external_id", "tax_id", "email"]'):
        key = chosen(written.value, options)
        if key is None:
            message = f"{quoted(written.value)} is no key to match on; it can be {listed(options)}."
            section.fault("match_on", message, choice_advice(written.value, options, _MEANT_KEY), written.line)
        elif key in found:
            section.fault(
                "match_on", f"{quoted(key)} stands twice.", "Name each key once, the best one first.", written.line
            )
        else:
            found.append(key)
    return tuple(found) or default


def _folded(section: Section, key: str, example: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Read a list of tags or groups, casefolded; groups may be numbers."""
    if key not in section:
        return default
    texts = section.texts(key, example, numbers=key == "b2b_groups", empty=True)
    return tuple(dict.fromkeys(written.value.casefold() for written in texts))


def _placeholders(section: Section) -> tuple[str, ...]:
    """Add the user's placeholders to the default list, and take out those that are somebody here."""
    added = [written.value.casefold() for written in section.texts("placeholders", '["sales@*"]', empty=True)]
    every = tuple(dict.fromkeys([*DEFAULT_PLACEHOLDERS, *added]))
    removed: set[str] = set()
    for written in section.texts("not_placeholders", '["test"]', empty=True):
        value = written.value.casefold()
        removed.add(value)
        if value not in every:
            guess = closest(value, every)
            advice = f'Did you mean "{guess}"?' if guess else "Remove it; it is no placeholder anyway."
            message = f"{quoted(written.value)} is not in the list of placeholders."
            section.fault("not_placeholders", message, advice, written.line)
    return tuple(value for value in every if value not in removed)


def _overrides(
    section: Section, folder: Path, entities: Mapping[str, Entity], placeholders: tuple[str, ...]
) -> tuple[Override, ...]:
    written = section.text("overrides", '"overrides.csv"')
    if written is None:
        return ()
    path = named_path(folder, written)
    if not path.is_file():
        section.fault("overrides", *file_advice(folder, written))
        return ()
    overrides, faults = read_overrides(path, entities, placeholders)
    line = section.line("overrides")
    for fault in faults[:_MOST_ROW_FAULTS]:
        section.faults.add(line, f"{written} line {fault.line}", fault.message, fault.suggestion)
    if len(faults) > _MOST_ROW_FAULTS:
        message = f"{len(faults) - _MOST_ROW_FAULTS} more lines have faults."
        section.faults.add(line, written, message, "Mend the lines above first.")
    return overrides


class _Condition(NamedTuple):
    """What makes a rule fire, and where it stands."""

    key: str
    value: str
    store: str | None
    line: int


@dataclass(frozen=True, slots=True)
class _Sent:
    """Where a condition is sent to, and on which line."""

    entity: str
    line: int


def _rules(section: Section, entities: Mapping[str, Entity], store_names: Sequence[str]) -> tuple[Rule, ...]:
    sent: dict[tuple[str, str, str | None], _Sent] = {}
    rules: list[Rule] = []
    for table in section.sections("rules", "field_map.rules"):
        table.known(keys.RULE)
        entity = entity_id(table, entities, needed=True)
        conditions = list(_conditions(table, _store(table, store_names)))
        for condition in conditions if entity else ():
            _refuse_second_entity(table, condition, entity or "", sent)
        if entity and conditions:
            ship_to = tuple(dict.fromkeys(item.value for item in conditions if item.key == "ship_to"))
            tag = next((item.value for item in conditions if item.key == "tag"), None)
            rules.append(Rule(entity, ship_to, tag, conditions[0].store))
    return tuple(rules)


def _store(table: Section, store_names: Sequence[str]) -> str | None:
    written = table.text("store", '"dtc"')
    if written is None:
        return None
    spelling = {name.casefold(): name for name in store_names}.get(written.casefold())
    if spelling is None:
        table.fault("store", f"{quoted(written)} is no store of this file.", did_you_mean(written, store_names))
    return spelling or written


def _conditions(table: Section, store: str | None) -> Iterator[_Condition]:
    """Read the rule's one condition: ship-to countries or a tag."""
    if "ship_to" in table and "tag" in table:
        message = "A rule has one condition; this one has ship_to and tag."
        table.fault(None, message, "Write two rules, one for each condition.")
    elif "ship_to" not in table and "tag" not in table:
        table.fault(None, "The rule has no condition.", 'Add ship_to = ["CA"] or tag = "canada".')
    for written in table.texts("ship_to", '["CA"]'):
        code = country(table, "ship_to", written)
        if code is not None:
            yield _Condition("ship_to", code, store, written.line)
    tag = _tag(table)
    if tag is not None:
        yield _Condition("tag", tag.value, store, tag.line)


def _tag(table: Section) -> Placed | None:
    tag = table.text("tag", '"canada"')
    if tag is None:
        return None
    if "," in tag:
        advice = "Write one rule for each tag."
        table.fault("tag", f"{quoted(tag)} holds a comma; the platforms separate tags by it.", advice)
    return Placed(tag.casefold(), table.line("tag"))


def _refuse_second_entity(
    table: Section, condition: _Condition, entity: str, sent: dict[tuple[str, str, str | None], _Sent]
) -> None:
    """Note when an earlier rule sends the same condition of the same stores to another entity."""
    first = sent.setdefault((condition.key, condition.value, condition.store), _Sent(entity, condition.line))
    if first.entity != entity:
        what = f"{condition.key} {quoted(condition.value)}"
        message = f"{what} is sent to {entity} here and to {first.entity} on line {first.line}."
        advice = 'Keep one of the two, or give each its own store = "…".'
        table.fault(condition.key, message, advice, condition.line)

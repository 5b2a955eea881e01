"""Bugs that somebody could write into the product, and the check that must notice each of them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BUGS", "Bug"]


class Bug(NamedTuple):
    """One small change for the worse: `file` stands under the package, `old` stands in it exactly once.

    `check` is `worlds` (the card against the oracle on the first random worlds), `worlds:` with the numbers of some
    worlds in which a rare mistake shows, or a selection of tests.
    """

    name: str
    file: str
    old: str
    new: str
    check: str = "worlds"


_RELATIONS = "cards/relations"
_BETWEEN = "v.created_at BETWEEN :window_start AND :window_end"
_IDENTITY = "tests/unit/test_identity.py"
_MONEY = "tests/unit/test_money.py"
_CSV = "tests/unit/test_exports_csv.py"


def _relation(name: str, relation: str, old: str, new: str, check: str = "worlds") -> Bug:
    return Bug(name, f"{_RELATIONS}/{relation}.sql", old, new, check)


_WINDOW = (
    _relation(
        "an order at the window's first instant is left out", "known_order",
        _BETWEEN, "v.created_at > :window_start AND v.created_at <= :window_end",
    ),
    _relation(
        "an order at the as-of instant is left out", "known_order",
        _BETWEEN, "v.created_at >= :window_start AND v.created_at < :window_end", "worlds:21,27,28,29,30",
    ),
    Bug("days begin at midnight UTC", "domain/window.py", "time(0), tzinfo=zone", "time(0), tzinfo=UTC"),
    Bug(
        "a window of days is counted back in hours", "domain/window.py",
        "Window(day_start(first, zone), as_of.astimezone(UTC)", "Window(as_of - timedelta(days=count), as_of",
    ),
)  # fmt: skip
_ACTIVE = (
    _relation("cancelled orders count", "active_order", "st.state = 'active'", "st.state IN ('active', 'cancelled')"),
    Bug(
        "one active signal outweighs a cancelled one", "domain/status.py",
        '("test", "cancelled", "refunded", ', '("active", "test", "cancelled", "refunded", ',
    ),
    _relation(
        "an order that was edited into a newer one still counts", "active_order",
        "FROM replaced_order AS r WHERE", "FROM replaced_order AS r WHERE FALSE AND",
    ),
    Bug(
        "the version read last wins over the newest", "store/facts.py",
        "updated_at DESC NULLS LAST, seq DESC", "seq DESC",
    ),
)  # fmt: skip
_ENTITY = (
    _relation(
        "overrides are forgotten", "order_entity",
        "override_party AS v ON v.party = p.party", "override_party AS v ON v.party = p.party AND FALSE",
    ),
    _relation(
        "a tag beats an override", "order_entity",
        "LEFT JOIN override_party AS v ON v.party = p.party\n"
        "LEFT JOIN tagged AS t\n"
        "    ON t.source_id = p.source_id AND t.order_id = CASE WHEN v.entity IS NULL THEN p.order_id END",
        "LEFT JOIN tagged AS t ON t.source_id = p.source_id AND t.order_id = p.order_id\n"
        "LEFT JOIN override_party AS v ON v.party = p.party AND t.entity IS NULL",
        "worlds:87,167,168",
    ),
    _relation("the ship-to country is ignored", "order_entity", "t.entity, c.entity, s.entity", "t.entity, s.entity"),
    _relation(
        "a record in any entity makes the party present", "order_gap",
        "h.party = o.party AND h.entity = o.entity", "h.party = o.party",
    ),
)  # fmt: skip
_MONEY_BUGS = (
    _relation("refunds are not subtracted", "absent_order", "o.total - o.refunded AS value", "o.total AS value"),
    _relation("the net is the total", "blocked_order", "CAST(o.net AS HUGEINT)", "CAST(o.value AS HUGEINT)"),
    _relation(
        "halves are rounded up", "blocked_value",
        "OR (rest = 500000000000000000 AND whole % 2 = 1)", "OR rest = 500000000000000000",
    ),
    Bug(
        "amounts go through a float", "domain/money.py",
        "int((amount.scaleb(minor_digits(currency))).to_integral_value(ROUND_HALF_EVEN))",
        "round(float(amount) * 10 ** minor_digits(currency))", _MONEY,
    ),
    Bug("every currency has cents", "domain/money.py", "digits = minor_digits(currency)", "digits = 2", _MONEY),
)  # fmt: skip
_PARTIES = (
    _relation(
        "companies of two countries join by equal digits of their tax ids", "company_edge",
        "WHERE value NOT LIKE '~%'", "", "worlds:721,938,990,1231",
    ),
    _relation(
        "tax ids of two countries with equal digits match", "party_probe",
        "THEN substr(v.value, 2)", "THEN v.value", "worlds:56,230,288",
    ),
    _relation(
        "the guests of a store are one party", "order_party",
        "'guest|' || o.source_id || '|' || o.order_id", "'guest|' || o.source_id", "worlds:174,180,656,691",
    ),
    _relation(
        "a company does not have its buyers' addresses", "party_email",
        "k.customer_id = p.customer_id AND k.kind = 'email'", "k.customer_id = p.customer_id AND FALSE",
        "worlds:48,65,70",
    ),
    _relation(
        "a link that two companies claim is used", "known_company_link",
        "HAVING count(DISTINCT v.company_id) = 1", "", "worlds:258,733,769,899",
    ),
    Bug(
        "a placeholder address joins people", "domain/identity.py",
        "frozenset(pattern for pattern in listed", "frozenset(pattern for pattern in ()",
        f"{_IDENTITY}::test_a_placeholder_is_nobody",
    ),
    Bug(
        "an external id loses its leading zeros", "domain/identity.py",
        '_GID.sub("", text.strip()).strip()', '_GID.sub("", text.strip()).strip().lstrip("0")', _IDENTITY,
    ),
)  # fmt: skip
_STATUS = (
    _relation(
        "a promoted Dataverse record still counts", "unpromoted",
        "s.account_number IS NULL OR NOT EXISTS", "TRUE OR NOT EXISTS",
    ),
    _relation(
        "awaiting_sync looks at the newest order only", "party_status",
        "v.first_order_at > :awaiting_from", "v.last_order_at > :awaiting_from", "worlds:34,38,45",
    ),
    _relation("unknown values rank first", "ranked_value", "NULLS LAST", "NULLS FIRST"),
)  # fmt: skip
_EXPORTS = (
    Bug("a formula reaches the spreadsheet", "exports/csv_text.py", "formula_safe(whole(cell))", "whole(cell)", _CSV),
    Bug(
        "a negative amount becomes text", "exports/csv_text.py",
        "if style.decimal_comma else amount", "if style.decimal_comma else formula_safe(amount)", _CSV,
    ),
)  # fmt: skip

BUGS = (*_WINDOW, *_ACTIVE, *_ENTITY, *_MONEY_BUGS, *_PARTIES, *_STATUS, *_EXPORTS)

"""Makes worlds: small pools of keys, people and amounts, so that everything collides with everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from tests.support import world_setting as setting
from tests.support.oracle_identity import folded
from tests.support.oracle_window import bounds, midnight
from tests.support.world import World
from tests.support.world_setting import Choices, Moment, one, rarely
from unposted.domain.records import Company, CompanyLink, Customer, Key, Master, Order, Record, Staged
from unposted.workspace.model import Store

__all__ = ["make_world"]

_Versioned: TypeAlias = Order | Customer | Company | Master | Staged

_EMAILS = [
    "ana@example.com",
    "ben@example.com",
    "ana+shop@example.com",
    "cyd@example.org",
    "a.na@example.com",
    "dee@example.org",
]
_PLACEHOLDER = "noreply@example.com"
_TAX_IDS = [
    ("DE445566778", "~445566778"),
    ("445566778",),
    ("FR445566778", "~445566778"),
    ("GB667788990", "~667788990"),
]
_EXTERNAL_IDS = ["ext-100", "ext-200", "445566778", "1001", "501", "ab7", "c-501"]
_CUSTOMER_IDS = ["1001", "1002", "Ab7", "1003"]
_COMPANY_IDS = ["501", "502", "C-501"]
_PHONES = ["+12025550101", "+12025550102"]
_NAME_ADDRESSES = ["ana smith|10001|5", "ben jones|90210|12"]
_ACCOUNTS = ["C-001", "C-002", "C-003"]
_SIGNALS = {
    "shopify": [
        "financial_status=PAID",
        "financial_status=PENDING",
        "financial_status=PARTIALLY_REFUNDED",
        "",
        "financial_status=REFUNDED",
        "financial_status=VOIDED",
        "financial_status=PAID;cancelled",
        "test;financial_status=PAID",
        "draft_status=OPEN",
        "draft_status=COMPLETED;financial_status=PAID",
        "financial_status=WIBBLE",
        "financial_status=WIBBLE;cancelled",
    ],
    "bigcommerce": [
        "status_id=11",
        "status_id=2",
        "status_id=14",
        "status_id=1",
        "status_id=0",
        "status_id=5",
        "status_id=4",
        "status_id=11;payment_status=void",
        "status_id=11;payment_method=test payment gateway",
        "status_id=99",
        "status=on its way",
        "status=on its way;status_id=99",
    ],
    "adobe_commerce": [
        "state=processing",
        "state=new",
        "state=complete",
        "state=holded",
        "state=pending_payment",
        "state=canceled",
        "state=closed",
        "quote_status=created",
        "state=new;quote_status=ordered",
        "state=fraud",
        "state=closed;state=pending_payment",
        "state=fraud;quote_status=submitted_by_admin",
    ],
}
_AMOUNTS = [10000, 1, 3, 5, 99999, 12345, 0, 25, 10**13 + 1, 987654321098765]
_CURRENCIES = ["USD", "USD", "CAD", "EUR", "JPY", "KWD"]
_COUNTRIES = ["US", "CA", "DE", "NZ", None]
_TAGS: list[tuple[str, ...]] = [(), (), ("Canada",), ("vip",), ("canada", "VIP"), ("vip", "wholesale"), ("other",)]
_REPORTING = ["USD", "USD", "EUR", "JPY", "KWD", "CAD"]


class _Pools(NamedTuple):
    """What a world draws from: fewer addresses make more collisions."""

    moment: Moment
    instants: list[datetime]
    emails: Sequence[str]


def make_world(choices: Choices) -> World:
    """Make a world out of a source of small numbers."""
    moment = setting.moment(choices)
    stores = setting.stores(choices)
    dynamics = setting.dynamics(choices)
    field_map = setting.field_map(choices, stores)
    reporting = one(choices, _REPORTING)
    pools = _Pools(moment, _edges(moment, field_map.awaiting_sync_minutes), _EMAILS[: 2 + choices.below(5)])
    names = [store.name for store in stores] + [source.name for source in dynamics]
    facts: dict[str, list[Record]] = {name: [] for name in names}
    many = rarely(choices, 12)
    for number in range(1, 1 + (12 + choices.below(5) if many else choices.below(13))):
        store = one(choices, stores)
        facts[store.name].append(_order(choices, pools, store, number, spread=many))
    for store in stores:
        facts[store.name] += [_customer(choices, pools) for _ in range(choices.below(4))]
        facts[store.name] += [_company(choices, pools) for _ in range(max(0, choices.below(5) - 1))]
        if store.platform == "bigcommerce":
            facts[store.name] += [_link(choices, pools) for _ in range(choices.below(4))]
    for source in dynamics:
        if source.system == "dataverse":
            facts[source.name] += [_staged(choices, pools, number) for number in range(choices.below(4))]
        else:
            facts[source.name] += [_master(choices, pools) for _ in range(choices.below(7))]
    for records in facts.values():
        _meet_again(choices, pools, records)
        _settle(records)
    return World(
        as_of=moment.as_of,
        window=moment.window,
        zone=moment.zone,
        reporting_currency=reporting,
        stores=stores,
        dynamics=dynamics,
        entities=setting.ENTITIES,
        field_map=field_map,
        rates=setting.rates(choices, reporting),
        facts=facts,
    )


def _edges(moment: Moment, minutes: int) -> list[datetime]:
    """List the instants at which orders are placed: inside, and at each edge of the window and of the waiting time."""
    start, end = bounds(moment.window, moment.as_of, moment.zone)
    tick, as_of = timedelta(microseconds=1), moment.as_of
    young = as_of - timedelta(minutes=minutes)
    last_midnight = midnight(as_of.astimezone(ZoneInfo(moment.zone)).date(), moment.zone)
    inside = [as_of - timedelta(hours=1), start + timedelta(hours=5), end - timedelta(hours=3)] * 3
    edges = [start, start - tick, end, end + tick, as_of, as_of + tick, young, young + tick, start + tick]
    days = [start + timedelta(hours=23), start + timedelta(hours=24), last_midnight, last_midnight - tick]
    return [*inside, *edges, *days, start - timedelta(days=20), as_of + timedelta(days=2)]


def _order(choices: Choices, pools: _Pools, store: Store, number: int, *, spread: bool) -> Order:
    if spread:
        email: str | None = f"guest{number}@example.org"
        customer_id = None
    else:
        email = one(choices, [*pools.emails, None, _PLACEHOLDER])
        customer_id = one(choices, [None, *_CUSTOMER_IDS])
    keys = [Key("email", email)] if email and email != _PLACEHOLDER else []
    if rarely(choices, 8):
        keys.append(Key("email", one(choices, pools.emails)))
    company_id = one(choices, _COMPANY_IDS) if rarely(choices, 12 if store.platform == "bigcommerce" else 4) else None
    total = one(choices, _AMOUNTS)
    refunded = one(choices, [0, 0, 0, total // 3, total])
    tags = one(choices, _TAGS)
    order_id = str(1 + choices.below(6) if not spread and rarely(choices, 6) else number)
    replaces = str(1 + choices.below(number)) if not spread and rarely(choices, 8) else None
    return Order(
        order_id=order_id,
        name=f"#{number}",
        created_at=one(choices, pools.instants[:9] if spread else pools.instants),
        signals=_signals(choices, store),
        currency=one(choices, _CURRENCIES),
        total=total,
        refunded=refunded,
        net=(total - refunded) * 5 // 6,
        updated_at=one(choices, [None, pools.moment.as_of, pools.moment.as_of - timedelta(hours=1)]),
        customer_id=customer_id,
        company_id=company_id,
        company_name=one(choices, ["Acme", "Brook"]) if rarely(choices, 3 if company_id else 30) else None,
        email=email,
        country=one(choices, _COUNTRIES),
        tags=tags,
        b2b="wholesale" in tags or rarely(choices, 30),
        replaces=replaces if replaces != order_id else None,
        keys=_plain_keys([*keys, *_other_keys(choices, with_external_id=company_id is not None)]),
    )


def _signals(choices: Choices, store: Store) -> str:
    usual = one(choices, [True, True, False])
    known = _SIGNALS[store.platform]
    return one(choices, known[:3] if usual else known)


def _other_keys(choices: Choices, *, with_external_id: bool = True) -> list[Key]:
    keys: list[Key] = []
    if rarely(choices, 8):
        keys += [Key("tax_id", form) for form in one(choices, _TAX_IDS)]
    if with_external_id and rarely(choices, 4):
        keys.append(Key("external_id", one(choices, _EXTERNAL_IDS)))
    if rarely(choices, 6):
        keys.append(Key("phone", one(choices, _PHONES)))
    if rarely(choices, 6):
        keys.append(Key("name_address", one(choices, _NAME_ADDRESSES)))
    return keys


def _plain_keys(keys: list[Key]) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(keys))


def _record_keys(choices: Choices, pools: _Pools) -> tuple[Key, ...]:
    """Make the keys of an account, company, master or staged record: up to two addresses, with their folded forms."""
    emails = [one(choices, pools.emails) for _ in range(one(choices, [1, 1, 0, 2]))]
    exact = [Key("email", email) for email in emails]
    folds = [Key("email_folded", folded(email)) for email in emails if folded(email) != email]
    return _plain_keys([*exact, *folds, *_other_keys(choices)])


def _shown_email(choices: Choices, keys: tuple[Key, ...]) -> str | None:
    emails = [key.value for key in keys if key.kind == "email"]
    return emails[0] if emails else one(choices, [None, _PLACEHOLDER])


def _updated(choices: Choices, pools: _Pools) -> datetime | None:
    return one(choices, [None, pools.moment.as_of, pools.moment.as_of - timedelta(days=1)])


def _customer(choices: Choices, pools: _Pools) -> Customer:
    keys = _record_keys(choices, pools)
    return Customer(
        customer_id=one(choices, _CUSTOMER_IDS),
        name=one(choices, ["Ana", "Ben", None]),
        updated_at=_updated(choices, pools),
        email=_shown_email(choices, keys),
        b2b=rarely(choices, 6),
        keys=keys,
    )


def _company(choices: Choices, pools: _Pools) -> Company:
    keys = _record_keys(choices, pools)
    return Company(
        company_id=one(choices, _COMPANY_IDS),
        name=one(choices, ["Acme Inc", "Brook Ltd", None]),
        updated_at=_updated(choices, pools),
        email=_shown_email(choices, keys),
        keys=keys,
    )


def _link(choices: Choices, pools: _Pools) -> CompanyLink:
    company_id = one(choices, _COMPANY_IDS)
    kind = choices.below(3)
    if kind == 0:
        return CompanyLink(company_id, "customer", one(choices, _CUSTOMER_IDS))
    if kind == 1:
        return CompanyLink(company_id, "email", one(choices, pools.emails))
    return CompanyLink(company_id, "order", str(1 + choices.below(6)))


def _master(choices: Choices, pools: _Pools) -> Master:
    return Master(
        entity=one(choices, ["USTI", "USTI", "CATU", "DEUG", "DEMF"]),
        account=one(choices, _ACCOUNTS),
        name=one(choices, ["Ana", "Acme", None]),
        is_company=choices.below(2) == 0,
        blocked=one(choices, ["", "", "All", "Invoice"]),
        one_time=rarely(choices, 8),
        updated_at=_updated(choices, pools),
        keys=_record_keys(choices, pools),
    )


def _staged(choices: Choices, pools: _Pools, number: int) -> Staged:
    return Staged(
        table=one(choices, ["account", "contact"]),
        record_id=f"00000000-0000-0000-0000-00000000000{choices.below(3)}" if rarely(choices, 4) else f"rec-{number}",
        name=one(choices, ["Ana", None]),
        account_number=one(choices, [None, *_ACCOUNTS]),
        company_code=one(choices, [None, "USTI", "usti", "CATU"]),
        active=choices.below(4) != 3,
        updated_at=_updated(choices, pools),
        keys=_record_keys(choices, pools),
    )


def _meet_again(choices: Choices, pools: _Pools, records: list[Record]) -> None:
    """Read some records twice, changed or not, later or earlier than the first time."""
    as_of = pools.moment.as_of
    for record in list(records):
        if not isinstance(record, Order | Customer | Company | Master | Staged) or not rarely(choices, 7):
            continue
        updated_at = one(choices, [record.updated_at, None, as_of + timedelta(hours=1), as_of - timedelta(days=2)])
        again = _changed(choices, pools, record)._replace(updated_at=updated_at)
        records.insert(one(choices, [len(records), 0, len(records) // 2]), again)


def _changed(choices: Choices, pools: _Pools, record: _Versioned) -> _Versioned:
    if choices.below(3) == 0:
        return record
    if isinstance(record, Order):
        if rarely(choices, 5):
            return record._replace(created_at=one(choices, pools.instants))
        return record._replace(total=record.total + 100, signals=one(choices, ["", record.signals + ";cancelled"]))
    return record._replace(keys=_record_keys(choices, pools))


def _settle(records: list[Record]) -> None:
    """Take away all update times of a record met three times or more when some version lacks one.

    Otherwise the newest version would hang on how the reading was cut into pieces.
    """
    for place, record in enumerate(records):
        times = [
            other.updated_at
            for other in records
            if not isinstance(other, CompanyLink) and _identity(other) == _identity(record)
        ]
        if len(times) > 2 and None in times and not isinstance(record, CompanyLink):
            records[place] = record._replace(updated_at=None)


def _identity(record: Record) -> tuple[object, ...]:
    if isinstance(record, Master):
        return Master, record.entity, record.account
    if isinstance(record, Staged):
        return Staged, record.table, record.record_id
    return type(record), record[0]

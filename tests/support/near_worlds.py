"""Worlds for near matches: parties and master records out of small pools, so that any two may share anything."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from tests.support.world import World
from tests.support.worlds import random_world
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Key, Master, Order, Record

__all__ = ["near_world"]

_FIRST = ["Lena", "Lina", "Oskar", "Theo", "Theodore", "Ana", "ليلى", "王", "X"]
_LAST = ["Hartwell", "Hartwel", "Müller", "Mueller", "O'Brien", "Smith", "Żak", "شمس"]
_FIRMS = ["Kestrel Tools GmbH", "Kestrel Tools", "Kestrel Nord 2", "Müller Werkzeuge AG", "Harbor & Pine", "Ltd"]
_DOMAINS = ["gmail.com", "googlemail.com", "kestrel.example.io", "mueller.example.io"]
_BOXES = ["lena.hartwell", "lenahartwell", "lena.hartwell+shop", "info", "oskar", "theo1", "theo2"]
_PHONES = ["+12025550101", "+12025550102", "+12025550103"]
_POSTCODES = ["97701", "10115", "SW1A 1AA"]
_STREETS = ["418 Juniper Lane", "5 Main Street", "Hauptstr. 7"]
_TAX = ["DE136695976", "136695976", "DE136695967", "FR136695976", "ATU13585627", "13585627"]
_KEYS = KeyMaker()


def near_world(seed: int, *, shuffled: int | None = None) -> World:
    """Make the near world of that number; `shuffled` lets its facts arrive in another order."""
    rng = random.Random(seed)
    base = random_world(3)
    store = replace(base.stores[0], entity="USTI", platform="shopify")
    erp = next(source for source in base.dynamics if source.system != "dataverse")
    orders = [_order(rng, number, base) for number in range(1, 9)]
    masters = [_master(rng, number) for number in range(1, 25)]
    facts: dict[str, list[Record]] = {store.name: [*orders], erp.name: [*masters]}
    if shuffled is not None:
        for records in facts.values():
            random.Random(shuffled).shuffle(records)
    field_map = replace(base.field_map, match_on=("external_id", "tax_id", "email"), rules=(), overrides=())
    return replace(base, stores=(store,), dynamics=(erp,), field_map=field_map, facts=facts, window="7D")


def _order(rng: random.Random, number: int, base: World) -> Order:
    name, keys = _somebody(rng)
    emails = [key.value for key in keys if key.kind == "email"]
    return Order(
        order_id=str(number), name=f"#{number}", created_at=base.as_of - timedelta(hours=number),
        signals="financial_status=PAID", currency=base.reporting_currency, total=1000 + number, refunded=0, net=900,
        customer_id=None, buyer_name=name, email=emails[0] if emails else None, keys=keys,
    )  # fmt: skip


def _master(rng: random.Random, number: int) -> Master:
    name, keys = _somebody(rng)
    folded = _KEYS.folded([key for key in keys if key.kind == "email"])
    return Master(
        entity=rng.choice(["USTI", "USTI", "USTI", "CATU"]), account=f"C-{number:03d}", name=name or None,
        is_company=rng.random() < 0.4, keys=tuple(dict.fromkeys([*keys, *folded])),
    )  # fmt: skip


def _somebody(rng: random.Random) -> tuple[str, tuple[Key, ...]]:
    name = rng.choice([f"{rng.choice(_FIRST)} {rng.choice(_LAST)}", rng.choice(_FIRMS), ""])
    keys: list[Key] = []
    if rng.random() < 0.7:
        keys += _KEYS.email(f"{rng.choice(_BOXES)}@{rng.choice(_DOMAINS)}")
    if rng.random() < 0.4:
        keys += _KEYS.phone(rng.choice(_PHONES))
    if rng.random() < 0.5:
        keys += _KEYS.name_address(name, rng.choice(_POSTCODES), rng.choice(_STREETS))
    if rng.random() < 0.3:
        keys += _KEYS.tax_id(rng.choice(_TAX))
    return name, tuple(keys)

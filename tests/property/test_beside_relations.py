"""The relations beside the headline keep what their texts say: their columns, and when they must be empty."""

from __future__ import annotations

from pathlib import Path

from tests.support.beside_worlds import with_settings
from tests.support.product import empty_store, load_worlds, renamed
from tests.support.worlds import random_world
from unposted.cards.beside import LANE_RELATIONS
from unposted.cards.bridge import BRIDGE_RELATIONS
from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.chain import chain
from unposted.cards.emptiness import must_be_empty
from unposted.cards.explained import EVERY_PARTY
from unposted.cards.inputs import load_inputs
from unposted.cards.rates import workspace_rates
from unposted.cards.sensitivity import SENSITIVITY_RELATIONS, load_policies
from unposted.domain.window import window_of

_WANTED = (ABSENT_CUSTOMERS.relation, *LANE_RELATIONS, *BRIDGE_RELATIONS, *SENSITIVITY_RELATIONS, "party_label")
_OWN = {relation.name for relation in chain(_WANTED, EVERY_PARTY)} - {
    relation.name for relation in chain((ABSENT_CUSTOMERS.relation,))
} | {"open_party", "party_match"}


def test_relations_beside_have_their_declared_columns_and_are_empty_only_where_they_must() -> None:
    """On some worlds every one of them is computed, and held against what it declares and is judged to be."""
    store = empty_store()
    for number in (4, 21, 45):
        world = renamed(with_settings(random_world(number), number), f"w{number}-")
        load_worlds(store, [world])
        workspace = world.workspace(Path("world.toml"))
        window = window_of(world.window, world.as_of, workspace.timezone)
        cursor = store.cursor()
        load_policies(cursor, workspace.field_map.match_on)
        inputs = load_inputs(cursor, workspace, world.as_of, window, workspace_rates(workspace, window))
        empty = set(inputs.empty)
        for relation in chain(_WANTED, EVERY_PARTY):
            cursor.execute(relation.statement(inputs.values))
            described = cursor.execute(f"DESCRIBE {relation.name}").fetchall()
            count = cursor.execute(f"SELECT count(*) FROM {relation.name}").fetchone()
            if must_be_empty(relation.row_sources, empty):
                assert count == (0,), relation.name
            if count == (0,):
                empty.add(relation.name)
            if relation.name in _OWN and not relation.is_inline:
                cursor.execute(f"CREATE OR REPLACE TEMP TABLE declared ({relation.columns})")
                declared = cursor.execute("DESCRIBE declared").fetchall()
                assert [row[:2] for row in described] == [row[:2] for row in declared], relation.name
        cursor.close()

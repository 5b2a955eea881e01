"""Splink on a truth set, as its documentation's first tutorial has it: its own comparisons, blocking and training."""

from __future__ import annotations

import logging
import warnings

from bench.near_sets import Side, TruthSet

__all__ = ["splink_pairs"]

_FIELDS = ("first", "last", "name", "birth", "email", "phone", "city", "postcode", "street")


def splink_pairs(truth: TruthSet) -> dict[tuple[str, str], float]:
    """Return the match probability of every pair that Splink predicts."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.exceptions import SplinkException

    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    names = [name for name in _FIELDS if any(row.get(name) for row in truth.left.values())]
    made = {
        "first": lambda: cl.NameComparison("first"),
        "last": lambda: cl.NameComparison("last"),
        "name": lambda: cl.NameComparison("name"),
        "birth": lambda: cl.DateOfBirthComparison("birth", input_is_string=True),
        "email": lambda: cl.EmailComparison("email"),
        "phone": lambda: cl.LevenshteinAtThresholds("phone", [1, 2]),
        "city": lambda: cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        "postcode": lambda: cl.LevenshteinAtThresholds("postcode", [1]),
        "street": lambda: cl.JaroWinklerAtThresholds("street", [0.9, 0.8]),
    }
    rules = [block_on(name) for name in names if name != "city"]
    settings = SettingsCreator(
        link_type="dedupe_only" if truth.one_list else "link_only",
        comparisons=[made[name]() for name in names],
        blocking_rules_to_generate_predictions=rules,
        retain_intermediate_calculation_columns=False,
    )
    api = DuckDBAPI()
    sides = [truth.left] if truth.one_list else [truth.left, truth.right]
    linker = Linker([api.register(_frame(side, names)) for side in sides], settings)
    surest = [
        block_on(*pair) for pair in (("first", "last"), ("email",), ("phone",), ("name",)) if set(pair) <= set(names)
    ]
    linker.training.estimate_probability_two_random_records_match(surest, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for name in ("last", "birth", "name", "phone", "first"):
        if name in names:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
            except (ValueError, RuntimeError, SplinkException) as error:
                print(f"  Splink cannot train on {name}: {type(error).__name__}")
    found = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
    pairs = zip(found["unique_id_l"], found["unique_id_r"], found["match_probability"], strict=True)
    if truth.one_list:
        return {(min(one, other), max(one, other)): float(chance) for one, other, chance in pairs}
    return {_in_order(truth, one, other): float(chance) for one, other, chance in pairs}


def _in_order(truth: TruthSet, one: str, other: str) -> tuple[str, str]:
    one, other = str(one), str(other)
    return (one, other) if one in truth.left and other in truth.right else (other, one)


def _frame(side: Side, names: list[str]) -> object:
    import pandas as pd

    return pd.DataFrame(
        [{"unique_id": key, **{name: row.get(name) or None for name in names}} for key, row in side.items()]
    )

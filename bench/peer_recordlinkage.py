"""recordlinkage on a truth set, as its documentation has it: blocks, string similarities, its unsupervised classifier."""

from __future__ import annotations

import warnings

from bench.near_sets import Side, TruthSet

__all__ = ["recordlinkage_pairs"]


def recordlinkage_pairs(truth: TruthSet) -> set[tuple[str, str]]:
    """Return the pairs that the expectation-maximisation classifier takes for the same."""
    import recordlinkage as rl

    warnings.simplefilter("ignore")
    fields = ("first", "last", "name", "birth", "email", "phone", "city", "postcode", "street")
    names = [name for name in fields if any(row.get(name) for row in truth.left.values())]
    left, right = _frame(truth.left, names), _frame(truth.right, names)
    frames = (left,) if truth.one_list else (left, right)
    indexer = rl.Index()
    for name in names:
        if name not in {"city", "street"}:
            indexer.block(name)
    pairs = indexer.index(*frames)
    compare = rl.Compare()
    for name in names:
        if name in {"birth", "phone", "postcode"}:
            compare.exact(name, name, label=name)
        else:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    features = compare.compute(pairs, *frames)
    found = rl.ECMClassifier().fit_predict(features)
    if truth.one_list:
        return {(min(pair), max(pair)) for pair in found}
    return set(found)


def _frame(side: Side, names: list[str]) -> object:
    import pandas as pd

    rows = [{name: row.get(name) or None for name in names} for row in side.values()]
    return pd.DataFrame(rows, index=list(side))

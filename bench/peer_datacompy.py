"""The card's question with datacompy doing the part that it is made for: which values of one side the other lacks.

Its compare joins the parties' values with the masters' keys; everything around the join is the pandas peer's.
"""

from __future__ import annotations

import datacompy
import pandas as pd

from bench.parquet import ParquetFacts
from bench.peer_pandas import answer_of, worklist
from bench.question import Answer, Question

__all__ = ["datacompy_answer"]


def datacompy_answer(facts: ParquetFacts, question: Question) -> Answer:
    """Answer with datacompy's compare in the place of the merge."""
    return answer_of(worklist(facts, question, _compared))


def _compared(values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Compare one line a value on either side, and give back the values that both have."""
    compare = datacompy.PandasCompare(values, keys, join_columns="value")
    return compare.intersect_rows[["value"]].merge(values, on="value").merge(keys, on="value")

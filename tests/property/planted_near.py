"""Bugs that somebody could write into near matches, and the check that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_SCORE, _NAMES = "tests/unit/test_near_score.py", "tests/unit/test_near_names.py"
_WORLDS = "tests/property/test_near.py::test_blocks_lose_no_close_pair"

_BLOCKS = "cards/relations/near_party_block.sql"
_HOUSEHOLD = "    return NameEvidence(bits + penalty, told, agrees=False, conflicts=True)"

BUGS = (
    Bug(
        "records of another entity are near, too", "cards/relations/near_candidate.sql",
        "AND coalesce(l.entity, m.entity) = m.entity", "", _WORLDS,
    ),
    Bug("a place is no block", _BLOCKS, "'place', postcode", "'nowhere', postcode", _WORLDS),
    Bug("a phone number is no block", _BLOCKS, "('phone', 'birth')", "('birth')", _WORLDS),
    Bug(
        "dots in addresses keep people apart", "cards/near_score.py",
        "frozenset(fold_email(email)", "frozenset((email)", _SCORE,
    ),
    Bug(
        "household members are linked", "cards/near_names.py",
        f"< 2 else NAME_DIFFERS.close\n{_HOUSEHOLD}",
        "< 2 else NAME_DIFFERS.close\n    return NameEvidence(bits, told, agrees=penalty < 0, conflicts=False)", _NAMES,
    ),
    Bug("legal forms make two firms of one", "cards/near_names.py", "if word not in LEGAL_WORDS]", "]", _NAMES),
    Bug(
        "two real tax numbers are a slip", "cards/near_tax.py",
        "return not (has_right", "return bool(one) or not (has_right", _SCORE,
    ),
    Bug(
        "what thousands share counts in full", "cards/near_score.py",
        "most - _log2(self.shared", "most - 0 * _log2(self.shared", _SCORE,
    ),
    Bug("a conflict does not stop a link", "cards/near_score.py", "and not has_conflict and", "and", _SCORE),
)  # fmt: skip

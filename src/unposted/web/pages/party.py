"""The page of a party: the shop's side, the D365 side, what was compared and how it ended."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.web.asked import Asked
from unposted.web.party import facts_of_party
from unposted.web.rendering import error_page, page_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES", "party_url"]

_KEYS = {
    "external_id": "External id",
    "tax_id": "Tax id",
    "email": "E-mail",
    "phone": "Phone",
    "name_address": "Name and address",
}


def party_url(ref: str, asked: Asked) -> str:
    """Return the address of a party, with the list that it was opened from."""
    query = asked.at(None).url("").removeprefix("?")
    return f"/parties/{ref}?{query}" if query else f"/parties/{ref}"


@page("/parties/{party}", frozenset(ABSENT_CUSTOMERS.roles))
def party(visit: Visit) -> Response:
    """Show a party."""
    kept, ref = visit.known.kept, visit.params["party"]
    seen = kept.row(ref, visit.sight) if kept else None
    label = kept.party_of(ref, visit.sight) if kept else None
    if kept is None or seen is None or label is None:
        return error_page(
            visit, 404, "This party is not on the list",
            "It may have been created in Dynamics since, or its last order left the window. Look at the worklist.",
        )  # fmt: skip
    try:
        asked = Asked.of({name: value for name, value in visit.query.items() if name in {"q", "sort"}})
    except ValueError:
        asked = Asked()
    if visit.sight.persons:
        visit.desk.audit.seen(visit.who, label, visit.now, page="party")
    before, after = kept.neighbours(asked, visit.sight, seen.row.rank)
    return page_of(
        visit, "party.html", row=seen.row, seen=seen, asked=asked, reading=kept.reading,
        facts=facts_of_party(kept, label, visit.sight, visit.desk.workspace.field_map.match_on), key_words=_KEYS,
        before=party_url(before, asked) if before else None, after=party_url(after, asked) if after else None,
        back=asked.url(), query=urlencode({"q": asked.text}),
    )  # fmt: skip


PAGES: tuple[Page, ...] = (party,)

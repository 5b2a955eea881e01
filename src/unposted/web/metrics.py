"""What Prometheus scrapes: how old each stream is, what was read, what is blocked and how the pages are doing."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from unposted.domain.currencies import minor_digits
from unposted.web.api_tokens import find_token
from unposted.web.pages.sources import stream_lines
from unposted.web.roles import PUBLIC
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_SCRAPERS = frozenset({"owner", "finance", "operations", "engineering"})


@page("/metrics", PUBLIC)
def metrics(visit: Visit) -> Response:
    """Give the metrics to somebody who is signed in, or to a scraper that shows a token for reading."""
    scheme, _, secret = visit.headers.get("authorization", "").partition(" ")
    person = visit.person
    if scheme.casefold() == "bearer":
        token = find_token(visit.desk.shelf, secret.strip(), visit.now)
        person = visit.desk.people.by_id(token.person_id) if token and token.scope == "read" else None
    if person is None or person.role not in _SCRAPERS:
        return Response(
            "A token for reading is needed.", 401, media_type="text/plain", headers={"www-authenticate": "Bearer"}
        )
    has_money = person.role != "engineering"
    return Response("\n".join(_lines(visit, has_money=has_money)) + "\n", media_type="text/plain; version=0.0.4")


def _lines(visit: Visit, *, has_money: bool) -> Iterator[str]:
    yield from _head("unposted_stream_age_seconds", "gauge", "Seconds since a stream was read last.")
    streams = stream_lines(visit.desk)
    for one in streams:
        age = (visit.now - one.read_at).total_seconds()
        yield f"unposted_stream_age_seconds{_labels(source=one.source, stream=one.stream)} {age:.0f}"
    yield from _head("unposted_stream_records", "gauge", "Current records of a stream.")
    yield from (f"unposted_stream_records{_labels(source=o.source, stream=o.stream)} {o.records}" for o in streams)
    yield from _head("unposted_quarantined_records", "gauge", "Records that could not be read.")
    yield from (
        f"unposted_quarantined_records{_labels(source=o.source, stream=o.stream)} {o.quarantined}" for o in streams
    )
    yield from _head("unposted_answers_total", "counter", "Answers by route and status.")
    for path, status, count in visit.desk.answers.told():
        yield f"unposted_answers_total{_labels(path=path, status=status)} {count}"
    kept = visit.known.kept
    yield from _head("unposted_ready", "gauge", "Whether there is a reading to show.")
    yield f"unposted_ready {int(kept is not None)}"
    if kept is not None and has_money:
        reading = kept.reading
        yield from _head("unposted_card_value", "gauge", "What a card says.")
        yield f"unposted_card_value{_labels(card=reading.card)} {reading.value}"
        if reading.blocked.units is not None:
            yield from _head("unposted_blocked_amount", "gauge", "The blocked value in the reporting currency.")
            scaled = reading.blocked.units / 10 ** minor_digits(reading.blocked.currency)
            yield f"unposted_blocked_amount{_labels(card=reading.card, currency=reading.blocked.currency)} {scaled}"


def _head(name: str, kind: str, words: str) -> tuple[str, str]:
    return f"# HELP {name} {words}", f"# TYPE {name} {kind}"


def _labels(**labels: str) -> str:
    parts = [f'{name}="{_escaped(value)}"' for name, value in labels.items()]
    return "{" + ",".join(parts) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


PAGES: tuple[Page, ...] = (metrics,)

"""The contract suite behind `unposted connector test`, against connectors that keep the contract or break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from tests.support.callers import NOW
from unposted.connectors.contract import contract_facts
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.http import Spent
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import Fact, LiveStream, Page, PageRequest, Way
from unposted.domain.records import Customer
from unposted.errors import BadAnswer, LimitReached, SignIn, SourceDown, UnpostedError

_CONTEXT = Context(KeyMaker(), ZoneInfo("UTC"))
_REFUSED = SignIn("sign-in-refused", "shop: the credentials are refused.", "Set fresh ones.")


@dataclass
class _Shop:
    """A connector; its pages are by token, `problem` is what examining it raises."""

    pages: dict[str | None, Page | UnpostedError] = field(default_factory=lambda: {None: Page([b"a", b"b"], None)})
    problem: UnpostedError | None = None
    way: Way = "list"
    facts: Sequence[Fact] = (Fact("credentials", "ok", "signed in"), Fact("scopes", "warn", "no companies"))
    calls: list[PageRequest] = field(default_factory=list)
    entities: list[str | None] = field(default_factory=list)
    is_closed: bool = False
    spent: Spent = field(default_factory=Spent)

    @property
    def streams(self) -> Sequence[LiveStream]:
        return [
            LiveStream("customers", (Customer,), self.way, self._fetch, self._decode),
            LiveStream("unwanted", (Customer,), "list", self._fetch, self._decode),
        ]

    def examine(self) -> Iterator[Fact]:
        if self.problem is not None:
            raise self.problem
        yield from self.facts

    def close(self) -> None:
        self.is_closed = True

    def _fetch(self, request: PageRequest) -> Page:
        self.calls.append(request)
        page = self.pages[request.token]
        if isinstance(page, UnpostedError):
            raise page
        return page

    def _decode(self, items: Iterable[RawItem], context: Context) -> Iterator[Item]:
        self.entities.append(context.entity)
        for line, body in items:
            name = body.decode()
            yield Bad(line, name, "bad-shape", "a field is odd") if name.startswith("bad") else Customer(name)


def _tried(shop: _Shop, impostor: _Shop | None = None) -> list[Fact]:
    other = impostor or _Shop(problem=_REFUSED)
    facts = list(contract_facts(shop, lambda: other, _CONTEXT, NOW, lambda stream: stream.name != "unwanted"))
    assert other.is_closed
    return facts


def _customers(shop: _Shop) -> Fact:
    return next(fact for fact in _tried(shop) if fact.check == "customers")


def test_a_sound_source_passes() -> None:
    """The wrong credential first, then what the source itself says, then its streams; the unwanted ones are left."""
    facts = _tried(_Shop())
    assert [(fact.check, fact.level) for fact in facts] == [
        ("wrong credential", "ok"), ("credentials", "ok"), ("scopes", "warn"), ("customers", "ok")
    ]  # fmt: skip
    assert facts[-1].text.startswith("2 records")


def test_a_source_that_lets_anybody_in_fails() -> None:
    """What it shows then says nothing of our access."""
    fact = _tried(_Shop(), _Shop())[0]
    assert (fact.check, fact.level) == ("wrong credential", "fail")
    assert "let in" in fact.text


def test_a_source_that_lets_anybody_in_and_says_nothing_fails() -> None:
    """An examination without a single fact is no refusal."""
    assert _tried(_Shop(), _Shop(facts=()))[0].level == "fail"


@pytest.mark.parametrize(
    "problem",
    [
        SourceDown("source-down", "shop is down", "x"),
        BadAnswer("bad-answer", "a page", "x"),
        LimitReached("l", "w", "x"),
    ],
)
def test_another_error_than_a_refusal_warns(problem: UnpostedError) -> None:
    """The source may be down: that neither proves nor disproves anything."""
    fact = _tried(_Shop(), _Shop(problem=problem))[0]
    assert (fact.level, problem.message in fact.text) == ("warn", True)


def test_our_own_credential_that_is_refused_ends_the_trial() -> None:
    """It is a failure of the check `credentials`, with the next step; no page is asked for."""
    shop = _Shop(problem=_REFUSED)
    facts = _tried(shop)
    assert [(fact.check, fact.level) for fact in facts] == [("wrong credential", "ok"), ("credentials", "fail")]
    assert "Set fresh ones." in facts[-1].text
    assert shop.calls == []


def test_a_source_that_cannot_be_examined_ends_the_trial() -> None:
    """With another word than a refusal of the credentials."""
    facts = _tried(_Shop(problem=SourceDown("source-down", "shop is down.", "Wait.")))
    assert (facts[-1].check, facts[-1].level, facts[-1].text) == ("access", "fail", "shop is down. Wait.")


def test_the_same_page_twice_fails() -> None:
    """Also when its records come in another order, as a list without an order gives them."""
    for again in ([b"a", b"b"], [b"b", b"a"]):
        fact = _customers(_Shop({None: Page([b"a", b"b"], "2"), "2": Page(again, "3")}))
        assert (fact.level, fact.text) == ("fail", "the second page is the first one again")


def test_a_short_list_in_two_parts_may_show_the_same_twice() -> None:
    """Three companies that changed, then the companies whose locations did: the walk ends there, it does not loop."""
    fact = _customers(_Shop({None: Page([b"a", b"b"], "locations"), "locations": Page([b"b", b"a"], None)}))
    assert fact.level == "ok"


def test_a_walk_by_time_may_begin_with_the_last_record_again() -> None:
    """Even when nothing comes behind it: the store just has no more."""
    for second in ([b"b", b"c"], [b"b"], []):
        fact = _customers(_Shop({None: Page([b"a", b"b"], "2"), "2": Page(second, None)}))
        assert fact.level == "ok", second


def test_only_two_small_pages_are_asked_for() -> None:
    """A trial costs little: no more than two calls a stream, of a few records."""
    shop = _Shop({None: Page([b"a"], "2"), "2": Page([b"b"], "3")})
    _tried(shop)
    assert [call.token for call in shop.calls] == [None, "2"]
    assert all(call.size is not None and call.size <= 5 and call.span is None for call in shop.calls)


def test_a_stream_of_changes_is_asked_for_years_up_to_now() -> None:
    """Whatever there is must be found by it."""
    shop = _Shop(way="changes")
    _tried(shop)
    span = shop.calls[0].span
    assert span is not None
    assert (span.end, (span.end - span.start).days >= 3650) == (NOW, True)


def test_records_that_cannot_be_read_warn() -> None:
    """How many of how many, and why the first one."""
    fact = _customers(_Shop({None: Page([b"a", b"bad-1"], "2"), "2": Page([b"bad-2"], None)}))
    assert fact.level == "warn"
    assert "2 of the first 3 cannot be read: a field is odd" in fact.text


def test_a_stream_without_a_record_warns() -> None:
    """A permission that is not granted looks like that."""
    one: dict[str | None, Page | UnpostedError] = {None: Page((), None)}
    two: dict[str | None, Page | UnpostedError] = {None: Page((), "2"), "2": Page((), None)}
    for pages in (one, two):
        fact = _customers(_Shop(pages))
        assert (fact.level, fact.text) == ("warn", "not a single record can be seen")


@pytest.mark.parametrize("token", [None, "2"])
@pytest.mark.parametrize(
    "make",
    [lambda: BadAnswer("bad-answer", "it is cut.", "Wait."), lambda: SourceDown("source-down", "it is cut.", "Wait.")],
)
def test_a_page_that_cannot_be_had_fails(token: str | None, make: Callable[[], UnpostedError]) -> None:
    """The first or the second, with the next step."""
    pages: dict[str | None, Page | UnpostedError] = {None: Page([b"a"], "2"), token: make()}
    fact = _customers(_Shop(pages))
    assert (fact.level, fact.text) == ("fail", "it is cut. Wait.")


def test_the_page_tells_the_legal_entity_where_the_records_do_not() -> None:
    """Decoders hear it, each page its own."""
    shop = _Shop({None: Page([b"a"], "2", entity="USTI"), "2": Page([b"b"], None, entity="CATU")})
    _tried(shop)
    assert shop.entities == ["USTI", "CATU"]

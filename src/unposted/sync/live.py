"""Reads one stream of a live source: span by span, page by page, and never past what was drained.

Pages are kept in batches; a batch, its facts and the cursor behind it are one transaction. A stop, a crash or an error
loses at most the batch that was not kept yet, and the next run reads it again. A record that cannot be decoded is
fetched again by its id before it goes to quarantine; one that the source itself cannot deliver is passed over.
With `ahead` the next pages are fetched and decoded in a thread while those before them are kept; what is kept, and
when, stays the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from unposted.collector import collect_young, without_collector
from unposted.connectors.clock import Clock
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.live import DeltaExpired, LiveStream, Page, PageRequest
from unposted.domain.cursor import Cursor, Pace, Plan, Span, drained, history_plan, news_plan, paused
from unposted.domain.records import Record, record_id
from unposted.errors import BadAnswer, SourceDown, SourceRefused, UnpostedError
from unposted.sync.ahead import Ahead, Read
from unposted.sync.books import Batch, Books, Differences, is_nameless
from unposted.sync.telling import Told

__all__ = ["PagesMet", "Stopped", "StreamReader", "Tally"]

_BATCH = 10_000
_ASKED = 5_000  # single records at a time
_LONGEST_BATCH = 10.0  # seconds until what was read is kept
_TRIES = 3
_MOST_RETRIED = 25
_SIZES: tuple[int | None, ...] = (None, 16, 1)  # of a page: the most, and smaller ones around a record that fails
_CAREFUL_PAGES = 16
_MOST_SKIPPED = 5  # one after the other
_SHRUNK_SHARE, _SHRUNK_FROM = 10, 20


class Stopped(Exception):
    """Somebody asked to stop; everything up to the last page is kept."""


@dataclass(slots=True)
class Tally:
    """What the reading of a stream came to."""

    pages: int = 0
    fetched: int = 0
    stored: int = 0
    unchanged: int = 0
    quarantined: int = 0
    gone: int = 0
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Note what a person should know, once."""
        if text not in self.remarks:
            self.remarks.append(text)


@dataclass(slots=True)
class PagesMet:
    """What the pages of a stream that showed anything looked like in this run."""

    hashes: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class StreamReader:
    """Reads one stream into its books. `is_stopped` is asked at every page edge; `tell` hears of every page.

    `batch_size` is how many records are kept in one transaction; `met` is shared by the readings of one run.
    `ahead` is how many pages may be fetched before their turn; without it nothing runs beside anything else.
    """

    source: str
    stream: LiveStream
    books: Books
    context: Context
    clock: Clock
    pace: Pace
    tell: Callable[[Told], None]
    is_stopped: Callable[[], bool]
    accept_gone: bool = False
    batch_size: int = _BATCH
    met: PagesMet = field(default_factory=PagesMet)
    ahead: int = 0
    tally: Tally = field(default_factory=Tally)
    _doubts_empty: bool = False
    _retried: int = 0
    _level: int = 0
    _careful: int = 0
    _behind: str | None = None
    _pages_ahead: Ahead | None = None

    def news(self, begin: datetime) -> None:
        """Read what is new since the last run, by the stream's own way; a first reading begins at `begin`."""
        if self.stream.way == "list":
            self.whole_list()
        elif self.stream.way == "delta":
            self.delta()
        else:
            plan = news_plan(self.books.cursor(), self.clock.now(), self.pace, begin)
            self.changes(plan)
            self.changes(history_plan(self.books.cursor(), begin, self.pace))
            if self.stream.recount_daily and plan.purpose in {"daily", "weekly"}:
                self.recount(None, None)
            return
        self._daily_recount()

    def _daily_recount(self) -> None:
        """Recount once a day what the source's marks may hide; a stream that was just read whole need not be."""
        cursor, now = self.books.cursor(), self.clock.now()
        if not self.stream.recount_daily or (cursor.daily_at and now - cursor.daily_at < timedelta(days=1)):
            return
        if cursor.daily_at is not None:
            self.recount(None, None)
        self.books.keep(Batch(), replace(self.books.cursor(), daily_at=now))

    def changes(self, plan: Plan) -> None:
        """Drain the spans of a plan one after the other; of those of the history an empty page is asked for twice.

        Nobody looks at the history again, and an empty answer is easily a wrong one.
        """
        self._doubts_empty = plan.purpose == "history"
        for place, span in enumerate(plan.spans):
            self._span(plan, place, span)

    def _span(self, plan: Plan, place: int, span: Span) -> None:
        cursor = self.books.cursor()
        token = cursor.token if cursor.span == span else None

        def finish(reached: Cursor) -> Cursor:
            return drained(reached, plan, place, self.clock.now())

        try:
            self._drain(cursor, span, token, finish)
        except (SourceRefused, BadAnswer):
            if token is None or self.books.cursor().token != token:
                raise
            self._drain(self.books.cursor(), span, None, finish)  # the token has grown too old: from the beginning

    def whole_list(self) -> None:
        """Read the whole list, or go on with one that was begun, and end what it does not show any more."""
        cursor = self.books.cursor()
        if cursor.list_began is not None and cursor.token is not None:
            try:
                self._drain(cursor, None, cursor.token)
            except (SourceRefused, BadAnswer):
                if self.books.cursor().token != cursor.token:
                    raise
            else:
                self._end_list()
                return  # otherwise the token has grown too old: from the beginning
        cursor = replace(self.books.cursor(), list_began=self.clock.now(), token=None, span=None)
        self.books.start_list(cursor)
        self._drain(cursor, None, None)
        self._end_list()

    def delta(self) -> None:
        """Read what has changed by the source's own mark, or everything when there is no mark that it knows."""
        cursor = self.books.cursor()
        if cursor.delta is None or cursor.list_began is not None:
            self.whole_list()
            return
        try:
            self._drain(cursor, None, cursor.token or cursor.delta)
        except (DeltaExpired, BadAnswer) as error:
            if isinstance(error, BadAnswer) and error.code != "foreign-link":
                raise  # the address of the source may have changed: its marks lead to the old one
            self.tally.remark(f"the source no longer knew our mark of {self.stream.name}: everything was read again")
            self.books.start_list(replace(self.books.cursor(), delta=None, token=None, list_began=self.clock.now()))
            self.whole_list()

    def single(self, ids: Iterable[str]) -> None:
        """Fetch single records by their ids and keep them; one that the source does not know any more ends."""
        assert self.stream.by_id is not None
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _ASKED):
            part = wanted[start : start + _ASKED]
            batch = Batch(is_asked=True)
            self._ask_for(part, batch)
            if lost := _not_met(part, batch):
                self._ask_for(lost, batch)  # one answer may be wrong; what is gone is so the second time, too
            batch.removed = _not_met(part, batch)
            self._keep(batch, self.books.cursor())
            self._edge()

    def _ask_for(self, ids: Sequence[str], batch: Batch) -> None:
        assert self.stream.by_id is not None
        for page in self.stream.by_id(ids):
            self._take(Read(page), batch)

    # ---- pages

    def _drain(
        self,
        cursor: Cursor,
        span: Span | None,
        token: str | None,
        finish: Callable[[Cursor], Cursor] = lambda cursor: cursor,
    ) -> None:
        with without_collector(), Ahead(self.stream.fetch, self._decoded, self.ahead) as self._pages_ahead:
            self._drain_pages(cursor, span, token, finish)

    def _drain_pages(
        self, cursor: Cursor, span: Span | None, token: str | None, finish: Callable[[Cursor], Cursor]
    ) -> None:
        """Read pages from a token to the end, keeping them and the place behind them in batches."""
        batch, since = self._new_batch(cursor), self.clock.monotonic()
        try:
            for read in self._pages(span, token):
                page = read.page
                self._take(read, batch)
                cursor = paused(cursor, span, page.next, self.clock.now())
                if page.delta:
                    cursor = replace(cursor, delta=page.delta)
                if page.next is None:
                    cursor = finish(cursor)
                is_due = batch.size >= self.batch_size or self.clock.monotonic() - since >= _LONGEST_BATCH
                if is_due or page.next is None or self.is_stopped():
                    self._keep(batch, cursor)
                    batch, since = self._new_batch(cursor), self.clock.monotonic()
                    collect_young()
                self._edge(page.total)
        except (Stopped, UnpostedError):
            if batch.pages:
                self._keep(batch, cursor)  # whole pages are kept, whatever stopped the one after them
            raise

    def _new_batch(self, cursor: Cursor) -> Batch:
        return Batch(is_list=cursor.list_began is not None)

    def _pages(self, span: Span | None, token: str | None) -> Iterator[Read]:
        """Yield the pages from a token on; a page or a token that comes again is an error.

        One that came before in another place of this run is asked for once more: it may be a cache's answer to another
        question.
        """
        tokens = {token}
        last = b""
        while True:
            read = self._page(PageRequest(span, token))
            if self._is_odd(read.page, last):
                read = self._page(PageRequest(span, token))
            page = read.page
            this = _hash_of(page) if page.items else b""
            if page.next is not None and (page.next in tokens or (this and this == last)):
                raise BadAnswer(
                    "page-repeated",
                    f"{self.source}: the source gave the same page of {self.stream.name} twice.",
                    "Run the command again; what was read so far is kept.",
                )
            last, token = this, page.next
            tokens.add(token)
            if this:
                self.met.hashes.add(this)
            yield read
            if token is None:
                return

    def _is_odd(self, page: Page, last: bytes) -> bool:
        """Tell a page that may be the answer to another question; the one before again is an error of its own."""
        if not page.items:
            return self._doubts_empty
        return last != _hash_of(page) in self.met.hashes

    def _page(self, request: PageRequest) -> Read:
        """Get a page; when the source keeps failing at it, by smaller and smaller ones, for one record may be why."""
        assert self._pages_ahead is not None
        while True:
            try:
                read = self._pages_ahead.read(request._replace(size=_SIZES[self._level]))
            except SourceDown as error:
                if error.code != "source-failing" or self.stream.skip is None:
                    raise
                if self._level == len(_SIZES) - 1:
                    return Read(self._past_poison(request, error))
                self._level, self._careful = self._level + 1, _CAREFUL_PAGES
                continue
            self._careful -= 1
            if self._careful <= 0 and self._level:
                self._level, self._careful = self._level - 1, _CAREFUL_PAGES
            return read

    def _past_poison(self, request: PageRequest, error: SourceDown) -> Page:
        """Pass over the record that the source fails at, and those right behind it that it fails at, too.

        It must then deliver one, or it is the source that is down, and nothing is passed over.
        """
        skipped: list[str] = []
        page: Page | None = None
        while page is None:
            page = self._one_further(request._replace(size=1), skipped, error)
            request = request._replace(token=self._behind)
        self._level = 0
        self.tally.remark(f"the source cannot deliver {self.stream.name} {', '.join(skipped)}: see the quarantine")
        reason = f"the source fails at this record: {error.message[:200]}"
        cursor = self.books.cursor()
        bad = [Bad(0, one, "not-delivered", reason) for one in skipped]
        self._keep(Batch(bad=bad, is_list=cursor.list_began is not None), cursor)
        return page

    def _one_further(self, request: PageRequest, skipped: list[str], error: SourceDown) -> Page | None:
        """Skip one record and try the next; None when that one fails as well."""
        assert self.stream.skip is not None
        if len(skipped) == _MOST_SKIPPED:
            raise error
        name, self._behind = self.stream.skip(request)
        skipped.append(name)
        if self._behind is None and len(skipped) > 1:
            raise error  # nothing came at all: that is no matter of single records
        if self._behind is None:
            return Page((), None)
        try:
            return self.stream.fetch(request._replace(token=self._behind))
        except SourceDown as again:
            if again.code != "source-failing":
                raise
            return None

    # ---- records

    def _take(self, read: Read, batch: Batch) -> None:
        """Put a page into a batch; what of it cannot be read is asked for again."""
        page = read.page
        batch.pages += 1
        batch.removed += page.removed
        for item in self._decoded(page) if read.items is None else read.items:
            if not isinstance(item, Bad):
                batch.records.append(item)
            elif (again := self._again(item, page)) is not None:
                batch.records += again
            else:
                batch.bad.append(_found_by_hash(item, page))

    def _decoded(self, page: Page) -> list[Item]:
        context = replace(self.context, entity=page.entity) if page.entity else self.context
        return list(self.stream.decode([RawItem(place, body) for place, body in enumerate(page.items, 1)], context))

    def _again(self, bad: Bad, page: Page) -> list[Record] | None:
        """Fetch a record that could not be read twice more: half an answer may have been the reason."""
        if bad.record_id is None or self.stream.by_id is None or self._retried >= _MOST_RETRIED:
            return None
        self._retried += 1
        for _ in range(_TRIES - 1):
            with nullcontext() if self._pages_ahead is None else self._pages_ahead.calls:
                pages = list(self.stream.by_id([bad.record_id]))
            items = [item for one in pages for item in self._decoded(one._replace(entity=one.entity or page.entity))]
            records = [item for item in items if not isinstance(item, Bad)]
            if records and len(records) == len(items):
                return records
        return None

    def _keep(self, batch: Batch, cursor: Cursor) -> None:
        kept = self.books.keep(batch, cursor)
        self.tally.pages += batch.pages
        self.tally.fetched += batch.size
        self.tally.stored += kept.stored
        self.tally.unchanged += kept.unchanged
        self.tally.quarantined += len(batch.bad)
        self.tally.gone += kept.gone

    def _edge(self, total: int | None = None) -> None:
        self.tell(Told(self.source, self.stream.name, self.tally.fetched, total))
        if self.is_stopped():
            raise Stopped

    # ---- what ended

    def _end_list(self) -> None:
        """End what the list did not show, unless that is so much that the list itself is in doubt."""
        missing, known = self.books.missing_from_list()
        is_doubtful = self._is_doubtful(missing, known)
        if is_doubtful:
            self._doubt(missing, known)
        cursor = replace(self.books.cursor(), list_began=None, token=None, paused_at=None, listed_at=self.clock.now())
        self.tally.gone += self.books.end_list(cursor, end_missing=not is_doubtful)

    def _is_doubtful(self, missing: int, known: int) -> bool:
        return missing > _SHRUNK_FROM and missing * _SHRUNK_SHARE > known and not self.accept_gone

    def _doubt(self, missing: int, known: int) -> None:
        self.tally.remark(
            f"the source does not show {missing:,} of the {known:,} {self.stream.name} that we know; they are kept: "
            "if they are really gone, run `unposted sync --accept-gone`"
        )

    def recount(self, start: datetime | None, end: datetime | None, *, repair: bool = True) -> Differences:
        """Compare with what the source says by another path, and fetch again whatever differs.

        What seems to be gone is asked for by its id before it ends, where the source can be asked so.
        """
        assert self.stream.recount is not None
        found = self.books.compare(self.stream.recount(start, end), start, end)
        if not repair:
            return found
        is_doubtful = self._is_doubtful(len(found.gone), found.compared)
        if is_doubtful and not self.stream.forgets:
            self._doubt(len(found.gone), found.compared)
        gone = () if is_doubtful or self.stream.forgets else found.gone
        if self.stream.by_id is not None:
            self.single((*found.missing, *found.stale, *found.incorrect, *gone))
        elif gone:
            self._keep(Batch(removed=list(gone)), self.books.cursor())
        return found


def _hash_of(page: Page) -> bytes:
    return hashlib.sha256(b"\n".join(page.items)).digest()


def _not_met(ids: Sequence[str], batch: Batch) -> list[str]:
    """List the ids of which a batch shows nothing; none, when it has a record that does not even show its id."""
    unread = {bad.record_id for bad in batch.bad}
    if any(is_nameless(one) for one in unread):
        return []
    met = {record_id(record) for record in batch.records} | unread
    return [one for one in ids if one not in met and one.rpartition("|")[2] not in unread]


def _found_by_hash(bad: Bad, page: Page) -> Bad:
    """Give a record without an id one that stays the same while it stays as bad as it is."""
    if bad.record_id is not None or not 0 < bad.line <= len(page.items):
        return bad
    digest = hashlib.blake2b(page.items[bad.line - 1], digest_size=6).hexdigest()
    return bad._replace(record_id=f"unread-{digest}")

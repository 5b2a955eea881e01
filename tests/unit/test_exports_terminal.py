"""The card and the worklist on the screen and through a pipe."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.support.exported import naughty_strings
from tests.support.readings import NAUGHTY, a_row, reading_of
from unposted.cards.reading import CurrencyAmount, Reading
from unposted.cli.output import console_for, print_reading, print_worklist
from unposted.exports.words import money_words


def _printed(reading: Reading, *, every_row: bool = False) -> str:
    stream = io.StringIO()
    print_reading(reading, every_row=every_row, console=console_for(stream))
    return stream.getvalue()


def _listed(reading: Reading) -> str:
    stream = io.StringIO()
    print_worklist(reading, console=console_for(stream))
    return stream.getvalue()


def test_the_card_shows_headline_segments_value_largest_and_dataverse() -> None:
    """What the owner asks first stands first."""
    rows = [a_row(1, segment="b2b", name="Wholesale-X", blocked=1_840_000), a_row(2, flags=("in_dataverse",))]
    text = " ".join(_printed(reading_of(rows)).split())
    for part in (
        "US Trade · Ecom Customers Absent from D365 Customer Master",
        "as of 12 Apr 2026 18:30 (America/New_York)",
        "window 06 Apr 2026 00:00 to 12 Apr 2026 18:30",
        "Absent 2 alert quiet: it fires above 10",
        "of which B2B 1 of which DTC 1",
        "Blocked $18,499.98",
        "Largest $18,400.00 Wholesale-X",
        "In Dataverse, not promoted 1",
        "status no record found 2 $18,499.98",
        "dtc orders 120 12 Apr 2026 17:30",
    ):
        assert part in text


def test_a_firing_alert_says_so_in_a_word() -> None:
    """Colour is never the only sign."""
    assert "alert firing: it fires above 10" in _printed(reading_of([a_row(rank) for rank in range(1, 12)]))


def test_amounts_show_their_currency_code_where_two_can_meet() -> None:
    """Dollars of two countries are told apart; with one currency the code would be noise."""
    one = _printed(reading_of([a_row(1)]))
    two = _printed(reading_of([a_row(1, blocked_by_currency=(CurrencyAmount("CAD", 13_697),))]))
    assert "$99.99" in one
    assert "USD" not in one
    assert "$99.99 USD" in two
    assert "in order currency: 136.97 CAD" in two


def test_amounts_stand_right_aligned() -> None:
    """Figures of one column end in one place."""
    text = _listed(reading_of([a_row(1, blocked=123_456_789), a_row(2, blocked=5)]))
    lines = [line for line in text.splitlines() if "customer" in line]
    assert lines[0].index("$1,234,567.89") + len("$1,234,567.89") == lines[1].index("$0.05") + len("$0.05")


def test_a_long_worklist_is_cut_on_the_card_and_says_how_to_see_the_rest() -> None:
    """25 rows are all shown; of more, twenty; the worklist command shows every one."""
    all_shown, cut = (reading_of([a_row(rank) for rank in range(1, count + 1)]) for count in (25, 26))
    assert "Customer 25 " in _printed(all_shown)
    assert "Customer 20 " in _printed(cut)
    assert "Customer 21 " not in _printed(cut)
    assert "and 6 more: `unposted worklist` shows all" in _printed(cut)
    assert "Customer 26 " in _printed(cut, every_row=True)
    assert "Customer 26 " in _listed(cut)


def test_what_the_number_lacks_is_told_in_sentences() -> None:
    """Unknown values, quarantined records and unmapped statuses stand below the card and the worklist."""
    reading = reading_of(
        [a_row(1), a_row(2, blocked=None, blocked_net=None)], quarantined=1, unmapped_statuses=(("status_id=99", 2),)
    )
    for text in (_printed(reading), _listed(reading)):
        assert "1 row lacks an exchange rate: the value is unknown and in no total" in text
        assert "1 record could not be read and is in quarantine" in text
        assert "2 orders of unknown status status_id=99, counted as active" in text
    assert "!" not in _printed(reading_of([a_row()]))


def test_status_and_flags_are_plain_english() -> None:
    """The screen speaks to people; the files keep the short names."""
    text = _listed(reading_of([a_row(1, status="near_match", flags=("ambiguous",))]))
    assert "looks like an existing record; several entities expected" in text


def test_a_filter_is_told_above_its_rows() -> None:
    """A narrowed list never passes for the whole."""
    assert "filter: segment b2b (1 of 9 rows)" in _listed(reading_of([a_row()], filters="segment b2b (1 of 9 rows)"))


def test_an_empty_worklist_is_a_sentence() -> None:
    """Nothing absent is good news, told as such."""
    assert "0 rows, $0.00 blocked" in _listed(reading_of([]))
    assert "Absent 0 alert quiet" in " ".join(_printed(reading_of([])).split())


def test_a_pipe_gets_one_line_per_row_without_colours() -> None:
    """Nothing is wrapped, cut by a width, or painted."""
    rows = [
        a_row(rank, name="N" * 40, emails=(f"{'long' * 9}@example.com",), stores=("dtc", "wholesale"))
        for rank in (1, 2)
    ]
    text = _listed(reading_of(rows))
    assert len([line for line in text.splitlines() if "N" * 40 in line]) == 2
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [60, 80, 100, 150, 200])
def test_a_terminal_is_never_overrun(width: int) -> None:
    """Every line fits, and the amount of every row is whole."""
    stream = io.StringIO()
    rows = [a_row(rank, name=f"田中さん {'long name ' * 5}", blocked=1_234_567_89) for rank in range(1, 4)]
    print_reading(reading_of(rows), console=Console(file=stream, width=width, markup=False, highlight=False))
    assert all(cell_len(line) <= width for line in stream.getvalue().splitlines())
    assert stream.getvalue().count("$1,234,567.89") >= 3


def test_own_naughty_names_cannot_steer_the_terminal() -> None:
    """No control or direction character of a name reaches the screen; markup prints literally."""
    _harmless(list(NAUGHTY))
    assert "[bold]x[/bold]" in _listed(reading_of([a_row(name="[bold]x[/bold]")]))
    assert ":smile:" in _listed(reading_of([a_row(name=":smile:")]))


def test_the_big_list_of_naughty_names_cannot_steer_the_terminal() -> None:
    """Nor can any string of the public list."""
    _harmless(naughty_strings())


def _harmless(strings: list[str]) -> None:
    rows = [a_row(rank, name=text, emails=(text,), stores=(text or "x",)) for rank, text in enumerate(strings, start=1)]
    reading = reading_of(rows, workspace="\x1b[2J", unmapped_statuses=(("\x1b]0;x\x07[red]", 1),))
    for text in (_printed(reading, every_row=True), _listed(reading)):
        assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x2028)}
        assert "[red]" in text


def test_a_stream_of_another_encoding_does_not_fail() -> None:
    """An old code page shows a question mark for what it lacks."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", write_through=True)
    print_worklist(reading_of([a_row(name="田中")]), console=console_for(stream))
    assert b"??" in raw.getvalue()


@pytest.mark.parametrize(
    ("units", "currency", "with_code", "words"),
    [
        (6_120_000, "USD", False, "$61,200.00"),
        (-5, "USD", True, "-$0.05 USD"),
        (1_234_567, "JPY", False, "1,234,567 JPY"),
        (1_234_567, "KWD", False, "1,234.567 KWD"),
        (100, "EUR", False, "€1.00"),
        (None, "USD", True, "unknown"),
    ],
)
def test_amounts_read_as_people_write_them(units: int | None, currency: str, with_code: bool, words: str) -> None:
    """Grouped, with the currency's own digits."""
    assert money_words(units, currency, with_code=with_code) == words

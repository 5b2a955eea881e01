"""Where credentials are found, and that they show themselves nowhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from unposted.connectors.secrets import Secret, SecretStore, redacted, variable_name
from unposted.errors import SignIn

_TEXT = "canary-8XaPq02LmZ71"


def _none(_user: str) -> None:
    return None


def _store(**environment: str) -> SecretStore:
    return SecretStore(environment, _none)


@pytest.mark.parametrize(
    ("source", "name", "variable"),
    [
        ("dtc", "token", "UNPOSTED_DTC_TOKEN"),
        ("US Trade", "client_secret", "UNPOSTED_US_TRADE_CLIENT_SECRET"),
        ("shop.example/b2b", "token", "UNPOSTED_SHOP_EXAMPLE_B2B_TOKEN"),
        ("-dtc-", "token", "UNPOSTED_DTC_TOKEN"),
        ("größe", "token", "UNPOSTED_GR_E_TOKEN"),
        ("2nd", "token", "UNPOSTED_2ND_TOKEN"),
        ("東京", "token", "UNPOSTED_TOKEN"),
        ("a$(rm -r)b", "token", "UNPOSTED_A_RM_R_B_TOKEN"),
    ],
)
def test_a_variable_has_a_name_that_every_shell_takes(source: str, name: str, variable: str) -> None:
    """Letters, digits and underscores, whatever the source is called."""
    assert variable_name(source, name) == variable
    assert _store(**{variable: _TEXT}).need(source, name).reveal() == _TEXT


def test_a_file_holds_a_secret(tmp_path: Path) -> None:
    """The line end that every editor writes, and the mark that Windows puts before, are no part of it."""
    path = tmp_path / "token"
    for text in (_TEXT, f"{_TEXT}\n", f"{_TEXT}\r\n", f"  {_TEXT}\n\n", f"\ufeff{_TEXT}\r\n"):
        path.write_text(text, encoding="utf-8", newline="")
        assert _store(UNPOSTED_DTC_TOKEN_FILE=str(path)).need("dtc", "token").reveal() == _TEXT


def test_a_secret_of_several_lines_stays_whole(tmp_path: Path) -> None:
    """A certificate is a text with line ends inside."""
    text = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"
    (tmp_path / "key.pem").write_text(f"{text}\n", encoding="utf-8")
    found = _store(UNPOSTED_FNO_CERTIFICATE_FILE=str(tmp_path / "key.pem")).need("fno", "certificate")
    assert found.reveal() == text


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _path: None, "no such file"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: path.write_bytes(b"\xff\xfet\x00o\x00k\x00"), "no text"),
        (lambda path: path.write_bytes(b"\x00\x80\x81"), "no text"),
        (lambda path: path.write_bytes(b" \n\n"), "empty"),
    ],
    ids=["missing", "folder", "utf-16", "binary", "empty"],
)
def test_a_file_that_gives_no_secret_is_told(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    """The message names the variable and the reason, and not where the file is; the exit code is 4."""
    path = tmp_path / "hidden-place"
    make(path)
    for ask in (_store(UNPOSTED_DTC_TOKEN_FILE=str(path)).need, _store(UNPOSTED_DTC_TOKEN_FILE=str(path)).find):
        with pytest.raises(SignIn) as caught:
            ask("dtc", "token")
        assert (caught.value.code, caught.value.exit_code) == ("secret-file", 4)
        assert "UNPOSTED_DTC_TOKEN_FILE" in caught.value.message
        assert reason in caught.value.message
        assert "hidden-place" not in f"{caught.value.message} {caught.value.next_step}"


def test_the_nearest_place_comes_first(tmp_path: Path) -> None:
    """The variable itself, then the file that it names, then the keyring; a blank one is none."""
    path = tmp_path / "token"
    path.write_text("of-the-file", encoding="utf-8")
    environment = {"UNPOSTED_DTC_TOKEN": "of-the-variable", "UNPOSTED_DTC_TOKEN_FILE": str(path)}
    for found in ("of-the-variable", "of-the-file", "of-the-keyring"):
        assert SecretStore(environment, lambda _user: "of-the-keyring").need("dtc", "token").reveal() == found
        environment.pop(next(iter(environment), ""), None)
    blank = SecretStore({"UNPOSTED_DTC_TOKEN": " ", "UNPOSTED_DTC_TOKEN_FILE": ""}, lambda _user: "of-the-keyring")
    assert blank.need("dtc", "token").reveal() == "of-the-keyring"


def test_the_keyring_is_asked_by_source_and_name() -> None:
    """The user name in it is as the source is written, so that odd names are told apart there."""
    asked: list[str] = []
    store = SecretStore({}, asked.append)
    assert store.find("東京", "token") is None
    assert asked == ["東京.token"]


@pytest.mark.parametrize("kept", [None, "", "  \n"])
def test_a_secret_that_is_nowhere_says_how_to_give_it(kept: str | None) -> None:
    """All three ways, by their exact names."""
    store = SecretStore({}, lambda _user: kept)
    assert store.find("US shop", "token") is None
    with pytest.raises(SignIn) as caught:
        store.need("US shop", "token")
    assert caught.value.code == "secret-missing"
    for way in ("UNPOSTED_US_SHOP_TOKEN,", "UNPOSTED_US_SHOP_TOKEN_FILE", "keyring set unposted 'US shop.token'"):
        assert way in caught.value.next_step


def test_a_secret_shows_stars() -> None:
    """Printed, formatted, logged or inside something else."""
    secret = Secret(_TEXT)
    record = logging.LogRecord("x", logging.INFO, "x", 1, "%s %r", (secret, secret), None)
    for shown in (
        str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{secret!s:>30}", "{}".format(secret), "%s" % secret,  # noqa: UP031, UP032
        repr([secret]), repr({"a": secret}), repr((secret,)), record.getMessage(), str(ValueError(secret)),
    ):  # fmt: skip
        assert _TEXT not in shown
        assert "***" in shown


@pytest.mark.parametrize(
    "write",
    [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode, msgspec.msgpack.encode, vars],
)
def test_a_secret_is_not_written_down(write: Callable[[Secret], object]) -> None:
    """Pickling, copying and encoding fail, and the failure does not show it."""
    with pytest.raises(TypeError) as caught:
        write(Secret(_TEXT))
    assert _TEXT not in repr(caught.value)


def test_an_empty_secret_is_none() -> None:
    """White space is no credential."""
    assert not Secret(" \n")
    assert Secret("x")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the token {_TEXT} is bad", "the token *** is bad"),
        (f"{_TEXT}{_TEXT}", "******"),
        (f"cut at the end {_TEXT[:14]}", "cut at the end ***"),
        (f"{_TEXT[:12]} and {_TEXT[:10]}xyz", "*** and ***xyz"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer ***"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ('OAuth oauth_token="tk-aa", oauth_signature="x%3D%2Bkk", realm="y"', "OAuth ***"),
        ("https://h/x?sig=abc123&v=1", "https://h/x?sig=***&v=1"),
        ("https://h/x?v=1&X-Goog-Signature=abc123", "https://h/x?v=1&X-Goog-Signature=***"),
        ("https://h/x?Access_Token=abc;b=1&api_key=k1", "https://h/x?Access_Token=***&api_key=***"),
        (r'{"u": "https://h/x?v=1\u0026client_secret=abc"}', r'{"u": "https://h/x?v=1\u0026client_secret=***"}'),
        ("see 'https://h/x?password=hunter2'", "see 'https://h/x?password=***'"),
        ("ordinary words, order=5 and ?page=2", "ordinary words, order=5 and ?page=2"),
    ],
)  # fmt: skip
def test_what_is_or_looks_like_a_secret_is_blotted_out(text: str, shown: str) -> None:
    """In whole, cut, in a header and in an address."""
    assert redacted(text, [Secret(_TEXT)]) == shown


def test_a_secret_is_known_as_an_address_writes_it() -> None:
    """Percent-encoded it is the same secret."""
    assert redacted("?q=a%2Fb%2Bc%3D%3D%20long", [Secret("a/b+c== long")]) == "?q=***"


def test_short_and_empty_secrets_do_not_blot_out_words() -> None:
    """A secret of a few letters would make every message unreadable; an empty one is in every text."""
    assert redacted("a bad idea", [Secret("bad"), Secret("")]) == "a bad idea"
    assert redacted("secret", [Secret("secret")]) == "***"


def test_several_secrets_are_blotted_out_together() -> None:
    """One may be a part of the other."""
    shown = redacted(f"{_TEXT}-more and {_TEXT}", [Secret(_TEXT), Secret(f"{_TEXT}-more")])
    assert "canary" not in shown
    assert " and ***" in shown

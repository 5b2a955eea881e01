"""Dataverse webhooks are hints: taken with the secret header, refused without, and never believed beyond an id."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from unposted.connectors.dataverse.webhooks import read_hint
from unposted.connectors.hints import Hint, HintRefused
from unposted.connectors.secrets import Secret

_NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
_KEY = "canary-hook-key-Zx81"
_ROW = "0A1B2C3D-0000-4111-8222-AABBCCDDEEFF"


def _body(**fields: object) -> bytes:
    sent = int((_NOW - timedelta(seconds=4)).timestamp() * 1000)
    context: dict[str, object] = {
        "PrimaryEntityName": "account", "PrimaryEntityId": _ROW, "MessageName": "Update",
        "RequestId": "req-1", "CorrelationId": "cor-1", "OperationCreatedOn": f"/Date({sent})/",
        "InputParameters": [{"key": "Target", "value": {"Attributes": []}}],
    }  # fmt: skip
    return json.dumps(context | fields).encode()


def _read(body: bytes, key: str | None = _KEY, **headers: str) -> Hint:
    given = {"X-Unposted-Key": key} if key is not None else {}
    return read_hint(Secret(_KEY), given | headers, body, _NOW)


def test_a_delivery_names_what_to_fetch() -> None:
    """An update of an account is a hint at that account, its id in small letters."""
    hint = _read(_body())
    assert (hint.stream, hint.record_id, hint.is_gone) == ("accounts", _ROW.lower(), False)
    assert hint.sent_at == _NOW - timedelta(seconds=4)


def test_a_deletion_is_only_said_to_be_one() -> None:
    """A deletion is marked, for it must be checked like everything else."""
    hint = _read(_body(PrimaryEntityName="contact", MessageName="Delete"))
    assert (hint.stream, hint.is_gone) == ("contacts", True)


def test_a_repeated_delivery_is_known_as_the_same() -> None:
    """The service tries again when we do not answer: the same request gives the same delivery."""
    assert _read(_body()).delivery == _read(_body()).delivery
    assert _read(_body()).delivery != _read(_body(RequestId="req-2")).delivery


@pytest.mark.parametrize("key", [None, "", "canary-hook-key-Zx8", "canary-hook-key-zx81"])
def test_a_forged_delivery_is_refused(key: str | None) -> None:
    """Without the exact secret in the header nothing is read, and the refusal does not show it."""
    with pytest.raises(HintRefused) as caught:
        _read(_body(), key)
    assert caught.value.status == 401
    assert "canary" not in caught.value.reason


def test_an_empty_secret_lets_nobody_in() -> None:
    """A source without a webhook secret takes no delivery, an empty header included."""
    with pytest.raises(HintRefused):
        read_hint(Secret(""), {"x-unposted-key": ""}, _body(), _NOW)


@pytest.mark.parametrize("off", [timedelta(days=2), -timedelta(minutes=10)])
def test_a_late_delivery_is_refused(off: timedelta) -> None:
    """A day-old delivery, or one from the future, tells nothing that polling does not know."""
    sent = int((_NOW - off).timestamp() * 1000)
    with pytest.raises(HintRefused, match="too old"):
        _read(_body(OperationCreatedOn=f"/Date({sent})/"))


def test_a_delivery_that_was_cut_down_is_still_a_hint() -> None:
    """A context over 256 KB comes without most of it; table and message stand in headers then."""
    body = json.dumps({"PrimaryEntityId": _ROW}).encode()
    hint = _read(body, **{"x-ms-dynamics-entity-name": "account", "x-ms-dynamics-request-name": "Create"})
    assert (hint.stream, hint.record_id) == ("accounts", _ROW.lower())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"[]", 400), (b"\xff\xfe", 400), (_body(PrimaryEntityName="lead"), 404),
        (_body(MessageName="Retrieve"), 404), (_body(PrimaryEntityId="x' or 1 eq 1"), 400),
        (_body(PrimaryEntityId=""), 400),
    ],
)  # fmt: skip
def test_what_is_no_news_of_a_row_is_refused(body: bytes, status: int) -> None:
    """Other tables, other messages, no id or no JSON at all are refused with a fitting status."""
    with pytest.raises(HintRefused) as caught:
        _read(body)
    assert caught.value.status == status


@pytest.mark.parametrize("moment", ["/Date(99999999999999999999)/", "soon", None])
def test_a_time_that_cannot_be_read_is_no_time(moment: str | None) -> None:
    """A hint without a readable time is a hint all the same."""
    assert _read(_body(OperationCreatedOn=moment)).sent_at is None

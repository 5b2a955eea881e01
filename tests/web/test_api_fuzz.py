"""Calls that nobody thought of, made from the API's own description: never a failure of ours, always as described."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from tests.web.serving import HOST, Web, demo_web
from unposted.web.api.description import description
from unposted.web.api_tokens import make_token
from unposted.web.app import make_app


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Web, dict[str, str]]]:
    """Serve a web that is called with a token of the owner."""
    with demo_web(Path(tmp_path_factory.mktemp("fuzz"))) as web:
        secret = make_token(web.desk.shelf, web.people["owner"].person_id, "fuzz", "write", 30, web.clock())
        yield make_app(web.desk), web, {"authorization": f"Bearer {secret}", "host": HOST.removeprefix("http://")}


schema = schemathesis.openapi.from_dict(json.loads(description()))


def _call(case: Any, fuzzed: tuple[Any, Web, dict[str, str]]) -> None:
    app, _web, headers = fuzzed
    case.headers = {**headers}
    kwargs = case.as_transport_kwargs(base_url=HOST + "/api/v1")
    client = TestClient(app, base_url=HOST, raise_server_exceptions=True)
    response = client.request(
        kwargs["method"], kwargs["url"], params=kwargs.get("params"), headers=headers, json=kwargs.get("json"),
        content=kwargs.get("data") if isinstance(kwargs.get("data"), bytes) else None,
    )  # fmt: skip
    assert response.status_code < 500 or response.status_code == 503
    _conforms(case, response)


def _conforms(case: Any, response: Any) -> None:
    told = schema.raw_schema
    described = told["paths"][case.operation.path].get(case.method.lower())
    if described is None:
        assert response.status_code == 405
        return
    assert str(response.status_code) in described["responses"], response.text
    if response.content:
        kind = response.headers["content-type"].split(";")[0]
        content = described["responses"][str(response.status_code)]["content"][kind]["schema"]
        whole = {**content, "components": told["components"]}
        jsonschema.validate(response.json(), whole, jsonschema.Draft202012Validator)


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_call_makes_us_fail(case: Any, fuzzed: tuple[Any, Web, dict[str, str]]) -> None:
    """Every answer is one that the description names, of the kind that it names."""
    _call(case, fuzzed)


@pytest.mark.deep
@schema.parametrize()
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_call_makes_us_fail_for_long(case: Any, fuzzed: tuple[Any, Web, dict[str, str]]) -> None:
    """The same with many more calls."""
    _call(case, fuzzed)

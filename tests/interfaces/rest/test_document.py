"""Schemathesis reads the OpenAPI document and tries what it promises: no server error, nothing undescribed.

The specimen has a field of every type, so the product's other objects would bring nothing new but minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.interfaces.rest.conftest import ground_of, make_key

from relata.engine.metadata.module import Module
from relata.engine.storage.database import Database
from relata.testing.house import House, fresh_database, furnish

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = 8
TRIED = ("/specimens", "/specimen_parts", "/me", "/metadata", "/openapi.json", "/batch", "/feed", "/search", "/files")
BASE = "http://localhost/api/v1"


class Server:
    """The API over a house with real commits, in an event loop of its own: Hypothesis calls it from plain functions."""

    def __init__(self, postgres_url: str, modules: tuple[Module, ...], files: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._headers: dict[str, str] = {}
        self._loop.run_until_complete(self._open(postgres_url, modules, files))

    async def _open(self, postgres_url: str, modules: tuple[Module, ...], files: Path) -> None:
        self._database = await Database(await fresh_database(postgres_url), pool_size=4).open()
        house = House(await furnish(self._database, modules, "main"), "main")
        key = await make_key(house, await house.person("Ada", "admin"))
        self._headers = {"authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app=ground_of(house, files), raise_app_exceptions=True)
        self._client = httpx.AsyncClient(transport=transport, headers=self._headers)

    def close(self) -> None:
        """Give everything back."""
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._database.close())
        self._loop.close()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request to a path of the API."""
        return self._loop.run_until_complete(self._client.request(method, BASE + path, **more))

    def call(self, case: schemathesis.Case[Any]) -> httpx.Response:
        """A generated request."""
        prepared = requests.Request(**_request(case.as_transport_kwargs(base_url=BASE))).prepare()
        headers = [
            (name.encode("latin-1"), value.encode("latin-1") if isinstance(value, str) else value)
            for name, value in prepared.headers.items()
            if name.lower() != "authorization"
        ]
        sent = self._client.build_request(
            prepared.method or "GET", prepared.url or BASE, headers=headers, content=_bytes(prepared.body)
        )
        return self._loop.run_until_complete(self._client.send(sent))


def _request(arguments: dict[str, Any]) -> dict[str, Any]:
    known = ("method", "url", "headers", "files", "data", "json", "params", "auth", "cookies")
    return {name: value for name, value in arguments.items() if name in known}


def _bytes(body: object) -> bytes | None:
    return body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None


@pytest.fixture(scope="module")
def server(
    postgres_url: str, house_modules: tuple[Module, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The API, furnished and running."""
    found = Server(postgres_url, house_modules, tmp_path_factory.mktemp("files"))
    yield found
    found.close()


def record_for(server: Server, path: str) -> dict[str, Any]:
    """Fixed path parameters: a record that exists, so that what is tried gets past the look-up."""
    if "{id}" not in path:
        return {}
    specimen = server.send("POST", "/specimens", json={"name": "A"}).json()["id"]
    if not path.startswith("/specimen_parts"):
        return {"id": specimen}
    part = server.send("POST", "/specimen_parts", json={"name": "A", "specimen": specimen})
    return {"id": part.json()["id"]}


@pytest.mark.timeout(300)
def test_the_api_does_what_its_document_says(server: Server) -> None:
    document = server.send("GET", "/openapi.json").json()
    document["paths"] = {path: found for path, found in document["paths"].items() if path.startswith(TRIED)}
    tried = 0
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            tried += try_operation(server, operation, mode)
    assert tried > 300


def try_operation(server: Server, operation: Any, mode: GenerationMode) -> int:
    """Some requests to one operation; how many. Fails with the request that shows the problem."""
    tried = 0
    fixed = record_for(server, operation.path) if mode is GenerationMode.POSITIVE else {}
    if mode is GenerationMode.NEGATIVE and not (
        operation.body or operation.query or operation.path_parameters or operation.headers
    ):
        return 0

    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    def attempt(case: schemathesis.Case[Any]) -> None:
        nonlocal tried
        tried += 1
        case.validate_response(server.call(case), checks=CHECKS)

    attempt()
    return tried

"""By which names, through which proxies, over which scheme; and what only this machine is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from relata.engine.identity import sessions
from relata.engine.identity.sessions import Visitor
from relata.interfaces.http import cookies
from relata.interfaces.http.asgi import Headers
from relata.interfaces.http.ground import Ground
from relata.interfaces.http.peer import peer_of
from relata.interfaces.http.settings import HttpSettings
from relata.testing import identity
from relata.testing.identity import Person

Make = Callable[..., Ground]
PUBLIC = "https://crm.example.com"


async def get(app: Ground, path: str, *, ip: str = "127.0.0.1", **headers: str) -> httpx.Response:
    """One request to localhost:8000 unless a Host is given."""
    transport = httpx.ASGITransport(app=app, client=(ip, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as found:
        return await found.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "CRM.Example.com", "b.lan"])
async def test_answers_to_its_own_names(make: Make, host: str) -> None:
    assert (await get(make(public_url=PUBLIC, hosts=("b.lan",)), "/page", host=host)).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "crm.example.com.evil", "", "a b", "localhost:8000@evil", "x/y"])
async def test_does_not_answer_to_others(make: Make, host: str) -> None:
    answer = await get(make(public_url=PUBLIC), "/page", host=host)
    assert (answer.status_code, answer.json()["code"]) == (400, "host")


async def test_probes_answer_to_any_name(make: Make) -> None:
    assert (await get(make(), "/healthz", host="10.0.0.7")).text == "ok\n"
    assert (await get(make(), "/readyz", host="10.0.0.7")).status_code == 200


async def test_is_not_ready_while_migrations_are_pending(make: Make) -> None:
    app = make(reason="Migrations are pending.")
    answer = await get(app, "/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "Migrations are pending.")
    assert (await get(app, "/healthz")).status_code == 200


async def test_metrics_count_by_template(make: Make) -> None:
    app = make()
    for path in ("/raise/not_found", "/raise/denied", "/nowhere/anna", "/page"):
        await get(app, path)
    text = (await get(app, "/metrics")).text
    assert 'relata_requests_total{method="GET",route="/raise/{kind}",status="404"} 1.0' in text
    assert 'relata_requests_total{method="GET",route="(none)",status="404"} 1.0' in text
    assert 'relata_request_seconds_count{method="GET",route="/page"} 1.0' in text
    assert "relata_database_pool_size 3.0" in text
    assert "anna" not in text


@pytest.mark.parametrize(
    "other",
    [
        {"ip": "192.0.2.9"},
        {"x_forwarded_for": "192.0.2.9"},
        {"forwarded": "for=192.0.2.9"},
        {"host": "crm.example.com"},
    ],
)
async def test_metrics_are_for_this_machine(make: Make, other: dict[str, str]) -> None:
    assert (await get(make(public_url=PUBLIC), "/metrics", **other)).status_code == 404
    assert (await get(make(public_url=PUBLIC, open_metrics=True), "/metrics", **other)).status_code == 200


async def test_https_brings_hsts_and_the_host_cookie(make: Make, ground: identity.Ground, person: Person) -> None:
    async with ground.database.transaction() as connection:
        _, token = await sessions.start(connection, person.account, ground.workspace, Visitor())
    app = make(public_url=PUBLIC)
    opened = await get(app, "/private", host="crm.example.com", cookie=f"a=b; __Host-relata_session={token}")
    assert opened.status_code == 200
    assert "max-age=31536000" in opened.headers["strict-transport-security"]
    planted = await get(app, "/private", host="crm.example.com", cookie=f"{cookies.name(is_https=False)}={token}")
    assert planted.status_code == 401


def peer(ip: str, settings: dict[str, Any], **headers: str) -> tuple[str, bool, bool]:
    """The address, whether https, whether local."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"client": (ip, 1), "scheme": "http", "headers": [(b"host", b"localhost"), *pairs]}
    found = peer_of(scope, Headers(scope), HttpSettings(**settings))
    return found.ip, found.is_https, found.is_local


def test_forwarded_headers_count_only_from_a_trusted_proxy() -> None:
    headers = {"x_forwarded_for": "6.6.6.6, 192.0.2.9, 10.0.0.2", "x_forwarded_proto": "https"}
    trusting = {"trusted_proxies": ("10.0.0.0/8",)}
    assert peer("10.0.0.1", trusting, **headers) == ("192.0.2.9", True, False)
    assert peer("203.0.113.5", trusting, **headers) == ("203.0.113.5", False, False)
    assert peer("127.0.0.1", {}, **headers) == ("127.0.0.1", False, False)
    assert peer("127.0.0.1", {}) == ("127.0.0.1", False, True)
    assert peer("10.0.0.1", trusting, x_forwarded_for="nonsense") == ("10.0.0.1", False, False)
    assert peer("10.0.0.1", trusting) == ("10.0.0.1", False, False)


async def test_a_request_id_is_taken_from_a_trusted_proxy_only(make: Make) -> None:
    app = make(trusted_proxies=("10.0.0.1",))
    assert (await get(app, "/page", ip="10.0.0.1", x_request_id="abcdefgh")).headers["x-request-id"] == "abcdefgh"
    for ip, given in (("10.0.0.1", "a\tb c d e f"), ("192.0.2.1", "abcdefgh"), ("127.0.0.1", "abcdefgh")):
        assert (await get(app, "/page", ip=ip, x_request_id=given)).headers["x-request-id"] != given

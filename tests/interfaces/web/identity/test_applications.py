"""OAuth 2 as an application uses it, and as an attacker would."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import pytest_asyncio
from tests.interfaces.web.identity.conftest import PASSWORD, Browser, Company

from relata.engine.identity.oauth import addresses
from relata.foundation.errors import Invalid

BACK = "http://127.0.0.1/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
JSON = {"accept": "application/json"}


class App:
    """An application that asks for tokens."""

    def __init__(self, client: httpx.AsyncClient, client_id: str, secret: str) -> None:
        self.client = client
        self.id = client_id
        self.secret = secret

    def asks(self, **more: str) -> dict[str, str]:
        """What it sends a person with."""
        return {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": BACK,
            "scope": "read",
            "state": "s1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **more,
        }

    async def token(self, **form: str) -> httpx.Response:
        """At the token endpoint."""
        return await self.client.post("/oauth/token", data={"client_id": self.id, **form}, headers=JSON)

    async def exchange(self, code: str, **more: str) -> httpx.Response:
        """A code for tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return await self.token(**{**form, **more})

    async def refresh(self, token: str, **more: str) -> httpx.Response:
        """A refresh token for new ones."""
        return await self.token(grant_type="refresh_token", refresh_token=token, **more)

    async def call(self, token: str, path: str = "me", **more: Any) -> httpx.Response:
        """The API with an access token."""
        headers = {**JSON, "authorization": f"Bearer {token}"}
        return await self.client.request(more.pop("method", "GET"), f"/api/v1/{path}", headers=headers, **more)


async def registered(company: Company, ada: Browser, path: str = "/settings/applications", kind: str = "native") -> App:
    """A new application."""
    form = {"name": "Phone app", "kind": kind, "redirect_uris": f"{BACK}\nhttps://app.example/back?x=1"}
    page = await ada.post(path, form)
    found = re.findall(r"<code>([0-9a-f-]{36})</code>", page.text)
    secret = re.search(r"rs_[A-Za-z0-9_-]{43}", page.text)
    program = await company.browser(ada, agent="Program/1")
    return App(program.client, found[0], secret[0] if secret else "")


async def allowed(ada: Browser, app: App, **more: str) -> str:
    """A code that the person allowed."""
    answer = await ada.post("/oauth/authorize", {**app.asks(**more), "answer": "allow"})
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s1"]
    assert back["iss"] == ["http://localhost"]
    return back["code"][0]


@pytest_asyncio.fixture
async def app(company: Company, ada: Browser) -> App:
    """A native application of one's own."""
    return await registered(company, ada)


async def test_the_whole_way(company: Company, ada: Browser, app: App) -> None:
    page = await ada.get("/oauth/authorize?" + urlencode(app.asks()))
    assert "Allow Phone app?" in page.text
    assert "Read everything that you may read" in page.text
    assert "form-action 'self' http://127.0.0.1" in page.headers["content-security-policy"]
    found = (await app.exchange(await allowed(ada, app))).json()
    assert (found["token_type"], found["scope"], found["expires_in"]) == ("Bearer", "read", 1800)
    assert (await app.call(found["access_token"])).json()["through"] == "application"
    assert (await app.call(found["access_token"], "accounts", method="POST", json={"name": "X"})).status_code == 403
    assert (await app.call(found["access_token"], "admin/keys", method="POST", json={"name": "X"})).status_code == 403
    listed = await ada.get("/settings/applications")
    assert "Read everything" in listed.text
    await ada.post(f"/settings/applications/{app.id}/take-back")
    assert (await app.call(found["access_token"])).status_code == 401
    assert (await app.refresh(found["refresh_token"])).json()["error"] == "invalid_grant"


async def test_tokens_are_stored_as_hashes(company: Company, ada: Browser, app: App) -> None:
    found = (await app.exchange(await allowed(ada, app))).json()
    rows = await company.execute("select t::text from relata.oauth_token t")
    assert not any(found[kind] in row[0] for row in rows for kind in ("access_token", "refresh_token"))


async def test_a_code_is_good_once_and_reuse_ends_what_it_gave(company: Company, ada: Browser, app: App) -> None:
    code = await allowed(ada, app)
    found = (await app.exchange(code)).json()
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"
    assert (await app.call(found["access_token"])).status_code == 401
    assert "token_reused" in await company.alerts(ada)


async def test_the_same_code_twice_at_once_leaves_nothing(company: Company, ada: Browser, app: App) -> None:
    code = await allowed(ada, app)
    answers = await asyncio.gather(*(app.exchange(code) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400]


async def test_a_code_without_its_proof_gives_nothing(company: Company, ada: Browser, app: App) -> None:
    for wrong in (
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"code_verifier": CHALLENGE},
        {"redirect_uri": "http://127.0.0.1/other"},
        {"grant_type": "password"},
        {"grant_type": ""},
    ):
        answer = await app.exchange(await allowed(ada, app), **wrong)
        assert answer.status_code == 400, wrong
        assert set(answer.json()) == {"error", "error_description"}
        assert "no-store" in answer.headers["cache-control"]
    assert (await app.exchange("x" * 43)).status_code == 400


async def test_a_code_is_for_the_application_that_asked(company: Company, ada: Browser, app: App) -> None:
    other = await registered(company, ada)
    assert (await other.exchange(await allowed(ada, app))).json()["error"] == "invalid_grant"


async def test_a_code_lives_a_minute(company: Company, ada: Browser, app: App) -> None:
    code = await allowed(ada, app)
    await company.execute("update relata.oauth_code set expires_at = now() returning 1")
    assert (await app.exchange(code)).json()["error"] == "invalid_grant"


async def test_refresh_tokens_rotate_and_reuse_ends_the_family(company: Company, ada: Browser, app: App) -> None:
    first = (await app.exchange(await allowed(ada, app, scope="read accounts:write"))).json()
    second = (await app.refresh(first["refresh_token"], scope="read")).json()
    assert second["scope"] == "read"
    assert (await app.call(second["access_token"])).status_code == 200
    assert (await app.refresh(second["refresh_token"], scope="write")).json()["error"] == "invalid_scope"
    assert (await app.refresh(first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await app.refresh(second["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await app.call(second["access_token"])).status_code == 401
    assert "token_reused" in await company.alerts(ada)


async def test_a_refresh_token_is_no_access_token(company: Company, ada: Browser, app: App) -> None:
    found = (await app.exchange(await allowed(ada, app))).json()
    assert (await app.call(found["refresh_token"])).status_code == 401
    assert (await app.call("ra_" + found["refresh_token"][3:])).status_code == 401
    assert (await app.refresh(found["access_token"])).json()["error"] == "invalid_grant"


ELSEWHERE = (
    "https://evil.example/",
    "https://app.example/back",
    "https://app.example/back?x=1&y=2",
    "https://app.example/back?x=1/../..",
    "https://app.example.evil.example/back?x=1",
    "https://app.example@evil.example/back?x=1",
    "http://127.0.0.1/back/",
    "http://127.0.0.1@evil.example/back",
    "http://127.0.0.1:80@evil.example/back",
    "http://127.0.0.1.evil.example/back",
    "http://127.0.0.1/back#x",
    "http://localhost/back",
    "javascript:alert(1)",
    "",
)


async def test_nobody_is_sent_to_an_address_that_is_not_registered(company: Company, ada: Browser, app: App) -> None:
    for target in ELSEWHERE:
        for answer in (
            await ada.get("/oauth/authorize?" + urlencode(app.asks(redirect_uri=target))),
            await ada.post("/oauth/authorize", {**app.asks(redirect_uri=target), "answer": "allow"}),
            await ada.post("/oauth/authorize", {**app.asks(redirect_uri=target), "answer": "deny"}),
        ):
            assert answer.status_code == 422, target
            assert "location" not in answer.headers


async def test_the_port_of_a_loopback_address_is_free(company: Company, ada: Browser, app: App) -> None:
    code = await allowed(ada, app, redirect_uri="http://127.0.0.1:49152/back")
    assert (await app.exchange(code, redirect_uri="http://127.0.0.1:49153/back")).status_code == 400
    code = await allowed(ada, app, redirect_uri="http://127.0.0.1:49152/back")
    assert (await app.exchange(code, redirect_uri="http://127.0.0.1:49152/back")).status_code == 200


async def test_what_is_wrong_goes_back_to_the_application(company: Company, ada: Browser, app: App) -> None:
    for wrong, said in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ):
        answer = await ada.get("/oauth/authorize?" + urlencode(app.asks(**wrong)))
        back = urlsplit(answer.headers["location"])
        assert (back.netloc, parse_qs(back.query)["error"]) == ("127.0.0.1", [said])


async def test_allowing_needs_the_page_of_the_person(company: Company, ada: Browser, app: App) -> None:
    form = {**app.asks(), "answer": "allow"}
    assert (await ada.client.post("/oauth/authorize", data=form)).status_code == 403
    assert (await ada.client.post("/oauth/authorize", data={**form, "_csrf": "x" * 55})).status_code == 403
    stranger = await company.browser(ada)
    found = await stranger.get("/oauth/authorize?" + urlencode(app.asks()))
    assert found.headers["location"].startswith("/sign-in?next=/oauth/authorize%3F")
    denied = await ada.post("/oauth/authorize", {**app.asks(), "answer": "deny"})
    assert "error=access_denied" in denied.headers["location"]
    twice = await ada.get("/oauth/authorize?" + urlencode(app.asks()) + "&redirect_uri=https://evil.example/")
    assert twice.status_code == 422


async def test_an_old_session_confirms_before_it_allows(company: Company, ada: Browser, app: App) -> None:
    await company.long_ago(ada)
    asked = await ada.post("/oauth/authorize", {**app.asks(), "answer": "allow"})
    assert "Confirm that it is you" in asked.text
    done = await ada.post("/oauth/authorize", {**app.asks(), "answer": "allow", "_password": PASSWORD})
    assert "code=" in done.headers["location"]


async def test_an_application_of_ones_own_asks_nobody_else(company: Company, ada: Browser, app: App) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    assert (await bo.get("/oauth/authorize?" + urlencode(app.asks()))).status_code == 422
    assert (await bo.post(f"/settings/applications/{app.id}/remove")).status_code == 404
    assert (await bo.post("/settings/all-applications", {"name": "X", "redirect_uris": BACK})).status_code == 403


async def test_everybodys_application_on_a_server_shows_its_secret(company: Company, ada: Browser) -> None:
    app = await registered(company, ada, "/settings/all-applications", "server")
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    code = await allowed(bo, app)
    assert (await app.exchange(code)).status_code == 401
    assert (await app.exchange(code, client_secret="rs_wrong")).json()["error"] == "invalid_client"
    basic = base64.b64encode(f"{app.id}:{app.secret}".encode()).decode()
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    answer = await app.client.post("/oauth/token", data=form, headers={"authorization": f"Basic {basic}"})
    assert answer.status_code == 200
    found = answer.json()
    assert (await app.client.post("/oauth/revoke", data={"token": found["refresh_token"]})).status_code == 401
    gone = {"token": found["refresh_token"], "client_id": app.id, "client_secret": app.secret}
    assert (await app.client.post("/oauth/revoke", data=gone)).status_code == 200
    assert (await app.call(found["access_token"])).status_code == 401


async def test_what_was_allowed_ends_with_password_and_application(company: Company, ada: Browser, app: App) -> None:
    found = (await app.exchange(await allowed(ada, app))).json()
    await ada.post("/settings/password", {"current": PASSWORD, "password": "five quite unrelated words"})
    assert (await app.call(found["access_token"])).status_code == 401
    assert (await app.refresh(found["refresh_token"])).status_code == 400
    await ada.get("/settings/applications")
    found = (await app.exchange(await allowed(ada, app))).json()
    await ada.post(f"/settings/applications/{app.id}/remove")
    assert (await app.call(found["access_token"])).status_code == 401
    assert (await app.refresh(found["refresh_token"])).status_code == 401


async def test_the_metadata_says_where_everything_is(company: Company, ada: Browser) -> None:
    found = (await ada.client.get("/.well-known/oauth-authorization-server")).json()
    assert found["issuer"] == "http://localhost"
    assert found["code_challenge_methods_supported"] == ["S256"]


@pytest.mark.parametrize("address", ["com.example.app:/back", "https://a.example/x", "http://[::1]/x", BACK])
def test_addresses_that_may_be_registered(address: str) -> None:
    assert addresses.checked([address]) == (address,)


@pytest.mark.parametrize(
    "address",
    ["http://a.example/x", "javascript:alert(1)", "data:text/html,x", "https://u:p@a.example/", "https://a.example/#x",
     "https://a.example/*", "myapp:/x", "https:///x", "//a.example", "", "https://a.example/;x", "https://a.example:x/"],
)  # fmt: skip
def test_addresses_that_may_not(address: str) -> None:
    with pytest.raises(Invalid):
        addresses.checked([address])

"""Sessions, keys, forged requests, and what every answer tells the browser."""

from __future__ import annotations

import httpx
import pytest

from relata.engine.identity import sessions
from relata.interfaces.http import answers, cookies, csrf
from relata.testing import identity
from relata.testing.identity import Person

SAME = {"sec-fetch-site": "same-origin", "origin": "http://localhost:8000"}


async def token_of(browser: httpx.AsyncClient) -> str:
    """The token that a page of this session carries."""
    return (await browser.get("/page")).text


async def test_every_answer_is_guarded(program: httpx.AsyncClient) -> None:
    for path in ("/page", "/nowhere", "/raise/unexpected", "/healthz", "/page%00"):
        headers = (await program.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers
        assert "access-control-allow-origin" not in headers


async def test_a_handler_may_allow_keeping(program: httpx.AsyncClient) -> None:
    headers = (await program.get("/asset")).headers
    assert headers.get_list("cache-control") == ["public, max-age=31536000"]


async def test_the_session_opens_the_door(browser: httpx.AsyncClient, person: Person) -> None:
    assert (await browser.get("/private")).json() == {"kind": "session", "user": str(person.user), "role": ""}


async def test_a_form_needs_the_token(browser: httpx.AsyncClient) -> None:
    token = await token_of(browser)
    assert (await browser.post("/form", data={"a": "1"}, headers=SAME)).status_code == 403
    assert (await browser.post("/form", data={"a": "1", "_csrf": token}, headers=SAME)).status_code == 201
    assert (await browser.post("/form", data={"a": "1"}, headers={"x-csrf-token": token, **SAME})).status_code == 201
    assert (await browser.post("/form", data={"a": "1", "_csrf": token})).status_code == 201
    for wrong in ("", "x", token[:-2] + "zz", token + "A", "ü", csrf.make_token("another session")):
        answer = await browser.post("/form", data={"a": "1", "_csrf": wrong}, headers=SAME)
        assert answer.status_code == 403
        assert "too old" in answer.text


async def test_a_file_form_needs_the_token_too(browser: httpx.AsyncClient) -> None:
    token = await token_of(browser)
    assert (await browser.post("/upload", files={"file": b"x"}, headers=SAME)).status_code == 403
    answer = await browser.post("/upload", files={"file": b"x"}, data={"_csrf": token}, headers=SAME)
    assert (answer.status_code, answer.json()) == (201, 1)
    by_header = await browser.post("/upload", files={"file": b"x"}, headers={"x-csrf-token": token, **SAME})
    assert by_header.status_code == 201


async def test_json_by_cookie_needs_the_token(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/api/v1/echo", json={})).json()["code"] == "csrf"
    token = await token_of(browser)
    assert (await browser.post("/api/v1/echo", json={}, headers={"x-csrf-token": token})).status_code == 201


async def test_a_token_differs_each_time_and_is_of_one_session(browser: httpx.AsyncClient) -> None:
    first, second = await token_of(browser), await token_of(browser)
    assert first != second
    held = browser.cookies.get(cookies.name(is_https=False)) or ""
    assert csrf.is_right(first, held)
    assert csrf.is_right(second, held)
    assert held not in first


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "ftp://localhost:8000"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ],
)
async def test_another_site_is_refused_even_with_the_token(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    token = await token_of(browser)
    answer = await browser.post("/api/v1/echo", json={}, headers={"x-csrf-token": token, **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")


async def test_another_site_can_not_sign_somebody_in(program: httpx.AsyncClient) -> None:
    assert (await program.post("/form", data={"a": "1"}, headers={"origin": "https://evil.example"})).status_code == 403
    assert (await program.post("/form", data={"a": "1"}, headers=SAME)).status_code == 201


async def test_a_key_needs_no_token_and_has_its_role(program: httpx.AsyncClient, key: str, person: Person) -> None:
    bearer = {"authorization": f"Bearer {key}"}
    assert (await program.post("/api/v1/echo", json={}, headers=bearer)).status_code == 201
    assert (await program.get("/private", headers=bearer)).json() == {
        "kind": "key", "user": str(person.user), "role": "reader",
    }  # fmt: skip


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer x", "Bearer rk_00000000_" + "x" * 43, "Basic YTpi", "\xff"])
async def test_a_bad_key_never_falls_back_to_the_cookie(browser: httpx.AsyncClient, value: str) -> None:
    header = [(b"authorization", value.encode("latin-1")), (b"accept", b"*/*")]
    answer = await browser.get("/page", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


async def test_two_keys_are_none(program: httpx.AsyncClient, key: str) -> None:
    twice = [("authorization", f"Bearer {key}"), ("authorization", f"Bearer {key}")]
    assert (await program.get("/private", headers=twice)).status_code == 400


async def test_an_ended_session_opens_nothing(
    browser: httpx.AsyncClient, ground: identity.Ground, person: Person
) -> None:
    assert (await browser.get("/private")).status_code == 200
    async with ground.database.transaction() as connection:
        await sessions.end_all(connection, person.account)
    assert (await browser.get("/private")).status_code == 303


def test_the_cookie_is_out_of_reach() -> None:
    plain, secure = cookies.set_session("x", is_https=False)[1], cookies.set_session("x", is_https=True)[1]
    assert plain.startswith("relata_session=x; Path=/;")
    assert secure.startswith("__Host-relata_session=x; Path=/;")
    for one in (plain, secure):
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
    assert "Secure" in secure
    assert "Domain" not in secure
    assert "Max-Age=0" in cookies.end_session(is_https=True)[1]


@pytest.mark.parametrize(
    ("target", "is_safe"),
    [
        ("/accounts?a=1", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/a\nb", False),
        ("", False),
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(target: str, is_safe: bool) -> None:
    assert answers.is_safe_next(target) is is_safe

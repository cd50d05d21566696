"""Every failure has its status, its words and nothing of what is behind them."""

from __future__ import annotations

import logging

import httpx
import pytest

from relata.interfaces.http.logs import JsonLines

STATUSES = {
    "not_found": 404,
    "denied": 403,
    "invalid": 422,
    "conflict": 409,
    "limit": 429,
    "too_large": 413,
    "expired": 410,
    "session": 401,
    "unavailable": 503,
    "bug": 500,
    "unexpected": 500,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
async def test_each_kind_has_its_status(program: httpx.AsyncClient, kind: str, status: int) -> None:
    answer = await program.get(f"/raise/{kind}")
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["request_id"]) == (status, answer.headers["x-request-id"])
    assert body["type"] == f"urn:relata:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]


async def test_says_which_field_and_what_to_do(program: httpx.AsyncClient) -> None:
    body = (await program.get("/raise/invalid")).json()
    assert (body["code"], body["field"], body["hint"]) == ("required", "name", "Write one.")
    assert body["errors"][0] == {
        "code": "required", "field": "name", "message": "A name is needed.", "hint": "Write one.", "position": 3,
    }  # fmt: skip
    assert body["errors"][1] == {"code": "x", "message": "And more."}


async def test_says_when_to_try_again(program: httpx.AsyncClient) -> None:
    assert (await program.get("/raise/limit")).headers["retry-after"] == "7"
    assert "retry-after" in (await program.get("/raise/unavailable")).headers


@pytest.mark.parametrize("kind", ["bug", "unexpected", "sql", "no such kind"])
async def test_our_mistakes_tell_no_details(
    program: httpx.AsyncClient, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await program.get(f"/raise/{kind}")
    assert answer.status_code == 500
    assert answer.json()["code"] == "bug"
    assert "secret" not in answer.text
    logged = [record for record in caplog.records if record.name == "relata.http"]
    assert logged[0].__dict__["fields"] == {"request": answer.json()["request_id"]}
    assert "anna@example.com" not in JsonLines().format(logged[0])
    assert "raising" in JsonLines().format(logged[0])


async def test_what_nobody_serves(program: httpx.AsyncClient) -> None:
    missing = await program.get("/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_address")
    wrong = await program.delete("/page")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


async def test_parameters_that_do_not_fit_are_400_and_content_is_422(program: httpx.AsyncClient) -> None:
    for path in ("/number?n=x", "/number"):
        answer = await program.get(path)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await program.get("/number?n=x")).json()["field"] == "n"
    wrong = await program.put("/api/v1/typed/1", json={"name": "x", "count": "many"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "count")
    missing = await program.put("/api/v1/typed/1", json={"name": "x"})
    assert missing.status_code == 422
    nothing = await program.put("/api/v1/typed/1")
    assert (nothing.status_code, nothing.json()["detail"]) == (422, "The request has no body.")
    no_object = await program.put("/api/v1/typed/1", json=[])
    assert (no_object.status_code, "field" in no_object.json()) == (422, False)
    assert (await program.put("/api/v1/typed/x", json={"name": "x", "count": 1})).status_code == 404


async def test_a_browser_gets_a_page_and_a_script_a_fragment(program: httpx.AsyncClient) -> None:
    whole = await program.get("/raise/not_found", headers={"accept": "text/html,*/*"})
    assert (whole.status_code, whole.text) == (404, "<html>404 There is no such account.")
    assert whole.headers["content-type"] == "text/html; charset=utf-8"
    part = await program.get("/raise/not_found", headers={"accept": "text/html", "hx-request": "true"})
    assert part.text == "<p>404 There is no such account."
    api = await program.get("/api/v1/nothing", headers={"accept": "text/html"})
    assert api.headers["content-type"] == "application/problem+json"


async def test_who_must_sign_in_is_sent_there_and_back(program: httpx.AsyncClient) -> None:
    moved = await program.get("/private?a=1&b=%C3%BC", headers={"accept": "text/html"})
    assert moved.status_code == 303
    assert moved.headers["location"] == "/sign-in?next=/private%3Fa%3D1%26b%3D%25C3%25BC"
    part = await program.get("/private", headers={"accept": "text/html", "hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/sign-in")
    plain = await program.get("/private")
    assert (plain.status_code, plain.json()["code"]) == (401, "session_required")
    assert plain.headers["www-authenticate"].startswith("Bearer")


async def test_a_torn_answer_is_not_taken_for_a_whole(program: httpx.AsyncClient) -> None:
    with pytest.raises(Exception, match="response started"):
        await program.get("/torn")


async def test_one_line_of_log_without_personal_data(
    program: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "relata.access")
    await program.get("/raise/not_found?name=anna", headers={"user-agent": "Firefox"})
    (record,) = [one for one in caplog.records if one.name == "relata.access"]
    line = JsonLines().format(record)
    assert record.__dict__["fields"]["route"] == "/raise/{kind}"
    assert record.__dict__["fields"]["status"] == 404
    assert "anna" not in line
    assert "127.0.0.1" not in line
    assert "Firefox" not in line

"""What is dangerous asks once more who one is, then goes on; what ends when something about a person changes."""

from __future__ import annotations

import re

import pytest
from tests.interfaces.web.identity.conftest import CHROME, PASSWORD, Browser, Company, code_of

from relata.interfaces.http.csrf import is_right
from relata.interfaces.web import exporting

KEY = {"name": "Nightly", "scope": "read", "role": "", "until": ""}


async def test_a_fresh_session_is_not_asked(ada: Browser) -> None:
    assert "rk_" in (await ada.post("/settings/keys", KEY)).text


async def test_later_the_password_is_asked_for_and_what_one_wanted_goes_on(company: Company, ada: Browser) -> None:
    await company.long_ago(ada)
    asked = await ada.post("/settings/keys", KEY)
    assert "Confirm that it is you" in asked.text
    assert 'name="name" value="Nightly"' in asked.text
    assert "rk_" not in asked.text
    before = ada.client.cookies["relata_session"]
    wrong = await ada.post("/settings/keys", {**KEY, "_password": "not my password"})
    assert (wrong.status_code, "rk_" in wrong.text) == (422, False)
    done = await ada.post("/settings/keys", {**KEY, "_password": PASSWORD})
    assert re.search(r"rk_[0-9a-f]{8}_", done.text)
    assert is_right(done.headers["x-csrf-token"], ada.client.cookies["relata_session"])  # the page goes on with it
    assert "x-csrf-token" not in wrong.headers
    assert ada.client.cookies["relata_session"] != before
    thief = await company.browser(ada)
    thief.client.cookies.set("relata_session", before)
    assert not await thief.is_in()
    assert "Confirm" not in (await ada.post("/settings/keys", KEY)).text


async def test_who_has_a_factor_needs_it_and_the_password_is_not_enough(company: Company, ada: Browser) -> None:
    secret, _ = await ada.set_up_app()
    await company.long_ago(ada)
    asked = await ada.post("/settings/second-factors/app/remove", {"_password": PASSWORD})
    assert "Code of your authenticator app" in asked.text
    assert (await ada.post("/settings/second-factors/app/remove", {"_code": "123456"})).status_code == 422
    done = await ada.post("/settings/second-factors/app/remove", {"_code": code_of(secret)})
    assert done.headers["location"] == "/settings/second-factors?done=removed"


async def test_everything_dangerous_asks(company: Company, ada: Browser) -> None:
    await company.long_ago(ada)
    other = await company.browser(None, "member", name="Bo Berg")
    for path in (
        "/settings/keys",
        f"/settings/keys/{other.user}/renew",
        f"/settings/applications/{other.user}/renew",
        "/settings/people/invite",
        f"/settings/people/{other.user}/roles",
        f"/settings/people/{other.user}/deactivate",
        "/settings/roles/new",
        "/settings/roles/member",
        "/settings/roles/member/delete",
        "/settings/roles/member/fields/account",
        "/settings/sharing-rules/new",
        "/settings/general",
        "/settings/modules/parties",
        "/settings/objects/account/delete",
        "/settings/second-factors/app",
        "/settings/second-factors/codes",
        "/settings/second-factors/passkey/new",
    ):
        assert "Confirm that it is you" in (await ada.post(path)).text, path


async def test_the_api_of_a_session_asks_too(company: Company, ada: Browser) -> None:
    await company.long_ago(ada)
    headers = {"accept": "application/json", "x-csrf-token": ada.csrf}
    body = {"name": "Nightly"}
    answer = await ada.client.post("/api/v1/admin/keys", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "confirmation_needed")


async def test_no_way_around_gives_roles_without_confirming(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await company.long_ago(ada)
    headers = {"accept": "application/json", "x-csrf-token": ada.csrf}
    answer = await ada.client.patch(f"/api/v1/users/{bo.user}", json={"roles": ["admin"]}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "confirmation_needed")
    assert (
        await ada.client.patch(f"/api/v1/users/{bo.user}", json={"title": "Lead"}, headers=headers)
    ).status_code == 200


async def test_a_dialog_asks_where_a_script_sent_the_form(company: Company, ada: Browser) -> None:
    await company.long_ago(ada)
    answer = await ada.post("/settings/keys", KEY, headers={"hx-request": "true"})
    assert answer.headers["hx-retarget"] == "#dialog"
    assert "<html" not in answer.text


async def test_a_stolen_cookie_in_another_browser_ends_the_session(company: Company, ada: Browser) -> None:
    thief = await company.browser(ada, agent=CHROME)
    thief.client.cookies.set("relata_session", ada.client.cookies["relata_session"])
    assert not await thief.is_in()
    assert not await ada.is_in()
    assert "session_moved" in await company.alerts(ada)


async def test_sessions_keys_and_factors_end_with_password_and_roles(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    for change in ("password", "roles"):
        await bo.sign_in("five quite unrelated words" if change == "roles" else PASSWORD)
        made = await bo.post("/settings/keys", KEY)
        key = re.search(r"rk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made.text)
        assert key is not None
        bearer = {"authorization": f"Bearer {key[0]}"}
        assert (await bo.client.get("/api/v1/me", headers=bearer)).status_code == 200
        elsewhere = await company.browser(bo, agent=CHROME)
        await elsewhere.sign_in("five quite unrelated words" if change == "roles" else PASSWORD)
        assert await elsewhere.is_in()
        if change == "password":
            await bo.post("/settings/password", {"current": PASSWORD, "password": "five quite unrelated words"})
            assert await bo.is_in()
        else:
            answer = await ada.post(f"/settings/people/{bo.user}/roles", {"roles": "reader"})
            assert answer.status_code == 303
            assert not await bo.is_in()
        assert not await elsewhere.is_in()
        assert (await bo.client.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_changing_the_password_gives_the_session_another_token(company: Company, ada: Browser) -> None:
    before = ada.client.cookies["relata_session"]
    await ada.post("/settings/password", {"current": PASSWORD, "password": "five quite unrelated words"})
    assert ada.client.cookies["relata_session"] != before
    assert await ada.is_in()


async def test_many_records_leave_only_after_confirming(
    company: Company, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "LARGE", 2)
    async with company.house.system() as work:
        for name in ("Analytical Engines", "Jacquard Looms", "Lovelace Press"):
            await work.create("account", {"name": name})
    assert "Jacquard" in (await ada.get("/accounts/export.csv")).text
    await company.long_ago(ada)
    bulk = {"everything": "true", "where": ""}
    for format in ("csv", "xlsx"):
        asked = await ada.get(f"/accounts/export.{format}")
        assert asked.headers["content-type"].startswith("text/html")
        assert "Confirm that it is you" in asked.text
        wrong = await ada.post(f"/accounts/export.{format}", {"_password": "not my password"})
        assert (wrong.status_code, "Jacquard" in wrong.text) == (422, False)
    assert "Confirm that it is you" in (await ada.post("/accounts/bulk/export", bulk)).text
    few = await ada.get('/accounts/export.csv?where=name%20=%20"Lovelace%20Press"')
    assert "Lovelace Press" in few.text
    done = await ada.post("/accounts/export.csv?order=name", {"_password": PASSWORD})
    assert done.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    assert "Jacquard" in done.text
    await ada.get("/accounts")
    assert "Jacquard" in (await ada.post("/accounts/bulk/export", bulk)).text
    await company.house.door.tally.flush(company.database)
    rows = await company.execute("select kind, sum(count)::int from relata.person_hour group by kind")
    assert dict(rows)["export"] >= 10

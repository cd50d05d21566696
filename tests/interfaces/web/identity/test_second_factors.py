"""Signing in with a second step, as somebody attacks it who has read the code."""

from __future__ import annotations

import asyncio

from tests.interfaces.web.identity.conftest import CHROME, PASSWORD, Browser, Company, code_of


async def half_in(company: Company, known: Browser, **more: str) -> Browser:
    """Another browser that showed the password."""
    other = await company.browser(known, **more)
    answer = await other.client.post("/sign-in", data={"email": other.email, "password": PASSWORD})
    assert answer.headers["location"] == "/sign-in/second"
    return other


async def test_the_app_is_asked_for_after_the_password(company: Company, ada: Browser) -> None:
    secret, codes = await ada.set_up_app()
    assert len(set(codes)) == 10
    other = await half_in(company, ada)
    assert "six digits" in (await other.get("/sign-in/second")).text
    answer = await other.post("/sign-in/second", {"code": code_of(secret)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?start")
    assert await other.is_in()


async def test_a_half_sign_in_opens_nothing_else(company: Company, ada: Browser) -> None:
    await ada.set_up_app()
    other = await half_in(company, ada)
    assert "relata_session" not in other.client.cookies
    assert not await other.is_in()
    other.client.cookies.set("relata_session", other.client.cookies["relata_half"])
    assert not await other.is_in()
    assert (await other.client.get("/api/v1/me", headers={"accept": "application/json"})).status_code == 401
    bearer = {"authorization": f"Bearer {other.client.cookies['relata_half']}"}
    assert (await other.client.get("/api/v1/me", headers=bearer)).status_code == 401
    page = await other.client.post("/settings/second-factors/app/remove", data={"code": "1"})
    assert page.headers.get("location", "").startswith("/sign-in")


async def test_a_code_is_good_once(company: Company, ada: Browser) -> None:
    secret, _ = await ada.set_up_app()
    code = code_of(secret)
    assert (await (await half_in(company, ada)).post("/sign-in/second", {"code": code})).status_code == 303
    again = await half_in(company, ada)
    assert (await again.post("/sign-in/second", {"code": code})).status_code == 422
    assert (await again.post("/sign-in/second", {"code": code_of(secret, -1)})).status_code == 422
    assert not await again.is_in()


async def test_the_same_code_twice_at_once_lets_one_in(company: Company, ada: Browser) -> None:
    secret, codes = await ada.set_up_app()
    for code in (code_of(secret), codes[0]):
        others = [await half_in(company, ada) for _ in range(4)]
        answers = await asyncio.gather(*(one.post("/sign-in/second", {"code": code}) for one in others))
        assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


async def test_one_half_sign_in_makes_one_session(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    other = await half_in(company, ada)
    answers = await asyncio.gather(*(other.post("/sign-in/second", {"code": code}) for code in codes[:3]))
    assert [answer.headers.get("location") for answer in answers].count("/?start") == 1
    assert {answer.status_code for answer in answers} <= {303, 422, 429}  # too late: sent back, or told at the field


async def test_a_recovery_code_works_once_and_is_told(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    other = await half_in(company, ada)
    assert (await other.post("/sign-in/second", {"code": codes[3].upper().replace("-", " ")})).status_code == 303
    assert "recovery_code_used" in await company.alerts(ada)
    again = await half_in(company, ada)
    assert (await again.post("/sign-in/second", {"code": codes[3]})).status_code == 422
    rows = await company.execute("select r::text from relata.recovery_code r where account = %s", ada.account)
    assert not any(code.replace("-", "") in row[0] for row in rows for code in codes)


async def test_guessing_ends_after_a_few_codes(company: Company, ada: Browser) -> None:
    await ada.set_up_app()
    other = await half_in(company, ada)
    found = [(await other.post("/sign-in/second", {"code": f"{n:06}"})).headers.get("location") for n in range(6)]
    assert found[-1] == "/sign-in?over=1"
    fresh = await half_in(company, ada)
    wrong = [(await fresh.post("/sign-in/second", {"code": f"9{n:05}"})).status_code for n in range(3)]
    assert wrong[-1] == 429
    assert "many_wrong_codes" in await company.alerts(ada)


async def test_a_half_sign_in_belongs_to_its_browser_and_time(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    other = await half_in(company, ada)
    thief = await company.browser(ada, agent=CHROME)
    thief.client.cookies.set("relata_half", other.client.cookies["relata_half"])
    assert (await thief.post("/sign-in/second", {"code": codes[0]})).headers["location"] == "/sign-in?over=1"
    await company.execute("update relata.half_sign_in set expires_at = now() returning 1")
    assert (await other.post("/sign-in/second", {"code": codes[0]})).headers["location"] == "/sign-in?over=1"


async def test_a_half_sign_in_dies_with_the_password(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    other = await half_in(company, ada)
    changed = await ada.post("/settings/password", {"current": PASSWORD, "password": "five quite unrelated words"})
    assert changed.status_code == 303
    assert (await other.post("/sign-in/second", {"code": codes[0]})).headers["location"] == "/sign-in?over=1"
    assert not await other.is_in()


async def test_where_one_wanted_to_go_is_kept_and_never_elsewhere(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    start = "/?start"
    for wanted, lands in (
        ("/accounts?a=1", "/accounts?a=1"),
        ("//evil.example", start),
        ("https://evil.example", start),
    ):
        other = await company.browser(ada)
        await other.client.post("/sign-in", data={"email": ada.email, "password": PASSWORD, "next": wanted})
        answer = await other.post("/sign-in/second", {"code": codes.pop()})
        assert answer.headers["location"] == lands


async def test_the_second_step_takes_no_session_that_somebody_planted(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    attacker = await company.browser()
    await attacker.sign_in()
    planted = attacker.client.cookies["relata_session"]
    victim = await half_in(company, ada)
    victim.client.cookies.set("relata_session", planted, domain="localhost.local")
    await victim.get("/settings/profile")
    answer = await victim.post("/sign-in/second", {"code": codes[0]})
    assert answer.status_code == 303
    assert victim.client.cookies["relata_session"] != planted
    assert not await attacker.is_in()


async def test_the_secret_is_stored_sealed(company: Company, ada: Browser) -> None:
    secret, _ = await ada.set_up_app()
    ((stored,),) = await company.execute("select secret from relata.totp where account = %s", ada.account)
    assert secret.encode() not in bytes(stored)


async def test_the_last_factor_takes_the_codes_along(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    assert (await ada.post("/settings/second-factors/app/remove")).status_code == 303
    other = await company.browser(ada)
    assert (await other.sign_in()).headers["location"] == "/?start"
    assert await company.execute("select 1 from relata.recovery_code where account = %s", ada.account) == []
    assert "factor_removed" in await company.alerts(ada)
    assert codes


async def test_a_wrong_code_sets_nothing_up(company: Company, ada: Browser) -> None:
    await ada.post("/settings/second-factors/app")
    assert (await ada.post("/settings/second-factors/app/confirm", {"code": "000000"})).status_code == 422
    assert (await (await company.browser(ada)).sign_in()).headers["location"] == "/?start"


async def test_another_site_can_not_post_the_second_step(company: Company, ada: Browser) -> None:
    _, codes = await ada.set_up_app()
    other = await half_in(company, ada)
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await other.post("/sign-in/second", {"code": codes[0]}, headers=foreign)).status_code == 403


async def test_nonsense_instead_of_a_passkey_is_refused(company: Company, ada: Browser) -> None:
    stranger = await company.browser(ada)
    for shown in (
        "",
        "{}",
        "[1]",
        '{"id": "x"}',
        "\x00",
        "{" * 3000,
        '{"id":"AAAA","rawId":"AAAA","type":"public-key"}',
    ):
        answer = await stranger.post("/sign-in/passkey", {"passkey": shown, "challenge": "x"})
        assert answer.status_code in (400, 422), shown
        assert "set-cookie" not in answer.headers

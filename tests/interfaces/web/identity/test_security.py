"""From where one may come, who needs a second factor, and what raises an alert."""

from __future__ import annotations

import pytest
from tests.interfaces.web.identity.conftest import CHROME, Browser, Company

from relata.engine.identity.admission.policy import Policy, admits, lists_for, read_networks
from relata.engine.identity.alerts import arrivals, usage
from relata.engine.identity.alerts.locating import Place, is_impossible, network_of
from relata.engine.identity.alerts.usage import Tally
from relata.engine.messaging.alert_mail import mail_alerts
from relata.engine.messaging.message import Message
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid


async def test_who_must_have_a_factor_finds_nothing_else(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    assert (await ada.post("/settings/coming-in", {"factor_roles": "member"})).status_code == 303
    for path in ("/", "/accounts", "/settings/profile", "/settings/keys", "/oauth/authorize"):
        answer = await bo.client.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/settings/second-factors"), path
    headers = {"accept": "application/json", "x-csrf-token": bo.csrf}
    refused = await bo.client.get("/api/v1/accounts", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    refused = await bo.client.post("/accounts/new", data={"_csrf": bo.csrf, "name": "X"})
    assert refused.headers["location"] == "/settings/second-factors"
    assert "Your role needs a second factor" in (await bo.get("/settings/second-factors")).text
    await bo.set_up_app()
    assert await bo.is_in()
    assert await ada.is_in()


async def test_an_address_outside_of_the_networks_opens_nothing(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg", ip="198.51.100.7")
    await bo.sign_in()
    assert await bo.is_in()
    answer = await ada.post("/settings/coming-in", {"networks": "127.0.0.0/8\n192.0.2.0/24, 2001:db8::/32"})
    assert answer.status_code == 303
    assert (await bo.client.get("/settings/profile")).status_code == 403
    assert (await bo.client.get("/api/v1/me", headers={"accept": "application/json"})).status_code == 403
    refused = await (await company.browser(bo, ip="198.51.100.7")).sign_in()
    assert refused.status_code == 422
    assert "from your address" in refused.text
    assert "relata_session" not in refused.headers.get("set-cookie", "")
    forged = await company.browser(bo, ip="198.51.100.7")
    forged.client.headers["x-forwarded-for"] = "192.0.2.9"
    assert (await forged.sign_in()).status_code == 422
    proxied = await company.browser(bo, ip="10.0.0.1")
    proxied.client.headers["x-forwarded-for"] = "2001:db8::9"
    assert (await proxied.sign_in()).status_code == 303
    proxied.client.headers["x-forwarded-for"] = "192.0.2.9, 198.51.100.7"
    assert not await proxied.is_in()


async def test_nobody_shuts_themselves_out(company: Company, ada: Browser) -> None:
    for form in ({"networks": "192.0.2.0/24"}, {"networks.admin": "192.0.2.0/24"}, {"networks": "::/0"}):
        answer = await ada.post("/settings/coming-in", form)
        assert answer.status_code == 422
        assert "would shut you out" in answer.text
    assert "is not a network" in (await ada.post("/settings/coming-in", {"networks": "office"})).text
    assert await ada.is_in()


async def test_who_may_not_decide_sees_no_security(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    for path in ("/settings/security", "/settings/coming-in"):
        assert (await bo.get(path)).status_code == 403
    assert (await bo.post("/settings/coming-in", {"networks": ""})).status_code == 403
    assert (await bo.post(f"/settings/people/{ada.user}/reset-factors")).status_code == 403


async def test_the_page_lists_what_happened_and_acts(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    again = await company.browser(bo, agent=CHROME)
    await again.sign_in()
    assert await company.alerts(bo) == ["new_device"]
    page = await ada.get("/settings/security")
    assert "A device that was not seen before" in page.text
    assert "Chrome on Linux" in page.text
    ((alert,),) = await company.execute("select id from relata.security_alert where account = %s", bo.account)
    stranger = await company.browser(None, "reader", name="Cy")
    await stranger.sign_in()
    assert (await stranger.post(f"/settings/security/{alert}/lock")).status_code == 403
    assert (await ada.post(f"/settings/security/{alert}/end-sessions")).status_code == 303
    assert not await bo.is_in()
    assert (await ada.post(f"/settings/security/{alert}/fine")).status_code == 409
    await company.execute("update relata.security_alert set state = 'open' where id = %s returning 1", alert)
    assert (await ada.post(f"/settings/security/{alert}/lock")).status_code == 303
    locked = await company.browser(bo)
    await locked.sign_in()
    assert not await locked.is_in()


async def test_an_administrator_resets_factors_and_the_person_is_told(company: Company, ada: Browser) -> None:
    bo = await company.browser(None, "member", name="Bo Berg")
    await bo.sign_in()
    await bo.set_up_app()
    assert (await ada.post(f"/settings/people/{bo.user}/reset-factors")).status_code == 303
    assert not await bo.is_in()
    assert (await (await company.browser(bo)).sign_in()).headers["location"] == "/?start"
    assert "factors_reset" in await company.alerts(bo)
    sent: list[Message] = []

    class Box:
        async def post_within(self, connection: Connection, message: Message) -> None:
            sent.append(message)

    await mail_alerts(company.database, Box(), "https://crm.example")  # type: ignore[arg-type]
    assert await mail_alerts(company.database, Box(), "https://crm.example") == 0  # type: ignore[arg-type]
    subjects = {one.subject for one in sent if one.to == bo.email}
    assert "Your second factors were reset" in subjects


async def test_many_wrong_passwords_are_one_alert(company: Company, ada: Browser) -> None:
    guesser = await company.browser(ada)
    answers = [(await guesser.sign_in("not the password")).status_code for _ in range(13)]
    assert answers[-2:] == [429, 429]
    assert (await company.alerts(ada)).count("many_failures") == 1


async def test_impossible_travel_needs_known_places(
    company: Company, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Atlas:
        def locate(self, ip: str) -> Place | None:
            return {"9.9.9.9": Place(52.5, 13.4, "Berlin"), "8.8.8.8": Place(37.4, -122.1, "Mountain View")}.get(ip)

    for ip in ("9.9.9.9", "8.8.8.8"):
        await (await company.browser(ada, ip=ip)).sign_in()
    assert "impossible_travel" not in await company.alerts(ada)
    monkeypatch.setattr(arrivals, "LOCATOR", [Atlas()])
    again = await company.browser(ada, ip="9.9.9.9")
    await again.sign_in()
    assert "impossible_travel" in await company.alerts(ada)
    assert "Mountain View, and 0 minutes later Berlin" in (await again.get("/settings/security")).text


@pytest.mark.parametrize(("kind", "records"), [("export", 1_900), ("read", 9_500)])
async def test_reading_far_more_than_usual_is_told_once_an_hour(
    company: Company, ada: Browser, kind: str, records: int
) -> None:
    workspace = (await company.house.door.context("main")).id
    async with company.database.transaction() as connection:
        await usage.note(connection, workspace, ada.user, kind, records)
    assert f"mass_{kind}" not in await company.alerts(ada)
    async with company.database.transaction() as connection:
        for _ in range(3):
            await usage.note(connection, workspace, ada.user, kind, records)
    assert (await company.alerts(ada)).count(f"mass_{kind}") == 1
    assert f"{2 * records} records" in (await ada.get("/settings/security")).text


async def test_what_a_page_shows_is_counted(company: Company, ada: Browser) -> None:
    now = [0.0]
    company.house.door.tally = Tally(lambda: now[0])
    await ada.get("/users")
    now[0] = 60.0
    await ada.get("/users")
    rows = await company.execute('select sum(count) from relata.person_hour where "user" = %s', ada.user)
    assert rows[0][0] >= 2


def test_lists_and_networks() -> None:
    policy = Policy(networks={"*": ("10.0.0.0/8",), "admin": ("10.1.0.0/16",)})
    assert admits(lists_for(policy, ["admin", "member"]), "10.1.2.3")
    assert not admits(lists_for(policy, ["admin", "member"]), "10.2.2.3")
    assert admits(lists_for(policy, ["member"]), "::ffff:10.2.2.3")
    assert not admits(lists_for(policy, ["member"]), "")
    assert read_networks("192.0.2.7/24, 2001:db8::1", "n") == ("192.0.2.0/24", "2001:db8::1/128")
    with pytest.raises(Invalid):
        read_networks("192.0.2.0/33", "n")
    assert (network_of("203.0.113.9"), network_of("10.1.1.1"), network_of("x")) == ("private", "private", "")
    assert is_impossible(Place(52.5, 13.4), Place(37.4, -122.1), 5)
    assert not is_impossible(Place(52.5, 13.4), Place(48.1, 11.6), 1)

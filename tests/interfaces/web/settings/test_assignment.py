"""Assignment rules, working time and absences, as people set them up in a browser."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.testing.house import House

RULES = "/settings/assignment"


async def a_rule(ada: Browser, label: str = "North", **more: str) -> None:
    form: dict[str, str | list[str]] = {
        "object": "account", "label": label, "way": "round_robin", "member.person": [str(ada.user)],
        "member.weight": ["2"], "by_default": "true", "is_active": "true", **more,
    }  # fmt: skip
    made = await ada.post(f"{RULES}/new", form)
    assert made.status_code == 303, made.text


async def test_a_rule_is_made_changed_switched_off_and_deleted(ada: Browser) -> None:
    await a_rule(ada, where='name = "X"', response_minutes="90", met_by="name")
    page = (await ada.get(f"{RULES}/north")).text
    assert 'value="90"' in page and 'value="2"' in page
    changed = await ada.post(
        f"{RULES}/north", {"object": "account", "label": "Northern", "way": "person", "to": f"person:{ada.user}"}
    )
    assert changed.status_code == 303, changed.text
    listed = (await ada.get(RULES)).text
    assert "Northern" in listed and "One person" in listed and "only when asked" in listed
    await ada.post(f"{RULES}/north/switch", {"on": "true"})
    await ada.post(f"{RULES}/north/delete")
    assert "Northern" not in (await ada.get(RULES)).text


async def test_what_does_not_fit_comes_back_at_its_field(ada: Browser) -> None:
    refused = await ada.post(
        f"{RULES}/new", {"object": "account", "label": "X", "way": "round_robin", "where": "foo > 1", "capacity": "1"}
    )
    assert refused.status_code == 422
    assert "Choose people or a team who take turns." in refused.text
    assert 'aria-describedby="field-where-error"' in refused.text
    number = await ada.post(
        f"{RULES}/new", {"object": "account", "label": "X", "way": "round_robin", "capacity": "many"}
    )
    assert number.status_code == 422 and "This is no whole number." in number.text
    await a_rule(ada)
    again = await ada.post(f"{RULES}/new", {"object": "account", "label": "North", "way": "round_robin"})
    assert again.status_code == 409


async def test_rules_move_and_the_first_one_decides(ada: Browser) -> None:
    await a_rule(ada)
    await a_rule(ada, "South")
    await ada.post(f"{RULES}/south/move", {"to": "up"})
    page = (await ada.get(RULES)).text
    assert page.index(">South<") < page.index(">North<")
    tried = (await ada.get(f"{RULES}/try?object=account&values=1")).text
    assert "It would go to Ada" in tried and "South" in tried


async def test_a_record_tells_why_it_is_there(ada: Browser) -> None:
    await a_rule(ada, response_minutes="60")
    made = await ada.post("/accounts/new", {"name": "Acme"})
    page = (await ada.get(made.headers["location"])).text
    assert "Answer due" in page and "Assign by rules" in page
    why = (await ada.get(f"{made.headers['location']}/assigned")).text
    assert "It decided" in why and "Chosen" in why
    rehearsed = (await ada.get(f"{RULES}/rehearse?object=account&days=7")).text
    assert re.search(r"\d+ records?", rehearsed)


async def test_a_record_is_taken_out_of_its_queue(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        queue = await work.create("queue", {"name": "Inbound", "members": [ada.user]})
    await a_rule(ada, way="queue", to=f"queue:{queue.id}")
    made = await ada.post("/accounts/new", {"name": "Acme"})
    place = made.headers["location"]
    assert "Waits in a queue" in (await ada.get(place)).text
    assert (await ada.post(f"{place}/take")).status_code == 303
    assert "Waits in a queue" not in (await ada.get(place)).text
    assert (await ada.post(f"{place}/take")).status_code == 409


async def test_holidays_come_by_country_and_file(ada: Browser, open_house: House) -> None:
    place = "/settings/working-time"
    assert (await ada.post(f"{place}/country", {"country": "DE-BY", "year": "2026"})).status_code == 303
    assert (await ada.post(f"{place}/country", {"country": "DE-BY", "year": "2026"})).status_code == 303
    async with open_house.system() as work:
        assert await work.count("holiday", 'day = date("2026-01-06")') == 1
    assert (await ada.post(f"{place}/country", {"country": "XX", "year": "2026"})).status_code == 422
    assert (await ada.post(f"{place}/country", {"country": "DE", "year": "soon"})).status_code == 422
    assert (await ada.post(f"{place}/file", {})).status_code == 422


async def test_people_enter_and_take_back_their_own_absence(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    ben = await sign_in("Ben", "member")
    async with open_house.system() as work:
        today = work.clock.today
    days = {"first_day": today.isoformat(), "last_day": (today + timedelta(days=3)).isoformat()}
    assert (await ben.post("/settings/absence", {**days, "deputy": str(ada.user)})).status_code == 303
    assert "stands in" in (await ben.get("/settings/absence")).text
    standing = (await ada.get("/settings/absence")).text
    assert "You stand in for" in standing and "Ben" in standing
    assert (await ben.post("/settings/absence", {**days, "deputy": str(ben.user)})).status_code == 422
    async with open_house.system() as work:
        absence = await work.first("absence", None, person=ben.user)
    assert absence is not None
    assert (await ada.post(f"/settings/absence/{absence.id}/delete")).status_code == 404
    assert (await ben.post(f"/settings/absence/{absence.id}/delete")).status_code == 303

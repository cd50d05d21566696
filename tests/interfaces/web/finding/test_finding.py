"""The palette, stars, the arranged side bar and the home page in a browser, and forms that nobody meant."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.interfaces.web.finding.conftest import Browser, SignIn

from relata.testing.house import House

SOMEBODY = "01939f2e-0000-7000-8000-000000000000"


async def account(house: House, name: str = "Nordlicht") -> UUID:
    async with house.system() as work:
        return (await work.create("account", {"name": name})).id


async def palette(browser: Browser, words: str, here: str = "/") -> str:
    headers = {"hx-request": "true", "hx-current-url": f"http://localhost{here}"}
    return (await browser.client.get("/palette", params={"q": words}, headers=headers)).text


async def test_the_palette_offers_only_what_one_may(ada: Browser, sign_in: SignIn, open_house: House) -> None:
    key = await account(open_house)
    assert "/settings/roles" in await palette(ada, "roles")
    assert "/rooms/new" in await palette(ada, "room")
    assert "/accounts/new" in await palette(ada, "new acc")
    assert f"/accounts/{key}/edit" in await palette(ada, "edit", f"/accounts/{key}")
    reader = await sign_in("reader", name="Rita")
    assert "/settings/roles" not in await palette(reader, "roles")
    assert "/accounts/new" not in await palette(reader, "new acc")
    assert f"/accounts/{key}/edit" not in await palette(reader, "edit", f"/accounts/{key}")


@pytest.mark.parametrize("here", ["/accounts/" + SOMEBODY, "/nothing/" + SOMEBODY, "//[", "/accounts/" + "-" * 36])
async def test_the_palette_bears_any_address(ada: Browser, here: str) -> None:
    assert "Sign out" in await palette(ada, "sign", here)


async def test_a_star_stands_in_the_side_bar_and_recent_records_in_the_palette(ada: Browser, open_house: House) -> None:
    key = await account(open_house)
    assert 'aria-pressed="true"' in (await ada.post(f"/accounts/{key}/star")).text
    assert "Nordlicht" in (await ada.get("/tasks")).text
    await ada.get(f"/accounts/{key}")
    assert "Recently opened" in await palette(ada, "")
    await ada.post(f"/accounts/{key}/unstar")
    assert "Nordlicht" not in (await ada.get("/tasks")).text


async def test_the_side_bar_is_arranged_and_reset(ada: Browser) -> None:
    form = {"group": ["module:activities", "module:parties"], "item": ["task", "note", "account"], "shown": ["task"]}
    assert (await ada.post("/desk/sidebar", form)).headers["hx-refresh"] == "true"
    page = (await ada.get("/leads")).text
    places = page[page.index("sidebar-places") : page.index("sidebar-foot")]
    assert 'href="/notes"' not in places
    assert places.index('href="/tasks"') < places.index('href="/contacts"')
    await ada.post("/desk/groups", {"group": "module:activities", "closed": "yes"})
    assert 'aria-expanded="false"' in (await ada.get("/leads")).text
    await ada.post("/desk/sidebar", {"reset": "yes"})
    assert 'href="/notes"' in (await ada.get("/leads")).text


@pytest.mark.parametrize(
    ("address", "form", "status"),
    [
        ("/home/scope", {"scope": "planet"}, 422),
        ("/home/scope", {}, 422),
        (f"/home/cards/tasks/done/{SOMEBODY}", {}, 404),
        ("/home/cards/tasks/done/7", {}, 404),
        (f"/home/cards/nothing/done/{SOMEBODY}", {}, 404),
        (f"/home/cards/meetings/done/{SOMEBODY}", {}, 422),
        (f"/home/cards/meetings/undo/{SOMEBODY}", {}, 422),
        (f"/accounts/{SOMEBODY}/star", {}, 404),
        ("/nothing/7/star", {}, 404),
        ("/home/sample/restore", {"bulk": SOMEBODY}, 404),
        ("/home/sample/restore", {"bulk": "x"}, 404),
    ],
)
async def test_what_can_not_be_is_refused(ada: Browser, address: str, form: dict[str, str], status: int) -> None:
    assert (await ada.post(address, form)).status_code == status


@pytest.mark.parametrize("form", [{"item": "\u202e", "shown": "x" * 5000}, {"group": "a\nb"}, {}])
async def test_an_odd_arrangement_breaks_nothing(ada: Browser, form: dict[str, str]) -> None:
    assert (await ada.post("/desk/sidebar", form)).status_code == 200
    assert (await ada.post("/desk/home", form)).status_code == 200
    assert (await ada.post("/desk/groups", {**form, "closed": "yes"})).status_code == 204
    assert (await ada.get("/")).status_code == 200


async def test_only_an_administrator_removes_sample_data(sign_in: SignIn) -> None:
    member = await sign_in("member", name="Mia")
    assert (await member.get("/home/sample")).status_code == 403
    assert (await member.post("/home/sample/remove")).status_code == 403


async def test_a_task_is_done_from_the_home_page_and_taken_back(ada: Browser, open_house: House) -> None:
    assert ada.user is not None
    async with open_house.as_person(ada.user) as work:
        task = await work.create("task", {"subject": "Ring Nord", "due_on": work.clock.today})
    assert "Ring Nord" in (await ada.get("/")).text
    done = await ada.post(f"/home/cards/tasks/done/{task.id}")
    assert "Ring Nord" not in done.text
    assert f"/home/cards/tasks/undo/{task.id}" in done.text
    await ada.post(f"/home/cards/tasks/undo/{task.id}")
    assert "Ring Nord" in (await ada.get("/home/cards/tasks")).text

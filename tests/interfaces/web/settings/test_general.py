"""The workspace's own settings: the logo, whose type is checked, and working hours."""

from __future__ import annotations

import base64

import httpx
import pytest
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.app.migrations import MIGRATIONS
from relata.engine.workspace import configure
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.branding import Branding
from relata.engine.workspace.context import Settings as WorkspaceSettings
from relata.testing.house import House

PLACE = "/settings/general"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def upload(browser: Browser, data: bytes, name: str = "logo.png") -> httpx.Response:
    token = (await browser.get("/settings/profile")).text.partition('name="_csrf" value="')[2].partition('"')[0]
    return await browser.client.post(f"{PLACE}/logo", data={"_csrf": token}, files={"logo": (name, data)})


async def test_a_logo_is_shown_on_every_page_and_taken_away(ada: Browser, open_house: House) -> None:
    assert (await ada.get("/logo")).status_code == 404
    assert (await upload(ada, PNG)).headers["location"] == f"{PLACE}?done=saved"
    assert "/logo?" in (await ada.get("/settings/profile")).text
    shown = await ada.get("/logo")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert (await ada.post(f"{PLACE}/logo/remove")).status_code == 303
    assert "/logo?" not in (await ada.get("/settings/profile")).text


async def test_strangers_see_whose_house_it_is_while_one_company_has_it(ada: Browser, open_house: House) -> None:
    ada.client.cookies.clear()
    assert "data-accent" not in (await ada.client.get("/sign-in")).text
    assert (await ada.client.get("/logo/house")).status_code == 404
    await Administration(open_house.door, open_house.key, None).change_settings({"name": "Röst", "accent": "green"})
    await Branding(open_house.door, open_house.key, None).set_logo(PNG)
    page = (await ada.client.get("/sign-in")).text
    assert 'data-accent="green"' in page
    assert "Röst" in page
    shown = await ada.client.get("/logo/house")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    await configure.create_workspace(open_house.door, MIGRATIONS, "second", WorkspaceSettings(name="Another"))
    assert "Röst" not in (await ada.client.get("/sign-in")).text
    assert (await ada.client.get("/logo/house")).status_code == 404


async def test_a_colour_is_one_that_there_is(ada: Browser) -> None:
    assert (await ada.post(PLACE, {"accent": "violet"})).status_code == 303
    assert 'data-accent="violet"' in (await ada.get("/settings/profile")).text
    assert (await ada.post(PLACE, {"accent": '"><script>'})).status_code == 422


@pytest.mark.parametrize(
    ("data", "name", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "logo.svg", 422),
        (b"<html>", "logo.png", 422),
        (b"", "logo.png", 422),
        (PNG + b"\0" * 200_000, "logo.png", 429),
    ],
)
async def test_what_is_no_small_picture_is_refused(ada: Browser, data: bytes, name: str, status: int) -> None:
    assert (await upload(ada, data, name)).status_code == status


async def test_only_administrators_change_the_logo(sign_in: SignIn) -> None:
    assert (await upload(await sign_in("reader"), PNG)).status_code == 403


async def test_working_hours_are_kept_and_checked(ada: Browser, open_house: House) -> None:
    week = {f"hours.{day}": "08:30 - 16:00" for day in range(4)} | {f"hours.{day}": "" for day in range(4, 7)}
    assert (await ada.post(PLACE, week)).headers["location"] == f"{PLACE}?done=saved"
    async with open_house.system() as work:
        assert work.settings.hours == ("08:30-16:00",) * 4 + ("",) * 3
    for wrong in ("8-16", "17:00-09:00", "25:00-26:00", "morning"):
        answer = await ada.post(PLACE, {**week, "hours.2": wrong})
        assert answer.status_code == 422, wrong
        assert "09:00-17:00" in answer.text

"""The matrix of a role in a browser: each level is saved by itself and can be taken back."""

from __future__ import annotations

import re

from tests.interfaces.web.settings.conftest import Browser

from relata.testing.house import House

PLACE = "/settings/roles/reader/levels"


async def level(house: House, object_name: str, right: str) -> str:
    async with house.system() as work:
        grant = work.registry.roles["reader"].grants.get(object_name)
    return getattr(grant, right) if grant else ""


async def test_a_level_is_saved_at_once_and_undone(ada: Browser, open_house: House) -> None:
    saved = await ada.post(f"{PLACE}?object=account", {"change": "own"})
    assert saved.status_code == 200
    assert await level(open_house, "account", "change") == "own"
    assert await level(open_house, "account", "read") == "all"  # as it followed the first row before
    found = [path for path in re.findall(r'"(/settings/roles/reader/levels\?[^"]+)"', saved.text) if "read=" in path]
    assert (await ada.post(found[-1].replace("&amp;", "&"))).status_code == 200
    assert await level(open_house, "account", "change") == ""


async def test_levels_that_are_none_are_refused(ada: Browser, open_house: House) -> None:
    for path in (f"{PLACE}?object=account&read=much", f"{PLACE}?object=account"):
        assert (await ada.post(path)).status_code == 422, path
    assert (await ada.post(f"{PLACE}?object=nothing&read=all")).status_code == 404
    assert (await ada.post("/settings/roles/nobody/levels?object=account&read=all")).status_code == 404
    assert await level(open_house, "account", "read") == ""


async def test_a_role_says_who_has_it_and_two_are_compared(ada: Browser, open_house: House) -> None:
    rosa = await open_house.person("Rosa Lind", "reader")
    page = (await ada.get("/settings/roles/reader")).text
    assert f"/settings/people/{rosa}" in page
    compared = (await ada.get("/settings/roles/compare?a=reader&b=member")).text
    assert "Delete" in compared
    assert 'data-level="own"' in compared
    same = (await ada.get("/settings/roles/compare?a=reader&b=reader")).text
    assert "Both may do the same" in same


async def test_a_team_moves_under_another_and_never_under_its_own(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        north = await work.create("team", {"name": "North"})
        hamburg = await work.create("team", {"name": "Hamburg"})
    moved = await ada.post(f"/settings/teams/{hamburg.id}/move", {"parent": str(north.id)})
    assert moved.headers["location"] == "/settings/teams?done=saved"
    for team, parent in ((north, hamburg), (north, north)):
        assert (await ada.post(f"/settings/teams/{team.id}/move", {"parent": str(parent.id)})).status_code == 422
    assert (await ada.post(f"/settings/teams/{north.id}/move", {"parent": "x"})).status_code == 404
    async with open_house.system() as work:
        assert (await work.get("team", hamburg.id))["parent"] == north.id
        assert (await work.get("team", north.id))["parent"] is None

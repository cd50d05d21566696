"""Rule 10: a state machine holds on every path. A specimen goes from draft to live to done, and skips no state."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from tests.access.conftest import Connect

from relata.engine.transfer.importing import run_import
from relata.engine.transfer.mapping import decode
from relata.engine.workspace.merging import merge
from relata.foundation.errors import RelataError
from relata.testing.house import House

MAPPING = """
object = "specimen"
match = ["name"]
[[columns]]
column = "name"
field = "name"
[[columns]]
column = "state"
field = "state"
"""
Way = Callable[[House, httpx.AsyncClient, UUID], Awaitable[None]]


@pytest_asyncio.fixture
async def browser(house: House, connect: Connect) -> httpx.AsyncClient:
    """An administrator's."""
    return await connect(await house.person("Ada", "admin"), browser=True)


async def api(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """A change of one."""
    await browser.patch(f"/api/v1/specimens/{record}", json={"state": "done"})


async def batch(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """One of many operations."""
    change = {"method": "change", "object": "specimens", "id": str(record), "values": {"state": "done"}}
    await browser.post("/api/v1/batch", json={"operations": [change], "atomic": False})


async def form(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """The form."""
    await browser.post(f"/specimens/{record}/edit", data={"name": "Jumper", "state": "done"})


async def inline(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """Edit in place."""
    await browser.post(f"/specimens/{record}/fields/state", data={"state": "done"})


async def bulk(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """Many at once, with every right."""
    async with house.system() as work:
        await work.change_many("specimen", [(record, {"state": "done"})])


async def moved(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """An action's own way, with every right."""
    async with house.system() as work:
        try:
            await work.move(("specimen", record), to="done")
        except RelataError:
            return


async def imported(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """A file."""
    file = Path(__file__).with_suffix(".csv")
    await run_import(house.door, house.key, None, file, decode(MAPPING))


async def merged(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """What is chosen when two become one."""
    async with house.system() as work:
        other = await work.create("specimen", {"name": "Other"})
        try:
            await merge(work, await work.get("specimen", record), [other], {"state": "done"})
        except RelataError:
            return


async def restored(house: House, browser: httpx.AsyncClient, record: UUID) -> None:
    """Into the bin and out again; what lies there can't be changed."""
    await browser.delete(f"/api/v1/specimens/{record}")
    await browser.patch(f"/api/v1/specimens/{record}", json={"state": "done"})
    await browser.post(f"/api/v1/specimens/{record}/restore")


@pytest.mark.parametrize("way", [api, batch, form, inline, bulk, moved, imported, merged, restored])
async def test_no_way_leads_past_a_state(house: House, browser: httpx.AsyncClient, way: Way) -> None:
    async with house.system() as work:
        record = (await work.create("specimen", {"name": "Jumper"})).id
    await way(house, browser, record)
    async with house.system() as work:
        assert (await work.get("specimen", record))["state"] == "draft"


@pytest.mark.parametrize("state", ["live", "done"])
async def test_nothing_begins_in_the_middle(house: House, browser: httpx.AsyncClient, state: str) -> None:
    values = {"name": "Early", "state": state}
    async with house.system() as work:
        await work.create_many("specimen", [values])
    await browser.post("/api/v1/specimens", json=values)
    await browser.post("/specimens/new", data=values)
    async with house.system() as work:
        assert await work.count("specimen", name="Early") == 0

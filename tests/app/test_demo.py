"""The demo company: all modules' parts of it, made through the door."""

from __future__ import annotations

import pytest_asyncio

from relata.engine.workspace.workspace import Workspace
from relata.testing.demo import demo_template
from relata.testing.house import Furnished, House

LEAST = {
    "user": 12, "team": 4, "account": 40, "contact": 90, "lead": 60, "opportunity": 120, "product": 16, "task": 60,
    "call": 40, "meeting": 20, "note": 25, "opportunity_line": 120, "list_member": 10, "segment": 1,
}  # fmt: skip


async def furnish(work: Workspace) -> None:
    """What `make demo` does."""
    for module in work.registry.modules.values():
        if module.demo is not None:
            await module.demo(work)


async def counts(work: Workspace) -> dict[str, int]:
    """How many records there are of each object."""
    return {name: await work.count(name) for name in work.registry.objects}


@pytest_asyncio.fixture
async def house_template(postgres_url: str, furnished: Furnished) -> str:
    """That of the demo company."""
    return await demo_template(postgres_url, furnished)


async def test_the_demo_company_is_furnished_once(house: House) -> None:
    async with house.system() as work:
        made = await counts(work)
        won_by_prospects = await work.count("opportunity", 'status = "won" and account.type = "prospect"')
        await furnish(work)
        assert await counts(work) == made
    assert {name: made[name] for name, least in LEAST.items() if made[name] < least} == {}
    assert won_by_prospects == 0

"""Roll-ups are exact after everything that can happen to children: many at once, moved, merged, deleted, restored."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relata.engine.workspace.administration import Administration
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

#: What one step does: (kind, which child, which parent, amount).
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "amount", "parent", "delete", "restore", "close"]),
        st.integers(0, 7), st.integers(0, 2), st.integers(-500, 500),
    ),
    max_size=25,
)  # fmt: skip


async def _furnish(house: House) -> None:
    admin = Administration(house.door, house.key, None)
    await admin.add_object({"name": "till", "plural": "tills"})
    await admin.add_object({"name": "slip", "plural": "slips"})
    await admin.add_field("slip", {"type": "link", "name": "till", "to": "till"})
    await admin.add_field("slip", {"type": "decimal", "name": "amount"})
    await admin.add_field("slip", {"type": "boolean", "name": "is_open", "default": True})
    for function in ("count", "sum", "average", "min", "max"):
        field = {
            "type": "roll_up",
            "name": f"{function}_open",
            "over": "slips",
            "function": function,
            "where": "is_open",
        }
        await admin.add_field("till", field if function == "count" else {**field, "field": "amount"})


async def _figures(work: Workspace, till: UUID) -> dict[str, Any]:
    return await work.show("till", till, ("count_open", "sum_open", "average_open", "min_open", "max_open"))


async def _counted(work: Workspace, till: UUID) -> dict[str, Any]:
    slips = await work.find("slip", till=till, is_open=True)
    amounts = [slip["amount"] for slip in slips if slip["amount"] is not None]
    average = round(sum(amounts, Decimal(0)) / len(amounts), 12) if amounts else None
    return {
        "count_open": len(slips), "sum_open": sum(amounts, Decimal(0)), "average_open": average,
        "min_open": min(amounts, default=None), "max_open": max(amounts, default=None),
    }  # fmt: skip


async def _step(work: Workspace, tills: list[UUID], slips: list[UUID], step: tuple[str, int, int, int]) -> None:
    kind, child, parent, amount = step
    if kind == "create" or not slips:
        made = await work.create("slip", {"name": "Slip", "till": tills[parent], "amount": amount})
        slips.append(made.id)
        return
    record = await work.get("slip", slips[child % len(slips)], deleted=None)
    if kind == "restore":
        await work.restore(record)
    elif kind == "delete":
        await work.delete(record)
    elif not record.is_deleted:
        values: dict[str, dict[str, Any]] = {
            "amount": {"amount": amount},
            "parent": {"till": tills[parent]},
            "close": {"is_open": amount > 0},
        }
        await work.change(record, values[kind])


async def test_they_follow_every_change(open_house: House) -> None:
    await _furnish(open_house)

    async def follow(steps: list[tuple[str, int, int, int]]) -> None:
        async with open_house.system() as work:
            tills = [(await work.create("till", {"name": f"Till {n}"})).id for n in range(3)]
        slips: list[UUID] = []
        for step in steps:
            async with open_house.system() as work:
                await _step(work, tills, slips, step)
        async with open_house.system() as work:
            for till in tills:
                assert await _figures(work, till) == await _counted(work, till)

    loop = asyncio.get_running_loop()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def check(steps: list[tuple[str, int, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(follow(steps), loop).result(60)

    await asyncio.to_thread(check)


async def test_they_are_exact_when_many_write_at_once(open_house: House) -> None:
    await _furnish(open_house)
    async with open_house.system() as work:
        tills = [(await work.create("till", {"name": f"Till {n}"})).id for n in range(2)]
        slips = [(await work.create("slip", {"name": "S", "till": tills[0], "amount": 1})).id for _ in range(6)]

    async def wander(slip: UUID, seed: int) -> None:
        for turn in range(12):

            async def move(work: Workspace, turn: int = turn) -> None:
                await work.change(("slip", slip), {"till": tills[(turn + seed) % 2], "amount": turn * seed})

            await open_house.door.run(open_house.key, None, move)

    await asyncio.gather(*(wander(slip, seed) for seed, slip in enumerate(slips)))
    async with open_house.system() as work:
        for till in tills:
            assert await _figures(work, till) == await _counted(work, till)


async def test_a_merge_takes_the_children_along(house: House) -> None:
    async with house.system() as work:
        keep = await work.create("account", {"name": "Kaffeehaus Nord"})
        gone = await work.create("account", {"name": "Kaffeehaus Nord GmbH", "description": "Near the station"})
        contact = await work.create("contact", {"name": "Grace Hopper", "account": gone.id})
        note = await work.create(
            "note", {"subject": "Called", "body": "On Monday", "about": {"object": "account", "id": gone.id}}
        )
        merged = await work.merge(("account", keep.id), [gone.id])
        assert merged["description"] == "Near the station"
        assert (await work.get("contact", contact.id))["account"] == keep.id
        assert (await work.get("note", note.id))["about"].id == keep.id
        assert (await work.show("account", keep.id, ("contact_count",)))["contact_count"] == 1
        assert (await work.get("account", gone.id, deleted=True)).is_deleted

"""Gadgets through the door. No installation has the example, so these tests bring it along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relata.app.modules import discover
from relata.engine.history.feed import Change
from relata.engine.metadata.module import Module
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.modules._example import jobs, reactions
from relata.modules._example.contracts import GADGET, LendGadget
from relata.testing.house import House


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """The usual modules and the example."""
    return discover("_example")


async def lent(work: Workspace, days: int = 0) -> Record:
    """A gadget that somebody has for so many days."""
    gadget = await work.create(GADGET, {"name": "Grinder"})
    await work.run(LendGadget(gadget.id, "Ada", work.clock.today + timedelta(days=days)))
    return await work.get(GADGET, gadget.id)


def announced(gadget: Record) -> Change:
    """The announcement that it was lent, as a worker hands it on."""
    return Change(
        1, 1, GADGET, gadget.id, "announced", gadget["created_at"], None, "test", {}, {}, {"event": "GadgetLent"}
    )


async def test_a_gadget_is_lent_once_and_comes_back_empty_handed(open_house: House) -> None:
    async with open_house.system() as work:
        gadget = await lent(work)
        with pytest.raises(Conflict, match="not on the shelf"):
            await work.run(LendGadget(gadget.id, "Bob", work.clock.today))
        returned = await work.move(gadget, to="on_shelf")
    assert (gadget["status"], gadget["lent_to"]) == ("lent", "Ada")
    assert (returned["lent_to"], returned["due_on"]) == (None, None)


async def test_what_follows_happens_once_however_often_it_is_tried(open_house: House) -> None:
    async with open_house.system() as work:
        gadget = await lent(work)
        await work.change(gadget, {"due_on": work.clock.today - timedelta(days=1)})
        for _ in range(2):
            await reactions.remind_of_gadget(work, announced(gadget))
            await jobs.note_overdue(work)
        assert await work.count("task", about=gadget.id) == 1
        assert await work.count("note", about=gadget.id) == 1

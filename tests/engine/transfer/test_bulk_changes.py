"""Bulk changes: what they do, what they refuse, and that undoing one leaves what was there before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relata.engine.history.entries import Entry
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.overlay import Definition
from relata.engine.transfer.bulk import notes, running
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.bulk.order import Order, memberships
from relata.engine.transfer.bulk.preview import preview
from relata.engine.workspace import configure
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.ids import new_id
from relata.testing.house import House

OWN = ("version", "changed_at", "changed_by", "changed_via")


@pytest.fixture
def queue(house: House) -> Queue:
    """A queue that knows the task; no worker runs."""
    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    return queue


async def make(work: Workspace, *rows: dict[str, Any], kind: str = "account") -> tuple[UUID, ...]:
    outcomes = await work.create_many(kind, rows)
    assert all(outcome.id for outcome in outcomes), outcomes
    return tuple(outcome.id for outcome in outcomes if outcome.id)


async def values(work: Workspace, ids: tuple[UUID, ...], kind: str = "account") -> dict[UUID, dict[str, Any]]:
    """The records without what every write changes."""
    found = await work.get_many(kind, ids)
    return {one.id: {name: value for name, value in one.values.items() if name not in OWN} for one in found}


async def told(work: Workspace, bulk: Record) -> list[notes.Note]:
    return [note for _, note in await notes.page(work, bulk.id)]


async def give(house: House, role: dict[str, Any]) -> None:
    """A role called rep."""
    async with house.system() as work:
        body = {"name": "rep", **role}
        await configure.store(work.unit.connection, work.context.schema, Definition("role", "rep", body), None)
    house.door.forget(house.key)


def counts(bulk: Record) -> tuple[int, int, int]:
    return bulk["changed"], bulk["unchanged"], bulk["refused"]


SAMPLE = st.fixed_dictionaries(
    {},
    optional={
        "industry": st.sampled_from(["software", "retail", None]),
        "annual_revenue": st.one_of(st.none(), st.decimals(0, 10**9, places=2).map(str)),
        "employees": st.one_of(st.none(), st.integers(0, 10**6)),
        "description": st.one_of(
            st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
        ),
        "tags": st.lists(st.sampled_from(["a", "b", "c;d"]), max_size=3, unique=True),
        "website": st.one_of(st.none(), st.just("https://example.com")),
        "billing_address": st.one_of(st.none(), st.just({"city": "Berlin", "country": "DE"})),
    },
)


@given(rows=st.lists(SAMPLE, min_size=1, max_size=6), wish=SAMPLE.filter(bool))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_undo_leaves_what_was_there(house: House, queue: Queue, rows: list[Any], wish: dict[str, Any]) -> None:
    async with house.system() as work:
        one = work.registry.get("account")
        known = {name: value for name, value in wish.items() if one.field(name)} or {"description": "x"}
        rows = [{"name": f"A{at}", **{k: v for k, v in row.items() if one.field(k)}} for at, row in enumerate(rows)]
        ids = await make(work, *rows)
        before = await values(work, ids)
        bulk = await running.start(work, queue, Order("account", "change", ids, values=known))
        assert bulk["status"] == "done"
        assert sum(counts(bulk)) == len(ids)
        undone = await running.undo(work, queue, bulk.id)
        assert counts(undone) == (bulk["changed"], 0, 0), await told(work, undone)
        assert await values(work, ids) == before


async def test_what_somebody_changed_since_stays_and_is_told(house: House, queue: Queue) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        ids = await make(work, {"name": "A", "description": "old"}, {"name": "B", "description": "old"})
        order = Order("account", "change", ids, values={"description": "new", "website": "https://example.com"})
        bulk = await running.start(work, queue, order)
        await work.change(("account", ids[0]), {"description": "newest"})
        undone = await running.undo(work, queue, bulk.id)
        after = await values(work, ids)
        notes_ = await told(work, undone)
    assert [after[one]["description"] for one in ids] == ["newest", "old"]
    assert [after[one]["website"] for one in ids] == [None, None]
    assert [(note.record, note.code, note.field) for note in notes_] == [(ids[0], "changed_since", "description")]
    assert "Ada" in notes_[0].message


async def test_rows_that_one_may_not_change_are_refused_and_told(house: House, queue: Queue) -> None:
    role = {"label": "Rep", "grants": {"account": {"read": "all", "create": "all", "change": "own"}}}
    await give(house, role)
    rep = await house.person("Rep", "rep")
    async with house.system() as work:
        theirs = await make(work, {"name": "Theirs"})
    async with house.as_person(rep) as work:
        own = await make(work, {"name": "Own"})
        order = Order("account", "change", (*own, *theirs, new_id()), values={"description": "x"})
        bulk = await running.start(work, queue, order)
        assert counts(bulk) == (1, 0, 2)
        assert sorted(note.code for note in await told(work, bulk)) == ["denied_change", "not_found"]
        assert (await work.get("account", theirs[0]))["description"] is None
        with pytest.raises(Denied):
            await running.start(work, queue, Order("account", "delete", own))


async def test_hidden_and_protected_fields_are_impossible(house: House, queue: Queue) -> None:
    grant = {"read": "all", "change": "all", "fields": {"description": "none", "website": "read"}}
    await give(house, {"label": "Rep", "grants": {"account": grant}})
    rep = await house.person("Rep", "rep")
    async with house.system() as work:
        ids = await make(work, {"name": "A", "description": "hidden"})
    async with house.as_person(rep) as work:
        for wish in ({"description": "x"}, {"website": "https://example.com"}, {"version": 3}, {"nonsense": 1}, {}):
            with pytest.raises(Invalid):
                await running.start(work, queue, Order("account", "change", ids, values=wish))
        with pytest.raises(Invalid):
            await running.start(
                work, queue, Order("account", "change", None, 'description = "hidden"', values={"name": "B"})
            )
        assert await work.as_system().count(BULK_CHANGE) == 0


async def test_a_preview_tells_everything_and_keeps_nothing(house: House) -> None:
    async with house.system() as work:
        ids = await make(work, {"name": "A"}, {"name": "B", "description": "x"})
        gone = await make(work, {"name": "C"})
        await work.delete(("account", gone[0]))

    async def look(work: Workspace, entries: list[Entry]) -> list[tuple[Any, Any]]:
        return [(entry.before, entry.after) for entry in entries]

    order = Order("account", "change", (*ids, *gone), values={"description": "x"})
    found = await preview(house.door, house.key, None, order, look)
    assert (found.total, found.looked, dict(found.done.counts)) == (3, 3, {"changed": 1, "unchanged": 1, "refused": 1})
    assert found.seen == [({"description": None}, {"description": "x"})]
    async with house.system() as work:
        assert (await work.get("account", ids[0]))["description"] is None
        assert await work.count(BULK_CHANGE) == 0


async def test_a_filter_is_walked_in_chunks_that_a_pause_ends(
    house: House, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 4)
    async with house.system() as work:
        ids = await make(work, *({"name": f"A{at}", "description": "old"} for at in range(10)))
        order = Order("account", "change", None, 'description = "old"', values={"description": "new"})
        bulk = await running.start(work, queue, order)
        assert (bulk["status"], bulk["total"], counts(bulk)) == ("running", 10, (0, 0, 0))
        later = await make(work, {"name": "Later", "description": "old"})
        await running.advance(work, bulk.id)
        await running.pause(work, bulk.id)
        assert counts(await running.advance(work, bulk.id)) == (4, 0, 0)
        with pytest.raises(Conflict):
            await running.undo(work, queue, bulk.id)
        await running.go_on(work, queue, bulk.id)
    await running.run(house.door, house.key, bulk.id)
    async with house.system() as work:
        bulk = await work.get(BULK_CHANGE, bulk.id)
        assert (bulk["status"], counts(bulk)) == ("done", (10, 0, 0))
        assert {one["description"] for one in await work.get_many("account", ids)} == {"new"}
        assert (await work.get("account", later[0]))["description"] == "old"
        undone = await running.undo(work, queue, bulk.id)
    await running.run(house.door, house.key, undone.id)
    async with house.system() as work:
        assert counts(await work.get(BULK_CHANGE, undone.id)) == (10, 0, 0)
        assert {one["description"] for one in await work.get_many("account", ids)} == {"old"}


async def test_delete_and_restore_are_undone(house: House, queue: Queue) -> None:
    async with house.system() as work:
        ids = await make(work, {"name": "A"}, {"name": "B"})
        bulk = await running.start(work, queue, Order("account", "delete", ids))
        assert counts(bulk) == (2, 0, 0)
        assert not await work.get_many("account", ids)
        restored = await running.start(work, queue, Order("account", "restore", None, deleted=True))
        assert counts(restored)[0] == 2
        assert len(await work.get_many("account", ids)) == 2
        await running.undo(work, queue, restored.id)
        assert not await work.get_many("account", ids)
        again = await running.undo(work, queue, bulk.id)
        assert counts(again) == (2, 0, 0)
        assert len(await work.get_many("account", ids)) == 2
        with pytest.raises(Conflict):
            await running.undo(work, queue, bulk.id)


async def test_a_declared_action_runs_on_each_and_refusals_leave_nothing(house: House, queue: Queue) -> None:
    async with house.system() as work:
        ids = await make(work, {"subject": "Call"}, {"subject": "Mail"}, kind="task")
        name = next(name for name, one in work.registry.actions["task"].items() if "complete" in name)
        bulk = await running.start(work, queue, Order("task", "action", (*ids, new_id()), action=name))
        assert counts(bulk) == (2, 0, 1)
        with pytest.raises(Conflict):
            await running.undo(work, queue, bulk.id)


async def test_records_are_put_on_a_list_once(house: House, queue: Queue) -> None:
    async with house.system() as work:
        ids = await make(work, {"name": {"first": "A"}}, {"name": {"first": "B"}}, kind="contact")
        fair = await work.create("static_list", {"name": "Fair", "holds": "contact"})
        kind = memberships(work, work.registry.get("contact"))[0]
        order = Order("contact", "add", ids[:1], into=kind.object, target=fair.id)
        await running.start(work, queue, order)
        bulk = await running.start(work, queue, Order("contact", "add", ids, into=kind.object, target=fair.id))
        assert counts(bulk) == (1, 1, 0)
        await running.undo(work, queue, bulk.id)
        assert await work.count(kind.object) == 1


async def test_only_who_began_it_steers_it_and_nobody_sees_its_plan(house: House, queue: Queue) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    async with house.as_person(ada) as work:
        ids = await make(work, {"name": "A"})
        bulk = await running.start(work, queue, Order("account", "change", ids, values={"description": "x"}))
        assert "plan" not in await work.show(BULK_CHANGE, bulk.id)
        with pytest.raises(Invalid):
            await work.change((BULK_CHANGE, bulk.id), {"status": "running"})
    async with house.as_person(bob) as work:
        with pytest.raises(Denied):
            await running.undo(work, queue, bulk.id)

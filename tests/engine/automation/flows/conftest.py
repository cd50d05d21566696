"""A company whose flows run when a test says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.noticing import woken
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner
from relata.engine.automation.flows.segments import start_segments
from relata.engine.automation.flows.starting import start_for_changes
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House

_LOG = (
    "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), coalesce(before, '{}'),"
    " coalesce(after, '{}') from {schema}._change where id > %s order by id"
)


@dataclass
class Flows:
    """Flows of a house. told: what people were told."""

    house: House
    told: list[tuple[UUID, str]] = field(default_factory=list)
    ports: Ports = field(default_factory=Ports)
    seen: int = 0

    def __post_init__(self) -> None:
        self.ports = Ports(tell=self._tell)

    async def _tell(self, work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
        self.told.append((person, text))
        return True

    @property
    def runner(self) -> Runner:
        return Runner(self.house.door, self.ports)

    async def publish(self, who: UUID, name: str, body: Body) -> UUID:
        async with self.house.as_person(who) as work:
            flow = await keeping.make_flow(work, name, body)
            await keeping.publish(work, flow.id)
        await self.catch_up()
        return flow.id

    async def catch_up(self) -> None:
        """Whatever is in the log so far starts nothing."""
        async with self.house.system() as work:
            row = await work.unit.connection.fetch_one(
                f"select coalesce(max(id), 0) from {quoted(work.context.schema)}._change"
            )
            assert row is not None
            self.seen = row[0]

    async def happen(self) -> int:
        """What is new in the log starts flows, and they run, and so on until nothing is left."""
        total = 0
        for _round in range(30):
            await self.sql("update {schema}._change set feed = id where feed is null")
            async with self.house.system() as work:
                rows = await work.unit.connection.fetch(
                    _LOG.replace("{schema}", quoted(work.context.schema)), (self.seen,)
                )
                changes = [Change(*row) for row in rows]
                started = await start_for_changes(work, self.house.door.actors, changes)
                started += await start_segments(work, self.house.door.actors, changes)
                await self.wake(work, changes)
            if rows:
                self.seen = rows[-1][1]
            done = await self.runner.pump(self.house.key)
            total += done.runs
            if not started and not done.runs and not rows:
                break
        return total

    async def wake(self, work: Workspace, changes: list[Change]) -> None:
        """Runs that wait for one of these records look again."""
        await woken(work.unit.connection, work.context.schema, changes)

    async def runs(self, flow: UUID | None = None) -> list[dict[str, Any]]:
        async with self.house.system() as work:
            rows = await work.unit.connection.fetch(
                "select id, flow, version, record, state, code, message, chain, seq, attempts, wake_at from"
                f" {quoted(work.context.schema)}._flow_run where flow = %s or %s::uuid is null order by id",
                (flow, flow),
            )
        names = "id flow version record state code message chain seq attempts wake_at".split()
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def steps(self, run: UUID) -> list[tuple[str, str]]:
        async with self.house.system() as work:
            rows = await work.unit.connection.fetch(
                f"select step, state from {quoted(work.context.schema)}._flow_step where run = %s order by seq", (run,)
            )
        return [(step, state) for step, state in rows]

    async def sql(self, text: str, *params: Any) -> list[Any]:
        async with self.house.system() as work:
            return await work.unit.connection.fetch(text.replace("{schema}", quoted(work.context.schema)), params)


@pytest.fixture
def flows(house: House) -> Flows:
    return Flows(house)


Act = Callable[[UUID, Callable[[Workspace], Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
def make(house: House) -> Callable[..., Awaitable[Record]]:
    """A record, as a person."""

    async def create(person: UUID, object_name: str, **values: Any) -> Record:
        async with house.as_person(person) as work:
            return await work.create(object_name, values)

    return create


@pytest.fixture
def alter(house: House) -> Callable[..., Awaitable[Record]]:
    """Another value, as a person."""

    async def change(person: UUID, record: Record, **values: Any) -> Record:
        async with house.as_person(person) as work:
            return await work.change((record.object.name, record.id), values)

    return change


@pytest.fixture
def read(house: House) -> Callable[..., Awaitable[Record]]:
    """A record as it is now."""

    async def get(record: Record) -> Record:
        async with house.system() as work:
            return await work.get(record.object.name, record.id, deleted=None)

    return get

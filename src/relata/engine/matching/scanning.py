"""A scan of all records of an object: keep, learn, compare. How far it is stands beside it, in the transaction of each
part, so that a worker that dies is followed by one that goes on."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from relata.engine.jobs.queue import Job, Queue
from relata.engine.matching.blocks import Blocks
from relata.engine.matching.candidates import drawn
from relata.engine.matching.features import Prepared
from relata.engine.matching.hands import Hands, Scored, packed_model
from relata.engine.matching.keeping import Kept, current, keep, put_keys_aside, unpacked, write
from relata.engine.matching.merging_alone import merge_sure
from relata.engine.matching.model import learn_from
from relata.engine.matching.pairing import Found, keep_pairs
from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.matching.state import State, keep_model, keep_state, state_of
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _

TASK = "match_scan"
#: Records that are kept, and compared, in one transaction.
KEPT, COMPARED = 4000, 5000
#: From so many records on two must share two keys: one alone is mostly chance there.
MANY = 20_000
#: Candidates, or records, from which is learned: more cost time and change no weight.
_LEARNED_FROM = 60_000
#: Who began to write before the scan did may be done later.
_BEFORE = timedelta(minutes=1)
_FIRST = UUID(int=0)


async def start(work: Workspace, queue: Queue, one: Object) -> None:
    """Begin a scan. Needs manage_objects; Conflict while one runs."""
    require(work, "manage_objects")
    if not is_matched(one):
        raise Invalid(_("Duplicates of %(nouns)s are not looked for.") % {"nouns": one.nouns}, code="not_matched")
    connection, schema = work.unit.connection, work.context.schema
    await work.lock(f"match scan {one.name}")
    if (await state_of(connection, schema, one)).scan == "running":
        raise Conflict(_("A scan is running already."), code="running", hint=_("Wait for its end."))
    await keep_state(
        connection, schema, one, scan="running", stage="keep", position=0, done=0, found=0, merged=0, error=None,
        total=await work.as_system().count(one.name), started_at=datetime.now(UTC), finished_at=None,
    )  # fmt: skip
    await queue.enqueue(
        connection, TASK, {"workspace": work.context.key, "object": one.name}, key=f"{schema}.{one.name}"
    )


def register(queue: Queue, door: Door) -> None:
    """Give the queue the task."""

    @queue.task(TASK, priority=-5)
    async def match_scan(job: Job) -> None:
        key, name = str(job.args["workspace"]), str(job.args["object"])
        await _note(door, key, name, "running")  # it goes on where an attempt before has stopped
        try:
            await scan(door, key, name)
        except Exception:
            await _note(door, key, name, "failed")
            raise


async def _note(door: Door, key: str, name: str, state: str) -> None:
    async def note(work: Workspace) -> None:
        connection, schema, one = work.unit.connection, work.context.schema, work.registry.get(name)
        if (await state_of(connection, schema, one)).scan in ("running", "failed"):
            await keep_state(connection, schema, one, scan=state)

    await door.run(key, None, note, via="automation")


async def scan(door: Door, key: str, name: str) -> None:
    """From wherever it stands to its end."""
    context = await door.context(key)
    async with door.database.read() as connection:
        state = await state_of(connection, context.schema, context.registry.get(name))
    with Hands(context.registry.get(name), state.total) as hands:
        run = _Scan(door, key, name, hands)
        await run.keep()
        await run.learn()
        await run.compare()
    await merge_sure(door, key, name)


@dataclass(frozen=True, slots=True)
class _Part:
    """Records up to the place `end`, by their places those that share keys, and what their comparison will say."""

    end: int
    sharing: list[tuple[int, list[int]]]
    scored: asyncio.Future[list[Scored]]


class _Scan:
    """One run of the job. What it holds between its parts can be read again from what is kept."""

    def __init__(self, door: Door, key: str, name: str, hands: Hands) -> None:
        self._door, self._key, self._name, self._hands = door, key, name, hands
        self._blocks = Blocks()
        self._last: UUID | None = _FIRST
        self._done = 0
        self._made: deque[tuple[list[UUID], asyncio.Future[Kept]]] = deque()
        self._next = 0
        self._compared: deque[_Part] = deque()

    async def _state(self, work: Workspace) -> State:
        return await state_of(work.unit.connection, work.context.schema, self._object(work))

    def _object(self, work: Workspace) -> Object:
        return work.registry.get(self._name)

    async def keep(self) -> None:
        """Bring what is kept to what the records are, in the order of their ids: the next rows are read and made ready
        while PostgreSQL writes."""

        async def part(work: Workspace) -> bool:
            state = await self._state(work)
            if state.scan != "running" or state.stage != "keep":
                return False
            await self._read_ahead(work, state)
            if not self._made:
                await self._catch_up(work, state)
                return False
            ids, made = self._made[0]
            await work.unit.connection.execute("select set_config('work_mem', '64MB', true)")  # for keys put aside
            one, connection, schema = self._object(work), work.unit.connection, work.context.schema
            await write(connection, schema, one, ids, await made)
            await keep_state(connection, schema, one, done=self._done + len(ids))
            return True

        if self._hands.are_many:
            await self._door.run(self._key, None, partial(self._put_keys_aside, begins=True), via="automation")
        while await self._door.run(self._key, None, part, via="automation"):
            self._done += len(self._made.popleft()[0])
        if self._hands.are_many:
            await self._door.run(self._key, None, partial(self._put_keys_aside, begins=False), via="automation")

    async def _put_keys_aside(self, work: Workspace, *, begins: bool) -> None:
        await put_keys_aside(work.unit.connection, work.context.schema, begins=begins)

    async def _read_ahead(self, work: Workspace, state: State) -> None:
        # what is kept already is kept up to date behind the writes
        missing = (
            f"not exists (select 1 from {quoted(work.context.schema)}._match m where m.record = id)"
            if state.is_learned
            else "true"
        )
        while self._last is not None and len(self._made) < self._hands.depth:
            rows = await current(
                work.unit.connection, work.context.tables, self._object(work), f"id > %(last)s and {missing}",
                {"last": self._last}, f"order by id limit {KEPT}",
            )  # fmt: skip
            self._last = rows[-1][0] if rows else None
            if rows:
                self._made.append(([row[0] for row in rows], self._hands.make([row[1:] for row in rows])))

    async def _catch_up(self, work: Workspace, state: State) -> None:
        """Keep anew what was written after it was read, and forget what was deleted."""
        one, connection, space = self._object(work), work.unit.connection, quoted(work.context.schema)
        rows = await connection.fetch(
            f"select id from {space}.{quoted(one.name)} where changed_at > %(since)s and created_at <> changed_at",
            {"since": state.started_at - _BEFORE},
        )
        for start in range(0, len(rows), KEPT):
            await keep(connection, work.context.tables, one, [key for (key,) in rows[start : start + KEPT]])
        await connection.execute(
            f"delete from {space}._match m where object = %(object)s and not exists (select 1"
            f" from {space}.{quoted(one.name)} t where t.id = m.record and t.deleted_at is null)",
            {"object": one.name},
        )
        await keep_state(connection, work.context.schema, one, stage="learn", position=0, done=0)

    async def learn(self) -> None:
        """Weights from the candidates among all, or among so many as are enough."""

        async def part(work: Workspace) -> None:
            state = await self._state(work)
            if state.scan != "running" or state.stage not in ("learn", "compare"):
                return
            await self._load(work)
            if state.stage == "learn":
                one, schema = self._object(work), work.context.schema
                features = shape_of(one).features
                records, pairs, seeds = self._sample()
                if len(records) > 50:
                    model = await asyncio.to_thread(
                        learn_from, features, records, pairs, drawn(seeds), seeds=seeds, whole=len(self._blocks)
                    )
                    await keep_model(work.unit.connection, schema, one, model)
                await work.unit.connection.execute(
                    f"delete from {quoted(schema)}._match_pair where object = %(object)s and state = 'open'",
                    {"object": one.name},
                )
                await keep_state(work.unit.connection, schema, one, stage="compare", position=0, done=0, found=0)

        await self._door.run(self._key, None, part, via="automation")

    async def _load(self, work: Workspace) -> None:
        """Everything that is kept, by number, and who shares a key."""
        one, connection, space = self._object(work), work.unit.connection, quoted(work.context.schema)
        self._blocks = Blocks()
        last = 0
        while rows := await connection.fetch(
            f"select number, prepared, keys from {space}._match where object = %(object)s and number > %(last)s"
            " order by number limit 20000",
            {"object": one.name, "last": last},
        ):
            for number, prepared, keys in rows:
                self._blocks.add(number, prepared, keys)
            last = rows[-1][0]
        wide = await asyncio.to_thread(self._blocks.close)
        await connection.execute(f"delete from {space}._match_wide where object = %s", (one.name,))
        await connection.execute(
            f"insert into {space}._match_wide (object, key) select %(object)s, unnest(%(keys)s::integer[])",
            {"object": one.name, "keys": wide},
        )

    def _least(self) -> int:
        return 1 if len(self._blocks) < MANY else 2

    def _sample(self) -> tuple[list[Prepared], list[tuple[int, int]], int]:
        """Records, candidates among them by where they stand there, and how many of the records were drawn; those are
        the first, and what they share keys with follows."""
        blocks, least = self._blocks, self._least()
        places = list(range(len(blocks)))
        Random(len(places)).shuffle(places)
        sharing: list[tuple[int, list[int]]] = []
        count = 0
        for place in places[:_LEARNED_FROM]:
            sharing.append((place, blocks.sharing(place, least)))
            count += len(sharing[-1][1])
            if count >= _LEARNED_FROM:
                break
        stands = {place: at for at, (place, _others) in enumerate(sharing)}
        pairs = [
            (at, stands.setdefault(other, len(stands))) for at, (_, others) in enumerate(sharing) for other in others
        ]
        return [unpacked(blocks.stored[place]) for place in stands], pairs, len(sharing)

    async def compare(self) -> None:
        """All candidates, in the order of their numbers: the next ones are compared while PostgreSQL writes."""
        model = b""

        async def part(work: Workspace) -> bool:
            nonlocal model
            one, connection, schema = self._object(work), work.unit.connection, work.context.schema
            state = await self._state(work)
            if state.scan != "running" or state.stage != "compare":
                return False
            if not model:
                model = packed_model(state.model)
                self._next = bisect_right(self._blocks.numbers, state.position)
            self._compare_ahead(model)
            if not self._compared:
                await keep_state(connection, schema, one, scan="done", stage="", finished_at=datetime.now(UTC))
                return False
            part = self._compared[0]
            found = await self._found(work, part, await part.scored)
            await keep_pairs(connection, schema, one, found)
            await keep_state(
                connection, schema, one, position=self._blocks.numbers[part.end - 1], done=part.end,
                found=state.found + len(found),
            )  # fmt: skip
            return True

        while await self._door.run(self._key, None, part, via="automation"):
            self._compared.popleft()

    def _compare_ahead(self, model: bytes) -> None:
        blocks, least = self._blocks, self._least()
        while self._next < len(blocks) and len(self._compared) < self._hands.depth:
            end = min(self._next + COMPARED, len(blocks))
            sharing = [(place, others) for place in range(self._next, end) if (others := blocks.sharing(place, least))]
            asked = [(blocks.stored[place], [blocks.stored[other] for other in others]) for place, others in sharing]
            self._compared.append(_Part(end, sharing, self._hands.score(model, asked)))
            self._next = end

    async def _found(self, work: Workspace, part: _Part, scored: list[Scored]) -> list[Found]:
        """Pairs by the ids of their records, which are asked for only now: few records are in a pair."""
        numbers = self._blocks.numbers
        pairs = [(numbers[part.sharing[at][0]], numbers[part.sharing[at][1][to]]) for at, to, _bits, _levels in scored]
        rows = await work.unit.connection.fetch(
            f"select number, record from {quoted(work.context.schema)}._match where object = %(object)s"
            " and number = any(%(numbers)s)",
            {"object": self._name, "numbers": list({number for pair in pairs for number in pair})},
        )
        ids: dict[int, UUID] = dict(rows)
        return [
            Found(min(ids[one], ids[other]), max(ids[one], ids[other]), bits, levels)
            for (one, other), (_at, _to, bits, levels) in zip(pairs, scored, strict=True)
            if one in ids and other in ids  # else deleted meanwhile
        ]

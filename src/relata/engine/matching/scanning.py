"""A scan of all records of an object: keep, learn, compare. How far it is stands beside it, in the transaction of each
part, so that a worker that dies is followed by one that goes on."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from relata.engine.jobs.queue import Job, Queue
from relata.engine.matching.blocking import WIDEST
from relata.engine.matching.candidates import drawn
from relata.engine.matching.features import Prepared
from relata.engine.matching.keeping import current, unpacked, write
from relata.engine.matching.merging_alone import merge_sure
from relata.engine.matching.model import learn_from
from relata.engine.matching.pairing import Found, keep_pairs
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.matching.state import FLOOR, State, keep_model, keep_state, state_of
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _

TASK = "match_scan"
#: Records that are kept, and compared, in one transaction.
KEPT, COMPARED = 5000, 5000
#: From so many records on two must share two keys: one alone is mostly chance there.
MANY = 20_000
#: Candidates from which is learned.
_LEARNED_FROM = 200_000
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
        await scan(door, str(job.args["workspace"]), str(job.args["object"]))


async def scan(door: Door, key: str, name: str) -> None:
    """From wherever it stands to its end."""
    run = _Scan(door, key, name)
    await run.keep()
    await run.learn()
    await run.compare()
    await merge_sure(door, key, name)


class _Scan:
    """One run of the job. What it holds between its parts can be read again from what is kept."""

    def __init__(self, door: Door, key: str, name: str) -> None:
        self._door, self._key, self._name = door, key, name
        self._follows = False
        self._numbers = array("i")
        self._kept: dict[int, tuple[UUID, bytes, array[int]]] = {}
        self._blocks: dict[int, array[int]] = {}

    async def _state(self, work: Workspace) -> State:
        return await state_of(work.unit.connection, work.context.schema, self._object(work))

    def _object(self, work: Workspace) -> Object:
        return work.registry.get(self._name)

    async def keep(self) -> None:
        """Bring what is kept to what the records are, in the order of their ids."""
        last = _FIRST

        async def part(work: Workspace) -> UUID | None:
            one, connection, schema = self._object(work), work.unit.connection, work.context.schema
            state = await self._state(work)
            if state.scan != "running" or state.stage != "keep":
                return None
            self._follows = state.is_learned
            # what is kept already is kept up to date behind the writes
            missing = (
                f"not exists (select 1 from {quoted(schema)}._match m where m.record = id)" if self._follows else "true"
            )
            rows = await current(
                connection, work.context.tables, one, f"id > %(last)s and {missing}", {"last": last},
                f"order by id limit {KEPT}",
            )  # fmt: skip
            await write(connection, schema, one, rows)
            if rows:
                await keep_state(connection, schema, one, done=state.done + len(rows))
                return UUID(str(rows[-1][0]))
            await connection.execute(
                f"delete from {quoted(schema)}._match m where object = %(object)s and not exists (select 1"
                f" from {quoted(schema)}.{quoted(one.name)} t where t.id = m.record and t.deleted_at is null)",
                {"object": one.name},
            )
            await keep_state(connection, schema, one, stage="learn", position=0, done=0)
            return None

        while (found := await self._door.run(self._key, None, part, via="automation")) is not None:
            last = found

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
                records, pairs = self._sample()
                if len(records) > 50:
                    model = learn_from(features, records, pairs, drawn(len(records)))
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
        seen: Counter[int] = Counter()
        last = 0
        while rows := await connection.fetch(
            f"select number, record, prepared, keys from {space}._match where object = %(object)s and number > %(last)s"
            " order by number limit 20000",
            {"object": one.name, "last": last},
        ):
            for number, record, prepared, keys in rows:
                self._kept[number] = (record, prepared, array("i", keys))
                seen.update(keys)
            last = rows[-1][0]
        for number, (_record, _prepared, keys) in self._kept.items():
            for key in keys:
                if 1 < seen[key] <= WIDEST:
                    self._blocks.setdefault(key, array("i")).append(number)
        self._numbers = array("i", self._kept)
        wide = [key for key, count in seen.items() if count > WIDEST]
        await connection.execute(f"delete from {space}._match_wide where object = %s", (one.name,))
        await connection.execute(
            f"insert into {space}._match_wide (object, key) select %(object)s, unnest(%(keys)s::integer[])",
            {"object": one.name, "keys": wide},
        )

    def _sharing(self, number: int, least: int) -> list[int]:
        """The records with higher numbers that share keys with this one."""
        shared: Counter[int] = Counter()
        for key in self._kept[number][2]:
            block = self._blocks.get(key)
            if block is not None:
                shared.update(block)
        return [other for other, count in shared.items() if other > number and count >= least]

    def _least(self) -> int:
        return 1 if len(self._numbers) < MANY else 2

    def _sample(self) -> tuple[list[Prepared], list[tuple[int, int]]]:
        """Records, and candidates among them by their places."""
        records: list[Prepared] = []
        places: dict[int, int] = {}
        pairs: list[tuple[int, int]] = []

        def place(number: int) -> int:
            if number not in places:
                places[number] = len(records)
                records.append(unpacked(self._kept[number][1]))
            return places[number]

        numbers = list(self._numbers)
        Random(len(numbers)).shuffle(numbers)
        for number in numbers:
            place(number)
            pairs += [(place(number), place(other)) for other in self._sharing(number, self._least())]
            if len(pairs) >= _LEARNED_FROM or len(records) >= _LEARNED_FROM:
                break
        return records, pairs

    async def compare(self) -> None:
        """All candidates, in the order of their numbers."""

        async def part(work: Workspace) -> bool:
            one, connection, schema = self._object(work), work.unit.connection, work.context.schema
            state = await self._state(work)
            if state.scan != "running" or state.stage != "compare":
                return False
            scorer = Scorer(shape_of(one).features, state.model)
            numbers = [number for number in self._numbers if number > state.position][:COMPARED]
            found = [pair for number in numbers for pair in self._found(scorer, number)]
            await keep_pairs(connection, schema, one, found)
            values = {"done": state.done + len(numbers), "found": state.found + len(found)}
            if numbers:
                await keep_state(connection, schema, one, position=numbers[-1], **values)
                return True
            await keep_state(connection, schema, one, scan="done", stage="", finished_at=datetime.now(UTC))
            return False

        while await self._door.run(self._key, None, part, via="automation"):
            pass

    def _found(self, scorer: Scorer, number: int) -> list[Found]:
        sharing = self._sharing(number, self._least())
        if not sharing:
            return []
        record, stored, _keys = self._kept[number]
        one, prior = unpacked(stored), scorer.model.prior
        found = []
        for other_number in sharing:
            other, packed, _other_keys = self._kept[other_number]
            held = unpacked(packed)
            pattern = scorer.pattern(one, held)
            bits = prior + sum(scorer.parts(pattern, one))
            if bits >= FLOOR:
                found.append(Found(min(record, other), max(record, other), bits, pattern))
        return found

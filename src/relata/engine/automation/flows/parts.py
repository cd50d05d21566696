"""Lanes of a parallel step: each is a run of its own, on the same version, with what its parent knew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.flows.runs import Run, load, open_values, sealed_text
from relata.engine.automation.flows.tables import OPEN
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

#: What the causes of such runs begin with.
CAUSE = "part:"
#: Beyond the lanes of a flow that limits its runs: they belong to their parent.
_LANE = "\u2402part"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the lanes of a step ended. records, values: what they made and found. failed: why the first one failed."""

    runs: tuple[UUID, ...]
    failed: str | None
    records: dict[str, Any]
    values: dict[str, Any]


async def start_parts(work: Workspace, run: Run, seq: int, blocks: list[str]) -> None:
    """Begin a run for each block; each once for an execution of the step."""
    schema = quoted(work.context.schema)
    for block in blocks:
        key = new_id()
        memory = {"records": run.memory.get("records", {}), "stack": [{"block": block, "at": 0}], "begun": True}
        if "bulk" in run.memory:
            memory["bulk"] = run.memory["bulk"]
        sealed = await sealed_text(work, run.record or key, run.values) if run.values else None
        await work.unit.connection.execute(
            f"insert into {schema}._flow_run (id, flow, version, cause, object, record, person, feed, parent,"
            " parent_seq, chain, lane, memory, sealed)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s::jsonb, %s)"
            " on conflict (flow, cause) do nothing",
            (
                key, run.flow, run.version, f"{CAUSE}{run.idempotency_key(seq)}:{block}", run.object, run.record,
                run.person, run.feed, run.id, seq, msgspec.json.encode(run.chain).decode(), _LANE,
                msgspec.json.encode(memory).decode(), sealed,
            ),
        )  # fmt: skip


async def outcome_of_parts(work: Workspace, run: Run, seq: int) -> Outcome | None:
    """What the lanes of a step came to; None while one of them runs."""
    rows = await work.unit.connection.fetch(
        f"select id, state, message from {quoted(work.context.schema)}._flow_run where parent = %s and parent_seq = %s"
        f" and cause like '{CAUSE}%%' order by id",
        (run.id, seq),
    )
    if any(state in OPEN for _key, state, _message in rows):
        return None
    failed = next((message or state for _key, state, message in rows if state != "done"), None)
    records, values = dict[str, Any](), dict[str, Any]()
    for key, _state, _message in rows:
        part = await load(work.unit.connection, work.context.schema, key)
        if part is not None:
            await open_values(work, part)
            records |= part.memory.get("records", {})
            values |= part.values
    return Outcome(tuple(row[0] for row in rows), failed, records, values)


async def stop_parts(work: Workspace, run: UUID) -> None:
    """The lanes of a run that somebody ends, end with it."""
    await work.unit.connection.execute(
        f"update {quoted(work.context.schema)}._flow_run set state = 'stopped', code = 'by_hand', ended_at = now(),"
        f" awaits = null, token = null where parent = %s and cause like '{CAUSE}%%' and ended_at is null",
        (run,),
    )

"""One run of a flow in memory and in its row, and what its steps did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.secrets.records import salts_of
from relata.engine.storage.database import Connection, Row
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

COLUMNS = (
    "id, flow, version, cause, object, record, person, feed, parent, parent_seq, chain, state, lane, wake_at, awaits,"
    " token, created_at, started_at, ended_at, until, seq, attempts, step, code, message, memory, sealed"
)


@dataclass
class Run:
    """feed: the change that caused it. parent, parent_seq: the run, and the step of it, that caused it. chain: the
    causes before it, oldest first, each as flow, record and run. seq: steps that have ended. attempts: failed ones of
    the step that is due. memory: where it stands and which records its names stand for."""

    id: UUID
    flow: UUID
    version: UUID
    cause: str
    object: str
    record: UUID | None
    person: UUID | None
    feed: int | None
    parent: UUID | None
    parent_seq: int | None
    chain: list[list[str]]
    state: str
    lane: str
    wake_at: datetime
    awaits: UUID | None
    token: UUID | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    until: datetime | None
    seq: int
    attempts: int
    step: str
    code: str
    message: str
    memory: dict[str, Any]
    sealed: str | None
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[int, StepRow] = field(default_factory=dict)

    @property
    def key_record(self) -> UUID:
        """Under whose key its values are kept: the record's, so that they go when it is erased."""
        return self.record or self.id

    def idempotency_key(self, seq: int) -> str:
        """The same for every attempt of one execution of a step."""
        return f"{self.id}.{seq}"


@dataclass
class StepRow:
    """One execution of a step. state: done, waiting, calling, retrying, failed, uncertain, skipped. detail: ids, counts
    and names. values: sealed."""

    seq: int
    step: str
    state: str
    attempts: int
    started_at: datetime
    ended_at: datetime | None
    code: str = ""
    message: str = ""
    detail: dict[str, Any] | None = None
    values: dict[str, Any] | None = None


def run_of(row: Row) -> Run:
    """A row of `COLUMNS` as a run."""
    values = list(row)
    values[10] = values[10] or []
    values[25] = values[25] or {}
    return Run(*values)


async def open_all(work: Workspace, runs: Sequence[Run]) -> None:
    """`open_values` for several, in one statement."""
    sealed = [run for run in runs if run.sealed is not None]
    if not sealed:
        return
    salts = await salts_of(work.unit.connection, work.context.schema, list({run.key_record for run in sealed}))
    for run in sealed:
        salt = salts.get(run.key_record)
        opened = work.context.sealer.open(salt, run.key_record, run.sealed or "") if salt is not None else None
        run.values = opened or {}


async def open_values(work: Workspace, run: Run) -> None:
    """Open what is sealed in the run; what was erased is gone."""
    if run.sealed is None:
        return
    schema = work.context.schema
    salt = (await salts_of(work.unit.connection, schema, [run.key_record])).get(run.key_record)
    found = work.context.sealer.open(salt, run.key_record, run.sealed) if salt is not None else None
    run.values = found or {}


async def sealed_text(work: Workspace, key: UUID, values: dict[str, Any]) -> str:
    """Values under the key of a record (or run)."""
    connection, schema, sealer = work.unit.connection, work.context.schema, work.context.sealer
    salt = (await salts_of(connection, schema, [key])).get(key)
    if salt is None:
        row = await connection.fetch_one(
            f"insert into {quoted(schema)}._record_key (record, salt) values (%s, %s)"
            " on conflict (record) do update set record = excluded.record returning salt",
            (key, sealer.salt()),
        )
        assert row is not None
        salt = bytes(row[0])
    cipher = sealer.cipher(salt)
    return sealer.seal(cipher, key, values) if cipher is not None else ""


_SAVE = """
    update {schema}._flow_run r set state = n.state, lane = n.lane, wake_at = n.wake_at, awaits = n.awaits,
        token = n.token, started_at = n.started_at, ended_at = n.ended_at, until = n.until, seq = n.seq,
        attempts = n.attempts, step = n.step, code = n.code, message = n.message, memory = n.memory, sealed = n.sealed
    from jsonb_to_recordset(%s::jsonb) as n(id uuid, state text, lane text, wake_at timestamptz, awaits uuid,
        token uuid, started_at timestamptz, ended_at timestamptz, until timestamptz, seq integer, attempts integer,
        step text, code text, message text, memory jsonb, sealed text) where r.id = n.id
"""
_SAVE_STEPS = """
    insert into {schema}._flow_step as known (run, seq, step, state, attempts, started_at, ended_at, code, message,
        detail, sealed)
    select run, seq, step, state, attempts, started_at, ended_at, code, message, detail, sealed
    from jsonb_to_recordset(%s::jsonb) as n(run uuid, seq integer, step text, state text, attempts integer,
        started_at timestamptz, ended_at timestamptz, code text, message text, detail jsonb, sealed text)
    on conflict (run, seq) do update set state = excluded.state, attempts = excluded.attempts,
        ended_at = excluded.ended_at, code = excluded.code, message = excluded.message,
        detail = coalesce(excluded.detail, known.detail), sealed = coalesce(excluded.sealed, known.sealed)
"""


async def save(work: Workspace, *runs: Run) -> None:
    """Write runs and what their steps did, in this transaction: two statements, however many there are."""
    connection, schema = work.unit.connection, quoted(work.context.schema)
    lines, steps = list[dict[str, Any]](), list[dict[str, Any]]()
    for run in runs:
        sealed = await sealed_text(work, run.key_record, run.values) if run.values else None
        lines.append({
            "id": run.id, "state": run.state, "lane": run.lane, "wake_at": run.wake_at, "awaits": run.awaits,
            "token": run.token, "started_at": run.started_at, "ended_at": run.ended_at, "until": run.until,
            "seq": run.seq, "attempts": run.attempts, "step": run.step, "code": run.code,
            "message": run.message[:1000], "memory": run.memory, "sealed": sealed,
        })  # fmt: skip
        for row in run.rows.values():
            steps.append({
                "run": run.id, "seq": row.seq, "step": row.step, "state": row.state, "attempts": row.attempts,
                "started_at": row.started_at, "ended_at": row.ended_at, "code": row.code,
                "message": row.message[:1000], "detail": row.detail,
                "sealed": await sealed_text(work, run.key_record, row.values) if row.values else None,
            })  # fmt: skip
        run.rows = {}
    if lines:
        await connection.execute(_SAVE.format(schema=schema), (_json(lines),))
    if steps:
        await connection.execute(_SAVE_STEPS.format(schema=schema), (_json(steps),))


async def load(connection: Connection, schema: str, run: UUID, *, lock: bool = False) -> Run | None:
    """One run."""
    rows = await connection.fetch(
        f"select {COLUMNS} from {quoted(schema)}._flow_run where id = %s{' for update' if lock else ''}", (run,)
    )
    return run_of(rows[0]) if rows else None


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

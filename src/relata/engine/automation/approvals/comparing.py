"""What differs from how the record was when it was last approved, read from the log: no value is kept a second time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.metadata.fields import Field
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: Rows of the log; a record that changed more often is compared with the oldest of these.
MOST = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One field. before: as the log keeps it, which is as the API shows it; after likewise."""

    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """approved_at: when it was approved last; None where it never was, and there is nothing to compare with."""

    approved_at: datetime | None
    differences: tuple[Difference, ...] = ()


async def compared(work: Workspace, record: Record, request: UUID | None = None) -> Comparison:
    """What the actor may see of it. request: what is decided now; earlier ones count."""
    everything = work.as_system()
    approved = await everything.find(REQUEST, about=record.id, state="approved", order="-decided_at", limit=2)
    last = next((one for one in approved if one.id != request), None)
    if last is None or last["log_at"] is None:
        return Comparison(None)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    cursor: int | None = None
    seen = 0
    while seen < MOST:
        entries = await work.history(record, before=cursor, limit=50)
        fresh = [entry for entry in entries if entry.id > last["log_at"]]
        for entry in fresh:
            if entry.action != "changed":
                continue
            for name, value in entry.before.items():
                before[name] = value
            for name, value in entry.after.items():
                after.setdefault(name, value)
        seen += len(entries)
        if len(fresh) < len(entries) or not entries:
            break
        cursor = entries[-1].id
    fields = record.object.all_fields
    return Comparison(
        last["decided_at"],
        tuple(
            Difference(fields[name], before.get(name), after.get(name))
            for name in fields
            if name in after and before.get(name) != after.get(name) and not fields[name].system
        ),
    )

"""What is due, and how it went. Called as the system; what readers see is made as themselves."""

from __future__ import annotations

from uuid import UUID

from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.reporting.schedules.objects import due_after
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_MOST = 200


async def take_due(work: Workspace) -> list[tuple[Record, list[UUID]]]:
    """Schedules whose time has come, with those who get each; they are moved on to their next time in the same
    transaction, so that none goes out twice."""
    where = all_of([
        Binary("=", Path(("is_active",)), Literal(True)),
        Binary("<=", Path(("next_at",)), Literal(work.clock.now.isoformat())),
    ])  # fmt: skip
    found = []
    for record in (await work.find("report_schedule", where))[:_MOST]:
        owner = await work.first("user", id=record["owner"]) if record["owner"] else None
        zone = (owner["time_zone"] if owner is not None else "") or work.clock.zone
        values = {"next_at": due_after(work, record, zone), "last_at": work.clock.now, "last_error": None}
        await work.change(record, values)
        readers = [record["owner"], *(record["readers"] or ())]
        found.append((record, list(dict.fromkeys(one for one in readers if one is not None))))
    return found


async def note_problem(work: Workspace, schedule: UUID, who: str, why: str) -> Record | None:
    """Somebody did not get it: kept on the schedule. The schedule, None where it is gone."""
    record = await work.first("report_schedule", id=schedule)
    if record is None:
        return None
    line = f"{who}: {why}"
    known = record["last_error"] or ""
    if line not in known:
        await work.change(record, {"last_error": f"{known}\n{line}".strip()[:2000]})
    return record

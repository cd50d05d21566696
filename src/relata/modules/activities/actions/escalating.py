"""What is overdue for too long is told to the manager, once, and without what they may not see."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from relata.engine.automation.working_time import shift_days
from relata.engine.automation.working_time.reading import workspace_calendar
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import ngettext, speaking
from relata.modules.activities.contracts import TASK

#: Working days that a task may be late before it is told.
PATIENCE = 3
_MOST = 500


async def escalate_tasks(work: Workspace) -> None:
    """One notification for each person whose tasks are late. work: the system's."""
    day = shift_days(await workspace_calendar(work), work.clock.today, -PATIENCE)
    late = await work.find(
        TASK, f'is_overdue and due_on <= date("{day.isoformat()}") and escalated_on = null and owner != null',
        order="due_on", limit=_MOST,
    )  # fmt: skip
    people = {one.id: one for one in await work.get_many("user", sorted({one["owner"] for one in late}))}
    by_owner: dict[UUID, list[Record]] = defaultdict(list)
    for one in late:
        by_owner[one["owner"]].append(one)
    quiet = Workspace(replace(work.unit, actor=work.actor.through("automation", quiet=True)), trusted=True)
    for owner, tasks in by_owner.items():
        person = people.get(owner)
        if person is not None and person["manager"] is not None:
            await _tell(work, person, len(tasks))
        for one in tasks:
            await quiet.change(one, {"escalated_on": work.clock.today})


async def _tell(work: Workspace, person: Record, count: int) -> None:
    """How many, and not which: the list behind it shows what the manager may see."""
    managers = await work.get_many("user", [person["manager"]])
    with speaking(managers[0]["language"] if managers and managers[0]["language"] else "en"):
        text = ngettext(
            "%(who)s has %(num)s task that is overdue for days",
            "%(who)s has %(num)s tasks that are overdue for days",
            count,
        ) % {"who": person["name"], "num": count}
    values = {"owner": person["manager"], "kind": "reminder", "text": text[:300], "due_at": work.clock.now}
    await work.create("notification", values)

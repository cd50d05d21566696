"""What people do: have a record assigned by the rules, and take one out of a queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.assignment.assigning import assign, take
from relata.engine.metadata.module import Action, action
from relata.engine.metadata.registry import ASSIGNED
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _


class TakeRecord(msgspec.Struct, frozen=True):
    """assignment: the one that waits."""

    assignment: UUID


class AssignByRules(msgspec.Struct, frozen=True):
    """The record is named by its object's name (see `Action.object`)."""


@action(TakeRecord, on="assignment", label="Take", offered='state = "waiting"', icon="user-check")
async def take_record(work: Workspace, command: TakeRecord) -> Record:
    """Makes the record that waits in the queue yours."""
    return await take(work, command.assignment)


async def _assign_by_rules(work: Workspace, command: Any) -> Any:
    (name,) = command.__struct_fields__
    decisions = await assign(work, name, [getattr(command, name)])
    if decisions and decisions[0].to is None:
        raise Conflict(
            _("No assignment rule fits this record."), code="no_rule", hint=_("Settings, Assignment, says why.")
        )
    return None


assign_by_rules = Action(
    "assign_by_rules",
    ASSIGNED,
    "Assign by rules",
    "Gives the record to whom the assignment rules say.",
    AssignByRules,
    _assign_by_rules,
    icon="route",
    quiet=True,
)

ACTIONS: tuple[Action, ...] = (take_record, assign_by_rules)

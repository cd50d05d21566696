"""Approvals as a module of the engine: what it declares."""

from __future__ import annotations

from relata.engine.automation.approvals.actions import ACTIONS
from relata.engine.automation.approvals.escalating import look_after
from relata.engine.automation.approvals.objects import DECISION_OBJECT, LAYOUTS, REQUEST, REQUEST_OBJECT
from relata.engine.automation.approvals.packed import PACKED
from relata.engine.automation.approvals.process import MANAGE
from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.engine.metadata.module import Module, Schedule
from relata.engine.workspace.holds import OVERRIDE

MODULE = Module(
    "approvals",
    "Approvals",
    "What must be agreed to before it counts: by whom, in which order, until when.",
    essential=True,
    depends=("working_time",),
    objects=(REQUEST_OBJECT, DECISION_OBJECT),
    layouts=LAYOUTS,
    packed=(PACKED,),
    actions=ACTIONS,
    permissions={
        MANAGE: "Make and change processes of approval.",
        OVERRIDE: "Change records that wait for approval, recall and reassign requests of others.",
    },
    schedules=(Schedule("approvals_due", "* * * * *", look_after, "Escalates what was not decided in time."),),
    home=(
        HomeCard(
            name="approvals",
            object=REQUEST,
            label="To approve",
            icon="badge-check",
            parts=(
                HomePart("Overdue", 'state = "pending" and due_at <= now()', "bad"),
                HomePart("Waiting", 'state = "pending" and (due_at is null or due_at > now())'),
            ),
            mine='exists(decisions, owner = me() and state = "waiting")',
            columns=("about", "due_at", "owner"),
            order="created_at",
            empty="Nothing waits for your approval.",
            href="/approvals",
            if_any=True,
        ),
    ),
)

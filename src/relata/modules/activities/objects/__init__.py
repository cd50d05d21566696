"""Tasks, calls, meetings and notes. Each may be about any record, also one of an object made at run time."""

from relata.modules.activities.objects.attendee import ATTENDEE, ROOM
from relata.modules.activities.objects.call import CALL
from relata.modules.activities.objects.meeting import MEETING
from relata.modules.activities.objects.note import NOTE
from relata.modules.activities.objects.plan import PLAN, PLAN_PART, STEP
from relata.modules.activities.objects.subscription import SUBSCRIPTION
from relata.modules.activities.objects.task import TASK

OBJECTS = (TASK, CALL, MEETING, NOTE, ATTENDEE, ROOM, SUBSCRIPTION, STEP, PLAN, PLAN_PART)

__all__ = [
    "ATTENDEE",
    "CALL",
    "MEETING",
    "NOTE",
    "OBJECTS",
    "PLAN",
    "PLAN_PART",
    "ROOM",
    "STEP",
    "SUBSCRIPTION",
    "TASK",
]

"""What Larkfield's people did about their deals, and what they have to do next."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import CALL, MEETING, NOTE, TASK
from relata.modules.sales.contracts import OPPORTUNITY

_NEXT = (
    "Send the offer again with the new term",
    "Ask for a decision",
    "Call before the close date",
    "Check the credit",
)
_TALKS = ("Price and term", "Objections of procurement", "Next steps", "Who else decides")
_MEETINGS = ("Presentation of the offer", "Negotiation", "Visit to a reference customer")
_NOTES = (
    "They compare us with a capsule rental. Our point: cost per cup over three years.",
    "Wants the first delivery in the first week of the quarter.",
    "The finance department asks for leasing instead of rental.",
    "Liked the Duo, found it a little tall for the shelf. The Uno would fit.",
)


async def make(work: Workspace, random: Random, opportunities: list[Record]) -> None:
    """A next task for most open deals; calls, meetings and notes for some of all."""
    today = work.clock.today
    for opportunity in opportunities:
        held = {
            "about": AnyTarget(OPPORTUNITY, opportunity.id),
            "owner": opportunity["owner"],
            "team": opportunity["team"],
        }
        if opportunity["status"] == "open" and random.random() < 0.6:
            due_on = today + timedelta(days=random.randrange(-4, 18))
            values = {"subject": random.choice(_NEXT), "kind": "follow_up", "due_on": due_on, "priority": "high"}
            await work.create(TASK, values | held)
        past = datetime.combine(
            min(opportunity["close_date"], today) - timedelta(days=random.randrange(1, 25)), time(10, 30), UTC
        )
        happened = random.random()
        if opportunity["status"] == "open":
            past = datetime.combine(today - timedelta(days=random.randrange(1, 22)), time(10, 30), UTC)
            happened *= 0.5
        if happened < 0.15:
            values = {"subject": random.choice(_TALKS), "at": past, "duration": timedelta(minutes=15)}
            await work.create(CALL, values | {"contact": opportunity["contact"]} | held)
        elif happened < 0.25:
            contacts = (opportunity["contact"],) if opportunity["contact"] else None
            values = {"subject": random.choice(_MEETINGS), "status": "held", "starts_at": past, "contacts": contacts}
            await work.create(MEETING, values | held)
        elif happened < 0.35:
            await work.create(NOTE, {"body": random.choice(_NOTES)} | held)

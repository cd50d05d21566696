"""What Larkfield's pipeline asks for, who works together, and what was learnt."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import contracts
from relata.modules.sales.actions.health import assess_all

#: By stage: what must be filled in, and questions with the field or list that answers them.
_STAGES = {
    "Qualification": ((), (("Who has the budget?", "contact"), ("How did they hear of us?", "source"))),
    "Needs analysis": (
        ("account",),
        (
            ("How many cups a day, on how many floors?", "description"),
            ("Who decides, and who advises?", "buying_roles"),
        ),
    ),
    "Proposal": (
        ("account", "amount", "close_date"),
        (
            ("What do we offer?", "lines"),
            ("Who else offers?", "competitors"),
            ("By when do they decide?", "close_date"),
        ),
    ),
    "Negotiation": (
        ("account", "amount", "close_date", "contact"),
        (("What is still open?", "next_step"), ("Whose prices hold?", "price_book")),
    ),
    "Lost": (("lost_reason",), ()),
}
_DECIDED = ("Price over three years", "The tasting", "Service within a day", "They stayed with what they have")
_NEXT_TIME = (
    "Bring the works council to the first tasting.",
    "Ask for the budget before the offer.",
    "Show the cost per cup over three years.",
)


async def make(work: Workspace, random: Random, deals: list[Record]) -> None:
    """After the deals are made, so that none of them is held up by what it lacks."""
    for stage in await work.find(contracts.STAGE):
        required, questions = _STAGES.get(stage["name"], ((), ()))
        if required:
            await work.change(stage, {"required_fields": required})
        for position, (question, answer) in enumerate(questions, start=1):
            values = {"question": question, "stage": stage.id, "answered_by": answer, "position": position}
            await work.create(contracts.PLAYBOOK_QUESTION, values)
    people = list(dict.fromkeys(deal["owner"] for deal in deals if deal["owner"]))
    for deal in deals:
        await _learn(work, random, deal)
        if len(people) > 1 and deal["status"] == "open" and random.random() < 0.3:
            other = random.choice([person for person in people if person != deal["owner"]])
            held = {"opportunity": deal.id, "person": other, "owner": deal["owner"], "team": deal["team"]}
            role = random.choice(("sales_engineer", "executive", "specialist"))
            await work.create(contracts.DEAL_MEMBER, held | {"role": role})
            if random.random() < 0.5:
                share = Decimal(random.choice((20, 30, 50)))
                await work.create(contracts.REVENUE_SPLIT, held | {"kind": "revenue", "percent": share})
    await assess_all(work)


async def _learn(work: Workspace, random: Random, deal: Record) -> None:
    if deal["status"] == "open" or random.random() > 0.4:
        return
    values = {"opportunity": deal.id, "decided": random.choice(_DECIDED), "next_time": random.choice(_NEXT_TIME)}
    rival = random.choice(deal["competitors"]) if deal["competitors"] else None
    held = {"owner": deal["owner"], "team": deal["team"]}
    await work.create(contracts.DEAL_REVIEW, values | held | {"rival": rival})

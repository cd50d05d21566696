"""Larkfield's form on its web site, two people who used it, and what makes a lead promising there."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.capture.names import FORM
from relata.engine.automation.capture.receiving import Sent, receive
from relata.engine.automation.scoring.administration import ScoringChanged, check_rule
from relata.engine.automation.scoring.rules import RULE, ScoreRule
from relata.engine.metadata.overlay import Definition
from relata.engine.workspace.configure import body_of, store
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import CALL, MEETING
from relata.modules.sales.contracts import LEAD

_FORM: dict[str, Any] = {
    "name": "Coffee for your office",
    "state": "published",
    "target": LEAD,
    "title": "Coffee for your office",
    "intro": "Tell us how many of you there are, and we come by for a tasting.",
    "button": "Ask for a tasting",
    "thanks_title": "Thank you",
    "thanks": "We call you within a working day.",
    "consent": "Larkfield may write to me about coffee for offices. I can end this at any time.",
    "items": [
        {"field": "name", "use": "required"},
        {"field": "email", "use": "required"},
        {"field": "company"},
        {"field": "employees", "label": "How many people drink coffee?"},
        {"field": "need", "label": "What are you looking for?"},
        {"field": "source", "use": "hidden", "value": "website", "param": "via"},
    ],
}
_SENT = (
    ({"first": "Greta", "last": "Holm"}, "greta.holm@nordlicht.example", "Nordlicht Medien", 140, "spring"),
    ({"first": "Samir", "last": "Aziz"}, "samir.aziz@kontor11.example", "Kontor 11", 35, ""),
)
_RULES = {
    "large_office": ScoreRule(LEAD, 25, "100 people or more", where="employees >= 100"),
    "office": ScoreRule(LEAD, 10, "25 people or more", where="employees >= 25 and employees < 100"),
    "knows_us": ScoreRule(LEAD, 20, "Comes by recommendation", where='source in ("referral", "partner")'),
    "says_need": ScoreRule(LEAD, 10, "Says what they need", where="need is not null"),
    "student": ScoreRule(LEAD, -15, "Fewer than 10 people", where="employees < 10"),
    "called": ScoreRule(LEAD, 10, "Talked with us", "behaviour", 'outcome = "connected"', CALL, 30, 30),
    "met": ScoreRule(LEAD, 20, "Met us", "behaviour", 'status = "held"', MEETING, 60, 40),
}


async def make(work: Workspace) -> None:
    """The form, what was sent through it, and the rules; scores follow once a worker runs."""
    form = await work.create(FORM, _FORM)
    for name, email, company, employees, campaign in _SENT:
        raw = {"name": name, "email": [{"value": email}], "company": company, "employees": employees}
        touch = {"utm_source": "newsletter", "utm_campaign": campaign} if campaign else {}
        await receive(work, form, Sent({**raw, "need": "A tasting for the office"}, agrees=True, touch=touch))
    for key, rule in _RULES.items():
        check_rule(work.registry, rule)
        await store(work.unit.connection, work.context.schema, Definition(RULE, key, body_of(rule)), work.actor.user)
    await work.announce(ScoringChanged(LEAD))

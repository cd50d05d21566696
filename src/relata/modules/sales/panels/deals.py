"""What stands beside a deal: how it is doing, what its stage asks, who decides, who of us works on it."""

from __future__ import annotations

from relata.engine.automation.scoring.names import ENTRY
from relata.engine.ui.facts import visible_values
from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales import rules
from relata.modules.sales.actions.entering import label_of
from relata.modules.sales.contracts import (
    DEAL_MEMBER,
    OPPORTUNITY,
    OPPORTUNITY_CONTACT,
    PLAYBOOK_QUESTION,
    REVENUE_SPLIT,
    STAGE,
)
from relata.modules.sales.panels.saying import option, seen
from relata.modules.sales.rules.health import WEIGHTS

_MEANINGS = {"supports": "good", "opposes": "bad", "neutral": "warning"}
#: Reasons that a planned follow-up mends.
_MENDED = ("no_next_step", "no_answer", "stalled", "overdue")


async def health(work: Workspace, deal: Record) -> list[PanelItem]:
    """Each reason; the follow-up is offered on the first that it mends."""
    if deal["status"] != "open" or seen(work, deal, "health") is None:
        return []
    reasons = seen(work, deal, "health_reasons") or ()
    if not reasons:
        return [PanelItem(text=_("Nothing speaks against this deal."), meaning="good")]
    mended = next((name for name in reasons if name in _MENDED), "")
    return [
        PanelItem(
            text=option(work, OPPORTUNITY, "health_reasons", name),
            meaning="bad" if WEIGHTS[name] > 1 else "warning",
            act="plan_follow_up" if name == mended else "",
        )
        for name in reasons
    ]


async def score(work: Workspace, record: Record) -> list[PanelItem]:
    """Each reason with its points, the heaviest first."""
    if not seen(work, record, "score"):
        return []
    entries = await work.find(ENTRY, "points != 0", about=record.id, order="-points,-at", limit=12)
    return [
        PanelItem(
            text=entry["title"],
            note=_("of %(points)s at first") % {"points": entry["full_points"]}
            if entry["points"] != entry["full_points"]
            else "",
            value=f"{entry['points']:+d}",
            meaning="good" if entry["points"] > 0 else "bad",
        )
        for entry in entries
    ]


async def playbook(work: Workspace, deal: Record) -> list[PanelItem]:
    """What the stage is for, then its questions; one with an answer is ticked."""
    try:
        stage = await work.get(STAGE, deal["stage"])
    except (NotFound, Denied):
        return []
    items = [PanelItem(text=stage["guidance"], note=stage["name"])] if stage["guidance"] else []
    questions = await work.find(PLAYBOOK_QUESTION, stage=stage.id, order="position", limit=50)
    values, _types = await visible_values(work, deal.object, deal) if questions else ({}, {})
    for question in questions:
        name = question["answered_by"] or ""
        relation = work.registry.relations[OPPORTUNITY].get(name)
        if relation is not None:
            is_answered = bool(await work.ids(relation.child, {relation.field: deal.id}, limit=1))
        else:
            is_answered = name in values and not rules.missing((name,), values)
        items.append(
            PanelItem(
                text=question["question"],
                note=label_of(work, name) if name else "",
                meaning="good" if is_answered else "",
            )
        )
    return items


async def committee(work: Workspace, deal: Record) -> list[PanelItem]:
    """Everybody on the customer's side, the main person first, with role and attitude."""
    roles = await work.find(OPPORTUNITY_CONTACT, opportunity=deal.id, order="-is_primary,created_at", limit=50)
    titles = await titles_of(work.unit, {CONTACT: {role["contact"] for role in roles}})
    items = []
    for role in roles:
        key = (CONTACT, role["contact"])
        attitude = seen(work, role, "attitude")
        words = [
            option(work, OPPORTUNITY_CONTACT, name, value)
            for name, value in (("role", seen(work, role, "role")), ("attitude", attitude))
            if value
        ]
        items.append(
            PanelItem(
                text=titles.get(key, _("Somebody")),
                note=" · ".join(words),
                meaning=_MEANINGS.get(attitude or "", ""),
                href=f"/contacts/{role['contact']}" if key in titles else "",
                is_person=True,
                key=str(role["contact"]),
            )
        )
    return items


async def team(work: Workspace, deal: Record) -> list[PanelItem]:
    """Who of us works on it, with their share of the revenue."""
    members = await work.find(DEAL_MEMBER, opportunity=deal.id, limit=50)
    splits = await work.find(REVENUE_SPLIT, opportunity=deal.id, order="kind,-percent", limit=50)
    people = dict.fromkeys([one["person"] for one in (*splits, *members)])
    titles = await titles_of(work.unit, {"user": set(people)})
    items = []
    for person in people:
        notes = [option(work, DEAL_MEMBER, "role", one["role"]) for one in members if one["person"] == person]
        if person == deal["owner"]:
            notes.insert(0, _("Owner"))
        shares = [one for one in splits if one["person"] == person]
        notes += [
            _("Overlay %(percent)s %%") % {"percent": f"{percent.normalize():f}"}
            for one in shares
            if one["kind"] == "overlay" and (percent := seen(work, one, "percent")) is not None
        ]
        share = next((seen(work, one, "percent") for one in shares if one["kind"] == "revenue"), None)
        items.append(
            PanelItem(
                text=titles.get(("user", person), _("Somebody")),
                note=" · ".join(notes),
                value=f"{share.normalize():f} %" if share is not None else "",
                is_person=True,
                key=str(person),
            )
        )
    return items

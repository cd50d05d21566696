"""What happens when something about a deal changed: its health is looked at again. A second time does no harm."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.capture.names import SUBMISSION
from relata.engine.automation.scoring.behaving import follow_event
from relata.engine.history.feed import Change
from relata.engine.messaging.mail.email_objects import EMAIL_FILING
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Reaction
from relata.engine.metadata.registry import CASES
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.modules.activities.contracts import CALL, MEETING, NOTE, TASK
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales.actions.account_health import account_of, assess_accounts, note_contact
from relata.modules.sales.actions.health import assess, note_activity
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_CONTACT, PLAN_RISK, PROMISE

#: What health itself writes; a change of nothing else is no news.
_OWN = {"health", "health_reasons"}
#: What of a deal says something about its account.
_TELLS = {"account", "status", "health"}


async def assess_deal(work: Workspace, change: Change) -> None:
    """The deal itself changed."""
    if not change.after or set(change.after) - _OWN:
        await assess(work, [change.record])


async def assess_part(work: Workspace, change: Change) -> None:
    """Somebody came into the deal or left it."""
    named = [change.before.get("opportunity"), change.after.get("opportunity")]
    if not any(named):
        named = [(await _anywhere(work, change))["opportunity"]]
    await assess(work, [key for key in map(parse_id, dict.fromkeys(filter(None, named))) if key])


async def assess_activity(work: Workspace, change: Change) -> None:
    """Something was done, planned or taken back."""
    about = {_deal(change.before.get("about")), _deal(change.after.get("about"))}
    if "about" not in change.after and "about" not in change.before:
        about.add(_deal((await _anywhere(work, change))["about"]))
    for deal in about - {None}:
        if deal is not None:
            await note_activity(work, deal)
            await assess(work, [deal])


async def follow_deal(work: Workspace, change: Change) -> None:
    """A deal came, went, or is doing better or worse: so may its account be."""
    if change.action == "changed" and not _TELLS & set(change.after):
        return
    named = [change.before.get("account"), change.after.get("account")]
    keys = [key for key in map(parse_id, filter(None, named)) if key]
    await assess_accounts(work, list(dict.fromkeys(keys or await _accounts(work, OPPORTUNITY, change.record))))


async def follow_part(work: Workspace, change: Change) -> None:
    """Somebody came to work there, or left; a risk of the plan."""
    named = [change.before.get("account"), change.after.get("account")]
    keys = [key for key in map(parse_id, filter(None, named)) if key]
    if not keys and change.object != CONTACT:
        keys = [key for key in [(await _anywhere(work, change)).get("account")] if isinstance(key, UUID)]
    await assess_accounts(work, list(dict.fromkeys(keys)))


async def follow_case(work: Workspace, change: Change) -> None:
    """A case of whatever kind was opened, settled, or tells another mood."""
    case = work.registry.get(change.object).case
    if case is None:  # it was one when this was noted
        return
    link = case.account
    named = [change.before.get(link), change.after.get(link), (await _anywhere(work, change)).get(link)]
    keys = [one if isinstance(one, UUID) else parse_id(one) for one in named if one]
    await assess_accounts(work, list(dict.fromkeys(key for key in keys if key)))


async def follow_contact(work: Workspace, change: Change) -> None:
    """A call, a meeting, a mail or a promise: when we last had to do with the accounts that it is about."""
    values = await _anywhere(work, change)
    targets = [(one.object, one.id) for one in [values.get("about")] if isinstance(one, AnyTarget)]
    targets += [(CONTACT, key) for key in _many([values.get("contact")]) + _many(values.get("contacts"))]
    for side in (change.before, change.after):
        about = side.get("about")
        if isinstance(about, dict) and (key := parse_id(about.get("id"))):
            targets.append((str(about.get("object")), key))
    accounts: dict[UUID, None] = {}
    for name, key in dict.fromkeys(targets):
        accounts.update(dict.fromkeys(await _accounts(work, name, key)))
    for account in accounts:
        await note_contact(work, account)
    await assess_accounts(work, list(accounts))


async def _accounts(work: Workspace, name: str, key: UUID) -> list[UUID]:
    found = await account_of(work, name, key)
    return [found] if found is not None else []


def _many(value: object) -> list[UUID]:
    return [one for one in value if isinstance(one, UUID)] if isinstance(value, (list, tuple)) else []


async def _anywhere(work: Workspace, change: Change) -> dict[str, object]:
    """The record's values, also out of the bin; empty links where it is gone."""
    try:
        return dict((await work.get(change.object, change.record, deleted=None)).values)
    except NotFound:
        return {"about": None, "opportunity": None}


def _deal(about: object) -> UUID | None:
    """The deal that an activity is about, from a record or from the log."""
    if isinstance(about, AnyTarget):
        return about.id if about.object == OPPORTUNITY else None
    if isinstance(about, dict) and about.get("object") == OPPORTUNITY:
        return parse_id(about.get("id"))
    return None


_DONE = ("created", "changed", "deleted", "restored")
REACTIONS = (
    *(Reaction(f"{OPPORTUNITY}.{done}", f"follow_deal_{done}", follow_deal) for done in _DONE),
    *(Reaction(f"{CONTACT}.{done}", f"follow_person_{done}", follow_part) for done in ("created", "deleted")),
    *(Reaction(f"{CASES}.{done}", f"follow_case_{done}", follow_case) for done in _DONE),
    *(Reaction(f"{PLAN_RISK}.{done}", f"follow_risk_{done}", follow_part) for done in _DONE),
    *(
        Reaction(f"{name}.{done}", f"follow_{name}_{done}", follow_contact)
        for name in (CALL, MEETING, PROMISE, EMAIL_FILING)
        for done in _DONE
    ),
    *(Reaction(f"{OPPORTUNITY}.{done}", f"assess_deal_{done}", assess_deal) for done in ("created", "changed")),
    *(Reaction(f"{OPPORTUNITY_CONTACT}.{done}", f"assess_part_{done}", assess_part) for done in _DONE),
    *(
        Reaction(f"{name}.{done}", f"assess_{name}_{done}", assess_activity)
        for name in (CALL, MEETING, NOTE, TASK, PROMISE)
        for done in _DONE
    ),
    *(
        Reaction(f"{name}.{done}", f"score_{name}_{done}", follow_event)
        for name in (CALL, MEETING, NOTE, TASK, SUBMISSION)
        for done in _DONE
    ),
)

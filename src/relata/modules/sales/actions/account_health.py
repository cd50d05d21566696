"""The health of accounts, brought up to date from what is stored about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from relata.engine.formula import all_of, any_of, parse
from relata.engine.query.request import MAX_LIMIT, Aggregate, Group, Measure, Query, parse_order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import rules
from relata.modules.sales.contracts import OPPORTUNITY, PLAN_RISK, PROMISE
from relata.modules.sales.queries.cases import Cases, cases_of
from relata.modules.sales.queries.knowing import MOST_PEOPLE, last_moments, one_of

#: Whose health is told: who buys, and with whom there is an open deal.
_JUDGED = 'type = "customer" or open_opportunities > 0'
_LATE = 'status = "broken" or (status = "open" and due_on < today())'
_HIGH = 'status = "open" and impact = "high" and likelihood != "low"'
_READ = ("id", "type", "created_at", "last_contact_at", "last_sent_at", "last_reply_at", "open_opportunities",
         "contact_count")  # fmt: skip


async def assess_accounts(work: Workspace, accounts: Sequence[UUID]) -> None:
    """Health and reasons of these accounts, at most 500; of those that are not judged they are emptied. Writes what
    differs."""
    if not accounts:
        return
    judged = all_of([one_of("id", accounts), parse(_JUDGED)])
    rows = list((await work.query(Query(ACCOUNT, judged, fields=_READ, limit=MAX_LIMIT))).values())
    keys = [row["id"] for row in rows]
    at_risk = await _counted(work, OPPORTUNITY, 'status = "open" and health = "at_risk"', keys)
    risks = await _counted(work, PLAN_RISK, _HIGH, keys)
    late, lost = await _late_promises(work, keys), await _lost_last(work, keys)
    now = work.clock.now
    cases = await cases_of(work, keys, now - rules.MOOD_LATELY)
    verdicts: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        key = row["id"]
        told = cases.get(key, Cases())
        facts = rules.AccountFacts(
            is_customer=row["type"] == "customer", since=row["created_at"], last_contact=row["last_contact_at"],
            last_sent=row["last_sent_at"], last_reply=row["last_reply_at"], open_deals=row["open_opportunities"] or 0,
            at_risk=at_risk.get(key, 0), late_promises=late.get(key, 0), high_risks=risks.get(key, 0),
            lost_last=lost.get(key), people=row["contact_count"] or 0,
            cases=told.open, urgent_cases=told.urgent, mood=told.mood,
        )  # fmt: skip
        reasons = rules.account_reasons(facts, now)
        verdicts[key] = {"health": rules.account_health(reasons), "health_reasons": reasons or None}
    nothing: dict[str, Any] = {"health": None, "health_reasons": None}
    records = await work.get_many(ACCOUNT, list(accounts))
    await work.change_many(ACCOUNT, [(one, verdicts.get(one.id, nothing)) for one in records])


async def _counted(work: Workspace, name: str, which: str, accounts: Sequence[UUID]) -> dict[UUID, int]:
    if not accounts:
        return {}
    where = all_of([parse(which), one_of("account", accounts)])
    found = await work.aggregate(Aggregate(name, (Measure("count"),), (Group("account"),), where))
    return {UUID(str(row["account"])): int(row["count"]) for row in found.rows}


async def _late_promises(work: Workspace, accounts: Sequence[UUID]) -> dict[UUID, int]:
    """About the account itself; those about its deals tell by the health of the deals."""
    found: dict[UUID, int] = {}
    if accounts:
        where = all_of([parse(_LATE), one_of("about", accounts)])
        for row in (await work.query(Query(PROMISE, where, fields=("about",), limit=MAX_LIMIT))).values():
            found[row["about"].id] = found.get(row["about"].id, 0) + 1
    return found


async def _lost_last(work: Workspace, accounts: Sequence[UUID]) -> dict[UUID, datetime]:
    """When the latest decision was a loss."""
    found: dict[UUID, tuple[str, str]] = {}
    if accounts:
        where = all_of([parse('status != "open" and closed_on is not null'), one_of("account", accounts)])
        asked = Aggregate(OPPORTUNITY, (Measure("max", "closed_on"),), (Group("account"), Group("status")), where)
        for row in (await work.aggregate(asked)).rows:
            key, latest = UUID(str(row["account"])), (str(row["max_closed_on"]), str(row["status"]))
            found[key] = max(found.get(key, latest), latest)
    return {
        key: datetime.combine(datetime.fromisoformat(day), time(), UTC)
        for key, (day, status) in found.items()
        if status == "lost"
    }


async def note_contact(work: Workspace, account: UUID) -> None:
    """When we last had to do with them, looked up anew: with the account, its people and its latest deals."""
    try:
        record = await work.get(ACCOUNT, account)
    except NotFound:
        return
    contacts = await _ids(work, CONTACT, account)
    about = [account, *contacts, *await _ids(work, OPPORTUNITY, account)]
    spoke, received, sent = await last_moments(work, about, contacts)
    await work.change(record, {"last_contact_at": spoke, "last_reply_at": received, "last_sent_at": sent})


async def _ids(work: Workspace, name: str, account: UUID) -> list[UUID]:
    page = await work.query(Query(name, one_of("account", [account]), parse_order("-changed_at"), ("id",), MOST_PEOPLE))
    return [row[0] for row in page.rows]


async def account_of(work: Workspace, name: str, key: UUID) -> UUID | None:
    """The account that a record belongs to: an account itself, a contact, a deal; None for anything else."""
    if name == ACCOUNT:
        return key
    if name not in (CONTACT, OPPORTUNITY):
        return None
    try:
        found: UUID | None = (await work.get(name, key, deleted=None))["account"]
    except NotFound:
        return None
    return found


async def assess_all_accounts(work: Workspace) -> None:
    """Every account that is judged, or was; those never looked at learn first when we last had to do with them."""
    where, after = any_of([parse(_JUDGED), parse("health is not null")]), ""
    while True:
        page = await work.query(
            Query(ACCOUNT, where, fields=("id", "health", "last_contact_at"), limit=MAX_LIMIT, after=after)
        )
        rows = list(page.values())
        for row in rows:
            if row["health"] is None and row["last_contact_at"] is None:
                await note_contact(work, row["id"])
        await assess_accounts(work, [row["id"] for row in rows])
        after = page.next
        if not after:
            return

"""What stands beside an account: how the relationship is doing, how far its plan is, what it could buy."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.formula import all_of, parse
from relata.engine.query.request import MAX_LIMIT, Aggregate, Measure
from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace, condition
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRODUCT
from relata.modules.parties.contracts import ACCOUNT
from relata.modules.sales.contracts import ACCOUNT_PLAN, OPPORTUNITY
from relata.modules.sales.panels.saying import in_company_currency, option, seen
from relata.modules.sales.queries.hierarchy import companies_below
from relata.modules.sales.queries.knowing import one_of
from relata.modules.sales.queries.white_space import white_space_of
from relata.modules.sales.rules.account_health import WEIGHTS

_GAPS = 8


async def health(work: Workspace, account: Record) -> list[PanelItem]:
    """Each reason; when we last had to do with each other."""
    if seen(work, account, "health") is None:
        return []
    reasons = seen(work, account, "health_reasons") or ()
    items = [
        PanelItem(text=option(work, ACCOUNT, "health_reasons", name), meaning="bad" if WEIGHTS[name] > 1 else "warning")
        for name in reasons
    ] or [PanelItem(text=_("Nothing speaks against this relationship."), meaning="good")]
    last, reply = seen(work, account, "last_contact_at"), seen(work, account, "last_reply_at")
    if last is not None:
        items.append(PanelItem(text=_("Last contact"), day=last.date()))
    if reply is not None:
        items.append(PanelItem(text=_("They last wrote"), day=reply.date()))
    return items


async def group(work: Workspace, account: Record) -> list[PanelItem]:
    """What is open and was won with the company and all below it together."""
    below = await companies_below(work, account.id)
    if not below:
        return []
    count = len(below)
    items = [
        PanelItem(
            text=_("With all companies below"),
            note=ngettext("%(num)s company", "%(num)s companies", count) % {"num": count},
        )
    ]
    family = [account.id, *below]
    for status, label in (("open", _("Open pipeline")), ("won", _("Won value"))):
        total, deals = Decimal(0), 0
        for start in range(0, len(family), MAX_LIMIT):
            where = all_of([parse(f'status = "{status}"'), one_of("account", family[start : start + MAX_LIMIT])])
            measures = (Measure("count"), Measure("sum", "company_amount"))
            row = (await work.aggregate(Aggregate(OPPORTUNITY, measures, where=where))).rows[0]
            deals += int(row["count"])
            total += Decimal(str(row["sum_company_amount"] or 0))
        note = ngettext("%(num)s deal", "%(num)s deals", deals) % {"num": deals}
        items.append(PanelItem(text=label, note=note, amount=in_company_currency(work, total)))
    return items


async def plan(work: Workspace, account: Record) -> list[PanelItem]:
    """The present plan: what was won of its target, what is open for it, its goals and the next review."""
    found = await work.find(ACCOUNT_PLAN, 'status = "active"', account=account.id, order="-starts_on", limit=1)
    if not found:
        text = _("No plan yet. It says what you want to win with them, with whom, and what may come between.")
        href = f"/account_plans/new?account={account.id}"
        return [PanelItem(text=text), PanelItem(text=_("Make a plan"), note=_("Such as: Grow to all sites"), href=href)]
    one = found[0]
    shown = await work.show(ACCOUNT_PLAN, one.id)
    items = [PanelItem(text=one["name"], note=one["strategy"] or "", href=f"/account_plans/{one.id}")]
    target = seen(work, one, "target")
    if target is not None:
        won, open_ = await _worth(work, account, one, "won"), await _worth(work, account, one, "open")
        items.append(PanelItem(text=_("Target"), amount=target))
        is_there = target.currency == won.currency and won.amount >= target.amount
        note = ""
        if target.currency == won.currency and target.amount:
            note = _("%(percent)s %% of the target") % {"percent": round(100 * won.amount / target.amount)}
        items.append(PanelItem(text=_("Won in this time"), amount=won, note=note, meaning="good" if is_there else ""))
        items.append(PanelItem(text=_("Open, to be decided in this time"), amount=open_))
    if shown.get("goal_count"):
        reached = {"reached": shown.get("reached_count") or 0, "goals": shown["goal_count"]}
        items.append(PanelItem(text=_("Goals"), value=_("%(reached)s of %(goals)s reached") % reached))
    review = seen(work, one, "review_on")
    if review is not None:
        items.append(
            PanelItem(text=_("Next review"), day=review, meaning="warning" if review < work.clock.today else "")
        )
    return items


async def _worth(work: Workspace, account: Record, one: Record, status: str) -> Money:
    """What the deals of the plan's time add up to, in the company's currency."""
    day = "closed_on" if status == "won" else "close_date"
    parts = [condition(None, {"account": account.id, "status": status})]
    parts += [parse(f'{day} >= "{one["starts_on"]}"')] if one["starts_on"] else []
    parts += [parse(f'{day} <= "{one["ends_on"]}"')] if one["ends_on"] else []
    where = all_of([part for part in parts if part is not None])
    found = await work.aggregate(Aggregate(OPPORTUNITY, (Measure("sum", "company_amount"),), where=where))
    return in_company_currency(work, found.rows[0]["sum_company_amount"])


async def gaps(work: Workspace, account: Record) -> list[PanelItem]:
    """Products that similar accounts bought and this one has not; a click begins the deal."""
    found, industry = await white_space_of(work, account)
    titles = await titles_of(work.unit, {PRODUCT: {gap.product for gap in found}})
    items = []
    for gap in [one for one in found if (PRODUCT, one.product) in titles][:_GAPS]:
        told: dict[str, object] = {"buyers": gap.buyers, "similar": gap.similar}
        if industry:
            told["industry"] = option(work, ACCOUNT, "industry", industry)
            note = _("%(buyers)s of %(similar)s customers in %(industry)s have it") % told
        else:
            note = _("%(buyers)s of %(similar)s customers have it") % told
        if gap.offered:
            note += " · " + _("in an open deal")
        items.append(
            PanelItem(
                text=titles[PRODUCT, gap.product], note=note, value=f"{round(100 * gap.share)} %",
                meaning="good" if gap.offered else "",
                href=f"/opportunities/new?account={account.id}&product={gap.product}",
            )
        )  # fmt: skip
    return items

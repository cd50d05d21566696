"""What holds on every path into these objects. A required field may still be empty here: the door asks for it next."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.automation.scoring.fitting import score_draft
from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRODUCT
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales import contracts, errors, queries, rules
from relata.modules.sales.access import CONVERT_LEADS
from relata.modules.sales.actions.entering import check_entry, check_names, check_reasons
from relata.modules.sales.actions.linked import linked
from relata.modules.sales.actions.plans import check_plan, check_plan_part
from relata.modules.sales.actions.promises import check_promise
from relata.modules.sales.actions.team import check_member
from relata.modules.sales.actions.values import value
from relata.modules.sales.contracts import STAGE

_CONVERTED = ("converted_account", "converted_contact", "converted_opportunity")


async def check_opportunity(work: Workspace, draft: Draft) -> None:
    """Status, probability, forecast and the day of closing follow the stage. A write that touches none of them costs
    no statement."""
    if draft.changed("amount"):
        _check_amount(draft)
    if draft.is_new or draft.changed("stage") or draft.changed("pipeline"):
        stage = await _stage(work, draft)
        draft.set("stage", stage.id)
        draft.set("pipeline", stage["pipeline"])
        if draft.is_new or draft.changed("stage"):
            await check_entry(work, draft, stage)
        _enter(work, draft, stage)
    elif draft.changed("probability") or draft.changed("forecast_category") or draft.changed("closed_on"):
        _enter(work, draft, await work.get(STAGE, draft["stage"]))
    await check_reasons(work, draft)
    await value(work, draft)
    if draft.changed("close_date") and not draft.is_new:
        _count_push(draft)


def _check_amount(draft: Draft) -> None:
    rules.check_amount(draft["amount"])
    if "amount_from_lines" not in draft.asked:  # else the sum itself is being written
        rules.check_typed_amount(follows_lines=bool(draft.old("amount_from_lines")))


def _count_push(draft: Draft) -> None:
    known = rules.Pushes(draft.old("push_count") or 0, draft.old("pushed_days") or 0)
    was_open, is_open = draft.old("status") == "open", draft["status"] == "open"
    now = rules.pushed(known, draft.old("close_date"), draft["close_date"], was_open=was_open, is_open=is_open)
    draft.set("push_count", now.count)
    draft.set("pushed_days", now.days)


async def _stage(work: Workspace, draft: Draft) -> Record:
    """The stage that is meant: the one that was sent, else the first of the pipeline that was sent or is usual; a
    closed deal that only changes its pipeline stays closed."""
    moved = draft["stage"] is not None and (draft.is_new or draft.changed("stage"))
    if not moved:
        category = draft.old("status") or "open"
        return await queries.first_stage(work, draft["pipeline"], category)
    stage = await linked(work, STAGE, draft["stage"], "stage")
    both = draft.changed("pipeline") and draft["pipeline"] is not None
    if both and draft["pipeline"] != stage["pipeline"]:
        raise errors.StageOfOtherPipeline
    return stage


def _enter(work: Workspace, draft: Draft, stage: Record) -> None:
    """Apply what the rules say about a deal in this stage."""
    facts = rules.StageFacts(stage["category"], stage["probability"], stage["forecast_category"])
    deal = _deal(draft)

    rules.check_move(deal.status, facts.category)
    probability, is_own = rules.probability(facts, deal)

    if draft.is_new or draft.changed("stage"):
        known = draft["stage_changed_at"] if "stage_changed_at" in draft.asked else None  # a history that is brought in
        draft.set("stage_changed_at", known or work.clock.now)
    if facts.category != "lost":
        draft.set("lost_reason", None)
        draft.set("lost_note", None)
    if facts.category != "open":
        draft.set("health", None)
        draft.set("health_reasons", None)
    if facts.category != "won":
        draft.set("won_reason", None)
    draft.set("status", facts.category)
    draft.set("probability", probability)
    draft.set("own_probability", is_own)
    draft.set("forecast_category", rules.forecast_category(facts, deal.forecast_category))
    draft.set("closed_on", rules.closed_on(facts, deal, work.clock.today))


def _deal(draft: Draft) -> rules.DealFacts:
    sent = draft.changed("probability")
    return rules.DealFacts(
        status=draft.old("status"),
        probability=draft["probability"] if sent else None,
        own_probability=draft.old("probability") if draft.old("own_probability") and not sent else None,
        forecast_category=draft["forecast_category"] if _kept_forecast(draft) else None,
        close_date=draft["close_date"],
        closed_on=draft["closed_on"],
    )


def _kept_forecast(draft: Draft) -> bool:
    """Whether the category is somebody's word: sent just now, or untouched because the stage stays."""
    return bool(draft.changed("forecast_category") or not (draft.is_new or draft.changed("stage")))


async def check_stage(work: Workspace, draft: Draft) -> None:
    """Certain stages have certain probabilities; what a stage requires exists."""
    check_names(work, "required_fields", draft["required_fields"] or ())
    draft.set("probability", rules.stage_probability(draft["category"], draft["probability"]))


async def check_question(work: Workspace, draft: Draft) -> None:
    """The answer has a place."""
    if draft["answered_by"]:
        check_names(work, "answered_by", (draft["answered_by"],))


async def check_review(work: Workspace, draft: Draft) -> None:
    """Outcome and reason are those of the deal, which is over."""
    if draft.is_new and draft["opportunity"] is not None:
        deal = await linked(work, contracts.OPPORTUNITY, draft["opportunity"], "opportunity")
        if deal["status"] == "open":
            raise errors.NothingToReview
        draft.set("outcome", deal["status"])
        draft.set("reason", deal["won_reason"] if deal["status"] == "won" else deal["lost_reason"])


async def check_lead(work: Workspace, draft: Draft) -> None:
    """What a lead became is written once, by who may convert."""
    became = draft.changed("status") and draft["status"] == "converted"
    changed = any(draft.changed(name) for name in _CONVERTED)
    if not became and not changed:
        return
    if not work.actor.rights.permits(CONVERT_LEADS):
        raise errors.MayNotConvert
    rules.check_conversion(changed, became, [draft[name] for name in _CONVERTED])
    draft.set("converted_at", work.clock.now)


async def check_line(work: Workspace, draft: Draft) -> None:
    """A line has a name, a price in the currency of the other lines, and a total."""
    if draft["opportunity"] is None:
        return
    quantity = Decimal(1) if draft["quantity"] is None else draft["quantity"]
    if draft["product"] is not None and draft.changed("product"):
        await _take_from_product(work, draft, quantity)
    if draft["recurrence"] is None:
        draft.set("recurrence", "once")
    if draft["recurrence"] == "once" or draft["periods"] is None:
        draft.set("periods", 1)
    price, discount = draft["unit_price"], draft["discount"] or Decimal(0)
    total = rules.line_total(price, quantity, discount, draft["periods"])
    if draft.changed("unit_price"):
        await _check_currency(work, draft, total)
    rules.check_amount(total)
    draft.set("total", total)
    draft.set("yearly", rules.yearly_value(draft["recurrence"], price, quantity, discount))


async def _check_currency(work: Workspace, draft: Draft, total: Money) -> None:
    """Lines add up; one that is alone may take any currency."""
    others = [line for line in await queries.lines_of(work.as_system(), draft["opportunity"]) if line.id != draft.id]
    rules.check_currency(total, others[0]["total"] if others else None)


async def _take_from_product(work: Workspace, draft: Draft, quantity: Decimal) -> None:
    """Name, recurrence and price come with the product, unless they were sent with it."""
    product = await linked(work, PRODUCT, draft["product"], "product")
    if not draft.changed("name"):
        draft.set("name", product["name"])
    if not draft.changed("recurrence"):
        draft.set("recurrence", product["billing"])
    if not draft.changed("unit_price"):
        draft.set("unit_price", await queries.price_of(work, draft["product"], draft["opportunity"], quantity))


GUARDS = (
    Guard(contracts.OPPORTUNITY, check_opportunity),
    Guard(contracts.STAGE, check_stage),
    Guard(contracts.DEAL_MEMBER, check_member),
    Guard(contracts.PLAYBOOK_QUESTION, check_question),
    Guard(contracts.DEAL_REVIEW, check_review),
    Guard(contracts.PROMISE, check_promise),
    Guard(contracts.LEAD, check_lead),
    Guard(contracts.LEAD, score_draft),
    Guard(CONTACT, score_draft),
    Guard(contracts.OPPORTUNITY_LINE, check_line),
    Guard(contracts.ACCOUNT_PLAN, check_plan),
    *(Guard(name, check_plan_part) for name in (contracts.PLAN_GOAL, contracts.PLAN_PERSON, contracts.PLAN_RISK)),
)

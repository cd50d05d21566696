"""The buttons on a deal: win, lose, reopen."""

from __future__ import annotations

from relata.engine.metadata.module import action
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import contracts, errors, queries, rules
from relata.modules.sales.contracts import OPPORTUNITY, STAGE

_OPEN = 'status = "open"'


@action(
    contracts.WinOpportunity,
    on=OPPORTUNITY,
    label="Mark as won",
    help="Moves the deal to the won stage of its pipeline and notes the day.",
    offered=_OPEN,
    icon="trophy",
    inputs={"reason": "won_reason"},
)
async def win_opportunity(work: Workspace, command: contracts.WinOpportunity) -> None:
    """One that is won already stays as it is; a lost one is refused."""
    opportunity = await work.get(OPPORTUNITY, command.opportunity, lock=True)
    if opportunity["status"] == "won":
        return

    rules.check_move(opportunity["status"], "won")

    stage = await queries.first_stage(work, opportunity["pipeline"], "won")
    values = {
        "stage": stage.id,
        "closed_on": command.closed_on or work.clock.today,
        "won_reason": command.reason or None,
    }
    await work.change(opportunity, values)
    event = contracts.OpportunityWon(opportunity.id, opportunity["account"], opportunity["amount"])
    await work.announce(event, about=opportunity)


@action(
    contracts.LoseOpportunity,
    on=OPPORTUNITY,
    label="Mark as lost",
    help="Moves the deal to the lost stage of its pipeline and notes the reason and the day.",
    offered=_OPEN,
    icon="thumbs-down",
    inputs={"reason": "lost_reason", "note": "lost_note"},
)
async def lose_opportunity(work: Workspace, command: contracts.LoseOpportunity) -> None:
    """One that is lost already stays as it is; a won one is refused."""
    opportunity = await work.get(OPPORTUNITY, command.opportunity, lock=True)
    if opportunity["status"] == "lost":
        return

    rules.check_move(opportunity["status"], "lost")

    stage = await queries.first_stage(work, opportunity["pipeline"], "lost")
    values = {
        "stage": stage.id,
        "lost_reason": command.reason,
        "lost_note": command.note or None,
        "closed_on": command.closed_on or work.clock.today,
    }
    await work.change(opportunity, values)
    await work.announce(contracts.OpportunityLost(opportunity.id, command.reason), about=opportunity)


@action(
    contracts.ReopenOpportunity,
    on=OPPORTUNITY,
    label="Reopen",
    help="Puts a won or lost deal back into an open stage; day and reason of its closing are cleared.",
    offered='status != "open"',
    icon="rotate-ccw",
)
async def reopen_opportunity(work: Workspace, command: contracts.ReopenOpportunity) -> None:
    """Refused for an open deal, and for a stage that would close it again."""
    opportunity = await work.get(OPPORTUNITY, command.opportunity, lock=True)
    if opportunity["status"] == "open":
        raise errors.OpportunityIsOpen
    if command.stage is None:
        stage = await queries.first_stage(work, opportunity["pipeline"])
    else:
        stage = await work.get(STAGE, command.stage)
    if stage["category"] != "open":
        raise errors.NotAnOpenStage

    await work.change(opportunity, {"stage": stage.id})
    await work.announce(contracts.OpportunityReopened(opportunity.id), about=opportunity)


@action(
    contracts.ReviewOpportunity,
    on=OPPORTUNITY,
    label="Review",
    help="Writes down what decided the deal and what to do differently next time.",
    offered='status != "open"',
    icon="lightbulb",
    inputs={name: f"deal_review.{name}" for name in ("decided", "rival", "next_time")},
)
async def review_opportunity(work: Workspace, command: contracts.ReviewOpportunity) -> None:
    """Outcome and reason are taken from the deal; an open one is refused."""
    opportunity = await work.get(OPPORTUNITY, command.opportunity)
    values = {
        "opportunity": opportunity.id,
        "decided": command.decided,
        "rival": command.rival,
        "next_time": command.next_time or None,
        "owner": opportunity["owner"],
        "team": opportunity["team"],
    }
    await work.create(contracts.DEAL_REVIEW, values)

"""What other modules may import from sales: names of objects, commands, events."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from relata.foundation.money import Money

MODULE_NAME = "sales"

PIPELINE = "pipeline"
STAGE = "stage"
LEAD = "lead"
OPPORTUNITY = "opportunity"
OPPORTUNITY_CONTACT = "opportunity_contact"
OPPORTUNITY_LINE = "opportunity_line"
STAGE_STAY = "stage_stay"
PLAYBOOK_QUESTION = "playbook_question"
DEAL_REVIEW = "deal_review"
DEAL_MEMBER = "deal_member"
REVENUE_SPLIT = "revenue_split"
PROMISE = "promise"
COMPETITOR = "competitor"
ACCOUNT_PLAN = "account_plan"
PLAN_GOAL = "plan_goal"
PLAN_PERSON = "plan_person"
PLAN_RISK = "plan_risk"


class WinOpportunity(msgspec.Struct, frozen=True):
    """The deal is won. closed_on: the day of the signature; today if left out. reason: one of the options of
    `won_reason`."""

    opportunity: UUID
    closed_on: date | None = None
    reason: str = ""


class LoseOpportunity(msgspec.Struct, frozen=True):
    """The deal is lost. reason: one of the options of `lost_reason`. note: what they said."""

    opportunity: UUID
    reason: str
    note: str = ""
    closed_on: date | None = None


class ReopenOpportunity(msgspec.Struct, frozen=True):
    """The deal is open again. stage: where it goes on; the first open stage of its pipeline if left out."""

    opportunity: UUID
    stage: UUID | None = None


class PlanFollowUp(msgspec.Struct, frozen=True):
    """Somebody asks about the deal on the next working day."""

    opportunity: UUID


class ReviewOpportunity(msgspec.Struct, frozen=True):
    """What is learnt from a deal that is over. decided: what tipped the scales. next_time: what to do differently."""

    opportunity: UUID
    decided: str
    rival: UUID | None = None
    next_time: str = ""


class KeepPromise(msgspec.Struct, frozen=True):
    """What was promised was done. kept_on: today if left out."""

    promise: UUID
    kept_on: date | None = None


class BreakPromise(msgspec.Struct, frozen=True):
    """What was promised will not be done. note: why."""

    promise: UUID
    note: str = ""


class PromiseFromNote(msgspec.Struct, frozen=True):
    """What a note says will be done. what: in a few words; the note's title if left out. made_by: `us` or `them`."""

    note: UUID
    what: str = ""
    made_by: str = "us"
    due_on: date | None = None


class PromiseFromTask(msgspec.Struct, frozen=True):
    """What a task is about was promised: to be kept by the task's day."""

    task: UUID
    made_by: str = "us"


class ConvertLead(msgspec.Struct, frozen=True):
    """The lead becomes an account, a contact and an opportunity.

    account, contact, opportunity: existing records that are meant, which take what they lack; new ones are made where
    they are left out. with_opportunity: False makes none. opportunity_name: of a new one; the company's or the person's
    name if left out.
    """

    lead: UUID
    account: UUID | None = None
    contact: UUID | None = None
    opportunity: UUID | None = None
    with_opportunity: bool = True
    opportunity_name: str = ""
    close_date: date | None = None


class ConvertedLead(msgspec.Struct, frozen=True):
    """What a lead became. account: None for a person without a company. opportunity: None if none was asked for."""

    lead: UUID
    account: UUID | None
    contact: UUID | None
    opportunity: UUID | None


class OpportunityWon(msgspec.Struct, frozen=True):
    """A deal was won."""

    opportunity: UUID
    account: UUID | None
    amount: Money | None


class OpportunityLost(msgspec.Struct, frozen=True):
    """A deal was lost."""

    opportunity: UUID
    reason: str


class OpportunityReopened(msgspec.Struct, frozen=True):
    """A closed deal is open again."""

    opportunity: UUID


class LeadConverted(msgspec.Struct, frozen=True):
    """A lead became an account, a contact or an opportunity."""

    lead: UUID
    account: UUID | None
    contact: UUID | None
    opportunity: UUID | None

"""A lead becomes an account, a contact and an opportunity, in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.automation.making.mapping import taken
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts, rules
from relata.modules.sales.access import CONVERT_LEADS
from relata.modules.sales.actions.matching import suggest
from relata.modules.sales.contracts import LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT


@action(
    contracts.ConvertLead,
    on=LEAD,
    label="Convert",
    help="Turns the lead into an account, a contact and an opportunity, or completes those that you choose.",
    needs=CONVERT_LEADS,
    offered='status in ("new", "working", "qualified")',
    icon="user-check",
    makes=rules.TAKEN,
    suggest=suggest,
)
async def convert_lead(work: Workspace, command: contracts.ConvertLead) -> contracts.ConvertedLead:
    """Converting twice answers what the first time made, whatever the second command says."""
    lead = await work.get(LEAD, command.lead, lock=True)
    if lead["status"] == "converted":
        return contracts.ConvertedLead(
            lead.id, lead["converted_account"], lead["converted_contact"], lead["converted_opportunity"]
        )

    deal = await work.get(OPPORTUNITY, command.opportunity) if command.opportunity is not None else None
    account = await _account(work, lead, command, deal)
    contact = await _contact(work, lead, command, account)
    opportunity = await _opportunity(work, lead, command, account, contact, deal)

    result = contracts.ConvertedLead(lead.id, account, contact, opportunity)
    await work.move(
        lead,
        to="converted",
        converted_account=result.account,
        converted_contact=result.contact,
        converted_opportunity=result.opportunity,
    )
    event = contracts.LeadConverted(result.lead, result.account, result.contact, result.opportunity)
    await work.announce(event, about=lead)
    return result


async def _account(work: Workspace, lead: Record, command: contracts.ConvertLead, deal: Record | None) -> UUID | None:
    """Its id; None for a person without a company. A deal that is named brings its account."""
    key = command.account or (deal["account"] if deal is not None else None)
    values = rules.account_from(lead)
    more = taken(work.context, convert_lead, lead, ACCOUNT)
    if key is not None:
        return await _completed(work, ACCOUNT, key, {**(values or {}), **more})
    return None if values is None else (await work.create(ACCOUNT, values | more | _held(lead))).id


async def _contact(work: Workspace, lead: Record, command: contracts.ConvertLead, account: UUID | None) -> UUID:
    values = rules.contact_from(lead) | taken(work.context, convert_lead, lead, CONTACT) | {"account": account}
    if command.contact is not None:
        return await _completed(work, CONTACT, command.contact, values)
    return (await work.create(CONTACT, values | _held(lead))).id


async def _opportunity(
    work: Workspace, lead: Record, command: contracts.ConvertLead, account: UUID | None, contact: UUID,
    deal: Record | None,
) -> UUID | None:  # fmt: skip
    if deal is None and not command.with_opportunity:
        return None
    values = rules.opportunity_from(lead, command.opportunity_name)
    values |= taken(work.context, convert_lead, lead, OPPORTUNITY)
    values |= {"account": account, "contact": contact, "close_date": command.close_date}
    known: set[UUID] = set()
    if deal is None:
        deal = await work.create(OPPORTUNITY, values | {"opened_on": work.clock.today} | _held(lead))
    else:
        await _completed(work, OPPORTUNITY, deal.id, values)
        known = {role["contact"] for role in await work.find(OPPORTUNITY_CONTACT, opportunity=deal.id)}
    if contact not in known:
        role = {"opportunity": deal.id, "contact": contact, "is_primary": not known, "role": "influencer"}
        await work.create(OPPORTUNITY_CONTACT, role)
    return deal.id


async def _completed(work: Workspace, name: str, key: UUID, values: dict[str, Any]) -> UUID:
    """An existing record takes what it lacks, where this person may change it; nothing of it is overwritten."""
    record = await work.get(name, key)
    lacking = {field: value for field, value in values.items() if value is not None and record[field] in (None, ())}
    if name == OPPORTUNITY and record["amount_from_lines"]:
        lacking.pop("amount", None)
    if lacking and await work.may(record, "change"):
        await work.change(record, lacking)
    return record.id


def _held(lead: Record) -> dict[str, Any]:
    """Who looked after the lead looks after what it becomes."""
    return {"owner": lead["owner"], "team": lead["team"]}

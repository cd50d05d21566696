"""A lead becomes an account, a contact and an opportunity, in one transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts, rules
from relata.modules.sales.access import CONVERT_LEADS
from relata.modules.sales.contracts import LEAD, OPPORTUNITY, OPPORTUNITY_CONTACT


@action(
    contracts.ConvertLead,
    on=LEAD,
    label="Convert",
    help="Turns the lead into an account, a contact and an opportunity; name existing ones to use them.",
    needs=CONVERT_LEADS,
    offered='status in ("new", "working", "qualified")',
    icon="user-check",
)
async def convert_lead(work: Workspace, command: contracts.ConvertLead) -> contracts.ConvertedLead:
    """Converting twice answers what the first time made, whatever the second command says."""
    lead = await work.get(LEAD, command.lead, lock=True)
    if lead["status"] == "converted":
        return contracts.ConvertedLead(
            lead.id, lead["converted_account"], lead["converted_contact"], lead["converted_opportunity"]
        )

    account = await _account(work, lead, command)
    contact = await _contact(work, lead, command, account)
    opportunity = await _opportunity(work, lead, command, account, contact) if command.with_opportunity else None

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


async def _account(work: Workspace, lead: Record, command: contracts.ConvertLead) -> UUID | None:
    """Its id; None for a person without a company."""
    if command.account is not None:
        return (await work.get(ACCOUNT, command.account)).id
    values = rules.account_from(lead)
    return None if values is None else (await work.create(ACCOUNT, values | _held(lead))).id


async def _contact(work: Workspace, lead: Record, command: contracts.ConvertLead, account: UUID | None) -> UUID:
    if command.contact is not None:
        return (await work.get(CONTACT, command.contact)).id
    return (await work.create(CONTACT, rules.contact_from(lead) | {"account": account} | _held(lead))).id


async def _opportunity(
    work: Workspace, lead: Record, command: contracts.ConvertLead, account: UUID | None, contact: UUID
) -> UUID:
    values = rules.opportunity_from(lead, command.opportunity_name) | _held(lead)
    values |= {"account": account, "contact": contact, "close_date": command.close_date}
    opportunity = await work.create(OPPORTUNITY, values | {"opened_on": work.clock.today})
    role = {"opportunity": opportunity.id, "contact": contact, "is_primary": True, "role": "influencer"}
    await work.create(OPPORTUNITY_CONTACT, role)
    return opportunity.id


def _held(lead: Record) -> dict[str, Any]:
    """Who looked after the lead looks after what it becomes."""
    return {"owner": lead["owner"], "team": lead["team"]}

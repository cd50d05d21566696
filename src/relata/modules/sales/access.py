"""Who may do what with leads and deals unless an administrator decides otherwise."""

from __future__ import annotations

from relata.engine.metadata.module import Grant, Role
from relata.modules.sales import contracts

CONVERT_LEADS = "convert_leads"
PERMISSIONS = {CONVERT_LEADS: "Convert leads into accounts, contacts and opportunities."}

_WORK = (
    contracts.LEAD,
    contracts.OPPORTUNITY,
    contracts.OPPORTUNITY_CONTACT,
    contracts.OPPORTUNITY_LINE,
    contracts.DEAL_REVIEW,
    contracts.PROMISE,
    contracts.ACCOUNT_PLAN,
    contracts.PLAN_GOAL,
    contracts.PLAN_PERSON,
    contracts.PLAN_RISK,
)
_TEAM = (contracts.DEAL_MEMBER, contracts.REVENUE_SPLIT)
#: Kept by the system: whoever sees a deal may read them, and nobody writes or deletes them by hand.
_KEPT = (contracts.STAGE_STAY,)
_WAYS = (contracts.PIPELINE, contracts.STAGE, contracts.PLAYBOOK_QUESTION)

ROLES = (
    Role("member", grants=dict.fromkeys(_KEPT, Grant(read="all")), permissions=(CONVERT_LEADS,)),
    Role(
        "sales_rep",
        grants=dict.fromkeys((*_WORK, *_TEAM), Grant(read="team", create="own", change="own", delete="own"))
        | dict.fromkeys(_KEPT, Grant(read="team"))
        | dict.fromkeys(_WAYS, Grant(read="all"))
        | {contracts.COMPETITOR: Grant(read="all", create="own", change="own")},
        permissions=(CONVERT_LEADS,),
    ),
    Role(
        "sales_manager",
        grants=dict.fromkeys((*_WORK, *_TEAM), Grant(read="below", create="below", change="below", delete="below"))
        | dict.fromkeys(_KEPT, Grant(read="below"))
        | dict.fromkeys(_WAYS, Grant(read="all"))
        | {contracts.COMPETITOR: Grant(read="all", create="all", change="all", delete="all")},
        permissions=(CONVERT_LEADS,),
    ),
)

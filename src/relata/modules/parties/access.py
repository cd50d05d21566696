"""Who may do what with accounts and contacts unless an administrator decides otherwise."""

from __future__ import annotations

from relata.engine.metadata.module import Grant, Role
from relata.modules.parties import contracts

_OWN_WORK = Grant(read="team", create="own", change="own", delete="own")
_TEAM_WORK = Grant(read="below", create="below", change="below", delete="below")
_PARTIES = (
    contracts.ACCOUNT,
    contracts.CONTACT,
    contracts.AFFILIATION,
    contracts.RELATIONSHIP,
    contracts.ADDRESS,
    contracts.HOUSEHOLD,
    contracts.STATIC_LIST,
    contracts.LIST_MEMBER,
    contracts.SEGMENT,
)

#: Modules name these two roles again and add what concerns them; the grants are joined.
ROLES = (
    Role(
        "sales_rep",
        "Sales representative",
        "Sees what their teams hold, changes what they own.",
        dict.fromkeys(_PARTIES, _OWN_WORK),
        ("import_records",),
    ),
    Role(
        "sales_manager",
        "Sales manager",
        "Sees and changes what their teams and the teams below hold.",
        dict.fromkeys(_PARTIES, _TEAM_WORK),
        ("import_records", "export_records", "see_deleted"),
    ),
)

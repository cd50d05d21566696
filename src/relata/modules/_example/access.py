"""Who may do what with gadgets unless an administrator decides otherwise."""

from __future__ import annotations

from relata.engine.metadata.module import Grant, Role
from relata.modules._example import contracts

LEND_GADGETS = "lend_gadgets"
PERMISSIONS = {LEND_GADGETS: "Lend gadgets to customers."}

#: A role that another module declares is named again; the grants are joined.
ROLES = (
    Role("member", permissions=(LEND_GADGETS,)),
    Role("sales_rep", grants={contracts.GADGET: Grant(read="all", create="own", change="own")}),
)

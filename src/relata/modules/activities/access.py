"""What the sales roles may do with activities."""

from __future__ import annotations

from relata.engine.metadata.module import Grant, Role
from relata.modules.activities import contracts

_ACTIVITIES = (contracts.TASK, contracts.CALL, contracts.MEETING, contracts.NOTE, contracts.STEP)

ROLES = (
    Role("sales_rep", grants=dict.fromkeys(_ACTIVITIES, Grant(read="team", create="team", change="own", delete="own"))),
    Role(
        "sales_manager",
        grants=dict.fromkeys(_ACTIVITIES, Grant(read="below", create="below", change="below", delete="below")),
    ),
)

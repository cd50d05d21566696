"""What people can do with leads and deals, and the module's word in each write."""

from relata.engine.metadata.module import Action
from relata.modules.sales.actions.closing import (
    lose_opportunity,
    reopen_opportunity,
    review_opportunity,
    win_opportunity,
)
from relata.modules.sales.actions.conversion import convert_lead
from relata.modules.sales.actions.following import plan_follow_up
from relata.modules.sales.actions.guards import GUARDS
from relata.modules.sales.actions.promises import (
    break_promise,
    keep_promise,
    promise_from_note,
    promise_from_task,
)
from relata.modules.sales.actions.scores import KEEP_SCORES
from relata.modules.sales.actions.seed import seed
from relata.modules.sales.actions.shares import KEEP_SHARES
from relata.modules.sales.actions.stays import KEEP_STAYS
from relata.modules.sales.actions.sums import KEEP_SUMS
from relata.modules.sales.actions.team import KEEP_TEAM

ACTIONS: tuple[Action, ...] = (
    win_opportunity,
    lose_opportunity,
    reopen_opportunity,
    review_opportunity,
    plan_follow_up,
    convert_lead,
    keep_promise,
    break_promise,
    promise_from_note,
    promise_from_task,
)

CONSEQUENCES = (*KEEP_STAYS, *KEEP_SUMS, *KEEP_TEAM, *KEEP_SCORES, *KEEP_SHARES)

__all__ = ["ACTIONS", "CONSEQUENCES", "GUARDS", "seed"]

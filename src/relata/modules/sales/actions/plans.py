"""What belongs to an account's plan belongs to its account."""

from __future__ import annotations

from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales import errors
from relata.modules.sales.actions.linked import linked
from relata.modules.sales.contracts import ACCOUNT_PLAN


async def check_plan(work: Workspace, draft: Draft) -> None:
    """A plan does not end before it begins, and its account stays."""
    if draft["starts_on"] and draft["ends_on"] and draft["ends_on"] < draft["starts_on"]:
        raise errors.PlanEndsBeforeItBegins
    if not draft.is_new and draft.changed("account"):
        raise errors.PlanOfOtherAccount


async def check_plan_part(work: Workspace, draft: Draft) -> None:
    """The account comes with the plan, or the account's present plan with the account."""
    if draft["plan"] is not None and (draft.changed("plan") or draft.changed("account")):
        plan = await linked(work, ACCOUNT_PLAN, draft["plan"], "plan")
        if draft["account"] is None:
            draft.set("account", plan["account"])
        elif draft["account"] != plan["account"]:
            raise errors.PlanOfOtherAccount
    elif draft.is_new and draft["plan"] is None and draft["account"] is not None:
        plans = await work.find(
            ACCOUNT_PLAN, 'status = "active"', account=draft["account"], order="-starts_on", limit=1
        )
        draft.set("plan", plans[0].id if plans else None)

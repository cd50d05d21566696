"""What holds on every path into these objects. A required field may still be empty here: the door asks for it next."""

from __future__ import annotations

from relata.engine.metadata.module import Guard
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.modules.parties import contracts, errors, queries, rules


async def check_account(work: Workspace, draft: Draft) -> None:
    """No circle in the hierarchy."""
    if draft.changed("parent") and draft["parent"] is not None and not draft.is_new:
        rules.check_hierarchy(draft.id, await queries.ancestors(work, draft["parent"]))


async def check_affiliation(work: Workspace, draft: Draft) -> None:
    """The days are in order."""
    rules.check_period(draft["starts_on"], draft["ends_on"])


async def check_relationship(work: Workspace, draft: Draft) -> None:
    """Two different people."""
    rules.check_two_people(draft["person"], draft["other"])


async def check_address(work: Workspace, draft: Draft) -> None:
    """Exactly one holder."""
    rules.check_holder(draft["account"], draft["contact"])


async def check_list_member(work: Workspace, draft: Draft) -> None:
    """The member is of the kind that the list holds."""
    if draft["static_list"] is not None and draft["member"] is not None:
        static_list = await work.get(contracts.STATIC_LIST, draft["static_list"])
        rules.check_fits_list(static_list["holds"], draft["member"].object)


async def check_segment(work: Workspace, draft: Draft) -> None:
    """The object exists and the expression makes sense for it; reading one record tries both."""
    is_complete = draft["holds"] is not None and draft["expression"] is not None
    if is_complete and (draft.changed("holds") or draft.changed("expression")):
        try:
            await work.first(draft["holds"], draft["expression"])
        except NotFound as error:
            raise errors.NoSuchObject from error


GUARDS = (
    Guard(contracts.ACCOUNT, check_account),
    Guard(contracts.AFFILIATION, check_affiliation),
    Guard(contracts.RELATIONSHIP, check_relationship),
    Guard(contracts.ADDRESS, check_address),
    Guard(contracts.LIST_MEMBER, check_list_member),
    Guard(contracts.SEGMENT, check_segment),
)

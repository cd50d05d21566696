"""What holds on every path into these objects."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.module import Guard
from relata.foundation.errors import NotFound
from relata.modules.parties import contracts, errors, queries, rules


async def check_account(work: Any, draft: Any) -> None:
    """No circle in the hierarchy."""
    if draft.changed("parent") and draft["parent"] is not None and draft.before is not None:
        rules.check_hierarchy(draft.before.id, await queries.ancestors(work, draft["parent"]))


async def check_affiliation(work: Any, draft: Any) -> None:
    """The days are in order, and one that ended is not current."""
    rules.check_period(draft["starts_on"], draft["ends_on"])
    if draft.changed("ends_on") and not draft.changed("is_current"):
        draft.set("is_current", rules.is_current(draft["starts_on"], draft["ends_on"], work.clock.today))


async def check_relationship(work: Any, draft: Any) -> None:
    """Two different people."""
    rules.check_two_people(draft["person"], draft["other"])


async def check_address(work: Any, draft: Any) -> None:
    """Exactly one holder."""
    rules.check_holder(draft["account"], draft["contact"])


async def check_list_member(work: Any, draft: Any) -> None:
    """The member is of the kind that the list holds."""
    static_list = await work.get(contracts.STATIC_LIST, draft["static_list"])
    rules.check_fits_list(static_list["holds"], draft["member"].object)


async def check_segment(work: Any, draft: Any) -> None:
    """The object exists and the expression makes sense for it; reading one record tries both."""
    if draft.changed("holds") or draft.changed("expression"):
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

"""Opening a record to a person or team, closing it again, and why somebody sees it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.workspace.explain import explain_access
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call

#: The parameters of an explanation.
PARAMETERS = {"user": "The person's id; yourself if left out."}
_LONGEST_ROLE = 120


class ShareBody(msgspec.Struct, forbid_unknown_fields=True):
    """principal: the id of a person or team. until: when it ends by itself. member_as: a role in the record's team."""

    principal: UUID
    level: str = "read"
    until: datetime | None = None
    member_as: str = ""


async def list_shares(call: Call) -> Answer:
    """The grants on the record itself: shares, members of its team, sharing rules."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        _, record = await _record(call, work)
        return answers.json({"data": await work.sharing.of(record)})

    return await call.read(attempt)


async def share_record(call: Call) -> Answer:
    """The grants on the record, with the new one."""
    call.parameters()
    body = call.shaped(ShareBody)

    async def attempt(work: Workspace) -> Answer:
        _, record = await _record(call, work)
        until = _until(body)
        if len(body.member_as) > _LONGEST_ROLE:
            raise Invalid(f"A role has at most {_LONGEST_ROLE} characters.", code="too_long", field="member_as")
        await work.sharing.grant(record, body.principal, level=body.level, until=until, member_as=body.member_as)
        return answers.json({"data": await work.sharing.of(record)}, 201)

    return await call.write(attempt)


def _until(body: ShareBody) -> datetime | None:
    if body.until is None:
        return None
    until = body.until if body.until.tzinfo else body.until.replace(tzinfo=UTC)
    if until <= datetime.now(UTC):
        raise Invalid(
            "This share would have ended already.", code="out_of_range", field="until", hint="Choose a later time."
        )
    return until


async def revoke_share(call: Call) -> Answer:
    """Closed again, at once; what rules grant stays."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        _, record = await _record(call, work)
        principal = parse_id(call.names["principal"])
        if principal is None:
            raise NotFound("There is no such person or team.", code="unknown_principal")
        await work.sharing.revoke(record, principal)
        return answers.empty()

    return await call.write(attempt)


async def explain_record(call: Call) -> Answer:
    """Why a person sees the record, or may change it. For oneself; of others for those who may change the record."""
    found = call.parameters(PARAMETERS)

    async def attempt(work: Workspace) -> Answer:
        _, record = await _record(call, work)
        user = parse_id(found["user"]) if "user" in found else work.actor.user
        if user is None:
            raise Invalid("User must be the id of a person.", code="invalid_link", field="user")
        if (
            user != work.actor.user
            and not work.actor.rights.permits("manage_roles")
            and not await work.may(record, "change")
        ):
            raise Denied("You may only ask this about records that you may change.", code="denied_explain")
        return answers.json(await explain_access(work, user, record))

    return await call.read(attempt)


async def _record(call: Call, work: Workspace) -> tuple[Object, Record]:
    one = call.readable(work)
    return one, await work.get(one.name, call.record_id(one))

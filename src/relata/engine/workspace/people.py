"""The people of a workspace: one's own profile, inviting, and sending away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.identity import emails, invitations
from relata.engine.identity.guards import MANAGE, check_roles, check_still_decides
from relata.engine.identity.preferences import Preferences, check_preferences, read_preferences
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: What everybody may change of their own record, whatever their roles say.
OWN_FIELDS = ("name", "title", "phone", "language", "time_zone")


#: Teams above each other; a line that is longer is a circle, which an import can make.
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked in. token: for the link in the mail; kept as a hash, so it can't be shown again."""

    user: UUID
    email: str
    token: str


async def own_record(work: Workspace) -> Record:
    """The actor's own record in the workspace."""
    if work.actor.user is None:
        raise Denied(_("The system has no profile."), code="no_profile")
    return await work.as_system().get("user", work.actor.user)


async def change_profile(work: Workspace, values: Mapping[str, Any]) -> Record:
    """The actor's own record with other values of OWN_FIELDS; Denied for any other field."""
    record = await own_record(work)
    beyond = [name for name in values if name not in OWN_FIELDS]
    if beyond:
        raise Denied(
            _("You can't change %(beyond)s yourself.") % {"beyond": beyond[0][:60]},
            code="denied_field",
            field=beyond[0][:60],
            hint=_("Ask an administrator."),
        )
    return await work.as_system().change(record, values)


async def change_preferences(work: Workspace, wanted: Mapping[str, Any]) -> Preferences:
    """What the actor likes, with these changes. Invalid for what is none of the choices."""
    record = await own_record(work)
    known = msgspec.structs.asdict(read_preferences(record["preferences"]))
    try:
        found = msgspec.convert({**known, **wanted}, Preferences)
    except msgspec.ValidationError as error:
        raise Invalid(_("This does not fit: %(problem)s.") % {"problem": error}, code="definition") from error
    check_preferences(found)
    await work.as_system().change(record, {"preferences": msgspec.to_builtins(found)})
    return found


async def invite(
    work: Workspace, email: str, *, name: str = "", roles: Sequence[str] = ("member",), team: UUID | None = None
) -> Invited:
    """A new person who waits for their invitation to be accepted. Needs manage_users; Conflict for an address that
    is here."""
    require(work, MANAGE)
    check_roles(work, roles, roles)
    address = emails.normalised(email)
    if not roles:
        raise Invalid.of([Problem("required", _("Give the person at least one role."), "roles", _("Choose a role."))])
    everything = work.as_system()
    if await everything.first("user", None, email=address) is not None:
        message = _("Somebody with this address is here already.")
        raise Conflict(
            message,
            code="not_unique",
            field="email",
            problems=[Problem("not_unique", message, "email", _("Find them in the list."))],
        )
    values = {
        "name": name.strip() or address.partition("@")[0],
        "email": address,
        "roles": list(roles),
        "status": "invited",
        "team": team,
    }
    person = await everything.create("user", values)
    return Invited(person.id, address, await _token(work, person.id, address))


async def invite_again(work: Workspace, user: UUID) -> Invited:
    """A fresh link for somebody who has not come yet; the earlier one dies."""
    require(work, MANAGE)
    person = await work.as_system().get("user", user)
    if person["status"] != "invited" or not person["email"]:
        raise Conflict(
            _("%(field)s is here already.") % {"field": person.title},
            code="not_invited",
            hint=_("They can reset their password themselves."),
        )
    return Invited(user, person["email"], await _token(work, user, person["email"]))


async def set_roles(work: Workspace, user: UUID, roles: Sequence[str]) -> Record:
    """The person with these roles and no others."""
    return await _decided(work, user, {"roles": list(roles)})


async def deactivate(work: Workspace, user: UUID) -> Record:
    """Nobody comes in as this person any more: sessions and keys end at once. Their records stay as they are."""
    return await _decided(work, user, {"status": "inactive"})


async def reactivate(work: Workspace, user: UUID) -> Record:
    """In again, by the same account; keys have to be made anew."""
    return await _decided(work, user, {"status": "active"})


async def move_team(work: Workspace, team: UUID, parent: UUID | None) -> Record:
    """A team under another one, or under none. Needs manage_users; Invalid under itself or under one of its own."""
    require(work, MANAGE)
    everything = work.as_system()
    record = await everything.get("team", team)
    above = parent
    for _step in range(_DEEPEST):
        if above is None:
            return await everything.change(record, {"parent": parent})
        if above == team:
            break
        above = (await everything.get("team", above))["parent"]
    raise Invalid(_("A team can't stand under itself."), code="circle", field="parent", hint=_("Choose another one."))


async def _decided(work: Workspace, user: UUID, values: Mapping[str, Any]) -> Record:
    """manage_users is enough to decide about a person, with no right to change records of people in general. The rules
    that the guard keeps are asked of the actor, before the change is made with every right."""
    require(work, MANAGE)
    if user == work.actor.user:
        raise Denied(
            _("Nobody decides about their own roles."), code="denied_own_roles", hint=_("Ask another administrator.")
        )
    await check_still_decides(work)
    everything = work.as_system()
    person = await everything.get("user", user)
    before, after = set(person["roles"] or ()), set(values.get("roles", person["roles"]) or ())
    check_roles(work, before ^ after if "roles" in values else before, after - before)
    return await everything.change(person, values)


async def _token(work: Workspace, user: UUID, email: str) -> str:
    return await invitations.invite(work.unit.connection, work.context.id, user, email)

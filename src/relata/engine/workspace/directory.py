"""People and groups as a company's directory keeps them here: it makes them, changes them, and takes them away.

What the directory said of somebody is kept as it was said (`user.directory`), since it is asked back for word by word;
name, address, title and status of the person follow it. A group's roles go to its members: who comes in gets them, who
leaves loses those that no other group of theirs gives. Source: RFC 7643 and 7644.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.formula import Binary, Items, Literal, Path, any_of
from relata.engine.identity import emails
from relata.engine.identity.guards import MANAGE, check_roles, check_still_decides
from relata.engine.query.request import Query
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Denied, Invalid
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: So many people or groups are read at once.
_BATCH = 500
GROUP = "people_group"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a person. user_name: unique among all, in any case. email: "" for nobody who signs in.
    said: its own words, to be given back."""

    user_name: str
    name: str
    email: str
    title: str
    is_active: bool
    said: Mapping[str, Any]


async def people(work: Workspace) -> list[Record]:
    """Everybody who is not deleted, oldest first. Needs manage_users."""
    require(work, MANAGE)
    return await _all(work, "user")


async def person(work: Workspace, user: UUID) -> Record:
    """One person. Needs manage_users; NotFound for none."""
    require(work, MANAGE)
    return await work.as_system().get("user", user)


async def groups_of(work: Workspace, user: UUID) -> list[Record]:
    """The groups that somebody is in, oldest first. Needs manage_users."""
    require(work, MANAGE)
    found = await work.as_system().find(GROUP, Binary("contains", Path(("members",)), Literal(str(user))))
    return sorted(found, key=lambda record: record.id)


async def groups(work: Workspace) -> list[Record]:
    """Every group, oldest first. Needs manage_users."""
    require(work, MANAGE)
    return await _all(work, GROUP)


async def group(work: Workspace, key: UUID) -> Record:
    """One group. Needs manage_users; NotFound for none."""
    require(work, MANAGE)
    return await work.as_system().get(GROUP, key)


async def add_person(work: Workspace, entry: Entry) -> Record:
    """A new person, without a role until a group gives one. Conflict for a name or address that is here."""
    require(work, MANAGE)
    await _check_unique(work, entry, None)
    return await work.as_system().create("user", {**_values(entry), "roles": []})


async def change_person(work: Workspace, user: UUID, entry: Entry) -> Record:
    """The same person as the directory has them now. Denied for oneself, and for who may do more than the caller."""
    person = await _decidable(work, user)
    await _check_unique(work, entry, user)
    return await work.as_system().change(person, _values(entry))


async def remove_person(work: Workspace, user: UUID) -> None:
    """Out at once, with sessions and keys; what was theirs stays. Denied as for a change."""
    await work.as_system().delete(await _decidable(work, user))


async def add_group(work: Workspace, name: str, external_id: str, members: Sequence[UUID]) -> Record:
    """A new group, which gives no role until an administrator says which."""
    require(work, MANAGE)
    everything = work.as_system()
    values = {"name": name, "external_id": external_id, "members": await _known(work, members)}
    return await everything.create(GROUP, values)


async def change_group(work: Workspace, group: UUID, name: str, external_id: str, members: Sequence[UUID]) -> Record:
    """The group with this name and these members, whose roles follow. Denied where it gives more than the caller
    has."""
    require(work, MANAGE)
    everything = work.as_system()
    record = await everything.get(GROUP, group, lock=True)
    before, after = set(record["members"] or ()), set(await _known(work, members))
    await _follow(work, record, joined=after - before, left=before - after)
    return await everything.change(record, {"name": name, "external_id": external_id, "members": sorted(after)})


async def remove_group(work: Workspace, group: UUID) -> None:
    """The group goes; its members lose what it gave."""
    require(work, MANAGE)
    everything = work.as_system()
    record = await everything.get(GROUP, group, lock=True)
    await _follow(work, record, joined=set(), left=set(record["members"] or ()))
    await everything.delete(record)


async def set_group_roles(work: Workspace, group: UUID, roles: Sequence[str]) -> Record:
    """What its members may do from now on. Denied for a role that permits more than the caller has."""
    require(work, MANAGE)
    await check_still_decides(work)
    everything = work.as_system()
    record = await everything.get(GROUP, group, lock=True)
    before, after = set(record["roles"] or ()), set(roles)
    check_roles(work, before ^ after, after - before)
    for person in await everything.get_many("user", list(record["members"] or ()), lock=True):
        kept = set(person["roles"] or ()) - (before - after - await _others_give(work, person.id, group))
        await _set_roles(work, person, kept | after)
    return await everything.change(record, {"roles": sorted(after)})


async def _follow(work: Workspace, group: Record, *, joined: set[UUID], left: set[UUID]) -> None:
    """Roles for who came, and without for who went."""
    given = set(group["roles"] or ())
    if not given or not (joined or left):
        return
    await check_still_decides(work)
    check_roles(work, given, ())
    everything = work.as_system()
    for person in await everything.get_many("user", sorted(joined | left), lock=True):
        has = set(person["roles"] or ())
        if person.id in joined:
            await _set_roles(work, person, has | given)
        else:
            await _set_roles(work, person, has - (given - await _others_give(work, person.id, group.id)))


async def _others_give(work: Workspace, user: UUID, group: UUID) -> set[str]:
    return {role for other in await groups_of(work, user) if other.id != group for role in other["roles"] or ()}


async def _set_roles(work: Workspace, person: Record, roles: set[str]) -> None:
    known = sorted(role for role in roles if role in work.registry.roles)
    if known == sorted(person["roles"] or ()):
        return
    if person.id == work.actor.user:
        raise Denied(
            _("Nobody decides about their own roles."), code="denied_own_roles", hint=_("Ask another administrator.")
        )
    await work.as_system().change(person, {"roles": known})


async def _decidable(work: Workspace, user: UUID) -> Record:
    require(work, MANAGE)
    await check_still_decides(work)
    person = await work.as_system().get("user", user, lock=True)
    if user == work.actor.user:
        raise Denied(
            _("A directory does not decide about whose key it uses."),
            code="denied_own_roles",
            hint=_("Give the directory a person of its own."),
        )
    check_roles(work, person["roles"] or (), ())
    return person


async def _check_unique(work: Workspace, entry: Entry, user: UUID | None) -> None:
    """One directory at a time, so that two can't take the same name at once."""
    await work.lock("directory")
    named = Binary("=", Path(("directory_name",)), Literal(_in_small(entry.user_name)))
    addressed = Binary("in", Path(("email",)), Items(tuple(Literal(one) for one in _addresses(entry))))
    found = await work.as_system().find("user", any_of((named, addressed)), limit=5)
    if any(other.id != user and _takes(other, entry) for other in found):
        message = _("Somebody with this name or address is here already.")
        raise Conflict(message, code="not_unique", field="userName")


def _addresses(entry: Entry) -> list[str]:
    """Those by which the person may be here already; the name may be one."""
    return sorted({one for one in (entry.email, _in_small(entry.user_name)) if one})


def _takes(other: Record, entry: Entry) -> bool:
    """Whether somebody has the address, or the name; who has a name of the directory is not known by their address."""
    names = {other["directory_name"] or other["email"]}
    return _in_small(entry.user_name) in names or bool(entry.email and other["email"] == entry.email)


def _in_small(name: str) -> str:
    return name.strip().casefold()[:500]


async def _known(work: Workspace, members: Sequence[UUID]) -> list[UUID]:
    """The members; Invalid where one of them is nobody."""
    wanted = sorted(set(members))
    found = {one.id for one in await work.as_system().get_many("user", wanted)} if wanted else set()
    if missing := [one for one in wanted if one not in found]:
        raise Invalid(
            _("There is nobody with the id %(id)s.") % {"id": missing[0]}, code="unknown_record", field="members"
        )
    return wanted


async def _all(work: Workspace, name: str) -> list[Record]:
    everything = work.as_system()
    found: list[Record] = []
    after = ""
    while True:
        page = await everything.query(Query(name, fields=("id",), limit=_BATCH, after=after))
        found += await everything.get_many(name, [row["id"] for row in page.values()])
        after = page.next
        if not after:
            return sorted(found, key=lambda record: record.id)


def _values(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "email": emails.normalised(entry.email) if entry.email else None,
        "title": entry.title or None,
        "status": "active" if entry.is_active else "inactive",
        "directory": dict(entry.said),
        "directory_name": _in_small(entry.user_name),
    }

"""Why somebody sees a record, or may change it: every way on which their access rests, in sentences.

Whether they see it is asked of the very predicate that every read carries; the ways are read from the codes in the row,
so what is told is what counts, and not what ought to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import sqlalchemy as sa

from relata.engine.access.actor import Actor
from relata.engine.access.codes import MEMBER, RULE, SHARE, own_code
from relata.engine.access.levels import Level
from relata.engine.access.principals import group_names, groups_of
from relata.engine.metadata.object import Object
from relata.engine.query.select import render
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.links import access_parent
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: Access may pass through this many parents.
MAX_DEPTH = 6
Right = Literal["read", "change"]
_WAYS = {SHARE: "share", RULE: "rule", MEMBER: "member"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in. way: all, below, team, owner, reference, share, rule, member or inherited. by: who granted it,
    where a person did. name: the role, team, rule or parent. because: for something inherited, why they see it."""

    right: Right
    way: str
    sentence: str
    name: str = ""
    by: str = ""
    until: datetime | None = None
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """sees, changes: whether they really do. reasons: empty exactly where they do neither."""

    user: UUID
    name: str
    object: str
    record: UUID
    sees: bool
    changes: bool
    sentences: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What access looks at."""

    owner: UUID | None
    team: UUID | None
    codes: dict[Right, frozenset[int]]


async def explain_access(work: Workspace, user: UUID, record: Record) -> Explanation:
    """Why the person sees the record, and why they may change it. NotFound for an unknown person."""
    one, name = record.object, await _name(work, "user", user)
    if name is None:
        raise NotFound(_("There is no such person."), code="unknown_person")
    try:
        actor = await ActorCache().load(work.unit.connection, work.context, user, "explain")
    except Denied:
        return _answer(user, name, record, False, False, (), f"{name} is not active here, and sees nothing.")
    sees, changes = await _holds(work, actor, record, "read"), await _holds(work, actor, record, "change")
    reasons = await _reasons(work, actor, name, one, record.id, 0) if sees or changes else ()
    if record.is_deleted and sees and not actor.rights.permits("see_deleted"):
        return _answer(
            user,
            name,
            record,
            False,
            False,
            (),
            f"This {one.noun} is in the bin, and {name} may not look there.",
        )
    refusal = "" if sees or changes else _refusal(actor, name, one)
    return _answer(user, name, record, sees, changes, reasons, refusal)


async def explain_to(work: Workspace, user: UUID, record: Record) -> Explanation:
    """The same for who may ask: about oneself, about records that one may change, or with manage_roles about all."""
    if (
        user != work.actor.user
        and not work.actor.rights.permits("manage_roles")
        and not await work.may(record, "change")
    ):
        raise Denied(_("You may only ask this about records that you may change."), code="denied_explain")
    return await explain_access(work, user, record)


def _answer(
    user: UUID, name: str, record: Record, sees: bool, changes: bool, reasons: tuple[Reason, ...], refusal: str
) -> Explanation:
    sentences = (refusal,) if refusal else tuple(_sentences(reasons))
    return Explanation(user, name, record.object.name, record.id, sees, changes, sentences, reasons)


def _sentences(reasons: Iterable[Reason]) -> Iterable[str]:
    for reason in reasons:
        yield reason.sentence
        yield from _sentences(reason.because)


def _refusal(actor: Actor, name: str, one: Object) -> str:
    things = one.nouns
    if not actor.rights.level(one, "read"):
        return f"No role of {name} shows them any {things}."
    return f"{name} neither owns this {one.noun}, nor holds it through a team, nor was it shared with them."


async def _reasons(
    work: Workspace, actor: Actor, name: str, one: Object, record: UUID, depth: int
) -> tuple[Reason, ...]:
    row = await _row(work, one, record)
    found: list[Reason] = []
    for right in ("read", "change"):
        found += await _by_role(work, actor, name, one, row, right)
        if actor.rights.level(one, right) not in (Level.NONE, Level.ALL):
            found += await _by_grant(work, actor, name, one, record, row, right)
    if depth < MAX_DEPTH and actor.rights.level(one, "read") not in (Level.NONE, Level.ALL):
        found += await _inherited(work, actor, name, one, record, row, depth)
    return tuple(found)


async def _by_role(work: Workspace, actor: Actor, name: str, one: Object, row: _Row, right: Right) -> list[Reason]:
    """What roles give by themselves: each role is asked how far it reaches."""
    what, verb = one.noun, "see" if right == "read" else "change"
    found = []
    if right == "read" and one.reference:
        found.append(Reason(right, "reference", f"Everybody sees {one.nouns}."))
    if one.everyone and Level.named(getattr(one.everyone, right)) and row.owner is not None and row.owner == actor.user:
        found.append(Reason(right, "owner", f"{name} owns this {what}."))
    for role in actor.rights.roles:
        grant = role.grants.get(one.name) or role.grants.get("" if one.personal else "*")
        level = Level.named(getattr(grant, right)) if grant else Level.NONE
        label = role.title
        if level is Level.ALL:
            found.append(Reason(right, "all", f"The role {label} lets {name} {verb} all {one.nouns}.", label))
        elif level and row.owner is not None and row.owner == actor.user:
            found.append(
                Reason(
                    right, "owner", f"{name} owns this {what}, and the role {label} lets them {verb} their own.", label
                )
            )
        held = {Level.TEAM: actor.teams, Level.BELOW: actor.below}.get(level, ())
        if row.team is not None and row.team in held:
            team = await _name(work, "team", row.team) or "a team"
            way, whose = (
                ("team", "their teams hold") if level is Level.TEAM else ("below", "their teams and those below hold")
            )
            found.append(
                Reason(
                    right,
                    way,
                    f"The {what} belongs to the team {team}, and the role {label} lets {name} {verb} what {whose}.",
                    team,
                )
            )
    return found


async def _by_grant(
    work: Workspace, actor: Actor, name: str, one: Object, record: UUID, row: _Row, right: Right
) -> list[Reason]:
    """The grants on the record itself whose codes stand in its row."""
    space, groups = quoted(work.context.schema), group_names(work.registry.roles.values())
    holders = [who for who in (actor.user, *actor.teams, *groups_of(actor.rights.roles)) if who is not None]
    rows = await work.unit.connection.fetch(
        f"select p.key, s.principal, s.way, s.level, s.reason, s.until, u.name from {space}._share s"
        f' join {space}._principal p on p.id = s.principal left join {space}."user" u on u.id = s.created_by'
        " where s.record = %s and s.principal = any(%s) order by s.created_at",
        (record, holders),
    )
    found = []
    for key, principal, way, level, reason, until, by in rows:
        if own_code(key, way) in row.codes[right] and (right == "read" or level == "change"):
            if principal in groups:
                whom = groups[principal]
            else:
                whom = name if principal == actor.user else f"the team {await _name(work, 'team', principal)}"
            sentence = _granted(one, way, whom, right, reason, by, until)
            found.append(Reason(right, _WAYS[way], sentence, reason, by or "", until))
    return found


def _granted(
    one: Object, way: int, whom: str, right: Right, reason: str, by: str | None, until: datetime | None
) -> str:
    what, verb = one.noun, "read" if right == "read" else "change"
    ending = f", until {until:%Y-%m-%d %H:%M} UTC" if until else ""
    if way == RULE:
        return f"The sharing rule {reason} lets {whom} {verb} this {what}{ending}."
    if way == MEMBER:
        role = f" as {reason}" if reason else ""
        return f"{by or 'Somebody'} put {whom} into the team of this {what}{role}, to {verb} it{ending}."
    return f"{by or 'Somebody'} shared this {what} with {whom}, to {verb} it{ending}."


async def _inherited(
    work: Workspace, actor: Actor, name: str, one: Object, record: UUID, row: _Row, depth: int
) -> list[Reason]:
    """Access that comes from the parent: a code of another object in the row, and why the parent is open."""
    opened = {code for opening in actor.loose.get(one.name, ()) for code in opening.codes}
    if not one.access_parent or not any(
        (code % 1024) // 4 for code in row.codes["read"] & (opened or set(actor.inherited.get(one.name, actor.codes)))
    ):
        return []
    found = await _parent(work, one, record)
    if found is None:
        return []
    parent, key = work.registry.get(found[0]), found[1]
    because = tuple(each for each in await _reasons(work, actor, name, parent, key, depth + 1) if each.right == "read")
    title = (await titles_of(work.unit, {parent.name: [key]})).get((parent.name, key), "")
    what = f"the {parent.noun} {title}".strip()
    sentence = f"Who sees {what} sees its {one.nouns}, and {name} sees it."
    return [Reason("read", "inherited", sentence, title, because=because)]


async def _parent(work: Workspace, one: Object, record: UUID) -> tuple[str, UUID] | None:
    """The object and id of the record from which this one inherits access."""
    link = one.all_fields[one.access_parent]
    columns = ", ".join(quoted(column.name(link.name)) for column in link.columns())
    found = await work.unit.connection.fetch_one(
        f"select {columns} from {quoted(work.context.schema)}.{quoted(one.name)} where id = %s", (record,)
    )
    value = None if found is None else link.from_columns(tuple(found))
    return access_parent(one, {one.access_parent: value})


async def _holds(work: Workspace, actor: Actor, record: Record, right: Right) -> bool:
    """Whether the predicate of every read and write lets this record through."""
    table = work.context.tables.of(record.object)
    scope = actor.predicate(record.object, right, table)
    chosen = sa.select(table.c.id).where(table.c.id == sa.bindparam("record_id", type_=sa.Uuid()))
    sql = render(chosen if scope is None else chosen.where(scope))
    return await work.unit.connection.fetch_one(sql, {**actor.parameters(), "record_id": record.id}) is not None


async def _row(work: Workspace, one: Object, record: UUID) -> _Row:
    found = await work.unit.connection.fetch_one(
        f"select owner, team, readers, writers from {quoted(work.context.schema)}.{quoted(one.name)} where id = %s",
        (record,),
    )
    if found is None:
        return _Row(None, None, {"read": frozenset(), "change": frozenset()})
    return _Row(found[0], found[1], {"read": frozenset(found[2]), "change": frozenset(found[3])})


async def _name(work: Workspace, table: Literal["user", "team"], who: UUID) -> str | None:
    """What a person or team is called; None where there is none."""
    found = await work.unit.connection.fetch_one(
        f"select name from {quoted(work.context.schema)}.{quoted(table)} where id = %s", (who,)
    )
    return None if found is None else str(found[0])

"""Accesses made, listed, given another password, ended, and kept up with who their person is.

An access reads what its person may read, and no more than its role allows where it has one. Who makes one gives out
roles and may export: what other programs read has left the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.reporting.sql_access import database_user, tables
from relata.engine.reporting.sql_access.openness import open_condition
from relata.engine.reporting.sql_access.reading import reader_of
from relata.engine.reporting.sql_access.tables import Access
from relata.engine.reporting.sql_access.views import View, statements_for, views_of
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, LimitReached, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking
from relata.foundation.ids import new_id

#: Whoever makes an access decides as whom it reads, so it is for who gives out roles.
MANAGE = "manage_roles"
MOST = 20


@dataclass(frozen=True, slots=True)
class Made:
    """An access and its password, which is shown once; "" where an administrator of the server makes the user with
    these statements. open_doors: what could not be closed to every user of this database, as statements."""

    access: Access
    password: str
    by_hand: tuple[str, ...] = ()
    open_doors: tuple[str, ...] = ()


async def list_accesses(work: Workspace) -> list[Access]:
    """All of the workspace, newest first."""
    require(work, MANAGE)
    return await tables.all_of(work.unit.connection, work.context.schema)


async def make_access(
    work: Workspace, name: str, person: UUID, *, role: str | None = None, expires_at: datetime | None = None
) -> Made:
    """A schema of views and its user. Invalid for a person who does not work here."""
    require(work, MANAGE)
    require(work, "export_records")
    _check(work, name, role, expires_at)
    connection, space = work.unit.connection, quoted(work.context.schema)
    known = await tables.all_of(connection, work.context.schema)
    if sum(not one.is_over(work.clock.now) for one in known) >= MOST:
        raise Invalid(_("There are %(most)s accesses already. End one first.") % {"most": MOST}, code="too_many")
    access = new_id()
    user = database_user.name_for(access)
    await connection.execute(
        f"insert into {space}._sql_access (id, name, person, role, database_user, expires_at, made_by)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (access, name.strip(), person, role, user, expires_at, work.actor.user),
    )
    _known, problem = await reader_of(work, person, role)
    if problem:
        raise Invalid.of([Problem("not_allowed", problem, "person")])
    made = await _give_password(work, access)
    after = {"name": name.strip(), "person": str(person), "role": role, "database_user": user, "expires_at": expires_at}
    await work.log("_sql_access", access, "configured", after=after)
    return made


async def rotate(work: Workspace, access: UUID) -> Made:
    """Another password; whoever is connected with the old one is put out. NotFound for one that is over."""
    require(work, MANAGE)
    await _locked(work, access)
    made = await _give_password(work, access)
    await work.log("_sql_access", access, "configured", after={"password": "changed"})
    return made


async def end(work: Workspace, access: UUID) -> None:
    """Close the views and drop the user, at once. NotFound for one that is over."""
    require(work, MANAGE)
    await _end(work, await _locked(work, access))
    await work.log("_sql_access", access, "configured", after={"ended": True})


async def refresh_all(work: Workspace) -> list[UUID]:
    """Bring every access up to date, and end those whose time is up; those that were made anew. For the worker."""
    connection, now = work.unit.connection, work.clock.now
    known = [one for one in await tables.all_of(connection, work.context.schema) if one.ended_at is None]
    renewed = []
    for one in known:
        locked = await tables.one_of(connection, work.context.schema, one.id, lock=True)
        if locked is None or locked.ended_at is not None:
            continue
        if locked.is_over(now):
            await _end(work, locked)
        elif await refresh(work, locked):
            renewed.append(one.id)
    if known:
        await database_user.end_long_statements(connection, [one.database_user for one in known])
    return renewed


async def refresh(work: Workspace, access: Access) -> bool:
    """Make the views anew if anything that they hold has changed, or close them where the person no longer works here.
    Whether anything was done."""
    connection, space = work.unit.connection, quoted(work.context.schema)
    reader, problem = await reader_of(work, access.person, access.role)
    if not problem and not await database_user.exists(connection, access.database_user):
        problem = _("The database has no user %(user)s yet.") % {"user": access.database_user}
    if reader is None or problem:
        if access.problem == problem and not access.shape:
            return False
        await connection.execute(f"drop schema if exists {quoted(access.database_user)} cascade")
        await connection.execute(
            f"update {space}._sql_access set problem = %s, shape = '', views = 0 where id = %s", (problem, access.id)
        )
        return True
    with speaking(reader.narrowed.locale):
        views = list(views_of(reader.context, reader.narrowed))
    is_daily = any(view.is_daily for view in views)
    shape = await open_condition(connection, reader.context, access, reader.person, is_daily=is_daily)
    if shape == access.shape and await _stands(connection, access.database_user):
        return False
    again, _why = await reader_of(work, access.person, access.role)
    if again is None or again.rights_of_now != reader.rights_of_now:
        raise LimitReached(_("The rights of this person changed meanwhile."), code="try_again")
    await database_user.end_sessions(connection, access.database_user)
    await _build(connection, access.database_user, shape, views)
    left_out = [name for view in views for name in view.left_out]
    await connection.execute(
        f"update {space}._sql_access set problem = '', shape = %s, views = %s, left_out = %s, refreshed_at = now()"
        " where id = %s",
        (shape, len(views), left_out, access.id),
    )
    return True


async def _build(connection: Connection, name: str, shape: str, views: Sequence[View]) -> None:
    space = quoted(name)
    await connection.execute("set local lock_timeout = '2s'")
    await connection.execute(f"drop schema if exists {space} cascade")
    await connection.execute(f"create schema {space}")
    await connection.execute(
        f"create view {space}._open as"
        f" select case when {shape} then true else relata.sql_access_is_stale() end as is_open"
    )
    statements = [statement for view in views for statement in statements_for(name, view)]
    names = ", ".join(f"{space}.{quoted(view.name)}" for view in views)
    statements += [f"grant select on {names} to {space}"] if views else []
    statements.append(f"grant usage on schema {space} to {space}")
    await connection.execute(";\n".join(statements))  # in one message: a thousand take a second otherwise


async def _stands(connection: Connection, name: str) -> bool:
    return bool(await connection.fetch("select 1 where to_regclass(%s) is not null", (f"{quoted(name)}._open",)))


async def _give_password(work: Workspace, access: UUID) -> Made:
    connection = work.unit.connection
    mine = await database_user.powers(connection)
    found = await tables.one_of(connection, work.context.schema, access)
    assert found is not None
    password, by_hand = "", database_user.by_hand(mine, found.database_user)
    if mine.creates_users:
        password, by_hand = database_user.new_password(), ()
        await database_user.create(connection, mine, found.database_user, password)
        await connection.execute(f"grant connect on database {quoted(mine.database)} to {quoted(found.database_user)}")
    open_doors = await database_user.close_what_is_open(connection, mine)
    await refresh(work, found)
    done = await tables.one_of(connection, work.context.schema, access)
    assert done is not None
    return Made(done, password, by_hand, open_doors)


async def _locked(work: Workspace, access: UUID) -> Access:
    found = await tables.one_of(work.unit.connection, work.context.schema, access, lock=True)
    if found is None or found.is_over(work.clock.now):
        raise NotFound(_("This access is over."), code="access_over")
    return found


async def _end(work: Workspace, access: Access) -> None:
    connection = work.unit.connection
    await connection.execute(
        f"update {quoted(work.context.schema)}._sql_access set ended_at = now(), shape = '', views = 0 where id = %s",
        (access.id,),
    )
    await database_user.drop(connection, await database_user.powers(connection), access.database_user)


def _check(work: Workspace, name: str, role: str | None, expires_at: datetime | None) -> None:
    problems = []
    if not 1 <= len(name.strip()) <= 120:
        problems.append(Problem("required", _("Say what the access is for."), "name"))
    if role is not None and role not in work.registry.roles:
        problems.append(Problem("unknown_choice", _("There is no such role."), "role"))
    if expires_at is not None and expires_at <= work.clock.now:
        problems.append(Problem("invalid_value", _("This day is over."), "until"))
    if problems:
        raise Invalid.of(problems)

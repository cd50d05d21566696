"""Grants on single records: shares, the record's own team, sharing rules; and why someone sees a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.access.codes import MEMBER, RULE, SHARE
from relata.engine.access.principals import group_names
from relata.engine.access.refresh import refresh
from relata.engine.formula import check, parse
from relata.engine.formula import types as kinds
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Everything, Source, Statement
from relata.engine.query.kept_answers import note_access
from relata.engine.query.pages import context_of
from relata.engine.query.scope import FieldScope
from relata.engine.query.select import base_conditions, render
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


class SharingRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Records of `object` for which `where` holds are open to a person or team. level: read or change."""

    object: str
    where: str
    principal: UUID
    level: str = "read"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant as people read it. way: share, rule or member."""

    principal: UUID
    way: str
    level: str
    reason: str
    until: datetime | None


_WAYS = {SHARE: "share", RULE: "rule", MEMBER: "member"}


class Sharing:
    """The grants of one unit of work's workspace."""

    def __init__(self, work: Workspace) -> None:
        self._work = work
        self._space = quoted(work.context.schema)

    async def grant(
        self,
        record: Record,
        principal: UUID,
        *,
        level: str = "read",
        until: datetime | None = None,
        member_as: str = "",
    ) -> None:
        """Open a record to a person, team, role or everybody (`access.principals`). member_as: the role in the
        record's own team, such as "Sales engineer".
        Raises Denied unless the actor may change the record."""
        if level not in ("read", "change"):
            raise Invalid(
                _("A share is for reading or for changing."),
                code="share_level",
                field="level",
                hint=_("Send read or change."),
            )
        await self._check(record, principal)
        unit = self._work.unit
        await unit.principal(principal)
        await unit.connection.execute(
            f"insert into {self._space}._share (record, object, principal, way, level, reason, until, created_by)"
            " values (%s, %s, %s, %s, %s, '', %s, %s) on conflict (record, principal, way, reason)"
            " do update set level = excluded.level, until = excluded.until",
            (
                record.id,
                record.object.name,
                principal,
                MEMBER if member_as else SHARE,
                level,
                until,
                self._work.actor.user,
            ),
        )
        await self._log(
            record, {"principal": principal, "level": level, "until": until, "member_as": member_as or None}
        )
        await self._refresh(record.object, [record.id])

    async def revoke(self, record: Record, principal: UUID, *, member_only: bool = False) -> None:
        """Close it again, at once and for what inherits from it; grants by rules stay. member_only: the place in the
        record's own team alone, so that what was shared beside it stays."""
        await self._check(record, None)
        await self._work.unit.connection.execute(
            f"delete from {self._space}._share where record = %s and principal = %s and way"
            f" {'=' if member_only else '<>'} %s",
            (record.id, principal, MEMBER if member_only else RULE),
        )
        await self._log(record, {"principal": principal, "level": None})
        await self._refresh(record.object, [record.id])

    async def _check(self, record: Record, principal: UUID | None) -> None:
        if not await self._work.may(record, "change"):
            raise Denied(_("You may only share what you may change."), code="denied_share")
        if principal is not None and principal not in group_names(self._work.registry.roles.values()):
            row = await self._work.unit.connection.fetch_one(
                f'select 1 from {self._space}."user" where id = %(id)s union all'
                f" select 1 from {self._space}.team where id = %(id)s",
                {"id": principal},
            )
            if row is None:
                raise Invalid(_("There is no such person, team or role."), code="invalid_link", field="principal")

    async def _log(self, record: Record, after: dict[str, Any]) -> None:
        await self._work.log(record.object.name, record.id, "shared", after={"sharing": after})

    async def refresh(self, one: Object, ids: Sequence[UUID]) -> None:
        """Bring the records' access, and that of what inherits from them, to what is granted, where nothing in the log
        tells of it."""
        unit = self._work.unit
        await self._refresh(one, ids)
        if ids:
            unit.before_commit["access"] = lambda: note_access(unit.connection, unit.context.schema)

    async def _refresh(self, one: Object, ids: Sequence[UUID]) -> None:
        context = self._work.context
        await refresh(self._work.unit.connection, context.schema, context.registry, one, ids, context.numbers)

    async def of(self, record: Record) -> list[Grant]:
        """The grants on a record."""
        rows = await self._work.unit.connection.fetch(
            f"select principal, way, level, reason, until from {self._space}._share where record = %s"
            " and (until is null or until > now()) order by created_at",
            (record.id,),
        )
        return [Grant(row[0], _WAYS[row[1]], row[2], row[3], row[4]) for row in rows]

    def rules(self, one: Object) -> list[tuple[str, SharingRule]]:
        """The sharing rules of an object, by name."""
        found = [
            (rule.name, msgspec.convert(rule.body, SharingRule)) for rule in self._work.context.of_kind("sharing_rule")
        ]
        return [(name, rule) for name, rule in found if rule.object == one.name]

    async def apply_rules(self, one: Object, ids: Sequence[UUID]) -> bool:
        """Grant and revoke by rules after a write. True if the object has rules at all; new records are refreshed
        here."""
        rules = self.rules(one)
        if not rules:
            return False
        for name, rule in rules:
            await self.apply_rule(one, name, rule, ids)
        await self._refresh(one, ids)
        return True

    async def apply_rule(self, one: Object, name: str, rule: SharingRule, ids: Sequence[UUID] | None) -> None:
        """Bring one rule's grants to what its expression finds. ids: None for all records of the object."""
        unit = self._work.unit
        await unit.principal(rule.principal)
        checked = check(
            parse(rule.where), FieldScope(unit.context.registry, one, Everything(unit.actor)), expect=kinds.BOOLEAN
        )
        statement = Statement(unit.context.tables)
        source = Source(statement, FieldScope(unit.context.registry, one, Everything(unit.actor)), statement.alias(one))
        conditions = base_conditions(source, checked, statement, deleted=False)
        some = "" if ids is None else " and record = any(%(ids)s)"
        if ids is not None:
            kind = ARRAY(sa.Uuid())
            conditions.append(source.table.c.id == sa.any_(sa.cast(sa.bindparam("ids", type_=kind), kind)))
        chosen = render(sa.select(source.table.c.id.label("id")).select_from(source.joined).where(*conditions))
        params: dict[str, Any] = {
            "ids": list(ids or ()),
            "principal": rule.principal,
            "name": name,
            "level": rule.level,
        }
        for params_of, literals in statement.params:
            params.update(params_of.values(checked.literals if literals is None else literals, context_of(unit.actor)))
        await unit.connection.execute(
            f"with found as ({chosen}), gone as (delete from {self._space}._share where way = {RULE} and reason ="
            f" %(name)s"
            f"{some} and (record not in (select id from found) or principal <> %(principal)s))"
            f" insert into {self._space}._share (record, object, principal, way, level, reason)"
            f" select id, '{one.name}', %(principal)s, {RULE}, %(level)s, %(name)s from found"
            " on conflict (record, principal, way, reason) do update set level = excluded.level",
            params,
        )

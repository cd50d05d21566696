"""Records that something holds, such as an approval that waits: until it lets go, nobody changes them, on no path.

The hold is part of the guarded statement itself, so a write can't overlook it. Whoever takes a hold raises the record's
version by one: a writer who has read the record before is told so by the version, and meets the hold when they read
again. Only objects that a definition says may be held (`WorkspaceContext.holdable`) pay for the look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.metadata.object import Object
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import Conflict, Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

MIGRATIONS = (
    Migration(
        "2026_11_22_holds",
        """
        create table {schema}._hold (
            record uuid primary key, object text not null, holder uuid not null, reason text not null,
            people uuid[] not null default '{}', fields text[]);
        create index _hold_holder on {schema}._hold (holder);
        """,
        workspace=True,
    ),
)
#: What a write of many records is marked with; it never goes over a hold.
_OF_MANY = frozenset({"bulk", "import"})
#: May change what is held, one record at a time; the change's row in the log names the hold.
OVERRIDE = "override_approvals"
_COLUMNS = "record, object, holder, reason, people, fields"


@dataclass(frozen=True, slots=True)
class Hold:
    """fields: those that are locked; None for all. reason: what holds it, in words. people: who can end it."""

    record: UUID
    object: str
    holder: UUID
    reason: str
    people: tuple[UUID, ...]
    fields: tuple[str, ...] | None

    def touched(self, names: Collection[str]) -> list[str]:
        """Those of the fields that are locked. A record that is held never goes to the bin or comes out of it."""
        if self.fields is None or "deleted_at" in names:
            return sorted(names)
        return sorted(set(names) & set(self.fields))


async def hold_on(unit: Unit, record: UUID) -> Hold | None:
    """The hold on a record."""
    row = await unit.connection.fetch_one(f"select {_COLUMNS} from {_table(unit)} where record = %s", (record,))
    return (
        Hold(row[0], row[1], row[2], row[3], tuple(row[4]), None if row[5] is None else tuple(row[5])) if row else None
    )


async def take(unit: Unit, record: Record, *, holder: UUID, reason: str, fields: Sequence[str] | None) -> Record:
    """Hold a record. Conflict where it is held already, or was changed since it was read."""
    known = await hold_on(unit, record.id)
    if known is not None:
        raise await refusal(unit, record, known, ())
    table = f"{quoted(unit.context.schema)}.{quoted(unit.context.tables.of(record.object).name)}"
    rows = await unit.connection.fetch(
        f"with touched as (update {table} set version = version + 1 where id = %(record)s and version = %(version)s"
        " and deleted_at is null returning id, version), held as ("
        f"insert into {_table(unit)} (record, object, holder, reason, fields) select id, %(object)s, %(holder)s,"
        " %(reason)s, %(fields)s::text[] from touched on conflict do nothing returning record)"
        " select touched.version from touched join held on held.record = touched.id",
        {
            "record": record.id, "version": record.version, "object": record.object.name, "holder": holder,
            "reason": reason[:200], "fields": None if fields is None else list(fields),
        },
    )  # fmt: skip
    if not rows:
        raise Conflict(
            _("This %(object)s was changed meanwhile.") % {"object": record.object.noun},
            code="changed_meanwhile", hint=_("Load it again and repeat what you did."),
        )  # fmt: skip
    return Record(record.object, record.id, {**record.values, "version": rows[0][0]}, record.salt)


async def name_people(unit: Unit, holder: UUID, people: Collection[UUID]) -> None:
    """Say who can end it now."""
    await unit.connection.execute(f"update {_table(unit)} set people = %s where holder = %s", (list(people), holder))


async def release(unit: Unit, holder: UUID) -> None:
    """Let go."""
    await unit.connection.execute(f"delete from {_table(unit)} where holder = %s", (holder,))


def may_override(unit: Unit) -> bool:
    """Whether the actor goes over holds: a person with the permission, with one record at a time."""
    rights, source = unit.actor.rights, unit.actor.source
    return not rights.system and rights.permits(OVERRIDE) and not (_OF_MANY & set(source))


def condition(schema: str, table: sa.FromClause) -> sa.ColumnElement[bool]:
    """That nothing holds the record against this write. Parameter `hold_fields`: what it changes."""
    hold = sa.table(
        "_hold", sa.column("record", sa.Uuid()), sa.column("fields", ARRAY(sa.Text())), schema=schema
    ).alias("h")
    names = sa.cast(sa.bindparam("hold_fields", type_=ARRAY(sa.Text())), ARRAY(sa.Text()))
    locked = sa.or_(
        hold.c.fields.is_(None), hold.c.fields.bool_op("&&")(names),
        sa.literal_column("'deleted_at'", sa.Text()) == sa.any_(names),
    )  # fmt: skip
    held: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(hold).where(hold.c.record == table.c.id, locked)
    )
    return ~sa.exists(held)


@dataclass(frozen=True, slots=True)
class Guarded:
    """How a write meets holds. asks: whether its statement looks for one. over: the hold that the actor goes over."""

    asks: bool = False
    over: UUID | None = None

    def parameters(self, names: Collection[str]) -> dict[str, Any]:
        """For the statement."""
        return {"hold_fields": sorted(names)} if self.asks else {}


async def guarded(unit: Unit, one: Object, record: UUID, names: Collection[str]) -> Guarded:
    """How a write of these fields of one record is to be guarded."""
    if one.name not in unit.context.holdable:
        return Guarded()
    if not may_override(unit):
        return Guarded(asks=True)
    hold = await hold_on(unit, record)
    return Guarded(over=hold.holder if hold is not None and hold.touched(names) else None)


async def why_held(unit: Unit, before: Record, names: Collection[str]) -> RelataError | None:
    """What to say where a hold stood against a write; None where none did."""
    if before.object.name not in unit.context.holdable:
        return None
    hold = await hold_on(unit, before.id)
    touched = hold.touched(names) if hold is not None else []
    return await refusal(unit, before, hold, touched) if hold is not None and touched else None


async def refusal(unit: Unit, before: Record, hold: Hold, names: Collection[str]) -> RelataError:
    """A sentence that names what holds the record and who must decide; at the fields, where there are any."""
    words = {"object": before.object.noun, "reason": hold.reason, "who": await who_decides(unit, hold.people)}
    hint = _("It can be changed once that is decided, or after the request was recalled.")
    fields = before.object.all_fields
    shown = [
        fields[name]
        for name in names
        if name in fields and not fields[name].system and unit.actor.readable(before.object, fields[name])
    ]
    if "deleted_at" not in names and shown:
        text = _("%(field)s is locked: “%(reason)s” waits for a decision by %(who)s.")
        return Invalid.of([Problem("held", text % {**words, "field": one.title}, one.name, hint) for one in shown[:20]])
    text = _("This %(object)s is locked: “%(reason)s” waits for a decision by %(who)s.")
    return Conflict(text % words, code="held", hint=hint)


async def who_decides(unit: Unit, people: Sequence[UUID]) -> str:
    """Their names in a sentence."""
    if not people:
        return _("somebody whom an administrator must name")
    titles = await titles_of(unit, {"user": people[:4]})
    names = [titles.get(("user", one)) or _("somebody") for one in people[:3]]
    if len(people) > len(names):
        return _("%(names)s or others") % {"names": ", ".join(names)}
    return names[0] if len(names) == 1 else _("%(names)s or %(last)s") % {
        "names": ", ".join(names[:-1]), "last": names[-1],
    }  # fmt: skip


def _table(unit: Unit) -> str:
    return f"{quoted(unit.context.schema)}._hold"

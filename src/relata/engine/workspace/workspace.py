"""What everything stands on: one actor at work in one workspace, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.access.rights import Rights
from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.history import entries
from relata.engine.history.opening import opened
from relata.engine.metadata.layout import Layout
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query import aggregate, lanes, pages, past_pages, streams
from relata.engine.query.request import MAX_LIMIT, Aggregate, Measure, Query, parse_order
from relata.engine.query.result import Page
from relata.engine.storage.planner import quoted
from relata.engine.workspace import (
    bulk,
    deleting,
    loading,
    matching,
    merges,
    merging,
    refusals,
    removal,
    rollups,
    unmerging,
    writes,
)
from relata.engine.workspace.changes import sealed_sides
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.context import Settings, WorkspaceContext
from relata.engine.workspace.layouts import layout_for
from relata.engine.workspace.reads import note
from relata.engine.workspace.record import Record
from relata.engine.workspace.sharing import Sharing
from relata.engine.workspace.unit import Unit
from relata.foundation.clock import Clock
from relata.foundation.errors import Bug, Denied, NotFound
from relata.foundation.i18n import gettext as _

Key = Record | tuple[str, UUID]
#: Actions in the log whose values are the record's.
_OF_VALUES = ("created", "changed", "deleted", "restored")


class Workspace:
    """The door. Made by `Door.open`; every method reads and writes as `actor` and inside its transaction."""

    def __init__(self, unit: Unit, *, trusted: bool = False) -> None:
        self.unit = unit
        self.trusted = trusted
        self.sharing = Sharing(self)

    @property
    def actor(self) -> Actor:
        """Who is at work."""
        return self.unit.actor

    @property
    def context(self) -> WorkspaceContext:
        """Where."""
        return self.unit.context

    @property
    def registry(self) -> Registry:
        """The workspace's objects."""
        return self.unit.context.registry

    def layout(self, object_name: str) -> Layout:
        """How the object is laid out for the actor: their role's layout, else the object's, else the module's, without
        anything that is gone, hidden or closed to them."""
        return layout_for(self.context, self.actor, object_name, self.unit.drafts.get(object_name))

    @property
    def settings(self) -> Settings:
        """What the workspace decided once."""
        return self.unit.context.settings

    @property
    def clock(self) -> Clock:
        """The actor's now."""
        return self.unit.actor.clock()

    # -- reading ------------------------------------------------------------------------------------------------

    async def get(
        self, object_name: str, record_id: UUID, *, lock: bool = False, deleted: bool | None = False
    ) -> Record:
        """One record, for decisions. NotFound where it does not exist, is hidden, or lies in the bin. deleted: True
        looks into the bin only, None everywhere, for those who may look there."""
        one, deleted = self.readable_object(object_name), self._where(deleted)
        if self.unit.keeps and one.reference and not lock and deleted is False:
            return await self.cached_get(object_name, record_id)
        found = await loading.load(self.unit, one, [record_id], lock=lock)
        if not found or (deleted is not None and found[0].is_deleted is not deleted):
            if deleted is False and (now := await merges.answers_for(self, one.name, record_id)) is not None:
                return await self.get(object_name, now, lock=lock)
            raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
        return found[0]

    async def cached_get(self, object_name: str, record_id: UUID) -> Record:
        """Like `get`, but read once in a unit of work: for small things that many rows name, such as stages. Once the
        unit itself has written such objects, it reads anew each time."""
        key = (object_name, record_id, self.actor.fingerprint)
        known = self.unit.kept.get(key) if object_name not in self.unit.written else None
        if known is None:
            found = await loading.load(self.unit, self.readable_object(object_name), [record_id])
            if not found or found[0].is_deleted:
                one = self.registry.get(object_name)
                raise NotFound(
                    _("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted.")
                )
            known = self.unit.kept[key] = found[0]
        return known

    async def get_many(self, object_name: str, ids: Sequence[UUID], *, lock: bool = False) -> list[Record]:
        """The living ones among `ids` that the actor may see, in the order of their ids."""
        found = await loading.load(self.unit, self.readable_object(object_name), ids, lock=lock)
        return [record for record in found if not record.is_deleted]

    async def show(
        self, object_name: str, record_id: UUID, fields: tuple[str, ...] = (), *, deleted: bool | None = False
    ) -> dict[str, Any]:
        """One record as it may be shown: JSON values, formulas and roll-ups included, hidden fields absent."""
        one = self.readable_object(object_name)
        await self.settle()  # what this unit has written counts in what it reads
        found = await loading.show(self.unit, one, record_id, fields, deleted=self._where(deleted))
        if found is None and not deleted and (now := await merges.answers_for(self, one.name, record_id)) is not None:
            return await self.show(object_name, now, fields)
        if found is None:
            raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
        note(self.unit, one.name, tuple(name for name in one.personal_fields if name in found), [record_id])
        return found

    def _where(self, deleted: bool | None) -> bool | None:
        """Where to look; who may not see the bin finds nothing in it, however they ask."""
        if deleted is False or self.actor.rights.permits("see_deleted"):
            return deleted
        if deleted:
            raise NotFound(_("There is no such record."), hint=_("It may have been deleted."))
        return False

    async def query(self, query: Query, *, most: int = MAX_LIMIT) -> Page:
        """One page of records. Invalid for unknown fields and filters that do not fit. most: rows of a page at most,
        more where nobody pages through them, such as a month of meetings."""
        await self.ready_for(query)
        if query.as_on is None:
            page = await pages.fetch(self.unit.connection, self.context.ground, self.actor, query, most=most)
        else:
            page = await past_pages.fetch(self.unit.connection, self.context.ground, self.actor, query)
        self.unit.shown += len(page.rows)
        if page.shape.personal and page.shape.id_at is not None:
            at = page.shape.id_at
            note(self.unit, query.object, page.shape.personal, [row[at] for row in page.rows])
        return page

    async def ready_for(self, query: Query) -> None:
        """Before its records are read: Denied where the actor may not; what was written is there."""
        self.readable_object(query.object)
        if query.deleted and not self.actor.rights.permits("see_deleted"):
            raise Denied(_("You may not look into the bin."), code="denied_bin")
        if self.actor.user is not None:
            self.unit.asked.append(query)
        await self.settle()

    async def lanes(self, asked: lanes.Lanes) -> list[list[dict[str, Any]]]:
        """The first rows of each lane of a board, in one statement; one more than `asked.limit` where more follow."""
        self.readable_object(asked.object)
        await self.settle()
        return await lanes.fetch(self.unit.connection, self.context.ground, self.actor, asked)

    async def stream(self, asked: streams.Stream) -> list[dict[str, Any]]:
        """The latest children of many records in one order, in one statement."""
        self.readable_object(asked.object)
        await self.settle()
        shape, rows = await streams.fetch(self.unit.connection, self.context.ground, self.actor, asked)
        self.unit.shown += len(rows)
        if shape.personal and shape.id_at is not None:
            note(self.unit, asked.object, shape.personal, [row[shape.id_at] for row in rows])
        return [shape.values(row) for row in rows]

    async def aggregate(self, request: Aggregate) -> aggregate.Figures:
        """Figures over the records that the same filter would list."""
        self.readable_object(request.object)
        if request.deleted and not self.actor.rights.permits("see_deleted"):
            raise Denied(_("You may not look into the bin."), code="denied_bin")
        await self.settle()
        return await aggregate.figures(self.unit.connection, self.context.ground, self.actor, request)

    async def count(self, object_name: str, where: str | Node | None = None, **equals: Any) -> int:
        """How many living records there are for the filter."""
        request = Aggregate(object_name, (Measure("count"),), where=condition(where, equals))
        return int((await self.aggregate(request)).rows[0]["count"])

    async def ids(self, object_name: str, equals: Mapping[str, Any], *, limit: int = 500) -> list[UUID]:
        """The ids of the records whose fields have these values."""
        page = await self.query(Query(object_name, condition(None, equals), fields=("id",), limit=limit))
        return [row[0] for row in page.rows]

    async def match(
        self,
        object_name: str,
        fields: tuple[str, ...],
        keys: Iterable[matching.Key],
        *,
        where: str = "",
        ignore_case: bool = False,
    ) -> dict[matching.Key, list[UUID]]:
        """The living records that have these values, for each key that has any (see `matching.key_of`)."""
        one = self.readable_object(object_name)
        return await matching.match(self.unit, one, fields, keys, where=where, ignore_case=ignore_case)

    async def find(
        self, object_name: str, where: str | Node | None = None, *, order: str = "", limit: int = 500,
        few: bool = False, **equals: Any
    ) -> list[Record]:  # fmt: skip
        """Records for decisions. where: a fixed expression; values come as keyword arguments, never inside a text. few:
        see `Query`."""
        one = self.readable_object(object_name)
        query = Query(one.name, condition(where, equals), parse_order(order), ("id",), limit, few=few)
        if self.unit.keeps and one.reference:  # every row of a bulk write asks for the same few things
            key = (query, self.actor.fingerprint, len(self.unit.writes))
            known = self.unit.answers.get(key)
            if known is None:
                known = self.unit.answers[key] = await self._found(one, query)
            return list(known)
        return await self._found(one, query)

    async def _found(self, one: Object, query: Query) -> list[Record]:
        ids = [row[0] for row in (await pages.fetch(self.unit.connection, self.context.ground, self.actor, query)).rows]
        found = {record.id: record for record in await loading.load(self.unit, one, ids)} if ids else {}
        if one.reference:  # stages and the like, which are asked for again by what follows from a write
            self.unit.kept |= {(one.name, key, self.actor.fingerprint): record for key, record in found.items()}
        return [found[record_id] for record_id in ids if record_id in found]

    async def first(
        self, object_name: str, where: str | Node | None = None, *, order: str = "", **equals: Any
    ) -> Record | None:
        """The first record that fits, or None."""
        found = await self.find(object_name, where, order=order, limit=1, **equals)
        return found[0] if found else None

    async def history(
        self, record: Record, *, before: int | None = None, limit: int = 50, actor: UUID | None = None,
        field: str = "", files: bool | None = None,
    ) -> list[entries.Entry]:  # fmt: skip
        """What happened to a record, newest first, without the values of fields that the actor may not read. The rest
        narrows (see `entries.of_record`); NotFound for the history of a hidden field."""
        known = record.object.field(field) if field else None
        if field and (known is None or not self.actor.readable(record.object, known)):
            raise NotFound(_("There is no field %(field)s.") % {"field": field[:60]}, code="unknown_field")
        connection, schema = self.unit.connection, self.context.schema
        found = await entries.of_record(
            connection, schema, record.id, before=before, limit=limit, actor=actor, field=field, files=files
        )
        found = await opened(connection, schema, self.context.sealer, found)
        return [self.without_hidden(record.object, entry) for entry in found]

    def without_hidden(self, one: Object, entry: entries.Entry) -> entries.Entry:
        """The entry without the values of fields that the actor may not read."""

        def shown(values: dict[str, Any]) -> dict[str, Any]:
            """Without fields that are gone, too: nobody knows any more from whom they were hidden."""
            fields = one.all_fields
            return {
                name: value
                for name, value in values.items()
                if (self.actor.readable(one, fields[name]) if name in fields else entry.action not in _OF_VALUES)
            }

        return replace(entry, before=shown(entry.before), after=shown(entry.after))

    async def provenance(self, record: Record) -> dict[str, entries.Provenance]:
        """For each value: who set it, when, through what."""
        found = await entries.provenance(self.unit.connection, self.context.schema, record.id)
        fields = record.object.all_fields
        return {
            name: one
            for name, one in found.items()
            if name in fields and self.actor.readable(record.object, fields[name])
        }

    def readable_object(self, name: str) -> Object:
        """The object; Denied where the actor may read none of it."""
        one = self.registry.get(name)
        if not self.actor.rights.level(one, "read"):
            raise Denied(_("You may not see %(nouns)s.") % {"nouns": one.nouns}, code="denied_read")
        return one

    async def may(self, record: Record, right: str) -> bool:
        """Whether a right covers a record."""
        if right == "change":
            return await refusals.may_change(self.unit, record)
        return self.actor.reaches(record.object, right, record["owner"], record["team"])

    # -- writing ------------------------------------------------------------------------------------------------

    async def create(self, object_name: str, values: Mapping[str, Any], *, record_id: UUID | None = None) -> Record:
        """A new record from raw or ready values. Raises Denied, Invalid (all problems at once), Conflict (unique)."""
        one = self.registry.get(object_name)
        if not self.actor.rights.level(one, "create"):
            raise Denied(_("You may not create %(nouns)s.") % {"nouns": one.nouns}, code="denied_create")
        return await writes.create(self, one, values, trusted=self.trusted, record_id=record_id)

    async def create_many(
        self, object_name: str, rows: Sequence[Mapping[str, Any]], *, sources: Sequence[Mapping[str, Any]] = ()
    ) -> list[Outcome]:
        """Many new records, with the same verdicts as one by one; a refused row does not hold up the others. sources:
        for each row what its change row says beside the actor's own source. Raises Denied where nothing may be made."""
        return await bulk.create_many(self, self.registry.get(object_name), rows, sources=sources)

    async def change_many(
        self, object_name: str, changes: Sequence[tuple[UUID | Record, Mapping[str, Any]]], *,
        sources: Sequence[Mapping[str, Any]] = (),
    ) -> list[Outcome]:  # fmt: skip
        """Many records with other values, likewise. Where nothing differs nothing is written."""
        return await bulk.change_many(self, self.readable_object(object_name), changes, sources=sources)

    async def change(self, key: Key, values: Mapping[str, Any], *, expect: int | None = None) -> Record:
        """The record with other values. expect: the version that the caller saw; another one is a Conflict that names
        the fields that differ."""
        return await writes.change(self, await self._record(key), values, trusted=self.trusted, expect=expect)

    async def move(self, key: Key, *, to: str, **values: Any) -> Record:
        """The record in another state of its life-cycle, with what goes with it."""
        record = await self._record(key)
        if record.object.lifecycle is None:
            raise Bug(f"{record.object.name} has no life-cycle.")
        return await writes.change(
            self, record, {record.object.lifecycle.field: to, **values}, trusted=True, moving=True
        )

    async def delete(self, key: Key, *, expect: int | None = None) -> Record:
        """Into the bin. The old id of a record that was merged is nobody's to delete."""
        record = await self._record(key)
        if isinstance(key, tuple) and record.id != key[1]:
            raise NotFound(_("This %(noun)s does not exist.") % {"noun": record.object.noun}, hint=_("It was merged."))
        return await removal.delete(self, record, expect=expect)

    async def delete_many(self, object_name: str, records: Sequence[Record]) -> set[UUID]:
        """The ids of those that went into the bin as one set: what takes nothing along, and what the actor may delete.
        The others are for `delete`."""
        return await deleting.delete_set(self, self.registry.get(object_name), records)

    async def restore(self, key: Key) -> Record:
        """Out of the bin, with what went with it."""
        record = key if isinstance(key, Record) else await self.get(*key, deleted=None)
        return await removal.restore(self, record)

    async def merge(
        self, target: Key, others: Sequence[UUID], values: Mapping[str, Any] | None = None, *,
        rules: Mapping[str, str] | None = None,
    ) -> Record:  # fmt: skip
        """Several records as one: `target` stays, takes what it lacks, and everything that pointed at the others.
        values: chosen over all. rules: by field whose value stays (see `survivorship.RULES`)."""
        name, key = (target.object.name, target.id) if isinstance(target, Record) else target
        ids = dict.fromkeys((key, *others))
        # all at once and in the order of their ids: of two who merge each into the other, the second finds none left
        held = {record.id: record for record in await self.get_many(name, list(ids), lock=True)}
        if held.keys() != ids.keys():
            raise NotFound(
                _("This %(noun)s does not exist.") % {"noun": self.registry.get(name).noun}, hint=_("It may be gone.")
            )
        await self.lock(f"merge {name}")
        return await merging.merge(self, held[key], [held[other] for other in ids if other != key], values or {}, rules)

    async def unmerge(self, merge: UUID) -> list[Record]:
        """A merge taken back, at any time; what was changed since stays (see `unmerging`)."""
        return await unmerging.unmerge(self, merge)

    async def became(self, object_name: str, record_id: UUID) -> UUID | None:
        """The record that a merged one's id answers with; None where it was not merged, or the other is not visible."""
        now = await merges.answers_for(self, object_name, record_id)
        return now if now is not None and await self.get_many(object_name, [now]) else None

    async def merges_into(self, record: Record) -> list[merges.Merge]:
        """What was merged into a record and stands, the latest first."""
        return await merges.merges_into(self, record.object.name, record.id)

    async def _record(self, key: Key) -> Record:
        return key if isinstance(key, Record) else await self.get(*key)

    # -- actions and events --------------------------------------------------------------------------------------

    def action(self, object_name: str, name: str) -> Action:
        """The declared action; NotFound where it does not exist, Denied without its right."""
        found = self.registry.actions.get(object_name, {}).get(name)
        if found is None:
            raise NotFound(_("There is no action called %(name)s.") % {"name": name[:60]}, code="unknown_action")
        if not self.actor.rights.permits(found.needs):
            raise Denied(_("You may not do this: %(field)s.") % {"field": found.title}, code="denied_action")
        return found

    async def run(self, command: msgspec.Struct) -> Any:
        """Perform the action whose command this is. Inside it, field rights are the action's, record rights the
        actor's."""
        for actions in self.registry.actions.values():
            for found in actions.values():
                if found.command is type(command):
                    self.action(found.object, found.name)
                    return await found.perform(Workspace(self.unit, trusted=True), command)
        raise NotFound(_("This action is not available here."), code="unknown_action")

    async def announce(self, event: msgspec.Struct, *, about: Record | None = None) -> None:
        """Tell the rest of the house: delivered after the commit, at least once, never for what was rolled back."""
        name = type(event).__name__
        body = {"event": name, **msgspec.to_builtins(event)}
        await self.log(about.object.name if about else "", about.id if about else UUID(int=0), "announced", after=body)

    async def log(
        self,
        object_name: str,
        record: UUID,
        action: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        personal: bool = False,
    ) -> None:
        """A row of the change log that comes from no record's values: events, shares, configuration. personal: what it
        says goes when the record's person is erased, such as the name of a file."""
        actor = self.actor
        if personal:
            before, after = await sealed_sides(self.unit, record, before, after)
        self.unit.writes.append(object_name)
        await self.unit.connection.execute(
            f"insert into {quoted(self.context.schema)}._change (object, record, action, actor, via, source,"
            f" before, after)"
            " values (%s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb)",
            (
                object_name,
                record,
                action,
                actor.user,
                actor.via,
                msgspec.json.encode(actor.source).decode() if actor.source else None,
                msgspec.json.encode(before).decode() if before is not None else None,
                msgspec.json.encode(after).decode() if after is not None else None,
            ),
        )

    # -- the unit -------------------------------------------------------------------------------------------------

    def as_system(self) -> Workspace:
        """The same transaction with every right, for what follows from a decision and not from a person's wish."""
        actor = Actor.system(Rights(self.registry, (), system=True), self.actor.via)
        actor = replace(actor, user=self.actor.user, source=self.actor.source, zone=self.actor.zone)
        shared = replace(self.unit, actor=actor)
        return Workspace(shared, trusted=True)

    async def settle(self) -> None:
        """What must be in the transaction before it ends."""
        await rollups.flush(self.unit)

    def before_commit(self, what: Hashable, check: Callable[[], Awaitable[None]]) -> None:
        """Check something once at the end of the transaction, over all its writes; what `check` raises undoes them
        all. what: the same thing is checked once only."""
        self.unit.before_commit[what] = check

    async def conclude(self) -> None:
        """What was left to the end, then `settle`."""
        while self.unit.before_commit:
            await self.unit.before_commit.pop(next(iter(self.unit.before_commit)))()
        await self.settle()

    async def finish(self, object_name: str, record_id: UUID) -> dict[str, Any]:
        """End the transaction with `show` for a record, living or in the bin: what is still to be written, the record
        and
        the commit are one round trip. Nothing may follow. Raises like `show`, NotFound after the commit."""
        one = self.readable_object(object_name)
        if self.unit.before_commit:
            await self.conclude()
        shape, statement = loading.showing(self.unit, one, record_id, (), deleted=None)
        rows = await self.unit.connection.finish([*rollups.pending(self.unit), statement])
        if not rows:
            raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
        return shape.json(rows[0])

    async def lock(self, name: str) -> None:
        """Be alone with `name` in this workspace until the transaction ends."""
        await self.unit.connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{self.context.schema}:{name}",)
        )


def condition(where: str | Node | None, equals: Mapping[str, Any]) -> Node | None:
    """One expression from a fixed one and from values that fields must have."""
    parts: list[Node] = [parse(where) if isinstance(where, str) else where] if where else []
    for name, value in equals.items():
        literal = value if isinstance(value, (str, bool, type(None))) else as_literal(value)
        parts.append(Binary("=", Path(tuple(name.split("__"))), Literal(literal)))
    return all_of(parts) if parts else None


def as_literal(value: Any) -> Any:
    """A value as a literal of the language: numbers as they are, ids as text."""
    return Decimal(value) if isinstance(value, int) else value if isinstance(value, Decimal) else str(value)

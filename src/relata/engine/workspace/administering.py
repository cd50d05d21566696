"""How a change of the configuration is made: right asked for, the whole tried with it, then stored and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from relata.engine.metadata.overlay import Definition, apply
from relata.engine.metadata.registry import Registry
from relata.engine.storage import planner
from relata.engine.storage.tables import specs
from relata.engine.workspace import configure
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Bug, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

if TYPE_CHECKING:
    from relata.engine.workspace.door import Door, Who
    from relata.engine.workspace.workspace import Workspace

#: What a person must be permitted to do for each kind of definition.
PERMISSION = {
    "object": "manage_objects",
    "field": "manage_objects",
    "tweak": "manage_objects",
    "layout": "manage_objects",
    "module": "manage_objects",
    "role": "manage_roles",
    "sharing_rule": "manage_roles",
    "settings": "manage_objects",
}


class Administering:
    """One person at the configuration of one workspace. It opens its own units of work: DDL must not wait inside a
    request's transaction."""

    def __init__(self, door: Door, key: str, who: Who, via: str = "form") -> None:
        self._door = door
        self._key = key
        self._who = who
        self._via = via

    async def _allowed(self, kind: str) -> WorkspaceContext:
        async with self._door.open(self._key, self._who, via=self._via, read_only=True) as work:
            require(work, PERMISSION.get(kind, "manage_objects"))
            return work.context

    def _existing(self, context: WorkspaceContext, name: str) -> None:
        object_name, __, field_name = name.partition(".")
        one = context.registry.get(object_name)
        if field_name and one.field(field_name) is None:
            raise NotFound(
                _("%(title)s has no field %(field_name)s.") % {"title": one.title, "field_name": field_name[:60]},
                code="unknown_field",
            )

    def _preview(
        self, context: WorkspaceContext, definition: Definition, *, without: tuple[str, str] = ("", "")
    ) -> Registry:
        """The registry with this definition; Invalid where it does not fit with the rest. without: kind and name of one
        that goes."""
        gone = {(definition.kind, definition.name), without}
        others = [one for one in context.definitions if (one.kind, one.name) not in gone]
        try:
            return apply(self._door.modules, [*others, definition], context.registry.version + 1)
        except Bug as error:
            raise Invalid.of([Problem("definition", error.message, None, _("Choose other names."))]) from error

    async def _make_tables(self, context: WorkspaceContext, registry: Registry) -> None:
        await planner.synchronise(self._door.database, context.schema, specs(registry))
        async with self._door.database.transaction() as connection:
            await configure.number_objects(connection, context.schema, registry)

    async def _store(self, definition: Definition, before: dict[str, Any] | None) -> None:
        await self._run(lambda work: self._write(work, definition, before))

    async def _write(self, work: Workspace, definition: Definition, before: dict[str, Any] | None) -> None:
        await configure.store(work.unit.connection, work.context.schema, definition, work.actor.user)
        await work.log(
            f"_{definition.kind}",
            new_id(),
            "configured",
            before=before,
            after={"name": definition.name, **definition.body},
        )

    async def _remove(self, kind: str, name: str, before: dict[str, Any]) -> None:
        async def store(work: Workspace) -> None:
            await configure.remove(work.unit.connection, work.context.schema, kind, name)
            await work.log(f"_{kind}", new_id(), "configured", before={"name": name, **before})

        await self._run(store)

    async def _run(self, attempt: Any) -> None:
        await self._door.run(self._key, self._who, attempt, via=self._via)
        self._door.forget(self._key)

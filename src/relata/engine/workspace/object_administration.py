"""Objects and fields made, changed and deleted at run time, while people work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from relata.engine.metadata.definition_checks import check_looks, option_problems
from relata.engine.metadata.fields import Choice, Field, Links, MultiChoice, Option, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition, Tweak, decode_field, decode_object
from relata.engine.metadata.registry import Registry
from relata.engine.storage import planner
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import pair_spec, pair_table
from relata.engine.workspace import configure
from relata.engine.workspace.administering import Administering
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.conversion import Converting
from relata.engine.workspace.convertible import Conversion, check_convertible
from relata.engine.workspace.expressions import check_case, check_expressions
from relata.engine.workspace.rebuild import rebuild_roll_up
from relata.engine.workspace.uses import check_users, roll_ups_over, uses_of_field, uses_of_object
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


#: Definitions whose names begin with their object's, and which go with it.
_OF_AN_OBJECT = ("field", "tweak", "layout", "validation_rule", "entry", "unique")


class ObjectAdministration(Administering):
    """The objects and fields of one workspace, for one person."""

    async def add_object(self, raw: Mapping[str, Any]) -> Object:
        """A new custom object with its table. Invalid where it does not fit, Conflict for a name that is taken."""
        context = await self._allowed("object")
        whole = decode_object(raw)
        made = msgspec.structs.replace(
            whole, fields=tuple(one for one in whole.fields if one.name == whole.title_field)
        )
        taken = {one.path for one in context.registry.objects.values()} | set(context.registry.objects)
        if made.name in taken or made.path in taken:
            raise Conflict(
                _("There is an object with this name already."),
                code="not_unique",
                field="name",
                hint=_("Choose another name."),
            )
        objects = {**context.registry.objects, whole.name: whole}
        check_case(replace(context.registry, objects=objects), whole)
        definition = Definition("object", made.name, configure.body_of(made))
        await self._make_tables(context, self._preview(context, definition))
        await self._store(definition, None)
        for field in whole.fields:  # each is a definition of its own, so that it can be deleted by itself
            if field.name != made.title_field:
                await self.add_field(made.name, configure.body_of(field))
        return whole

    async def add_field(self, object_name: str, raw: Mapping[str, Any]) -> Field:
        """A new custom field; locks are held for milliseconds at any size. Index and constraint follow at once."""
        context = await self._allowed("field")
        field = decode_field(raw)
        one = context.registry.get(object_name)
        _check_default(context, field)
        if one.field(field.name) is not None:
            raise Conflict(
                _("%(title)s has a field with this name already.") % {"title": one.title},
                code="not_unique",
                field="name",
                hint=_("Choose another name."),
            )
        definition = Definition(
            "field", f"{object_name}.{field.name}", {"object": object_name, "field": configure.body_of(field)}
        )
        registry = self._preview(context, definition)
        check_expressions(registry, registry.get(object_name), field)
        await self._drop_leftovers(context, registry.get(object_name), field)
        await self._make_tables(context, registry)

        async def store(work: Workspace) -> None:
            if isinstance(field, RollUp):
                await rebuild_roll_up(work, registry, registry.get(object_name), field)
            await self._write(work, definition, None)

        await self._run(store)
        return field

    async def tweak(self, name: str, raw: Mapping[str, Any]) -> None:
        """Change a label, help, options, whether it is required or hidden. name: `object` or `object.field`."""
        context = await self._allowed("tweak")
        self._existing(context, name)
        known = next((one.body for one in context.definitions if one.kind == "tweak" and one.name == name), {})
        try:
            tweak = msgspec.convert({**known, **raw}, Tweak, strict=False)
        except msgspec.ValidationError as error:
            raise Invalid(_("This change does not fit: %(error)s.") % {"error": error}, code="definition") from error
        definition = Definition("tweak", name, configure.body_of(tweak))
        check_looks(raw, context.registry.get(name.partition(".")[0]).icon)
        if tweak.options is not None and "options" in raw:
            await self._check_options(context, name, tweak.options)
        registry = self._preview(context, definition)
        if "." in name:
            _check_tweaked(registry, name)
        else:
            check_case(registry, registry.get(name))
        if tweak.indexed:
            await self._make_tables(context, registry)
        await self._store(definition, known or None)

    async def delete_field(self, object_name: str, name: str) -> None:
        """Remove a custom field and its values. Conflict with the list of uses while something needs it."""
        context = await self._allowed("field")
        one = context.registry.get(object_name)
        field = one.field(name)
        if field is None:
            raise NotFound(
                _("%(title)s has no field %(name)s.") % {"title": one.title, "name": name[:60]}, code="unknown_field"
            )
        if not field.custom:
            raise Conflict(
                _("%(title)s belongs to the product.") % {"title": field.title},
                code="built_in",
                hint=_("Hide it instead."),
            )
        _refuse_uses(field.title, uses_of_field(context, one, field))
        await self._remove("field", f"{object_name}.{name}", configure.body_of(field))
        await self._drop_columns(context, one, field)

    async def change_field_type(
        self, object_name: str, name: str, raw: Mapping[str, Any], *, force: bool = False
    ) -> Conversion:
        """Another definition for a custom field, of another type if wanted. Every value goes through text; those that
        do not fit are reported by `NotConvertible`, or with force become empty, the history keeping what they were."""
        context = await self._allowed("field")
        one = context.registry.get(object_name)
        old = one.field(name)
        if old is None:
            raise NotFound(
                _("%(title)s has no field %(name)s.") % {"title": one.title, "name": name[:60]}, code="unknown_field"
            )
        new = decode_field({**raw, "name": name})
        check_convertible(context, one, old, new)
        _check_default(context, new)
        definition = Definition(
            "field", f"{object_name}.{name}", {"object": object_name, "field": configure.body_of(new)}
        )
        registry = self._preview(context, definition, without=("tweak", definition.name))
        check_expressions(registry, registry.get(object_name), new)
        check_users(context, registry, one, old)

        async def store(work: Workspace) -> None:
            await configure.remove(work.unit.connection, context.schema, "tweak", definition.name)
            await self._write(work, definition, {"name": definition.name, "field": configure.body_of(old)})
            for holder, roll_up in roll_ups_over(context, one, old):
                await rebuild_roll_up(work, registry, registry.get(holder.name), roll_up)
            if isinstance(new, RollUp):
                await rebuild_roll_up(work, registry, registry.get(object_name), new)

        task = Converting(self._door, self._key, self._who, self._via, context, one, old, new, force)
        found = await task.run(store)
        self._door.forget(self._key)
        await self._make_tables(context, registry)
        return found

    async def delete_object(self, name: str) -> None:
        """Remove a custom object with all its records. Conflict with the list of uses while something needs it."""
        context = await self._allowed("object")
        one = context.registry.get(name)
        if not one.custom:
            raise Conflict(
                _("%(title)s belongs to the product.") % {"title": one.title},
                code="built_in",
                hint=_("Hide it, or switch its module off."),
            )
        _refuse_uses(one.title, uses_of_object(context, one))
        for definition in context.definitions:
            if definition.kind in _OF_AN_OBJECT and definition.name.split(".")[0] == name:
                await self._remove(definition.kind, definition.name, definition.body)
        await self._remove("object", name, configure.body_of(one))
        async with self._door.database.transaction() as connection:
            for field in one.fields:
                if isinstance(field, Links):
                    await connection.execute(
                        f"drop table {quoted(context.schema)}.{quoted(pair_table(name, field.name))} cascade"
                    )
            await connection.execute(
                f"drop table if exists {quoted(context.schema)}.{quoted(name + '__rollup')} cascade"
            )
            await connection.execute(f"drop table {quoted(context.schema)}.{quoted(name)} cascade")

    async def _check_options(self, context: WorkspaceContext, name: str, options: tuple[Option, ...]) -> None:
        """An option that modules or records use is retired, never taken away."""
        object_name, __, field_name = name.partition(".")
        one = context.registry.get(object_name)
        field = one.field(field_name)
        if not isinstance(field, (Choice, MultiChoice)):
            raise Invalid(_("Only choices have options."), code="definition", field="options")
        if problems := list(option_problems(options)):
            raise Invalid.of(problems)
        gone = {option.value: option.title for option in field.options}
        for option in options:
            gone.pop(option.value, None)
        if gone and not field.custom:
            raise Conflict(
                _("The product needs the option %(next)s.") % {"next": next(iter(gone.values()))},
                code="built_in",
                hint=_("Retire it instead."),
            )
        column = quoted(field.name)
        is_used = f"{column} && %(gone)s" if isinstance(field, MultiChoice) else f"{column} = any(%(gone)s)"
        async with self._door.database.read() as connection:
            row = await connection.fetch_one(
                f"select count(*) from {quoted(context.schema)}.{quoted(one.name)} where {is_used}",
                {"gone": list(gone)},
            )
        if row and row[0]:
            titles = ", ".join(gone.values())
            raise Conflict(
                _("%(row)s records have %(titles)s.") % {"row": row[0], "titles": titles[:200]},
                code="in_use",
                field="options",
                hint=_("Retire the option instead."),
            )

    async def _drop_leftovers(self, context: WorkspaceContext, one: Object, field: Field) -> None:
        """Columns that an interrupted deletion left behind must not lend their old values to a new field."""
        await self._drop_columns(context, one, field)

    async def _drop_columns(self, context: WorkspaceContext, one: Object, field: Field) -> None:
        table = f"{quoted(context.schema)}.{quoted(one.name)}"
        steps = [
            planner.Step(f"alter table {table} drop column if exists {quoted(column.name(field.name))} cascade")
            for column in field.columns()
        ]
        if isinstance(field, Links):
            steps.append(
                planner.Step(
                    f"drop table if exists {quoted(context.schema)}.{quoted(pair_spec(one, field).name)} cascade"
                )
            )
        if isinstance(field, RollUp):
            side = f"{quoted(context.schema)}.{quoted(one.name + '__rollup')}"
            for part in ("count", "sum"):
                steps.append(
                    planner.Step(
                        f"alter table if exists {side} drop column if exists {quoted(f'{field.name}__{part}')} cascade"
                    )
                )
        await planner.apply(self._door.database, steps)


def _check_tweaked(registry: Registry, name: str) -> None:
    """Invalid where a condition of the changed field does not fit."""
    object_name, __, field_name = name.partition(".")
    one = registry.get(object_name)
    field = one.field(field_name)
    if field is not None:
        check_expressions(registry, one, field)


def _check_default(context: WorkspaceContext, field: Field) -> None:
    """A default that does not fit would refuse every new record."""
    if field.default not in (None, "") and field.stored:
        field.parse(field.default, context.parsing)


def _refuse_uses(title: str, uses: list[str]) -> None:
    if uses:
        problems = [Problem("in_use", use) for use in uses[:50]]
        raise Conflict(
            _("%(title)s is still used: %(uses)s.") % {"title": title, "uses": "; ".join(uses[:5])},
            code="in_use",
            hint=_("Change these first."),
            problems=problems,
        )

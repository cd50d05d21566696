"""Rules of objects, made and changed at run time: validation rules, what a value needs, what is unique together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import Definition, check_identifier
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.rules.checks import check_entry, check_group, check_rule
from relata.engine.storage.planner import quoted, short
from relata.engine.workspace import configure
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.object_administration import ObjectAdministration
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem, RelataError
from relata.foundation.i18n import gettext as _


class RuleAdministration(ObjectAdministration):
    """The rules of one workspace's objects, for one person."""

    async def put_rule(self, object_name: str, name: str, raw: Mapping[str, Any]) -> ValidationRule:
        """Make or replace a validation rule; it holds from the next write on. One with the name of a module's rule
        takes its place. Invalid with everything that does not fit."""
        context = await self._allowed("validation_rule")
        one = context.registry.get(object_name)
        check_identifier(name, "rule")
        rule: ValidationRule = _read(ValidationRule, {**raw, "name": name})
        check_rule(context.registry, one, rule)
        await self._keep(context, "validation_rule", f"{object_name}.{name}", {"object": object_name, **_body(rule)})
        return rule

    async def delete_rule(self, object_name: str, name: str) -> None:
        """Remove a rule of the workspace's own; a module's rule is as shipped again."""
        await self._forget("validation_rule", f"{object_name}.{name}")

    async def put_entry(self, object_name: str, field: str, value: str, needs: Sequence[str]) -> None:
        """Say what must be filled in before a choice or link takes a value; with nothing, that no more is asked."""
        context = await self._allowed("entry")
        one = context.registry.get(object_name)
        name = f"{object_name}.{field}.{value}"
        entry = Entry(field, value, tuple(dict.fromkeys(needs)))
        known = any(each.field == field and each.value == value for each in one.entries)
        if not entry.needs and not known:
            return
        check_entry(one, entry)
        await self._keep(context, "entry", name, {"object": object_name, **_body(entry)})

    async def put_unique(self, object_name: str, fields: Sequence[str]) -> None:
        """No two living records may share the values of all these fields; an empty value never collides. Conflict says
        how many records stand in the way."""
        context = await self._allowed("unique")
        one = context.registry.get(object_name)
        group = tuple(fields)
        check_group(one, group)
        if any(set(group) == set(known) for known in one.unique_together):
            raise Conflict(_("These are unique together already."), code="not_unique", field="fields")
        definition = Definition(
            "unique", f"{object_name}.{'.'.join(group)}", {"object": object_name, "fields": list(group)}
        )
        registry = self._preview(context, definition)
        await self._refuse_doubles(context, one, group)
        try:
            await self._make_tables(context, registry)
        except RelataError:
            await self._drop_index(context, one, group)
            await self._refuse_doubles(context, one, group)  # somebody was faster than the index
            raise
        await self._store(definition, None)

    async def delete_unique(self, object_name: str, fields: Sequence[str]) -> None:
        """Let records share these values again."""
        context = await self._allowed("unique")
        one = context.registry.get(object_name)
        await self._forget("unique", f"{object_name}.{'.'.join(fields)}")
        await self._drop_index(context, one, tuple(fields))

    async def _refuse_doubles(self, context: WorkspaceContext, one: Object, group: tuple[str, ...]) -> None:
        columns = ", ".join(quoted(one.all_fields[name].columns()[0].name(name)) for name in group)
        filled = " and ".join(f"{quoted(name)} is not null" for name in group)
        async with self._door.database.read() as connection:
            row = await connection.fetch_one(
                f"select count(*), sum(n) from (select count(*) as n from {quoted(context.schema)}.{quoted(one.name)}"
                f" where deleted_at is null and {filled} group by {columns} having count(*) > 1) doubles"
            )
        if row and row[0]:
            titles = [one.all_fields[name].title for name in group]
            message = _("%(records)s records share %(fields)s with another one.") % {
                "records": row[1], "fields": _(" and ").join(titles),
            }  # fmt: skip
            hint = _("Group the list by these fields, and merge or correct the records first.")
            raise Conflict(message, code="in_use", field="fields", hint=hint)

    async def _drop_index(self, context: WorkspaceContext, one: Object, group: tuple[str, ...]) -> None:
        name = short(f"uq__{one.name}__{'__'.join(group)}")
        async with self._door.database.read() as connection:
            await connection.execute(f"drop index concurrently if exists {quoted(context.schema)}.{quoted(name)}")

    async def _keep(self, context: WorkspaceContext, kind: str, name: str, body: dict[str, Any]) -> None:
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        definition = Definition(kind, name, body)
        self._preview(context, definition)
        await self._store(definition, known)

    async def _forget(self, kind: str, name: str) -> None:
        context = await self._allowed(kind)
        known = next((one.body for one in context.definitions if one.kind == kind and one.name == name), None)
        if known is None:
            raise NotFound(_("There is no such rule."), code="unknown_definition")
        await self._remove(kind, name, known)


def _read(kind: Any, raw: Mapping[str, Any]) -> Any:
    unknown = [name for name in raw if name not in kind.__struct_fields__ or name == "custom"]
    if unknown:
        message = _("A rule has no %(name)s.") % {"name": str(unknown[0])[:60]}
        raise Invalid.of([Problem("unknown_field", message, str(unknown[0])[:60], _("Leave it out."))])
    try:
        return msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(_("This rule does not fit: %(error)s.") % {"error": error}, code="definition") from error


def _body(value: msgspec.Struct) -> dict[str, Any]:
    return configure.body_of(value)

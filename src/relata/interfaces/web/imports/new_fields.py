"""New fields for columns that fit none, of the type that their values propose; through the settings' door."""

from __future__ import annotations

from collections.abc import Mapping as Form
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Choice, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.transfer.wizard import running, sheets
from relata.engine.transfer.wizard.inventing import definition_of, options_of, proposed_type
from relata.engine.transfer.wizard.profile import ColumnProfile, Profile
from relata.engine.transfer.wizard.proposing import unknown_values
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.imports.reading import NEW, text
from relata.interfaces.web.settings.frame import office


def new_types() -> tuple[Option, ...]:
    """The types that a new field may have here."""
    labels = {
        "text": _("Text"), "long_text": _("Long text"), "integer": _("Whole number"), "decimal": _("Number"),
        "money": _("Money"), "percent": _("Percent"), "date": _("Date"), "datetime": _("Date and time"),
        "boolean": _("Yes or no"), "choice": _("Choice"), "emails": _("E-mail addresses"), "phones": _("Phone numbers"),
        "web_addresses": _("Web addresses"),
    }  # fmt: skip
    return tuple(Option(value=value, label=label) for value, label in labels.items())


async def make_fields(web: Web, request: Visit, run: UUID, form: Form[str, list[str]]) -> dict[int, str]:
    """Make the fields and the options that the form asks for; their names by the place of their column.
    Denied without the right to
    change objects."""

    async def wanted(work: Workspace) -> tuple[str, dict[int, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
        record = await running.mine(work, run)
        profile = (await sheets.sheet_of(work, run)).profile
        one = work.registry.get(record["records_of"])
        found: dict[int, dict[str, Any]] = {}
        taken = set(one.all_fields)
        for at, column in enumerate(profile.columns):
            if text(form, f"c{at}.field") == NEW:
                found[at] = _definition(one, column, at, form, taken)
                taken.add(found[at]["name"])
        options = _options(one, profile, form)
        if (found or options) and not work.actor.rights.permits("manage_objects"):
            raise Denied(_("You may not create fields."), code="denied_fields", hint=_("Ask an administrator."))
        return one.name, found, options

    name, found, options = await web.within(request, wanted)
    if found or options:
        administration = await office(web, request)
        for field, whole in options.items():
            await administration.tweak(f"{name}.{field}", {"options": whole})
        for definition in found.values():
            await administration.add_field(name, definition)
    return {at: definition["name"] for at, definition in found.items()}


def _definition(
    one: Object, column: ColumnProfile, at: int, form: Form[str, list[str]], taken: set[str]
) -> dict[str, Any]:
    label = text(form, f"c{at}.new_label")[:80] or column.name[:80]
    kind = text(form, f"c{at}.new_type")
    known = {option.value for option in new_types()}
    return definition_of(label, kind if kind in known else proposed_type(column), column, taken)


def _options(one: Object, profile: Profile, form: Form[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """All options of the choices that get new ones."""
    found: dict[str, list[dict[str, Any]]] = {}
    for at, column in enumerate(profile.columns):
        field = one.field(text(form, f"c{at}.field"))
        if not isinstance(field, (Choice, MultiChoice)):
            continue
        words = [
            word for place, word in enumerate(unknown_values(field, column)) if text(form, f"c{at}.v{place}") == NEW
        ]  # fmt: skip
        if words:
            whole = [msgspec.to_builtins(option) for option in field.options]
            whole += options_of(words, [option.value for option in field.options])
            found[field.name] = whole
    return found

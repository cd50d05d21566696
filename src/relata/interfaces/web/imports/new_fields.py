"""New fields for columns that fit none, of the type that their values propose; through the settings' door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Form
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import Choice, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.transfer.wizard import running, sheets
from relata.engine.transfer.wizard.profile import ColumnProfile, Profile
from relata.engine.transfer.wizard.proposing import unknown_values
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.imports.reading import NEW, text
from relata.interfaces.web.settings.frame import office

#: A column with no more different values than this, each of them often, is a choice.
_FEW, _OFTEN = 12, 3
_TYPES = {
    "email": "emails", "phone": "phones", "url": "web_addresses", "date": "date", "datetime": "datetime",
    "number": "decimal", "integer": "integer", "money": "money", "percent": "percent", "boolean": "boolean",
    "long_text": "long_text",
}  # fmt: skip


def new_types() -> tuple[Option, ...]:
    """The types that a new field may have here."""
    labels = {
        "text": _("Text"), "long_text": _("Long text"), "integer": _("Whole number"), "decimal": _("Number"),
        "money": _("Money"), "percent": _("Percent"), "date": _("Date"), "datetime": _("Date and time"),
        "boolean": _("Yes or no"), "choice": _("Choice"), "emails": _("E-mail addresses"), "phones": _("Phone numbers"),
        "web_addresses": _("Web addresses"),
    }  # fmt: skip
    return tuple(Option(value=value, label=label) for value, label in labels.items())


def proposed_type(profile: ColumnProfile) -> str:
    """What the column's values are."""
    count = len(profile.distinct)
    if profile.looks == "text" and 0 < count <= _FEW and profile.filled >= _OFTEN * count:
        return "choice"
    return _TYPES.get(profile.looks, "text")


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
    definition: dict[str, Any] = {
        "name": _name(label, taken), "label": label, "type": kind if kind in known else proposed_type(column),
    }  # fmt: skip
    if definition["type"] == "choice":
        options: dict[str, str] = {}
        for word, _count in column.distinct:
            options.setdefault(_name(word, set(options)), word)
        definition["options"] = [{"value": value, "label": word} for value, word in options.items()]
    if definition["type"] == "text" and column.longest > 255:
        definition["type"] = "long_text"
    return definition


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
            taken = {option.value for option in field.options}
            for word in words:
                whole.append({"value": _name(word, taken), "label": word})
                taken.add(whole[-1]["value"])
            found[field.name] = whole
    return found


def _name(label: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "field"
    name = f"f_{name}" if name[0].isdigit() else name
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found

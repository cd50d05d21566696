"""Fields that are filled without a column of their own: by the same text for every row, by several columns, by a
formula."""

from __future__ import annotations

from collections.abc import Mapping as Form

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Column, Mapping, templates
from relata.engine.transfer.wizard.profile import Profile
from relata.engine.transfer.wizard.targets import is_importable, targets_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.imports.formulas import TriedFormula, try_formula
from relata.interfaces.web.imports.reading import text

#: The choice of one more such field.
MORE = "x_more"


class SetRow(msgspec.Struct, frozen=True):
    """A field that must be filled and that no column gives, or that is set by a text. value: the text."""

    field: str
    label: str
    value: str
    tried: TriedFormula | None = None


class FilledView(msgspec.Struct, frozen=True, kw_only=True):
    """This part of the page again. more: fields that nothing fills yet."""

    path: str
    settings: tuple[SetRow, ...]
    more: tuple[Option, ...]


def set_rows(
    work: Workspace, one: Object, profile: Profile, mapping: Mapping, form: Form[str, list[str]]
) -> tuple[SetRow, ...]:
    """Those that are filled so, that must be filled, or that the person has just asked for."""
    by_column = {entry.name for entry in mapping.columns if entry.column}
    given = {entry.name: entry for entry in mapping.columns if not entry.column}
    wanted = [field.name for field in one.required_fields if field.default is None and field.name not in by_column]
    asked = [name.removeprefix("x.") for name in form if name.startswith("x.")] + [text(form, MORE)]
    found = []
    for name in dict.fromkeys((*wanted, *given, *asked)):
        field = one.field(name)
        if field is not None and name not in by_column and is_importable(work, one, field):
            entry = given.get(name)
            tried = try_formula(work, profile, entry) if entry else None
            found.append(SetRow(name, field.title, text(form, f"x.{name}", _written(entry)), tried))
    return tuple(found)


def more_fields(work: Workspace, one: Object, mapping: Mapping) -> tuple[Option, ...]:
    """Fields that nothing fills yet."""
    taken = {entry.name for entry in mapping.columns}
    return tuple(
        Option(value=target.field, label=target.label)
        for target in targets_of(work, one) if target.name not in taken and "." not in target.field
    )  # fmt: skip


def _written(entry: Column | None) -> str:
    """What a person would have written for this."""
    if entry is None:
        return ""
    return f"= {entry.formula}" if entry.formula else " | ".join(templates(entry)) or str(entry.constant or "")

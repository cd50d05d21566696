"""A mapping for a file whose header speaks for itself: names or labels of fields, as an export writes them."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.metadata.fields import Field, Formula, Links, RollUp
from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Column, Mapping


def guess(one: Object, columns: Sequence[str], *, match: tuple[str, ...] = ()) -> Mapping:
    """The columns that are fields, by name or label, with or without a part; others are left out. match: the fields to
    match by; without one a unique field that the file has, else the object's own idea of sameness."""
    found = [(column, target) for column in columns if (target := _target(one, column))]
    names = {target for _, target in found}
    return Mapping(
        one.name,
        tuple(Column(target, column, trim=False) for column, target in found if target != "id" or "id" in match),
        match or match_by(one, names),
        blank_cells="clear",
    )


def match_by(one: Object, names: set[str]) -> tuple[str, ...]:
    """The fields that say which record a row is about, if the file has them; the surest ones first."""
    unique = [(field.name,) for field in one.fields if field.unique]
    groups = [*unique, *one.unique_together, *one.match]
    return next((group for group in groups if set(group) <= names), ())


def _target(one: Object, column: str) -> str:
    """The field, or part of one, that a header means; "" for none."""
    head, _, part = column.partition(".")
    field = _field(one, head)
    if column.casefold() == "id":
        return "id"
    if field is None or not _is_writable(field):
        return ""
    if not part:
        return field.name
    known = {each.part for each in field.columns() if each.part}
    return f"{field.name}.{part}" if part in known else ""


def _field(one: Object, text: str) -> Field | None:
    folded = text.strip().casefold()
    for name, field in one.all_fields.items():
        if folded in (name, field.title.casefold()):
            return field
    return None


def _is_writable(field: Field) -> bool:
    if field.system or field.read_only or isinstance(field, (Formula, RollUp)) or field.type_name == "auto_number":
        return False
    return field.stored or isinstance(field, Links)

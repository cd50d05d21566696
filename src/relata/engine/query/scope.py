"""The registry as the expression language sees it, for one reader: what may not be read is not there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from relata.engine.formula import Checked, Many, Ref, Type, Unknown, check, parse
from relata.engine.formula import types as kinds
from relata.engine.metadata.fields import (
    AnyLink,
    Choice,
    DateTime,
    Duration,
    Field,
    File,
    Formula,
    GeoPoint,
    Link,
    Links,
    MoneyField,
    MultiChoice,
    RollUp,
    Tags,
)  # fmt: skip
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry, Relation
from relata.engine.query.reader import Reader
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_BY_COLUMN = {
    "text": kinds.TEXT, "number": kinds.NUMBER, "boolean": kinds.BOOLEAN, "date": kinds.DATE,
    "datetime": kinds.DATETIME, "duration": kinds.DURATION, "json": kinds.JSON, "list": kinds.list_of(kinds.TEXT),
}  # fmt: skip
#: A formula may use formulas, up to this depth; a circle ends here with a clear error.
MAX_DEPTH = 8
MAX_PATH = 6


@dataclass(frozen=True)
class Found:
    """Where a path leads. links: the link fields on the way. field: None for `id`. part: the sub-field or ""."""

    links: tuple[tuple[Object, Link], ...]
    object: Object
    field: Field | None
    part: str
    type: Type


class FieldScope:
    """The names of one object for one reader; implements `formula.Scope`."""

    def __init__(self, registry: Registry, one: Object, reader: Reader, depth: int = 0) -> None:
        self.registry = registry
        self.object = one
        self.reader = reader
        self.depth = depth

    def resolve(self, path: tuple[str, ...]) -> Ref:
        found = self.find(path)
        choices = None
        if isinstance(found.field, (Choice, MultiChoice)) and found.field.options:
            choices = frozenset(option.value for option in found.field.options)
        return Ref(path, found.type, choices)

    def find(self, path: tuple[str, ...]) -> Found:
        """The field at the end of the path; raises Unknown."""
        links: list[tuple[Object, Link]] = []
        here = self.object
        for index, name in enumerate(path[:MAX_PATH]):
            last = index == len(path) - 1
            if name == "id":
                if not last:
                    raise Unknown(index + 1)
                return Found(tuple(links), here, None, "", kinds.id_of(here.name))
            field = here.field(name)
            if field is None or not self.reader.readable(here, field):
                raise Unknown(index, self._names(here))
            if last:
                return Found(tuple(links), here, field, "", self.type_of(here, field, index))
            if isinstance(field, Link):
                links.append((here, field))
                here = self.registry.get(field.to)
            else:
                return self._part(links, here, field, path, index)
        raise Unknown(MAX_PATH)

    def _part(
        self, links: list[tuple[Object, Link]], here: Object, field: Field, path: tuple[str, ...], index: int
    ) -> Found:
        parts = {column.part: column for column in field.columns() if column.part}
        if isinstance(field, MoneyField):
            parts["amount"] = field.columns()[0]
        column = parts.get(path[index + 1])
        if column is None or index + 2 != len(path):
            raise Unknown(index + 1, tuple(parts))
        return Found(tuple(links), here, field, column.part or "amount", _BY_COLUMN[column.kind])

    def type_of(self, here: Object, field: Field, index: int = 0) -> Type:
        """The kind of value that a field has in expressions."""
        if isinstance(field, Formula):
            return self.formula(here, field, index).type
        if isinstance(field, RollUp):
            return self._roll_up_type(here, field, index)
        return declared_type(field)

    def formula(self, here: Object, field: Formula, index: int = 0) -> Checked:
        """The checked expression of a formula field. Unknown if it reads what this reader may not."""
        if self.depth >= MAX_DEPTH:
            raise Invalid(
                _("The formula %(title)s refers to itself.") % {"title": field.title},
                code="formula_circle",
                field=field.name,
                hint=_("Break the circle of formulas."),
            )
        try:
            return check(parse(field.expression), FieldScope(self.registry, here, self.reader, self.depth + 1))
        except Invalid as error:
            if error.code == "formula_circle":
                raise
            raise Unknown(index, self._names(here)) from error

    def _roll_up_type(self, here: Object, field: RollUp, index: int) -> Type:
        relation = self.registry.relations[here.name].get(field.over)
        child = self.registry.objects.get(relation.child) if relation else None
        target = child.field(field.field) if child and field.field else None
        if relation is None or (field.field and target is None):
            raise Unknown(index, self._names(here))
        if field.function in ("min", "max") and target is not None:
            found = declared_type(target)
            return kinds.NUMBER if found == kinds.MONEY else found
        return kinds.NUMBER

    def many(self, name: str) -> Many:
        *way, last = name.split(".")
        here = self.object
        for index, step in enumerate(way):
            field = here.field(step)
            if not isinstance(field, Link) or not self.reader.readable(here, field):
                raise Unknown(index, self._names(here))
            here = self.registry.get(field.to)
        relation = self.relation(here, last)
        if relation is None:
            known = tuple(
                found for found in self.registry.relations[here.name] if self.relation(here, found) is not None
            )
            raise Unknown(len(way), known)
        target = self.registry.get(relation.child)
        return Many(name, target.name, FieldScope(self.registry, target, self.reader, self.depth))

    def relation(self, here: Object, name: str) -> Relation | None:
        """A related list, or a many-to-many field read forwards (kind `pairs`)."""
        field = here.field(name)
        if isinstance(field, Links) and self.reader.readable(here, field):
            return Relation(name, field.title, here.name, field.to, name, "pairs")
        found = self.registry.relations[here.name].get(name)
        if found is None:
            return None
        child = self.registry.get(found.child)
        back = child.field(found.field)
        return found if back is not None and self.reader.readable(child, back) else None

    def title_path(self, object_name: str) -> str | None:
        return self.registry.get(object_name).title_field if object_name in self.registry.objects else None

    def _names(self, here: Object) -> tuple[str, ...]:
        return tuple(name for name, field in here.all_fields.items() if self.reader.readable(here, field))


@lru_cache(maxsize=4096)
def declared_type(field: Field) -> Type:
    """The kind of a stored field's values."""
    if isinstance(field, MoneyField):
        return kinds.MONEY
    if isinstance(field, Links):
        return kinds.list_of(kinds.id_of(field.to))
    if isinstance(field, Link):
        return kinds.id_of(field.to)
    if isinstance(field, (AnyLink, File)):
        return kinds.id_of(None)
    if isinstance(field, GeoPoint):
        return kinds.GEO
    if isinstance(field, (MultiChoice, Tags)):
        return kinds.list_of(kinds.TEXT)
    if isinstance(field, DateTime):
        return kinds.DATETIME
    if isinstance(field, Duration):
        return kinds.DURATION
    columns = field.columns()
    if not columns or columns[0].part:
        return kinds.JSON
    return _BY_COLUMN[columns[0].kind]

"""A record's own values as the expression language reads them; paths over links are empty here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from relata.engine.formula import Checked, EvaluationContext, Many, Ref, evaluate
from relata.engine.metadata.fields import Field, Link, MoneyField
from relata.engine.metadata.object import Object


class OwnValues:
    """Values by the names of their fields. formulas: the checked expressions of formula fields, and the moment at which
    they are computed; without them formulas are empty."""

    def __init__(
        self, one: Object, values: Mapping[str, Any], *, record_id: UUID | None = None,
        formulas: Mapping[str, Checked] | None = None, context: EvaluationContext | None = None,
    ) -> None:  # fmt: skip
        self._object = one
        self._values = values
        self._id = record_id
        self._formulas = formulas or {}
        self._context = context

    def value(self, ref: Ref) -> Any:
        name = ref.path[0]
        if name in self._formulas and self._context is not None:
            return evaluate(self._formulas[name], self, self._context)
        if name == "id":
            return self._id
        readers = self._object.value_readers
        read = readers.get(ref.path)
        if read is None:
            read = readers[ref.path] = _reader(self._object, ref.path)
        return read(self._values)

    def children(self, many: Many) -> Iterable[OwnValues]:
        return ()


def _reader(one: Object, path: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Any]:
    """How to get a path's value out of a record's: prepared once, since columns are made anew each time one asks."""
    name = path[0]
    field = one.field(name)
    if field is None or (len(path) > 1 and isinstance(field, Link)):
        return _nothing
    columns = field.columns()
    if len(path) > 1:
        part = "" if isinstance(field, MoneyField) and path[1] == "amount" else path[1]
        at = next((place for place, column in enumerate(columns) if column.part == part), None)
        return _nothing if at is None else _cell(field, name, at)
    if isinstance(field, MoneyField) or not columns or columns[0].part or type(field).to_columns is Field.to_columns:
        return lambda values: values.get(name)
    return _cell(field, name, 0)


def _cell(field: Field, name: str, at: int) -> Callable[[Mapping[str, Any]], Any]:
    def read(values: Mapping[str, Any]) -> Any:
        value = values.get(name)
        return None if value is None else field.to_columns(value)[at]

    return read


def _nothing(values: Mapping[str, Any]) -> None:
    return None

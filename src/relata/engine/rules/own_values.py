"""A record's own values as the expression language reads them; paths over links are empty here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from relata.engine.formula import Checked, EvaluationContext, Many, Ref, evaluate
from relata.engine.metadata.fields import Link, MoneyField
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
        value = self._values.get(name)
        field = self._object.field(name)
        if field is None or value is None or (len(ref.path) > 1 and isinstance(field, Link)):
            return None
        columns, cells = field.columns(), field.to_columns(value)
        if len(ref.path) > 1:
            part = "" if isinstance(field, MoneyField) and ref.path[1] == "amount" else ref.path[1]
            return next((cell for column, cell in zip(columns, cells, strict=True) if column.part == part), None)
        return value if isinstance(field, MoneyField) or not columns or columns[0].part else cells[0]

    def children(self, many: Many) -> Iterable[OwnValues]:
        return ()

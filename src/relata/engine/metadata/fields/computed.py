"""Fields that nobody writes: formulas over the record, roll-ups over its children."""

from __future__ import annotations

from typing import Any, ClassVar

from relata.engine.metadata.fields.base import Column, Field, ParseContext


class _Computed(Field, frozen=True, omit_defaults=True):
    stored: ClassVar[bool] = False

    def columns(self) -> tuple[Column, ...]:
        return ()

    def parse(self, raw: Any, context: ParseContext) -> Any:
        self.refuse(f"{self.title} is computed and can't be written.", code="read_only", hint="Leave it out.")


class Formula(_Computed, frozen=True, tag="formula", omit_defaults=True):
    """A value computed from the record by an expression. shown_as: how screens show a number: number, percent,
    own_money (in the workspace's currency)."""

    expression: str
    shown_as: str = ""
    widget: ClassVar[str] = "formula"


class RollUp(_Computed, frozen=True, tag="roll_up", omit_defaults=True):
    """An aggregate over children. over: the related list's name on this object. function: count, sum, min, max or
    average. field: the child's own field to aggregate (not for count). where: an expression over the child's own
    fields. It counts children that the reader may not see; roles decide who reads it. shown_as: as for `Formula`."""

    over: str
    function: str = "count"
    field: str = ""
    where: str = ""
    shown_as: str = ""
    widget: ClassVar[str] = "roll_up"

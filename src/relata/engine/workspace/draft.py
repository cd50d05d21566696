"""A write on its way: what was, what is asked, what the rules made of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record
from relata.foundation.errors import Bug


class Draft:
    """before: None for a new record. `asked` holds the fields that the caller sent; rules may set others."""

    __slots__ = ("asked", "before", "id", "moving", "object", "values")

    def __init__(self, one: Object, record_id: UUID, before: Record | None, values: dict[str, Any]) -> None:
        self.object = one
        self.id = record_id
        self.before = before
        self.values = dict(values)
        self.asked = frozenset(values)
        self.moving = False

    @property
    def is_new(self) -> bool:
        """Whether the record does not exist yet."""
        return self.before is None

    def __getitem__(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        return self.before[name] if self.before else None

    def old(self, name: str) -> Any:
        """The value before; None for a new record."""
        return self.before[name] if self.before else None

    def changed(self, name: str) -> bool:
        """Whether the value differs from before; for a new record whether it has one."""
        return name in self.values and self.values[name] != self.old(name)

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as a rule; also one that callers may not write. Bug for a field that does not exist."""
        if self.object.field(name) is None:
            raise Bug(f"{self.object.name} has no field {name}.")
        self.values[name] = value

    def values_now(self) -> dict[str, Any]:
        """All values as they will be."""
        return {**(self.before.values if self.before else {}), **self.values}

    def differences(self) -> dict[str, Any]:
        """The values that really change."""
        return {name: value for name, value in self.values.items() if self.before is None or value != self.before[name]}

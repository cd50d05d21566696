"""A record as actions, guards and screens hold it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.metadata.object import Object


class Record:
    """One record at one version. Values by `record["amount"]` or `record.amount`; fields that are empty give None.

    It holds every stored value, also such that the actor may not read: decisions need them. What leaves the house goes
    through `shown_fields`.
    """

    __slots__ = ("id", "object", "salt", "values")

    def __init__(self, one: Object, record_id: UUID, values: dict[str, Any], salt: bytes | None = None) -> None:
        """salt: of the key under which the log keeps its personal values; None while it has none."""
        self.object = one
        self.salt = salt
        self.id = record_id
        self.values = values

    @property
    def version(self) -> int:
        """Grows by one with each change."""
        return int(self.values.get("version") or 1)

    @property
    def is_deleted(self) -> bool:
        """Whether it lies in the bin."""
        return self.values.get("deleted_at") is not None

    @property
    def title(self) -> str:
        """What stands for the record in links."""
        field = self.object.field(self.object.title_field)
        return field.to_text(self.values.get(self.object.title_field)) if field else str(self.id)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self.object.field(name) is None:
            raise AttributeError(name)
        return self.values.get(name)

    def __repr__(self) -> str:  # ids only: reprs end in logs
        return f"<{self.object.name} {self.id}>"

"""What the query layer must know about who reads; `access.Actor` is one."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.foundation.clock import Clock


class Reader(Protocol):
    """Someone who reads. `fingerprint` is equal for readers whose statements are equal but for parameters."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def user(self) -> UUID | None: ...

    @property
    def main_team(self) -> UUID | None: ...

    @property
    def teams(self) -> tuple[UUID, ...]: ...

    def readable(self, one: Object, field: Field) -> bool:
        """Whether values of the field may be shown, filtered, sorted, grouped by."""
        ...

    def masked(self, one: Object, field: Field) -> bool:
        """Whether only the presence of a value may be shown."""
        ...

    def predicate(self, one: Object, right: str, table: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """The rows on which `right` holds; None for all."""
        ...

    def ways(self, one: Object, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """The conditions of which each opens rows for reading; none where that is no question of the row."""
        ...

    def is_narrow(self, one: Object) -> bool:
        """Whether the rows that may be read are few among all: a person's own and their team's."""
        ...

    def parameters(self) -> dict[str, Any]:
        """The values of the predicate's parameters."""
        ...

    def clock(self) -> Clock: ...


class AnyReader:
    """Nobody in particular, who may read everything: for checking expressions before they are stored."""

    fingerprint = "anybody"
    user: UUID | None = None
    main_team: UUID | None = None
    teams: tuple[UUID, ...] = ()

    def readable(self, one: Object, field: Field) -> bool:
        """Always."""
        return True

    def masked(self, one: Object, field: Field) -> bool:
        """Never."""
        return False

    def predicate(self, one: Object, right: str, table: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """All rows."""
        return None

    def ways(self, one: Object, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """None are needed."""
        return []

    def is_narrow(self, one: Object) -> bool:
        """No."""
        return False

    def parameters(self) -> dict[str, Any]:
        """None are needed."""
        return {}

    def clock(self) -> Clock:
        """The machine's."""
        return Clock.system()

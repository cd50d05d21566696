"""What the language asks of whoever knows the fields: the ports that the metadata layer fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from relata.engine.formula.types import Type


class Unknown(Exception):
    """A name that does not exist for this reader.

    index: which name of the path. known: the names that could stand there, for the hint; only such that the
    reader may know.
    """

    def __init__(self, index: int, known: Sequence[str] = ()) -> None:
        super().__init__(index)
        self.index = index
        self.known = tuple(known)


@dataclass(frozen=True, slots=True)
class Ref:
    """A field as an expression sees it; hashable, part of the key under which SQL is cached.

    path: the way to it from the object in question, such as ("account", "industry"). choices: the values of a choice
    field. nullable: False only when neither the field nor any link on the way can be empty.
    """

    path: tuple[str, ...]
    type: Type
    choices: frozenset[str] | None = None
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Many:
    """A to-many relation. scope: the fields of the records on the other side; not part of the key."""

    name: str
    object: str
    scope: Scope = field(compare=False, repr=False)


class Scope(Protocol):
    """The names that mean something for one object and one reader. A field that the reader may not see isn't there."""

    def resolve(self, path: tuple[str, ...]) -> Ref:
        """The field at the end of the path: to-one links, sub-fields (`amount.currency`). Raises Unknown."""
        ...

    def many(self, name: str) -> Many:
        """A to-many relation; over a to-one link its name is dotted, `account.contacts`. Raises Unknown."""
        ...

    def title_path(self, object_name: str) -> str | None:
        """The field (dotted when a sub-field) that names a record of that object, or None if it has none."""
        ...

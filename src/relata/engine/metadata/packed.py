"""What a module adds to packages of the configuration: kinds of definitions of its own, and records that are told
otherwise than by their fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from relata.engine.metadata.wording import worded


@dataclass(frozen=True, slots=True)
class PackedDefinition:
    """A kind of definitions. permission: who may bring one. check: (registry, body), Invalid where it does not fit.
    targets: a coroutine (work, body), Invalid where people, teams or queues that it names are not there; asked when the
    package's records are. stored: a coroutine (work, body) after it was stored or taken away."""

    kind: str
    label: str
    permission: str
    check: Callable[[Any, dict[str, Any]], None]
    targets: Callable[[Any, dict[str, Any]], Awaitable[None]] | None = None
    stored: Callable[[Any, dict[str, Any]], Awaitable[None]] | None = None

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return worded(self.label)


@dataclass(frozen=True, slots=True)
class PackedRecords:
    """An object's records. permission: who may bring one. gather: a coroutine (work) -> bodies by id, none for who may
    not know them; check: (body), Invalid for what is none; store: a coroutine (work, id, body), with the package's
    definitions in force; None takes it away."""

    object: str
    permission: str
    gather: Callable[[Any], Awaitable[dict[str, dict[str, Any]]]]
    check: Callable[[dict[str, Any]], None]
    store: Callable[[Any, Any, dict[str, Any] | None], Awaitable[None]]

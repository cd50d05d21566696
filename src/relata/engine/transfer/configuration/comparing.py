"""What a package would change here, told before it does."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from relata.engine.metadata.registry import Registry
from relata.engine.transfer.configuration.gathering import kinds_of, records_of
from relata.engine.transfer.configuration.package import Package

What = Literal["added", "changed", "removed"]


class Difference(msgspec.Struct, frozen=True):
    """One thing that differs. part: definitions or records. before, after: None where it is not there."""

    part: str
    kind: str
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def what(self) -> What:
        """In a word."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def fields(self) -> tuple[str, ...]:
        """The parts of it that differ, of something changed."""
        before, after = _flat(self.before or {}), _flat(self.after or {})
        return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))

    def reversed(self) -> Difference:
        """The way back."""
        return Difference(self.part, self.kind, self.name, self.after, self.before)


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    """Parts with their paths, two levels deep, as far as somebody wants to read."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            found.update({f"{name}.{inner}": part for inner, part in value.items()})
        else:
            found[name] = value
    return found


def compare(registry: Registry, here: Package, wanted: Package, *, exact: bool = False) -> list[Difference]:
    """In the order of applying. exact: what the package does not have goes; else it stays."""
    found = []
    for part, kinds in (("records", records_of(registry)), ("definitions", kinds_of(registry))):
        mine, theirs = getattr(here, part), getattr(wanted, part)
        for kind in kinds:
            known, asked = mine.get(kind, {}), theirs.get(kind, {})
            for name in sorted({*known, *asked}):
                before, after = known.get(name), asked.get(name)
                if before != after and (after is not None or exact):
                    found.append(Difference(part, kind, name, before, after))
    return found

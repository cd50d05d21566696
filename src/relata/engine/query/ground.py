"""What statements stand on, and where they are kept once they are compiled."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from relata.engine.metadata.registry import Registry
from relata.engine.query.kept_answers import KeptAnswers
from relata.engine.storage.tables import Tables

#: Compiled statements kept per workspace and process; a statement is a few kilobytes.
CACHE_SIZE = 2000


class StatementCache:
    """Compiled statements of one workspace at one registry version; the least used leaves first."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is kept under `key`, made by `make` when it is not."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


@dataclass(frozen=True, slots=True)
class Ground:
    """What statements stand on: one workspace's registry, tables and cache. reaches: see `reach`. answers: of heavy
    statements, see `kept_answers`."""

    registry: Registry
    tables: Tables
    cache: StatementCache
    reaches: StatementCache = field(default_factory=lambda: StatementCache(20_000))
    answers: KeptAnswers = field(default_factory=KeptAnswers)

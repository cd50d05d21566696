"""Statements that are compiled once for a session: the door of each test would compile them all again, which took a
quarter of its time.

Only workspaces that define nothing of their own share them: of those the modules and the settings say everything.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import msgspec

from relata.engine.metadata.registry import Registry
from relata.engine.query.ground import Ground, StatementCache
from relata.engine.storage.tables import Tables
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.door import Door

#: Those that are made of the registry, the schema and the kinds of rights alone; whatever else a cache holds (views,
#: totals, keys) belongs to one workspace of one test.
_STATEMENTS = frozenset(
    "where page stream lanes present aggregate table past_page insert update load show titles targets match".split()
)
_MOST = 10_000
#: Registries, told by their identity, stand beside what is made of them.
_KEPT: dict[Hashable, tuple[Registry, Tables, StatementCache]] = {}


class Kept(StatementCache):
    """A workspace's own cache, but for the statements, which `common` has."""

    def __init__(self, common: StatementCache) -> None:
        super().__init__()
        self._common = common

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if isinstance(key, tuple) and key[0] in _STATEMENTS:
            return self._common.get(key, make)
        return super().get(key, make)


class KeptDoor(Door):
    """A door into workspaces whose statements may have been compiled for an earlier test."""

    async def context(self, key: str) -> WorkspaceContext:
        found = await super().context(key)
        if not found.definitions and not isinstance(found.statements, Kept):
            _share(found)
        return found


def _share(context: WorkspaceContext) -> None:
    numbers = tuple(sorted(context.numbers.items()))
    key = id(context.registry), context.schema, numbers, msgspec.json.encode(context.settings)
    made = context.registry, context.tables, StatementCache(_MOST)
    _, context.tables, common = _KEPT.setdefault(key, made)
    context.statements = Kept(common)
    context.ground = Ground(context.registry, context.tables, context.statements)

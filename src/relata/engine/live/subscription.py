"""One open screen's share of what happens: a short queue that, when nobody reads it, shrinks to "reload everything"."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Touched:
    """A record and what was done to it; see `history.tables.ACTIONS`. by: who did it. owner_was, team_was: where the
    change took the record from somebody."""

    object: str
    record: UUID
    action: str
    by: UUID | None = None
    owner_was: UUID | None = None
    team_was: UUID | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The changes after number `feed_from` up to `feed_to`. Nobody's rights are applied yet: ask the workspace before
    anything of it is shown. everything: too much to name; reload what is shown."""

    schema: str
    feed_from: int
    feed_to: int
    records: tuple[Touched, ...] = ()
    everything: bool = False


class Subscription:
    """An endless asynchronous iterator of `Changed`, in the order of the feed, without gaps."""

    def __init__(self, schema: str, size: int) -> None:
        self.schema = schema
        self._size = size
        self._waiting: deque[Changed] = deque()
        self._news = asyncio.Event()
        self._closed = False

    def put(self, changed: Changed) -> None:
        """Never waits: beyond `size` what waits becomes one message that says so."""
        if len(self._waiting) >= self._size:
            first = self._waiting[0].feed_from
            self._waiting.clear()
            changed = Changed(changed.schema, min(first, changed.feed_from), changed.feed_to, everything=True)
        self._waiting.append(changed)
        self._news.set()

    @property
    def is_waiting(self) -> bool:
        """Whether the next message is there already."""
        return bool(self._waiting)

    def close(self) -> None:
        """End the iteration, once what waits was read."""
        self._closed = True
        self._news.set()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Changed:
        while not self._waiting:
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

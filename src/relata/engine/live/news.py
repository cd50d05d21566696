"""What one person's screens are told: names and ids of records that they may see, never a value."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

#: Messages that wait for one screen before they become "look at everything again".
MOST_WAITING = 30


@dataclass(frozen=True, slots=True)
class News:
    """One message. kind: changed, everything or presence. feed: the number up to which the screen then knows; None
    where it moves nothing. body: JSON, encoded once for everybody who is told the same."""

    kind: str
    body: bytes
    feed: int | None = None


@dataclass(eq=False)
class Listener:
    """One open stream of one person. session: what it ends with. since: what its screen knew when it came. position: up
    to where it was told, read or not."""

    schema: str
    user: UUID
    session: UUID
    since: int = 0
    position: int = 0
    is_open: bool = True
    _waiting: deque[News] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, news: News) -> None:
        """Never waits; of a stream that nobody reads only the last word is kept. What a screen missed may come after
        what happened just now, so numbers need not ascend."""
        self.position = max(self.position, news.feed or 0)
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            news = everything(self.position)
        self._waiting.append(news)
        self._news.set()

    def close(self) -> None:
        """End the stream."""
        self.is_open = False
        self._news.set()

    async def next(self, seconds: float) -> News | None:
        """The next message; None when there was none for so long, or the stream ends."""
        if not self._waiting and self.is_open:
            self._news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting and self.is_open else None


def everything(feed: int) -> News:
    """Too much happened to name it."""
    return News("everything", b'{"feed":%d}' % feed, feed)

"""A server for outgoing mail that exists only here: it takes most mails, and falls silent, puts off or refuses some,
always after it was given the whole mail and before it has said so."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections import Counter
from dataclasses import dataclass, field

_TO = re.compile(rb"<([^>]+)>")
_ANSWERS = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 in"}
#: Of a hundred mails so many get this at the end; None hangs up, having taken it.
_ENDINGS: tuple[tuple[int, str | None], ...] = ((70, "250 taken"), (10, None), (12, "451 later"), (8, "554 no"))


@dataclass
class SmtpDouble:
    """taken: whom a mail reached, how often, whether that was said or not. said: how often it was said."""

    chance: random.Random = field(default_factory=random.Random)
    taken: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        to = ""
        writer.write(b"220 here\r\n")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while line := (await reader.readline()).strip():
                verb = line.split()[0].decode().upper()
                if verb == "RCPT" and (found := _TO.search(line)):
                    to = found[1].decode()
                writer.write(_ANSWERS.get(verb, "250 ok").encode() + b"\r\n")
                if verb == "DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    ending = self._ending(to)
                    if ending is None:
                        break
                    writer.write(ending.encode() + b"\r\n")
                await writer.drain()
                if verb == "QUIT":
                    break
        writer.close()

    def _ending(self, to: str) -> str | None:
        kinds = [ending for _weight, ending in _ENDINGS]
        (ending,) = self.chance.choices(kinds, [weight for weight, _ending in _ENDINGS])
        self.endings[ending or "silent"] += 1
        if ending is None or ending.startswith("250"):
            self.taken[to] += 1
        if ending is not None and ending.startswith("250"):
            self.said[to] += 1
        return ending

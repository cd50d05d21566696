"""A server of mailboxes that exists only here: as much of IMAP (RFC 3501) as reading takes, and it breaks off at times.

Each mail is made from its mailbox and number, so that nothing has to be kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field

MAILBOXES = 20
#: Each tenth mail lies in three mailboxes; one in each mailbox is no message at all.
_SHARED, _TOGETHER, _POISON = 10, 3, 7
SENDER = "carla@torture.example"


def raw(box: int, uid: int) -> bytes:
    """The message with this number in this mailbox."""
    if uid == _POISON:
        return b"\x00\x01 this is no message\r\n"
    of = f"shared-{box // _TOGETHER}" if uid % _SHARED == 0 else f"box-{box}"
    answers = f"References: <{uid - 1}@{of}>\r\n" if uid % 3 == 2 else ""
    return (
        f"From: Carla <{SENDER}>\r\nTo: <box{box // _TOGETHER}@relata.example>\r\nSubject: Order {uid // 3}\r\n"
        f"Message-ID: <{uid}@{of}>\r\n{answers}"
        f"Date: Fri, 20 Nov 2026 {uid // 60 % 24:02}:{uid % 60:02}:00 +0000\r\n\r\n"
        f"Letter {uid} of {of}.\r\n"
    ).encode()


def different(messages: int) -> int:
    """How many mails there are in all mailboxes together when each holds so many messages."""
    return len({raw(box, uid) for box in range(MAILBOXES) for uid in range(1, messages + 1) if uid != _POISON})


@dataclass
class ImapDouble:
    """messages: in each mailbox. breaks: of so many answers one is cut off. asked: commands that were answered."""

    messages: int
    breaks: int = 25
    chance: random.Random = field(default_factory=random.Random)
    asked: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        box = 0
        writer.write(b"* OK here\r\n")
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while line := (await reader.readline()).decode().strip():
                tag, _space, command = line.partition(" ")
                words = command.replace('"', "").split()
                verb = " ".join(words[:2]).upper() if words[0].upper() == "UID" else words[0].upper()
                self.asked += 1
                if verb == "LOGIN":
                    box = int(words[1].removeprefix("box"))
                if verb == "UID FETCH" and self.chance.randrange(self.breaks) == 0:
                    break
                for part in self._answer(verb, words, box):
                    writer.write(part)
                writer.write(f"{tag} OK done\r\n".encode())
                await writer.drain()
                if verb == "LOGOUT":
                    break
        writer.close()

    def _answer(self, verb: str, words: list[str], box: int) -> list[bytes]:
        if verb == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if verb == "LIST":
            return [b'* LIST (\\HasNoChildren) "/" "INBOX"\r\n']
        if verb in ("EXAMINE", "SELECT"):
            return [f"* {self.messages} EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n".encode()]
        if verb == "UID SEARCH":
            return [f"* SEARCH {' '.join(map(str, range(1, self.messages + 1)))}\r\n".encode()]
        if verb == "UID FETCH":
            return [self._message(box, uid, "BODY" in " ".join(words[3:])) for uid in _numbers(words[2])]
        return []

    def _message(self, box: int, uid: int, whole: bool) -> bytes:
        content = raw(box, uid)
        if not whole:
            return f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(content)} FLAGS ())\r\n".encode()
        moment = '"20-Nov-2026 09:00:00 +0000"'
        head = f"* {uid} FETCH (UID {uid} FLAGS () INTERNALDATE {moment} BODY[] {{{len(content)}}}\r\n"
        return head.encode() + content + b")\r\n"


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _colon, last = part.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found

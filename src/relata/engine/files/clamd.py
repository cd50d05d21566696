"""Asking ClamAV's daemon about a file while it arrives (its command INSTREAM)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from relata.foundation.errors import Invalid, LimitReached
from relata.foundation.i18n import gettext as _

CONNECT_SECONDS, SEND_SECONDS, VERDICT_SECONDS = 5.0, 20.0, 60.0
_MOST_AT_ONCE = 1 << 20


class ScannerAway(Exception):
    """The scanner does not answer, or says something else than a verdict."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """Where the daemon listens. socket: a path, "" for host and port."""

    socket: str = ""
    host: str = ""
    port: int = 3310

    @classmethod
    def parse(cls, url: str) -> Clamd:
        """From `clamd://host:3310` or `unix:///run/clamav/clamd.ctl`. Invalid for anything else."""
        parts = urlsplit(url)
        if parts.scheme == "unix" and parts.path:
            return cls(socket=parts.path)
        if parts.scheme != "clamd" or not parts.hostname:
            raise Invalid(
                _("The virus scanner's address can't be read."),
                code="virus_scanner",
                hint=_("It looks like clamd://localhost:3310 or unix:///run/clamav/clamd.ctl."),
            )
        return cls(host=parts.hostname, port=parts.port or 3310)

    @contextlib.asynccontextmanager
    async def asking(self) -> AsyncIterator[Asking]:
        """One question about one file; ScannerAway when nobody listens."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                if self.socket:
                    reader, writer = await asyncio.open_unix_connection(self.socket)
                else:
                    reader, writer = await asyncio.open_connection(self.host, self.port)
        except OSError as error:  # a timeout is one
            raise ScannerAway from error
        try:
            writer.write(b"zINSTREAM\x00")
            yield Asking(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Asking:
    """A file on its way to the scanner."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, chunk: bytes) -> None:
        """A piece of it."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                for start in range(0, len(chunk), _MOST_AT_ONCE):
                    piece = chunk[start : start + _MOST_AT_ONCE]
                    self.writer.write(len(piece).to_bytes(4, "big") + piece)
                    await self.writer.drain()
        except OSError as error:
            await self.verdict()  # it closes when it has had enough, and says why
            raise ScannerAway from error

    async def finish(self) -> str:
        """What was found, "" when nothing."""
        self.writer.write(bytes(4))
        return await self.verdict()

    async def verdict(self) -> str:
        """The daemon's answer. LimitReached when the file is larger than it takes."""
        try:
            async with asyncio.timeout(VERDICT_SECONDS):
                answer = (await self.reader.readuntil(b"\x00")).rstrip(b"\x00").decode("utf-8", "replace").strip()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerAway from error
        if answer.endswith(" FOUND"):
            return answer.removesuffix(" FOUND").partition(":")[2].strip() or "a virus"
        if "size limit exceeded" in answer:
            raise LimitReached(
                _("The file is too large to be checked for viruses."),
                code="too_large",
                hint=_("Ask an operator to raise StreamMaxLength of the scanner."),
            )
        if answer.endswith("OK"):
            return ""
        raise ScannerAway

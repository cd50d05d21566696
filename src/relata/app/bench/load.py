"""A client that is no bottleneck: raw HTTP/1.1 over kept connections, a request at a time on each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

#: The whole request for a round number: bytes ready to be sent.
Request = Callable[[int], bytes]


@dataclass(slots=True)
class Load:
    """What a round of requests came to. seconds: of each request. failed: answers other than 2xx."""

    elapsed: float = 0.0
    seconds: list[float] = field(default_factory=list)
    failed: list[bytes] = field(default_factory=list)
    bytes: int = 0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.elapsed if self.elapsed else 0.0


class _Talk(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again."""

    def __init__(self, load: Load, request: Request, numbers: Callable[[], int | None]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load, self._request, self._numbers = load, request, numbers
        self._buffer = bytearray()
        self._end = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        number = self._numbers()
        if number is None:
            self._transport.close()
            return
        self._end = 0
        self._buffer.clear()
        self._sent = time.perf_counter()
        self._transport.write(self._request(number))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._end:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            self._end = head + 4 + _length(bytes(self._buffer[:head]).lower())
        if len(self._buffer) >= self._end:
            self._load.seconds.append(time.perf_counter() - self._sent)
            self._load.bytes += self._end
            if self._buffer[9:10] != b"2":
                self._load.failed.append(bytes(self._buffer[:400]))
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    if at < 0:
        raise ValueError("An answer without Content-Length; the client can't tell where it ends.")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


async def run(port: int, request: Request, *, clients: int = 8, seconds: float = 3.0, most: int | None = None) -> Load:
    """`clients` connections for `seconds`, or until `most` requests were sent."""
    load, numbers, until = Load(), count(), time.perf_counter() + seconds

    def following() -> int | None:
        number = next(numbers)
        return None if time.perf_counter() > until or (most is not None and number >= most) else number

    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    talks = [
        (await loop.create_connection(lambda: _Talk(load, request, following), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    await asyncio.gather(*(talk.done for talk in talks))
    load.elapsed = time.perf_counter() - started
    if load.failed:
        raise RuntimeError(
            f"{len(load.failed)} requests failed, the first with {load.failed[0].decode(errors='replace')}"
        )
    return load


def get(path: str, *, key: str = "", session: str = "", frame: str = "") -> bytes:
    """A GET as bytes, by API key or as a browser with a session. frame: the mark of the frame that it shows."""
    known = f"relata-frame: {frame}\r\n" if frame else ""
    return _head("GET", path, key, session) + f"{known}\r\n".encode()


def send(method: str, path: str, body: bytes, *, key: str) -> bytes:
    """A request with a JSON body."""
    kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    return _head(method, path, key, "") + kind + body


def _head(method: str, path: str, key: str, session: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "connection: keep-alive"]
    if key:
        lines.append(f"authorization: Bearer {key}")
    if session:
        lines += [f"cookie: relata_session={session}", "accept: text/html"]
    return ("\r\n".join(lines) + "\r\n").encode()


def over(requests: Sequence[bytes]) -> Request:
    """These requests, again and again."""
    return lambda number: requests[number % len(requests)]

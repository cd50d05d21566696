"""Answers in fewer bytes, with gzip (RFC 1952; RFC 9110, section 8.4) for whoever takes it.

Only what is whole and short enough to be held anyway: streams pass as they are, so that an event or an export's first
row is never kept back. What another site made a browser ask for is not compressed: its size would tell that site
something about the page (BREACH; the tokens in it differ each time besides).
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from relata.interfaces.http.asgi import Headers, Message, Send

_LEAST_BYTES = 1_500
_MOST_BYTES = 4_000_000
_TEXT = re.compile(rb"text/(?!event-stream)|application/(json|javascript|problem\+json|manifest\+json)|image/svg\+xml")
_ACCEPTED = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)", re.IGNORECASE)
_FAST = 1
_SMALL = 9
_GZIP = 16 + zlib.MAX_WBITS


def may_compress(method: str, headers: Headers) -> bool:
    """Whether this request's answer may be compressed."""
    if method == "HEAD" or headers.get(b"sec-fetch-site") in ("cross-site", "same-site"):
        return False
    return _ACCEPTED.search(headers.get(b"accept-encoding") or "") is not None


def compressing(send: Send) -> Send:
    """ASGI's send, with whole answers of text compressed."""
    start: Message | None = None
    pieces: list[bytes] = []

    async def then_send(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and _is_fit(message):
            start = message
        elif start is None:
            await send(message)
        else:
            pieces.append(message.get("body", b""))
            if not message.get("more_body", False):
                await send(_announced(start, body := _packed(b"".join(pieces), start)))
                await send({"type": "http.response.body", "body": body})

    return then_send


def _is_fit(start: Message) -> bool:
    given = dict(start.get("headers", ()))
    length = given.get(b"content-length", b"")
    return (
        start["status"] not in (204, 206, 304)
        and b"content-encoding" not in given
        and length.isdigit()
        and _LEAST_BYTES <= int(length) <= _MOST_BYTES
        and _TEXT.match(given.get(b"content-type", b"")) is not None
    )


def _packed(body: bytes, start: Message) -> bytes:
    """What browsers keep is made as small as can be; what is asked for each time, quickly."""
    is_kept = any(name == b"cache-control" and b"immutable" in value for name, value in start["headers"])
    return _small(body) if is_kept else _deflated(body, _FAST)


@lru_cache(64)
def _small(body: bytes) -> bytes:
    """Style and scripts, made once: there are some dozens of them."""
    return _deflated(body, _SMALL)


def _deflated(body: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def _announced(start: Message, body: bytes) -> Message:
    """The start of the answer with the body's new length. A validator of the plain bytes is a weak one of these."""
    told = [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"), (b"content-length", b"%d" % len(body))]
    for name, value in start["headers"]:
        if name == b"etag" and not value.startswith(b"W/"):
            told.append((name, b"W/" + value))
        elif name != b"content-length":
            told.append((name, value))
    return {**start, "headers": told}

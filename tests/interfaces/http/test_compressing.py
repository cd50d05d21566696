"""Answers in fewer bytes: for whoever takes them, of what is worth it, and never for another site."""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest

from relata.interfaces.http.asgi import Headers
from relata.interfaces.http.compressing import compressing, may_compress

TEXT = b"<p>Ada Abel</p>" * 500


def asked(method: str = "GET", **headers: str) -> bool:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return may_compress(method, Headers({"headers": named}))


async def answered(
    body: list[bytes], *headers: tuple[bytes, bytes], status: int = 200
) -> tuple[dict[bytes, bytes], bytes]:
    """The headers and the body that went out."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    through = compressing(send)
    await through({"type": "http.response.start", "status": status, "headers": list(headers)})
    for at, piece in enumerate(body):
        await through({"type": "http.response.body", "body": piece, "more_body": at < len(body) - 1})
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip", "gzip;q=0.5", "*", "GZIP , deflate"])
def test_who_takes_it(accepted: str) -> None:
    assert asked(accept_encoding=accepted, sec_fetch_site="same-origin")


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip;q=0.0, br", "x-gzip-not"])
def test_who_does_not(accepted: str) -> None:
    assert not asked(accept_encoding=accepted)


def test_what_another_site_asks_for_keeps_its_length() -> None:
    assert not asked(accept_encoding="gzip", sec_fetch_site="cross-site")
    assert not asked(accept_encoding="gzip", sec_fetch_site="same-site")
    assert not asked("HEAD", accept_encoding="gzip")


async def test_text_is_packed_in_one_piece_and_says_so() -> None:
    length = str(len(TEXT)).encode()
    headers, body = await answered(
        [TEXT[:3000], TEXT[3000:]],
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", length),
        (b"etag", b'"a"'),
    )
    assert gzip.decompress(body) == TEXT
    assert len(body) < len(TEXT) / 10
    assert headers[b"content-encoding"] == b"gzip"
    assert headers[b"vary"] == b"accept-encoding"
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"etag"] == b'W/"a"'


@pytest.mark.parametrize(
    ("kind", "length", "status"),
    [
        (b"text/html", None, 200),
        (b"text/event-stream", 7500, 200),
        (b"image/png", 7500, 200),
        (b"text/html", 7500, 206),
        (b"text/css", 20, 200),
    ],
)
async def test_the_rest_passes_untouched(kind: bytes, length: int | None, status: int) -> None:
    given = [(b"content-type", kind)] + ([(b"content-length", str(length).encode())] if length else [])
    headers, body = await answered([TEXT], *given, status=status)
    assert (headers, body) == (dict(given), TEXT)

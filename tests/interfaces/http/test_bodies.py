"""Bodies and addresses that no handler should ever see."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from relata.interfaces.http import bodies, hurrying
from relata.interfaces.http.refusal import Refusal

JSON = {"content-type": "application/json"}
PART = b'--x\r\ncontent-disposition: form-data; name="file"\r\n'
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b'{"a": "\xff"}', JSON, 400, "invalid_utf8"),
        (b'{"a": "\xed\xa0\x80"}', JSON, 400, "invalid_utf8"),
        (b'{"a": "\x00"}', JSON, 400, "nul"),
        (b'{"a": "x\\u0000"}', JSON, 400, "nul"),
        (b'{"a": "\\\\\\u0000"}', JSON, 400, "nul"),
        (b"{", JSON, 400, "malformed"),
        (b"{'a': 1}", JSON, 400, "malformed"),
        (b"\xef\xbb\xbf{}", JSON, 400, "malformed"),
        (b"NaN", JSON, 400, "malformed"),
        (b'{"a": "\\ud800"}', JSON, 400, "malformed"),
        (b"[" * 65 + b"]" * 65, JSON, 400, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, 400, "too_deep"),
        (b"[" * 200_000, JSON, 400, "too_deep"),
        (b"a=%00", FORM, 400, "nul"),
        (b"a=%ff", FORM, 400, "invalid_utf8"),
        (b"a=\xff", FORM, 400, "invalid_utf8"),
        (b"<a/>", {"content-type": "application/xml"}, 415, "unsupported_media_type"),
        (b"{}", {}, 415, "unsupported_media_type"),
        (b"{}", {"content-type": ""}, 415, "unsupported_media_type"),
        (b"{}", {"content-type": "application/json, text/html"}, 415, "unsupported_media_type"),
        (b"{}", {"content-type": "application/json; charset=utf-16"}, 415, "unsupported_media_type"),
        (b"{}", {**JSON, "content-encoding": "gzip"}, 415, "unsupported_media_type"),
        (b"{}", {**JSON, "content-length": "-1"}, 400, "content_length"),
        (b"{}", {**JSON, "content-length": "two"}, 400, "content_length"),
    ],
)
async def test_a_bad_body_is_told(
    program: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    path = "/form" if headers == FORM else "/api/v1/echo"
    answer = await program.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_two_types_are_none(program: httpx.AsyncClient) -> None:
    twice = [("content-type", "application/json"), ("content-type", "text/plain")]
    answer = await program.post("/api/v1/echo", content=b"{}", headers=twice)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "value",
    ["\\u0000 after a backslash", "日本語 🦊 \u202e", "' or 1=1 --", "[" * 200, ["x"] * 200, {"a": [[{}]] * 90}],
)
async def test_odd_content_comes_through_unchanged(program: httpx.AsyncClient, value: object) -> None:
    answer = await program.post("/api/v1/echo", json={"a": value})
    assert answer.status_code == 201
    assert answer.json() == {"a": value}


@pytest.mark.parametrize("kind", ["Application/JSON", "application/json; charset=UTF-8", "application/merge+json"])
async def test_json_has_several_names(program: httpx.AsyncClient, kind: str) -> None:
    assert (await program.post("/api/v1/echo", content=b'{"a":1}', headers={"content-type": kind})).status_code == 201


async def test_ten_megabytes_are_the_end(program: httpx.AsyncClient) -> None:
    body = b'"' + b"x" * 10_000_000 + b'"'
    declared = await program.post("/api/v1/echo", content=body, headers=JSON)
    assert (declared.status_code, declared.json()["code"]) == (413, "too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 1_000_000

    streamed = await program.post("/api/v1/echo", content=pieces(), headers=JSON)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")
    file = await program.post("/upload", files={"file": b"x" * 10_000_001})
    assert (file.status_code, file.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/api/v1/echo", "/upload"])
async def test_a_body_that_never_ends_is_given_up(
    program: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(hurrying, "PATIENCE_SECONDS", 0.05)

    async def drops() -> AsyncIterator[bytes]:
        yield b'"' if path == "/api/v1/echo" else PART + b"\r\n"
        await asyncio.Event().wait()

    headers = JSON if path == "/api/v1/echo" else {"content-type": "multipart/form-data; boundary=x"}
    async with asyncio.timeout(5):
        answer = await program.post(path, content=drops(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (408, "too_slow")


async def test_a_file_may_hold_anything(program: httpx.AsyncClient) -> None:
    answer = await program.post("/upload", files={"file": b"\x00\xff" * 1000})
    assert (answer.status_code, answer.json()) == (201, 2000)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"nothing of the kind"),
        ("multipart/form-data; boundary=x", PART + b"\r\n\xff\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", PART + b"content-type: text/plain; charset=klingon\r\n\r\na\r\n--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x--"),
        ("multipart/form-data; boundary=\xff", b"--\xff--"),
    ],
)
async def test_a_broken_form_is_no_bug(program: httpx.AsyncClient, kind: str, body: bytes) -> None:
    answer = await program.post("/upload", content=body, headers=[(b"content-type", kind.encode("latin-1"))])
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/page?a=%00", 400),
        ("/page?a=%ff", 400),
        ("/page?%C3%BC=%C3%BC", 200),
        ("/page%00", 400),
        ("/raise/%ff", 400),
        ("/page?" + "a" * 17_000, 414),
        ("/" + "a" * 17_000, 414),
        ("//page/..;/../etc", 404),
    ],
)
async def test_a_bad_address_is_told(program: httpx.AsyncClient, path: str, status: int) -> None:
    assert (await program.get(path)).status_code == status


@pytest.mark.parametrize(
    "body", [b'"' + b'\\"' * 500_000 + b"[" * 100, b"\\\\" * 500_000 + b"\\u0000", b"[[]" * 300_000, b"[]" * 500_000]
)
def test_checking_takes_linear_time(body: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(Refusal):
        bodies.check_json(body)
    assert time.process_time() - started < 2  # quadratic time would be minutes

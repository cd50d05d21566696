"""How an error is answered: as a problem for programs, as a page for browsers, as the way to sign in for who must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from relata.foundation.errors import RelataError
from relata.interfaces.http import problems
from relata.interfaces.http.admission import FACTORS_PATH
from relata.interfaces.http.asgi import Headers, Scope, Send
from relata.interfaces.http.problems import ProblemBody

#: Port: an error as HTML. is_fragment: asked for by a script on a page, so without the frame of a page.
ErrorPage = Callable[[ProblemBody, bool], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, ready to be sent."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def answer(
    scope: Scope, headers: Headers, error: RelataError, request_id: str, page: ErrorPage | None, sign_in_path: str
) -> Answer:
    """The answer to a request that failed. page: None where nothing renders HTML."""
    body = problems.body_of(error, request_id)
    sent = problems.headers_of(error)
    if not _wants_html(scope, headers):
        return Answer(body.status, [*sent, ("content-type", problems.MEDIA_TYPE)], msgspec.json.encode(body))
    is_fragment = b"hx-request" in headers
    if body.status == 401 and scope["path"] != sign_in_path:
        return _to_sign_in(scope, headers, sign_in_path, is_fragment)
    if body.code == "second_factor_needed":
        return _to_factors(is_fragment)
    if page is None:
        return Answer(body.status, [*sent, ("content-type", problems.MEDIA_TYPE)], msgspec.json.encode(body))
    text = page(body, is_fragment)
    return Answer(body.status, [*sent, ("content-type", "text/html; charset=utf-8")], text.encode())


async def send_answer(send: Send, found: Answer, *, with_body: bool = True) -> None:
    """Send it over ASGI. with_body: False for HEAD."""
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in found.headers]
    headers.append((b"content-length", str(len(found.body)).encode()))
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": found.body if with_body else b""})


def _wants_html(scope: Scope, headers: Headers) -> bool:
    return not scope["path"].startswith("/api/") and "text/html" in (headers.get(b"accept") or "")


def _to_sign_in(scope: Scope, headers: Headers, sign_in_path: str, is_fragment: bool) -> Answer:
    """Back to where they were afterwards, if that was a page and not something that a form or script asked for."""
    target = sign_in_path
    if scope["method"] == "GET" and not is_fragment:
        query = scope["query_string"].decode("latin-1")
        target += "?next=" + quote(scope["path"] + (f"?{query}" if query else ""), safe="/")
    if is_fragment:
        return Answer(401, [("hx-redirect", target), ("content-type", "text/plain; charset=utf-8")], b"")
    return Answer(303, [("location", target)], b"")


def _to_factors(is_fragment: bool) -> Answer:
    """Whoever has to set up a second factor finds nothing else."""
    if is_fragment:
        return Answer(403, [("hx-redirect", FACTORS_PATH), ("content-type", "text/plain; charset=utf-8")], b"")
    return Answer(303, [("location", FACTORS_PATH)], b"")


def is_safe_next(target: str) -> bool:
    """Whether a `next` from an address leads to a page of ours: a path, and not another host in disguise."""
    return (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and "\\" not in target
        and all(31 < ord(letter) < 127 for letter in target)
    )

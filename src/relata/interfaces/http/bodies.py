"""What a body may be: how large, of which type, in valid UTF-8, without NUL, not nested without end.

JSON and forms are read whole and checked before any other code sees them; files pass through, counted.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _
from relata.interfaces.http.asgi import SAFE_METHODS, Headers, Message, Receive, Scope
from relata.interfaces.http.hurrying import hurried
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.http.settings import HttpSettings

MAX_DEPTH = 64
MAX_QUERY_BYTES = 16_384

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
_FILES = frozenset({MULTIPART, "text/csv", "text/plain", "application/octet-stream", "application/zip"})
_JSON = re.compile(r"^application/(?:[a-z0-9.-]+\+)?json$")
_TYPE = re.compile(r"^([a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+)\s*(?:;(.*))?$", re.IGNORECASE)
_CHARSET = re.compile(r'charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)

#: Here programs speak WebDAV, whose bodies are XML.
_WEBDAV = ("/carddav", "/.well-known/carddav")
_XML = frozenset({"text/xml", "application/xml"})

#: What may turn out, in an address, to be a NUL or not UTF-8.
_ODD = re.compile(rb"[\x80-\xff]|%(?:00|[89a-fA-F])")
_JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ANNOUNCING = frozenset({b"content-length", b"transfer-encoding"})
#: An unterminated string goes to the end: trying again from each of its quotes would take quadratic time.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ALIKE = bytes.maketrans(b"{}", b"[]")


def check_target(scope: Scope) -> None:
    """The path and the query: of a sensible length, UTF-8, without NUL."""
    query = scope["query_string"]
    if len(query) > MAX_QUERY_BYTES or len(scope["path"]) > MAX_QUERY_BYTES:
        raise Refusal(414, "address_too_long", "The address is too long.", hint="Send long filters in the body.")
    if _ODD.search(query):
        _check_text(unquote_to_bytes(query), "The query")
    raw = scope.get("raw_path") or b""
    if _ODD.search(raw):
        _check_text(unquote_to_bytes(raw), "The path")
    if "\x00" in scope["path"]:
        raise _nul("The path")


async def admit(
    scope: Scope, receive: Receive, headers: Headers, settings: HttpSettings
) -> tuple[Receive, bytes | None]:
    """A `receive` for the application, and the body where it was read whole already (JSON, forms, and none at all).

    Raises LimitReached (`too_large`), also later from the `receive` of a file that is streamed.
    """
    if not headers.has_any(_ANNOUNCING) and scope["method"] in SAFE_METHODS:
        return receive, b""
    if scope["path"].startswith(_WEBDAV) and _is_xml(headers):
        return _counting(hurried(receive), settings.max_body_bytes), None
    is_file = _has_file(headers)
    limit = settings.body_limit(scope["path"]) if is_file else settings.max_body_bytes
    declared = _declared_length(headers)
    if declared is not None and declared > limit:
        raise _too_large(limit)
    if declared == 0 or (declared is None and not _may_come_undeclared(scope, headers)):
        return receive, b""
    counted = _counting(hurried(receive), limit)
    if is_file:
        return counted, None
    body = await read_whole(counted)
    if body:
        check_form(body) if _kind(headers) == FORM else check_json(body)
    return replaying(body, receive), body


def check_json(body: bytes) -> None:
    """Refuses what no parser should be given; whether it is JSON the parser says."""
    _check_text(body, "The body")
    if b"\\u0000" in body and _JSON_NUL.search(body):
        raise _nul("The body")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deeper(body, MAX_DEPTH):
        raise Refusal(400, "too_deep", f"The JSON is nested deeper than {MAX_DEPTH} levels.", hint="Flatten it.")


def check_form(body: bytes) -> None:
    """The same for what a form sends."""
    _check_text(unquote_to_bytes(body) if b"%" in body else body, "The form")


async def read_whole(receive: Receive, limit: int | None = None) -> bytes:
    """Everything that is still to come, up to `limit` bytes."""
    receive = receive if limit is None else _counting(receive, limit)
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "incomplete", "The request ended before its body did.")
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def replaying(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again, and then what the real one gives."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _may_come_undeclared(scope: Scope, headers: Headers) -> bool:
    """HTTP/1 announces every body; HTTP/2 need not."""
    if b"transfer-encoding" in headers:
        return True
    return scope.get("http_version", "1.1")[:1] != "1" and scope["method"] not in SAFE_METHODS


def _has_file(headers: Headers) -> bool:
    kind = (headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    return kind in _FILES and _kind(headers) in _FILES


def _is_xml(headers: Headers) -> bool:
    """Whether the body says that it is XML in UTF-8, and as it is."""
    found = _TYPE.match((headers.get(b"content-type") or "").strip())
    charset = _CHARSET.search(found[2] or "") if found else None
    is_plain = b"content-encoding" not in headers and b"content-type" not in headers.repeated
    if not is_plain or found is None:
        return False
    return found[1].lower() in _XML and (not charset or charset[1].lower() == "utf-8")


def _counting(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _too_large(limit)
        return message

    return counted


def _declared_length(headers: Headers) -> int | None:
    text = headers.get(b"content-length")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18 or b"content-length" in headers.repeated:
        raise Refusal(400, "content_length", "The Content-Length header is not one number.")
    return int(text)


def _kind(headers: Headers) -> str:
    """The media type of the body, lower case."""
    if b"content-encoding" in headers and headers.get(b"content-encoding") != "identity":
        raise _unsupported("Compressed bodies are not accepted.", "Send the body as it is.")
    if b"content-type" in headers.repeated:
        raise _unsupported("The request has several Content-Type headers.", "Send one.")
    found = _TYPE.match((headers.get(b"content-type") or "").strip())
    kind = found[1].lower() if found else ""
    if kind != FORM and kind not in _FILES and not _JSON.match(kind):
        raise _unsupported("Bodies of this type are not accepted.", "Send application/json.")
    charset = _CHARSET.search(found[2] or "") if found else None
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise _unsupported("Only UTF-8 is accepted.", "Send the body in UTF-8.")
    return kind


def _check_text(text: bytes, what: str) -> None:
    if b"\x00" in text:
        raise _nul(what)
    if not text.isascii():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refusal(400, "invalid_utf8", f"{what} is not valid UTF-8.", hint="Send text in UTF-8.") from error


def _is_deeper(body: bytes, limit: int) -> bool:
    """Takes the innermost pairs away, a level at a time, until nothing or a long run of opening brackets is left."""
    rest = _STRINGS.sub(b"", body).translate(_ALIKE, _NOT_BRACKETS)
    while rest:
        if b"[" * (limit + 1) in rest:
            return True
        fewer = rest.replace(b"[]", b"")
        if len(fewer) == len(rest):
            return False  # they do not match, so no parser will take it
        rest = fewer
    return False


def _nul(what: str) -> Refusal:
    return Refusal(400, "nul", f"{what} contains a NUL character.", hint="Remove the character U+0000.")


def _unsupported(message: str, hint: str) -> Refusal:
    return Refusal(415, "unsupported_media_type", message, hint=hint)


def _too_large(limit: int) -> LimitReached:
    return LimitReached(
        _("The request is larger than %(what)s MB.") % {"what": f"{limit / 1000000:g}"},
        code="too_large",
        hint="Send less at a time.",
    )

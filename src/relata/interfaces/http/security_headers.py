"""What every answer tells the browser about what it may do with it. A handler's own header of the same name wins."""

from __future__ import annotations

from functools import lru_cache

from relata.interfaces.http.asgi import Message

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()",
        "cache-control": "no-store",
    }.items()
)
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


@lru_cache(4)
def _always(files_origin: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers where pictures may come from an origin of their own."""
    if not files_origin:
        return _ALWAYS
    policy = POLICY.replace("img-src 'self'", f"img-src 'self' {files_origin}")
    return ((_ALWAYS[0][0], policy.encode()), *_ALWAYS[1:])


def add(message: Message, request_id: bytes, is_https: bool, files_origin: str = "") -> None:
    """Completes the headers of an `http.response.start`. Without a word of the handler nothing is ever stored."""
    headers = list(message.get("headers", ()))
    given = {name.lower() for name, _ in headers}
    headers.extend(pair for pair in _always(files_origin) if pair[0] not in given)
    if is_https:
        headers.append(_HSTS)
    headers.append((b"x-request-id", request_id))
    message["headers"] = headers

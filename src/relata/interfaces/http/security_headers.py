"""What every answer tells the browser about what it may do with it. A handler's own header of the same name wins."""

from __future__ import annotations

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


def add(message: Message, request_id: bytes, is_https: bool) -> None:
    """Completes the headers of an `http.response.start`. Without a word of the handler nothing is ever stored."""
    headers = list(message.get("headers", ()))
    given = {name.lower() for name, _ in headers}
    headers.extend(pair for pair in _ALWAYS if pair[0] not in given)
    if is_https:
        headers.append(_HSTS)
    headers.append((b"x-request-id", request_id))
    message["headers"] = headers

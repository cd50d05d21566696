"""From an error to an HTTP answer: the one table of statuses, and RFC 9457's `application/problem+json`."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from relata.engine.workspace.warnings import only_warnings
from relata.foundation.errors import (
    Bug,
    Conflict,
    Denied,
    Expired,
    Invalid,
    LimitReached,
    NotFound,
    RelataError,
    Unavailable,
)
from relata.interfaces.http.refusal import Refusal

#: Kind -> status. A kind that is missing here is answered like its nearest ancestor.
STATUSES: dict[type[RelataError], int] = {
    NotFound: 404,
    Denied: 403,
    Invalid: 422,
    Conflict: 409,
    LimitReached: 429,
    Expired: 410,
    Unavailable: 503,
    Bug: 500,
    RelataError: 409,
}
#: Codes that are more exact than their kind.
STATUS_OF_CODES = {
    "too_large": 413,
    "session_required": 401,
    "session_expired": 401,
    "key_invalid": 401,
    "disk_full": 507,
}
#: Of an answer: what only warns. Of a request: that it is meant in spite of these warnings; * for all.
CONFIRM = "confirm-warnings"
MEDIA_TYPE = "application/problem+json"


class ProblemItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the things that are wrong."""

    code: str
    message: str
    field: str | None = None
    hint: str | None = None
    position: int | None = None
    confirm: str = ""


class ProblemBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer's body. code: stable, for programs. request_id: also in the log."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    field: str | None = None
    hint: str | None = None
    errors: tuple[ProblemItem, ...] = ()


def status_of(error: RelataError) -> int:
    """The status that an error is answered with."""
    if isinstance(error, Refusal):
        return error.status
    if error.code in STATUS_OF_CODES:
        return STATUS_OF_CODES[error.code]
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def body_of(error: RelataError, request_id: str) -> ProblemBody:
    """The error in RFC 9457's words. A Bug tells nothing but where to look."""
    status = status_of(error)
    if isinstance(error, Bug):
        error = Bug("Something went wrong on our side.", hint=f"Tell your administrator this number: {request_id}.")
    items = tuple(
        ProblemItem(one.code, one.message, one.field, one.hint, one.position, one.confirm) for one in error.problems
    )
    return ProblemBody(
        f"urn:relata:problem:{error.code}", HTTPStatus(status).phrase, status, error.code, error.message,
        request_id, error.field, error.hint, items,
    )  # fmt: skip


def confirmed_in(header: str | None) -> tuple[str, ...]:
    """The warnings that a request's header confirms."""
    return tuple(name for one in (header or "")[:4000].split(",") if (name := one.strip()))


def headers_of(error: RelataError) -> list[tuple[str, str]]:
    """What an answer carries beside its body."""
    found: list[tuple[str, str]] = list(error.headers) if isinstance(error, Refusal) else []
    if isinstance(error, LimitReached) and error.retry_after_seconds is not None:
        found.append(("retry-after", str(error.retry_after_seconds)))
    elif isinstance(error, Unavailable):
        found.append(("retry-after", "5"))
    if confirm := only_warnings(error.problems):
        found.append((CONFIRM, ", ".join(confirm)))
    if status_of(error) == 401:
        found.append(("www-authenticate", 'Bearer realm="relata"'))
    return found

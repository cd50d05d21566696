"""From Litestar's exceptions, and from what nobody expected, to our kinds of error."""

from __future__ import annotations

import logging
import traceback

import msgspec
from litestar.exceptions import HTTPException, MethodNotAllowedException, SerializationException, ValidationException

from relata.foundation.errors import Bug, LimitReached, Problem, RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.http.refusal import Refusal

log = logging.getLogger("relata.http")

_WORDS = {
    400: ("bad_request", later("The request can't be understood.")),
    401: ("session_required", later("Nobody is signed in.")),
    403: ("denied", later("This is not allowed.")),
    404: ("no_such_address", later("There is nothing at this address.")),
    405: ("method_not_allowed", later("This address does not know the method.")),
    413: ("too_large", later("The request is too large.")),
    415: ("unsupported_media_type", later("Bodies of this type are not accepted.")),
    429: ("limit_reached", later("Too many requests.")),
}


def translated(error: Exception, request_id: str) -> RelataError:
    """The error to answer with. What nobody expected becomes a Bug and is logged under the request's id."""
    if isinstance(error, RelataError):
        if isinstance(error, Bug):
            log.error("bug", exc_info=error, extra={"fields": {"request": request_id}})
        return error
    if isinstance(error, ValidationException):
        return _validation(error)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refusal(error)
    if isinstance(error, SerializationException) and isinstance(error.__cause__, msgspec.DecodeError):
        return Refusal(400, "malformed", "The body is not valid JSON.")
    if _is_from_form_parser(error):
        return Refusal(400, "malformed", "The form can't be read.", hint="Send multipart/form-data in UTF-8.")
    log.error("unexpected", exc_info=error, extra={"fields": {"request": request_id}})
    return Bug(_("Something went wrong on our side."))


def _validation(error: ValidationException) -> RelataError:
    """Of a parameter: 400. Of the body's content: 422."""
    raw = error.extra if isinstance(error.extra, list) else []
    items = [one for one in raw if isinstance(one, dict)]
    problems = [_problem(str(one.get("key") or ""), str(one.get("message") or "")) for one in items]
    from_body = bool(items) and all(one.get("source") in (None, "body") for one in items)
    status = 422 if from_body else 400
    first = problems[0] if problems else Problem("invalid", "A parameter is missing or does not fit.")
    return Refusal(status, first.code, first.message, field=first.field, problems=problems)


def _refusal(error: HTTPException) -> RelataError:
    code, message = _WORDS.get(error.status_code, _WORDS[400])
    message = _(message)
    if error.status_code == 429:
        return LimitReached(message)
    if isinstance(error.__cause__, SerializationException):
        code, message = "malformed", "The body is not valid JSON."
    headers = []
    if isinstance(error, MethodNotAllowedException):
        headers = [(name.lower(), value) for name, value in (error.headers or {}).items() if name.lower() == "allow"]
    return Refusal(error.status_code, code, message, headers=headers)


def _problem(key: str, text: str) -> Problem:
    """`data` is Litestar's name for the body as a whole; a body that is missing shows as that key alone."""
    if text == f"'{key}'":
        what = "The request has no body." if key == "data" else "This is needed."
        return Problem("required", what, None if key == "data" else key)
    sentence = (text[:1].upper() + text[1:]).rstrip(".") + "." if text else "This does not fit."
    return Problem("invalid", sentence, None if key == "data" else key or None)


def _is_from_form_parser(error: Exception) -> bool:
    """The parser of multipart bodies lets through what an odd charset or boundary raises in it."""
    if not isinstance(error, (UnicodeError, LookupError, ValueError, AssertionError)):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and any(frame.filename.endswith("multipart.py") for frame in frames[-3:])

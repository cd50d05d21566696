"""The eight kinds of failure. They know no HTTP; each interface maps a kind to its own status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relata.foundation.i18n import gettext as _

#: The code of what was refused for want of room on the disk.
NO_ROOM = "disk_full"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one input.

    code: stable, for programs, such as `required`. message: a sentence for the person.
    field: the field's name or a path such as `address.city`; None when it concerns the whole.
    hint: what to do next. position: character offset in an expression, from 0. confirm: what is sent along by
    who means it nevertheless; "" where that does not help.
    """

    code: str
    message: str
    field: str | None = None
    hint: str | None = None
    position: int | None = None
    confirm: str = ""


class RelataError(Exception):
    """Anything that Relata refuses, with words for a person.

    The message is a sentence that says what happened and what to do; it never carries SQL, a path,
    a stack or another row's value.
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str | None = None,
        hint: str | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.field = field
        self.hint = hint
        self.problems: tuple[Problem, ...] = tuple(problems)


def _summed(message: str, count: int) -> str:
    return _("%(message)s (%(count)s problems in all.)") % {"message": message, "count": count}


class NotFound(RelataError):
    """There is no such thing, or its existence is hidden from this actor."""

    code = "not_found"


class Denied(RelataError):
    """The thing is known, the right is missing."""

    code = "denied"


class Invalid(RelataError):
    """What was sent can't be accepted; `problems` says which field and why."""

    code = "invalid"

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> Invalid:
        """One error from one or more problems; its message is the first problem's."""
        first = problems[0]
        message = first.message if len(problems) == 1 else _summed(first.message, len(problems))
        return cls(message, code=first.code, field=first.field, hint=first.hint, problems=problems)


class Conflict(RelataError):
    """Someone else was faster, or the state forbids it. `problems` names the fields that differ."""

    code = "conflict"


class LimitReached(RelataError):
    """Too many, too large, too often. retry_after_seconds: when to try again, if that helps."""

    code = "limit_reached"

    def __init__(self, message: str, *, retry_after_seconds: int | None = None, **kwargs: object) -> None:
        super().__init__(message, **kwargs)  # type: ignore[arg-type]
        self.retry_after_seconds = retry_after_seconds


class Expired(RelataError):
    """It was valid once: a token, a link, a session, an undo."""

    code = "expired"


class Unavailable(RelataError):
    """Something that we stand on does not answer; trying again later may help."""

    code = "unavailable"


class Bug(RelataError):
    """Our own mistake, told without details; the log holds them under the same reference."""

    code = "bug"

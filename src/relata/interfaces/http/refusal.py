"""What HTTP itself has to refuse, with a status that no kind of error has."""

from __future__ import annotations

from collections.abc import Sequence

from relata.foundation.errors import Problem, RelataError


class Refusal(RelataError):
    """A request that can't be taken as it is. status: 4xx. headers: to send along."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str | None = None,
        problems: Sequence[Problem] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message, code=code, field=field, hint=hint, problems=problems)
        self.status = status
        self.headers = tuple(headers)

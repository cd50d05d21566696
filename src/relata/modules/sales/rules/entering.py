"""Whether a deal may come to a stage: allowed moves, what must be filled in, reasons that the pipeline knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from relata.foundation.errors import Invalid, Problem
from relata.modules.sales import errors

_EMPTY: tuple[Any, ...] = (None, "", (), [])


def is_allowed(next_stages: Collection[UUID], stage: UUID) -> bool:
    """Whether a deal may go to `stage`. next_stages: what the stage that it leaves names; none of them allows all."""
    return not next_stages or stage in next_stages


def missing(required: Iterable[str], values: dict[str, Any]) -> list[str]:
    """The names of what is required and empty, in their order and once. A zero and a no are answers."""
    return [name for name in dict.fromkeys(required) if values.get(name) in _EMPTY]


def check_complete(stage: str, absent: Sequence[tuple[str, str]]) -> None:
    """Raise Invalid with one problem for each absent field. stage: what the stage is called. absent: name and label."""
    if absent:
        raise Invalid.of(
            [
                Problem("needed", f"{stage} needs: {label}.", name, "Fill it in, then move the deal.")
                for name, label in absent
            ]
        )


def check_reason(field: str, reason: str | None, offered: Collection[str]) -> None:
    """Raise ReasonNotOffered for a reason that the pipeline does not name. offered: none allows all."""
    if reason is not None and offered and reason not in offered:
        raise errors.ReasonNotOffered(field, offered)

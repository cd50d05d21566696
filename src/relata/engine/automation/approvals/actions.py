"""What people do with a request: buttons, endpoints and commands alike."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.approvals import deciding
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.metadata.module import action
from relata.engine.workspace.holds import OVERRIDE

_PENDING = 'state = "pending"'


class Approve(msgspec.Struct, frozen=True):
    """Say yes."""

    approval_request: UUID
    reason: str = ""


class Reject(msgspec.Struct, frozen=True):
    """Say no."""

    approval_request: UUID
    reason: str


class Delegate(msgspec.Struct, frozen=True):
    """Give it to somebody else. user: who decides instead."""

    approval_request: UUID
    user: UUID
    reason: str = ""


class Recall(msgspec.Struct, frozen=True):
    """Take it back."""

    approval_request: UUID
    reason: str = ""


class Reassign(msgspec.Struct, frozen=True):
    """Name another approver. user: who decides now."""

    approval_request: UUID
    user: UUID
    reason: str = ""


@action(Approve, on=REQUEST, label="Approve", offered=_PENDING, icon="check")
async def approve(work: Any, command: Approve) -> None:
    """Agree to it; for whom it waits for."""
    await deciding.decide(work, command.approval_request, approve=True, reason=command.reason)


@action(Reject, on=REQUEST, label="Reject", offered=_PENDING, icon="x")
async def reject(work: Any, command: Reject) -> None:
    """Refuse it and say why; for whom it waits for."""
    await deciding.decide(work, command.approval_request, approve=False, reason=command.reason)


@action(Delegate, on=REQUEST, label="Delegate", offered=_PENDING, icon="corner-down-right")
async def delegate(work: Any, command: Delegate) -> None:
    """Let somebody else decide what waits for you."""
    await deciding.delegate(work, command.approval_request, command.user, command.reason)


@action(Recall, on=REQUEST, label="Recall", offered=_PENDING, icon="undo-2")
async def recall(work: Any, command: Recall) -> None:
    """Take back what you have submitted."""
    await deciding.recall(work, command.approval_request, command.reason)


@action(Reassign, on=REQUEST, label="Name another approver", needs=OVERRIDE, offered=_PENDING, icon="user-cog")
async def reassign(work: Any, command: Reassign) -> None:
    """Let somebody else decide in place of whom it waits for."""
    await deciding.reassign(work, command.approval_request, command.user, reason=command.reason)


ACTIONS = (approve, reject, delegate, recall, reassign)

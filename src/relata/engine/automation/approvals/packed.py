"""Processes of approval in packages of the configuration."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.approvals.administration import check_people, check_process, read
from relata.engine.automation.approvals.process import APPROVAL, MANAGE
from relata.engine.metadata.packed import PackedDefinition
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.workspace import Workspace


def _check(registry: Registry, body: dict[str, Any]) -> None:
    check_process(registry, read(body))


async def _targets(work: Workspace, body: dict[str, Any]) -> None:
    await check_people(work, read(body))


PACKED = PackedDefinition(APPROVAL, "Approval process", MANAGE, _check, _targets)

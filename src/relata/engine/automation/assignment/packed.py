"""Assignment rules in packages of the configuration."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.assignment.administration import PERMISSION, check_rule, check_targets, read
from relata.engine.automation.assignment.rules_of import KIND
from relata.engine.metadata.packed import PackedDefinition
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.workspace import Workspace


def _check(registry: Registry, body: dict[str, Any]) -> None:
    check_rule(registry, read(body))


async def _targets(work: Workspace, body: dict[str, Any]) -> None:
    await check_targets(work, read(body))


PACKED = PackedDefinition(KIND, "Assignment rule", PERMISSION, _check, _targets)

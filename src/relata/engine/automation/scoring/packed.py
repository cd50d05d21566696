"""Rules of scores and their grades in packages of the configuration."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.automation.scoring.administration import PERMISSION, ScoringChanged, check_rule
from relata.engine.automation.scoring.rules import GRADES, RULE, ScoreRule, Thresholds
from relata.engine.metadata.packed import PackedDefinition
from relata.engine.metadata.registry import Registry
from relata.engine.workspace.workspace import Workspace


def _check(registry: Registry, body: dict[str, Any]) -> None:
    check_rule(registry, msgspec.convert(body, ScoreRule))


def _check_grades(registry: Registry, body: dict[str, Any]) -> None:
    msgspec.convert(body, Thresholds)


async def _stored(work: Workspace, body: dict[str, Any]) -> None:
    await work.announce(ScoringChanged(str(body.get("object", ""))))


PACKED = (
    PackedDefinition(RULE, "Rule of a score", PERMISSION, _check, stored=_stored),
    PackedDefinition(GRADES, "Grades", PERMISSION, _check_grades),
)

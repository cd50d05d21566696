"""Answering a report: one statement with the reader's access, then the table."""

from __future__ import annotations

from relata.engine.formula import Node
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.result import Result
from relata.engine.workspace.workspace import Workspace


async def run(work: Workspace, definition: Definition, *, extra: Node | None = None) -> Result:
    """The answer for who is at work. extra: a condition beside the report's own, such as answered prompts or the
    filters of a dashboard. Invalid where nothing of it can be answered, LimitReached where it takes too long."""
    raise NotImplementedError  # the contract first: this commit only says what there will be

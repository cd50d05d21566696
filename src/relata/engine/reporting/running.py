"""Answering a report: one statement with the reader's access, then the table."""

from __future__ import annotations

import time
from datetime import date

from relata.engine.formula import Node
from relata.engine.reporting.answering import Answer
from relata.engine.reporting.asking import Asking
from relata.engine.reporting.checking import resolve
from relata.engine.reporting.cohorts import aged
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.funnels import with_steps
from relata.engine.reporting.looking_back import end_of, looked_back
from relata.engine.reporting.result import Result
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: A report may take so long, then it is stopped and says so.
SECONDS = 20.0


async def run(
    work: Workspace, definition: Definition, *, extra: Node | None = None, seconds: float = SECONDS,
    as_on: date | None = None,
) -> Result:  # fmt: skip
    """The answer for who is at work. extra: a condition beside the report's own, such as answered prompts or the
    filters of a dashboard. as_on: the records as they were at the end of that day; the lists behind the numbers are
    then those of `looking_back.behind`. Invalid where nothing of it can be answered, LimitReached where it takes too
    long."""
    began = time.perf_counter()
    definition = await with_steps(work, definition)
    resolved = resolve(work, definition)
    if not any(not one.measure.hidden for one in resolved.measures):
        problem = next(iter(resolved.problems), None)
        raise Invalid(problem.message if problem else _("Choose a figure."), code="gone", field="measures")
    asking = await Asking.of(work, resolved, extra, seconds, end_of(work, as_on) if as_on is not None else None)
    levels, table, complete = await asking.answer()
    result = await Answer(work, asking, levels, table).result(definition, complete, began)
    if as_on is not None:
        result = looked_back(result, as_on)
    return aged(work, result) if definition.cohort is not None else result

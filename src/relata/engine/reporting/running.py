"""Answering a report: one statement with the reader's access, then the table."""

from __future__ import annotations

import time

import msgspec

from relata.engine.formula import Node
from relata.engine.reporting.answering import Answer
from relata.engine.reporting.asking import Asking, Known
from relata.engine.reporting.checking import resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.result import Result
from relata.engine.reporting.trends.trend import trend_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: A report may take so long, then it is stopped and says so.
SECONDS = 20.0


async def run(
    work: Workspace, definition: Definition, *, extra: Node | None = None, seconds: float = SECONDS,
    known: Known | None = None,
) -> Result:
    """The answer for who is at work. extra: a condition beside the report's own, such as answered prompts or the
    filters of a dashboard. known: answers that are there already. Invalid where nothing of it can be answered,
    LimitReached where it takes too long."""
    began = time.perf_counter()
    ready = known.prepared(definition, extra) if known is not None else None
    resolved = ready.resolved if ready is not None else resolve(work, definition)
    if not any(not one.measure.hidden for one in resolved.measures):
        problem = next(iter(resolved.problems), None)
        raise Invalid(problem.message if problem else _("Choose a figure."), code="gone", field="measures")
    if ready is not None:
        asking = Asking(work, resolved, ready.where, ready.exchange, seconds, known)
    else:
        asking = await Asking.of(work, resolved, extra, seconds, known)
    levels, table, complete = await asking.answer()
    result = await Answer(work, asking, levels, table).result(definition, complete, began)
    if definition.picture.trend:
        return msgspec.structs.replace(result, trend=trend_of(result, work.actor.clock()))
    return result

"""Answering a report: one statement with the reader's access, then the table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import msgspec

from relata.engine.formula import Node, all_of
from relata.engine.reporting.answering import Answer
from relata.engine.reporting.asking import Asking, Known
from relata.engine.reporting.checking import resolve
from relata.engine.reporting.cohorts import aged
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.funnels import with_steps
from relata.engine.reporting.joining import MAX_BESIDE, check_beside, joined
from relata.engine.reporting.looking_back import end_of, looked_back
from relata.engine.reporting.prompts import Answers, Beside, answered, answered_beside
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.result import Note, Result
from relata.engine.reporting.trends.trend import trend_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

#: A report may take so long, then it is stopped and says so.
SECONDS = 20.0


async def run(
    work: Workspace, definition: Definition, *, extra: Node | None = None, seconds: float = SECONDS,
    as_on: date | None = None, known: Known | None = None, answers: Answers | None = None,
    beside: Beside | None = None,
) -> Result:  # fmt: skip
    """The answer for who is at work. answers: to its prompts; without them these have their defaults. extra: a
    condition beside the report's own, such as the filters of a dashboard; beside: what of them holds for a report that
    stands beside this one. as_on: the records as they were at the end of that day; the lists behind the numbers are
    then those of `looking_back.behind`. known: answers of now that are there already. Invalid where nothing of it can
    be answered, LimitReached where it takes too long."""
    began = time.perf_counter()
    definition = await with_steps(work, definition)
    ready = known.prepared(definition, extra) if known is not None and as_on is None else None
    resolved = ready.resolved if ready is not None else resolve(work, definition)
    if as_on is not None and resolved.events is not None:
        text = _("Funnels and cohorts tell what happened until now; narrow their filter instead.")
        raise Invalid(text, code="as_on", field="as_on")
    if not any(not one.measure.hidden for one in resolved.measures):
        problem = next(iter(resolved.problems), None)
        raise Invalid(problem.message if problem else _("Choose a figure."), code="gone", field="measures")
    if ready is not None:
        asking = Asking(work, resolved, ready.where, ready.exchange, seconds, known=known)
    else:
        conditions = [one for one in (answered(work, definition, answers or {}), extra) if one is not None]
        both = all_of(conditions) if conditions else None
        asking = await Asking.of(work, resolved, both, seconds, end_of(work, as_on) if as_on is not None else None)
    levels, table, complete = await asking.answer()
    result = await Answer(work, asking, levels, table).result(definition, complete, began)
    if as_on is not None:
        result = looked_back(result, as_on)
    if definition.picture.trend:
        result = msgspec.structs.replace(result, trend=trend_of(result, work.actor.clock()))
    if definition.beside:
        means = answered_beside(work, definition, answers or {})
        result = await _with_beside(work, definition, result, seconds, as_on, (means, *([beside] if beside else [])))
    return aged(work, result) if definition.cohort is not None else result


async def _with_beside(
    work: Workspace, definition: Definition, result: Result, seconds: float, as_on: date | None,
    means: Sequence[Beside],
) -> Result:  # fmt: skip
    """Together with the reports beside it. One that is gone or not open to the reader is left out and said so, as is
    what of the filters means nothing to one."""
    others, notes = [], list(result.notes)
    for key in definition.beside[:MAX_BESIDE]:
        try:
            found = await report(work, key)
        except NotFound:
            notes.append(Note(kind="gone", text=_("A report beside this one is gone or not open to you.")))
            continue
        other = msgspec.structs.replace(found.definition, beside=())
        check_beside(work, definition, other)
        holds = [one(other) for one in means]
        conditions = [one.condition for one in holds if one.condition is not None]
        plain = msgspec.structs.replace(other, prompts=())  # their defaults are among the conditions
        extra = all_of(conditions) if conditions else None
        others.append((found.name, await run(work, plain, extra=extra, seconds=seconds, as_on=as_on)))
        if missing := list(dict.fromkeys(word for one in holds for word in one.missing)):
            text = _("“%(name)s” is not filtered by: %(what)s") % {"name": found.name, "what": ", ".join(missing)}
            notes.append(Note(kind="unfiltered", text=text))
    return joined(msgspec.structs.replace(result, notes=tuple(notes)), others)

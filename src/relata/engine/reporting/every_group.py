"""All groups of a report, however many: read from a cursor of the server, so that memory is for one block of them.

An answer on a screen ends at `MAX_GROUPS`. What has more leaves as a file whole: one line for each group, the largest
first, the groups of the columns beside those of the rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from relata.engine.query.tabulating import every
from relata.engine.query.tabulation import Exchange, Tabulation
from relata.engine.reporting.asking import Asking
from relata.engine.reporting.checking import Groups, resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.keys import words_of
from relata.engine.reporting.looking_back import end_of
from relata.engine.reporting.prompts import Answers, answered
from relata.engine.reporting.result import Key, Level, Result, Shown, Value
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: A file may take so long, then it is stopped and says so.
SECONDS = 300.0
#: Groups of one block.
BLOCK = 5_000
#: What values are called; None for texts, which are their own words.
Words = Mapping[Any, Key | str] | None


@dataclass(frozen=True, slots=True)
class Block:
    """Some groups. words: of each level what the values among them are called. lines: of each group the values of its
    levels, and its figures."""

    words: tuple[Words, ...]
    lines: Sequence[tuple[tuple[Any, ...], tuple[Value, ...]]]


@dataclass(frozen=True, slots=True)
class EveryGroup:
    """levels: those of the rows, then those of the columns. measures: as in `Result`. blocks: to be read in the unit of
    work that this was made in."""

    levels: tuple[Level, ...]
    measures: tuple[Shown, ...]
    blocks: AsyncIterator[Block]


async def every_group(
    work: Workspace, definition: Definition, result: Result, *, answers: Answers | None = None,
    as_on: date | None = None,
) -> EveryGroup:  # fmt: skip
    """result: what `run` said of the same, which is not whole. Invalid for what is only known of all groups together,
    such as shares."""
    if definition.beside or any(one.show != "value" for one in definition.measures if not one.hidden):
        text = _(
            "This report has more groups than a file of shares, differences or reports side by side can hold. Show the"
            " values themselves, keep the largest groups, or take longer periods."
        )
        raise Invalid(text, code="too_many", field="measures")
    resolved = resolve(work, definition)
    where = answered(work, definition, answers or {})
    asking = await Asking.of(work, resolved, where, SECONDS, end_of(work, as_on) if as_on is not None else None)
    currency = next((one.currency for one in result.measures if one.currency), asking.exchange.base)
    if currency != asking.exchange.base:  # all amounts are in this one, and it has no rate
        asking.exchange = Exchange(currency)
    levels, asked = await asking.finest()
    return EveryGroup(
        (*result.row_levels, *result.column_levels), result.measures, _blocks(work, asking, levels, asked)
    )


async def _blocks(
    work: Workspace, asking: Asking, levels: tuple[Groups, ...], asked: Tabulation
) -> AsyncIterator[Block]:
    figures = _reader(asking)
    await work.settle()
    async for groups in every(work.unit.connection, work.context.ground, work.actor, asked, BLOCK):
        words = [await _words(work, level, {keys[at] for keys, _ in groups}) for at, level in enumerate(levels)]
        yield Block(tuple(words), [(keys, figures(raw)) for keys, raw in groups])


async def _words(work: Workspace, level: Groups, values: set[Any]) -> Words:
    """None where texts speak for themselves."""
    if level.kind == "text" and level.level.kept is None:
        return None
    if level.operand.target and level.level.kept is None:
        titles = await titles_of(work.unit, {level.operand.target: values - {None}})
        unseen, target = _("Not visible to you"), level.operand.target
        return {value: _("None") if value is None else titles.get((target, value)) or unseen for value in values}
    return (await words_of(work, level, values)).keys


def _reader(asking: Asking) -> Callable[[Sequence[Any]], tuple[Value, ...]]:
    """What makes the figures that are shown of a group's own."""
    sums = [one for one in asking.resolved.measures if not one.measure.hidden]
    plain = [asking.figures.index(one.figure) for one in sums if one.figure and one.figure.function != "average"]
    if plain == list(range(len(asking.figures))) and len(plain) == len(sums):
        return tuple
    names = [one.name for one in sums]

    def read(raw: Sequence[Any]) -> tuple[Value, ...]:
        values = asking.values(raw)
        return tuple([values[name] for name in names])

    return read

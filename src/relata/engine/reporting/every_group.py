"""All groups of a report, however many: read from a cursor of the server, so that memory is for one block of them.

An answer on a screen ends at `MAX_GROUPS`. What has more leaves as a file whole: one line for each group, the largest
first, the groups of the columns beside those of the rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from relata.engine.query.tabulating import every
from relata.engine.query.tabulation import Exchange, Group, Tabulation
from relata.engine.reporting.asking import Asking
from relata.engine.reporting.checking import Groups, resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.keys import words_of
from relata.engine.reporting.looking_back import end_of
from relata.engine.reporting.prompts import Answers, answered
from relata.engine.reporting.result import Key, Level, Result, Shown, Value
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: A file may take so long, then it is stopped and says so.
SECONDS = 300.0
#: Groups of one block.
BLOCK = 2_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some groups. keys: of each level what the values among them are called. lines: of each group the values of its
    levels, and its figures."""

    keys: tuple[dict[Any, Key], ...]
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
    names = [one.name for one in asking.resolved.measures if not one.measure.hidden]
    await work.settle()
    async for groups in every(work.unit.connection, work.context.ground, work.actor, asked, BLOCK):
        keys = [
            (await words_of(work, level, {group.keys[at] for group in groups})).keys for at, level in enumerate(levels)
        ]
        yield Block(tuple(keys), [(group.keys, _figures(asking, group, names)) for group in groups])


def _figures(asking: Asking, group: Group, names: Sequence[str]) -> tuple[Value, ...]:
    values = asking.values(group.figures)
    return tuple([values[name] for name in names])

"""What cases say about accounts: of whatever objects are declared to be cases (`Object.case`), of any module or made by
an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.metadata.object import Case, Object
from relata.engine.query.request import MAX_LIMIT, Aggregate, Group, Measure
from relata.engine.workspace.workspace import Workspace
from relata.modules.sales.queries.knowing import one_of


@dataclass(slots=True)
class Cases:
    """Of one account. told: how many cases tell a mood, and what they add up to."""

    open: int = 0
    urgent: int = 0
    told: int = 0
    moods: float = 0.0

    @property
    def mood(self) -> float | None:
        """The mean, from -1 to 1; None where no case tells."""
        return self.moods / self.told if self.told else None


async def cases_of(work: Workspace, accounts: Sequence[UUID], since: datetime) -> dict[UUID, Cases]:
    """For each account that has any. since: moods of cases that were changed later."""
    found: dict[UUID, Cases] = {}
    for one in work.registry.cases if accounts else ():
        assert one.case is not None
        for row in await _grouped(work, one, accounts, (parse(one.case.open),)):
            _of(found, row, one.case).open += int(row["count"])
        if one.case.urgent:
            for row in await _grouped(work, one, accounts, (parse(one.case.open), parse(one.case.urgent))):
                _of(found, row, one.case).urgent += int(row["count"])
        if one.case.mood:
            told, total = Measure("filled", one.case.mood), Measure("sum", one.case.mood)
            lately = Binary(">", Path(("changed_at",)), Literal(since.isoformat()))
            for row in await _grouped(work, one, accounts, (lately,), (told, total)):
                known = _of(found, row, one.case)
                known.told += int(row[told.name])
                known.moods += float(row[total.name] or 0)
    return found


def _of(found: dict[UUID, Cases], row: dict[str, Any], case: Case) -> Cases:
    return found.setdefault(UUID(str(row[case.account])), Cases())


async def _grouped(
    work: Workspace, one: Object, accounts: Sequence[UUID], which: Sequence[Node],
    measures: tuple[Measure, ...] = (Measure("count"),),
) -> list[dict[str, Any]]:  # fmt: skip
    assert one.case is not None
    where = all_of([one_of(one.case.account, accounts), *which])
    asked = Aggregate(one.name, measures, (Group(one.case.account),), where, MAX_LIMIT)
    return (await work.aggregate(asked)).rows

"""The rows of one bulk write on their way: each is kept or refused, and what needs the database is asked for all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.workspace import links, uniqueness, verdicts
from relata.engine.workspace.attempts import is_refusal
from relata.engine.workspace.draft import Draft
from relata.foundation.errors import Problem, RelataError

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

Raw = Mapping[str, Any]


class Outcome(msgspec.Struct, frozen=True):
    """What became of one row. did: created, changed, unchanged or refused. id: the record's, if there is one."""

    did: str
    id: UUID | None = None
    problems: tuple[Problem, ...] = ()


class RowByRow(Exception):
    """The rows depend on each other, or one left something behind: they can't be written as a set."""


class Line(msgspec.Struct):
    """One row on its way."""

    at: int
    draft: Draft
    source: Mapping[str, Any]
    different: dict[str, Any] = {}


class Chunk:
    """The rows of one call: those still on their way, and what became of the others."""

    def __init__(self, work: Workspace, one: Object, size: int) -> None:
        self.work = work
        self.unit = work.unit
        self.object = one
        self.outcomes: list[Outcome | None] = [None] * size
        self.lines: list[Line] = []
        self.targets: links.Targets = {}

    def refuse(self, at: int, error: RelataError) -> None:
        """The row is out. What its guards wrote would stay, so then all rows begin again, each in a savepoint."""
        self.outcomes[at] = refused(error)

    async def checked(self, check: Callable[[Line], Awaitable[None]]) -> None:
        """Keep the lines that pass; RowByRow where a refused one has written or broken something."""
        kept = []
        for line in self.lines:
            before = len(self.unit.writes)
            try:
                await check(line)
                kept.append(line)
            except RelataError as error:
                if not is_refusal(error):
                    raise
                if self.unit.connection.is_broken or len(self.unit.writes) > before:
                    raise RowByRow from error
                self.refuse(line.at, error)
        self.lines = kept

    def sift(self, problems: Callable[[Line], list[Problem]]) -> None:
        """Keep the lines without problems."""
        kept = []
        for line in self.lines:
            if found := problems(line):
                self.outcomes[line.at] = Outcome("refused", None, tuple(found))
            else:
                kept.append(line)
        self.lines = kept

    async def check_links(self, new_values: Callable[[Line], Raw], added: Callable[[Line], Raw]) -> None:
        """One statement finds every linked record. added: the links that need a right of their own."""
        wanted = links.targets_of_all(self.object, map(new_values, self.lines))
        self.targets = await links.load_targets(self.unit, wanted)
        if any((name, target) not in self.targets for name, ids in wanted.items() for target in ids):
            self.sift(lambda line: links.check_targets(self.object, added(line), self.targets))

    async def check_rules(self) -> None:
        """One statement judges all rows by the rules that read linked records. RowByRow where one counts records, since
        each row may be one of them."""
        if len(self.lines) > 1 and verdicts.counting(self.work, self.object):
            raise RowByRow
        found = await verdicts.far_problems(self.work, [line.draft for line in self.lines])
        if found:
            self.sift(lambda line: found.get(line.draft.id, []))

    async def check_unique(self, values: Callable[[Line], Raw]) -> None:
        """The first of several rows with one value keeps it, as it would one by one."""
        for group in uniqueness.unique_groups(self.object):
            await self._check_group(group, values)

    async def _check_group(self, group: tuple[str, ...], values: Callable[[Line], Raw]) -> None:
        asked = {line.at: key for line in self.lines if (key := self._key(line, group, values)) is not None}
        known = await uniqueness.holders(self.unit, self.object, group, set(asked.values()))
        ours = {line.draft.id for line in self.lines}
        given: dict[uniqueness.Key, UUID] = {}

        def problems(line: Line) -> list[Problem]:
            key = asked.get(line.at)
            if key is None:
                return []
            holder = known.get(key)
            if holder is not None and holder != line.draft.id and holder in ours:
                raise RowByRow  # its holder may be giving the value up in this very chunk
            if (holder or given.setdefault(key, line.draft.id)) == line.draft.id:
                return []
            return [uniqueness.taken(group)]

        self.sift(problems)

    def _key(self, line: Line, group: tuple[str, ...], values: Callable[[Line], Raw]) -> uniqueness.Key | None:
        if line.draft.before is not None and not any(name in line.different for name in group):
            return None
        return uniqueness.keys_of(self.object, group, values(line))


def refused(error: RelataError) -> Outcome:
    """The outcome of a refusal, with every problem."""
    whole = Problem(error.code, error.message, error.field, error.hint)
    return Outcome("refused", None, error.problems or (whole,))

"""New rows of a chunk that are like a record which is there, or like a row before them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.matching.alike import alike, ready
from relata.engine.matching.among import Among
from relata.engine.matching.following import match_records
from relata.engine.matching.keeping import keep
from relata.engine.metadata.object import Object
from relata.engine.transfer.drawing import Drawn
from relata.engine.transfer.mapping import Likes
from relata.engine.workspace.matching import Key
from relata.engine.workspace.workspace import Workspace

New = dict[Key | int, Drawn]
Old = list[tuple[Drawn, UUID]]


class LikeRows:
    """Stands by one chunk. A row is found by its number."""

    def __init__(self, work: Workspace, one: Object, likes: Likes) -> None:
        self._work, self._one, self._likes = work, one, likes
        self._among: Among | None = None
        #: Rows about which a person shall be asked.
        self._asked: set[int] = set()
        #: Rows that are like the row of that number, of which nobody knows yet whether it becomes a record.
        self._later: list[tuple[Drawn, int, Key | None]] = []

    async def take(self, new: New, old: Old, there: dict[Key, list[UUID]]) -> None:
        """Take out of the new rows what is not to become a record of its own. old: gets rows with the record that they
        are written into; there: likewise, by key."""
        among = self._among = self._among or await Among.of(self._work, self._one)
        for key, each in list(new.items()):
            values = ready(self._work, self._one, each.raw)
            found = await alike(self._work, self._one, values, limit=2)
            if not found:
                self._take_among(among, new, key, values)
            elif self._likes == "ask":
                each.note("warning", "like_asked")
                among.hold(each.row.number, values)
                self._asked.add(each.row.number)
            else:
                del new[key]
                if self._likes == "skip":
                    each.note("skipped", "like_there")
                elif len(found) > 1:
                    each.note("refused", "like_several")
                else:
                    each.note("repaired", "like_updated")
                    old.append((each, found[0].record))
                    if not isinstance(key, int):
                        there[key] = [found[0].record]

    def _take_among(self, among: Among, new: New, key: Key | int, values: dict[str, Any]) -> None:
        """The same for a row that is like no record, among those before it."""
        each = new[key]
        first = among.find(values)
        if first is None or self._likes == "ask":
            among.hold(each.row.number, values)
        if first is None:
            return
        if self._likes == "ask":
            each.note("warning", "like_row_asked")
            self._asked |= {each.row.number, first}
            return
        del new[key]
        self._later.append((each, first, None if isinstance(key, int) else key))

    async def follow(
        self, new: New, old: Old, there: dict[Key, list[UUID]], ids: dict[int, UUID]
    ) -> list[tuple[Drawn, Key | None]]:
        """The new rows are written: those like them go into their records, and the next chunk is compared with them.
        Where one was refused, the rows that are like it come again."""
        assert self._among is not None
        numbers = [each.row.number for each in new.values()]
        for number in numbers:
            if number not in ids:
                self._among.forget(number)
        again: list[tuple[Drawn, Key | None]] = []
        for each, first, key in self._later:
            if first not in ids:
                again.append((each, key))
            elif self._likes == "skip":
                each.note("skipped", "like_row")
            else:
                each.note("repaired", "like_row_updated")
                old.append((each, ids[first]))
                if key is not None:
                    there[key] = [ids[first]]
        self._later.clear()
        made = [ids[number] for number in numbers if number in ids]
        await keep(self._work.unit.connection, self._work.context.tables, self._one, made)
        if asked := [ids[number] for number in self._asked if number in ids]:
            await match_records(self._work.as_system(), self._one, asked)
        self._asked.clear()
        return again

"""Records on their way, such as the rows of one file, each compared with those that came before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from relata.engine.matching.alike import MOST
from relata.engine.matching.blocking import WIDEST, keys_of
from relata.engine.matching.features import Prepared
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import shape_of
from relata.engine.matching.state import state_of
from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace


class Among:
    """Keeps what it is given by a number. It knows no record of the workspace; `alike` asks for those."""

    def __init__(self, one: Object, scorer: Scorer, asks_from: float) -> None:
        self._object, self._shape, self._scorer, self._asks_from = one, shape_of(one), scorer, asks_from
        self._held: dict[int, Prepared] = {}
        self._by_key: dict[int, list[int]] = {}

    @classmethod
    async def of(cls, work: Workspace, one: Object) -> Among:
        """For records of this object, with what was learned of it. One or two statements."""
        state = await state_of(work.unit.connection, work.context.schema, one)
        return cls(one, Scorer(shape_of(one).features, state.model), state.asks_from)

    def find(self, values: Mapping[str, Any]) -> int | None:
        """Which of those that are held is likest to these ready values; None where none may be the same."""
        given = self._shape.prepared(values)
        shared: Counter[int] = Counter()
        for key in keys_of(self._shape.features, given, of=self._object.name):
            if len(holders := self._by_key.get(key, ())) <= WIDEST:
                shared.update(holders)
        scored = [
            (self._scorer.score(given, self._held[number]), -number)
            for number, _count in shared.most_common(MOST)
            if number in self._held
        ]
        best = max(scored, default=None)
        return -best[1] if best is not None and best[0] >= self._asks_from else None

    def hold(self, number: int, values: Mapping[str, Any]) -> None:
        """Compare those that come later with this one, too."""
        given = self._held[number] = self._shape.prepared(values)
        for key in keys_of(self._shape.features, given, of=self._object.name):
            self._by_key.setdefault(key, []).append(number)

    def forget(self, number: int) -> None:
        """It became no record."""
        self._held.pop(number, None)

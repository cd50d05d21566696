"""Totals of long lists may be a minute late, those of others never."""

from __future__ import annotations

import pytest

from relata.engine.formula import parse
from relata.engine.ui import long_totals
from relata.engine.ui.listing import ListState
from relata.engine.ui.long_totals import long_total
from relata.testing.house import House


@pytest.mark.parametrize(("many", "seen"), [(long_totals.MANY, 4), (2, 3)])
async def test_only_a_long_list_is_remembered(
    house: House, many: int, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_totals, "MANY", many)
    async with house.system() as work:
        one = work.registry.get("account")
        for number in range(3):
            await work.create("account", {"name": f"A{number}"})
        assert await long_total(work, one, ListState()) == 3
        await work.create("account", {"name": "A3"})
        assert await long_total(work, one, ListState()) == seen
        # another question is another total
        assert await long_total(work, one, ListState(), parse('name = "A3"')) == 1

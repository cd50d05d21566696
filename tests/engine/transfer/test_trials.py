"""A plan: several files, checks, and everything a second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from relata.engine.formula import parse
from relata.engine.query.request import Aggregate
from relata.engine.transfer import mapping
from relata.engine.transfer.trials import Finding, load, run_trial
from relata.foundation.errors import Invalid
from relata.testing.house import House

FOLDERS = sorted(found.parent for found in (Path(__file__).resolve().parents[3] / "examples").glob("*/import.toml"))
PLAN = """
title = "Small"
[[steps]]
file = "firms.csv"
map = "firms.toml"
rows = 2
told = [{ column = "sector", code = "repaired", rows = 1 }]
[[checks]]
says = "Revenue"
object = "account"
where = 'industry = "retail"'
count = 2
sums = { annual_revenue = "TOTAL" }
"""
MAP = """
object = "account"
match = ["name"]
columns = [
    { field = "name", column = "firm" },
    { field = "industry", column = "sector", repairs = { retial = "retail" } },
    { field = "annual_revenue", column = "revenue" },
]
"""


async def tried(house: House, folder: Path, total: str) -> list[Finding]:
    (folder / "import.toml").write_text(PLAN.replace("TOTAL", total))
    (folder / "firms.toml").write_text(MAP)
    (folder / "firms.csv").write_text("firm,sector,revenue\nA,retial,10.01\nB,retail,20.02\n")
    return [finding async for finding in run_trial(house.door, house.key, None, folder, folder)]


async def test_everything_agrees_and_the_second_time_changes_nothing(house: House, tmp_path: Path) -> None:
    findings = await tried(house, tmp_path, "30.03")
    assert [finding.is_right for finding in findings] == [True] * 6
    assert findings[-1].found == "0"


async def test_one_cent_is_a_difference(house: House, tmp_path: Path) -> None:
    wrong = [finding for finding in await tried(house, tmp_path, "30.04") if not finding.is_right]
    assert [(finding.says, finding.found) for finding in wrong] == [("Revenue", "2, annual_revenue 30.03")]


async def test_missing_files_are_named(house: House, tmp_path: Path) -> None:
    (tmp_path / "import.toml").write_text(PLAN)
    with pytest.raises(Invalid, match=r"firms\.csv"):
        _ = [finding async for finding in run_trial(house.door, house.key, None, tmp_path, tmp_path)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
async def test_the_examples_fit_the_product(house: House, folder: Path) -> None:
    """Each check can be asked, and each mapping names fields that are there."""
    plan = load(folder / "import.toml")
    async with house.system() as work:
        for check in plan.checks:
            await work.aggregate(Aggregate(check.object, where=parse(check.where)))
        for step in plan.steps:
            found = mapping.load(folder / step.map)
            columns = tuple({entry.column for entry in found.columns} | {"product", "account"})
            mapping.check(found, work.registry.get(found.object), columns, lambda field: True)

"""Import and export from the command line, over a real workspace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from relata.app.modules import discover
from relata.engine.storage.database import Database
from relata.engine.workspace.door import Door
from relata.interfaces.cli.commands import cli
from relata.testing.house import RING, fresh_database, furnish


class AtTheDoor:
    """An application with a workspace; what it does with the database is real."""

    def __init__(self, url: str) -> None:
        self.url = url

    def through_door(self, use: Callable[[Door], Awaitable[Any]], *, company: str = "") -> Any:
        async def run() -> Any:
            database = await Database(self.url, pool_size=2).open()
            try:
                return await use(Door(database, discover(), RING))
            finally:
                await database.close()

        return asyncio.run(run())


@pytest.fixture(scope="module")
def application(postgres_url: str) -> AtTheDoor:
    async def make() -> str:
        url = await fresh_database(postgres_url)
        database = await Database(url, pool_size=2).open()
        await furnish(database, discover(), "main")
        await database.close()
        return url

    return AtTheDoor(asyncio.run(make()))


def ask(application: AtTheDoor, *arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments], obj=application)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text("name,employees\nKaffeehaus,3\nTeestube,many\n")
    return path


def test_a_refused_row_is_exit_code_1_and_told(application: AtTheDoor, file: Path) -> None:
    result = ask(application, "import", file, "--object", "account", "--dry-run")
    assert result.exit_code == 1
    assert "2 rows: 1 created, 1 refused" in result.stdout
    assert "1 refused, employees: Employees must be a number. (row 3)" in result.stdout
    assert "nothing was kept" in result.stdout


def test_programs_get_the_whole_report(application: AtTheDoor, file: Path, tmp_path: Path) -> None:
    remarks = tmp_path / "remarks.csv"
    result = ask(application, "import", file, "--object", "account", "--dry-run", "--json", "--report", remarks)
    assert json.loads(result.stdout)["counts"]["refused"] == 1
    assert remarks.read_text().splitlines()[1].startswith("3,3,refused,invalid_value,employees,employees,refused")


def test_what_was_imported_can_be_exported(application: AtTheDoor, tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("name,employees\nBrauhaus,30\n")
    assert ask(application, "import", path, "--object", "account", "--match", "name").exit_code == 0
    out = tmp_path / "out.csv"
    where = 'name = "Brauhaus"'
    result = ask(application, "export", "account", "--where", where, "--fields", "name,employees", "-o", out)
    assert (result.exit_code, out.read_text()) == (0, "name,employees\nBrauhaus,30\n")


def test_an_export_that_is_refused_leaves_the_file_alone(application: AtTheDoor, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("precious")
    result = ask(application, "export", "account", "--fields", "colour", "-o", out)
    assert (result.exit_code, out.read_text()) == (1, "precious")
    assert "no field colour" in result.stderr


def test_a_data_set_that_is_absent_is_told(application: AtTheDoor, tmp_path: Path) -> None:
    result = ask(application, "try-real", tmp_path / "nowhere")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        "Name it: make try-real DATA=path/to/maven_crm_sales",
    )

"""The command's words and exit codes, with an application made for the test."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click
import pytest
from click.testing import CliRunner, Result

from relata.engine.workspace.door import Door
from relata.foundation.errors import Invalid, Problem, RelataError, Unavailable
from relata.interfaces.cli.commands import cli
from relata.interfaces.cli.port import BackedUp, Database, Finding, Prepared, Restored

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    name: str = "RELATA_PORT"
    value: str = "81"
    default: str = "8000"
    help: str = "Port of the web application."
    is_set: bool = True


class Lent:
    url = "postgresql:///nowhere"

    def revive(self) -> float | None:
        """It never dies."""
        return None


@dataclass
class Example:
    """An application that answers what the test wants, or raises it."""

    version: str = "1.2.3"
    host: str = "127.0.0.1"
    port: int = 1
    address: str = "http://127.0.0.1:1"
    database_url: str = "postgresql:///nowhere"
    problem: RelataError | None = None
    found: Sequence[Finding] = ()
    done: list[str] = field(default_factory=list)

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    def demo(self) -> Example:
        return Example()

    def backup(self, file: Path) -> BackedUp:
        return BackedUp(str(file), 1_500_000, 2, has_key=False)

    def restore(self, file: Path, *, force: bool, erased: Path | None = None) -> Restored:
        return Restored("1.0", "2026-11-21 20:00 UTC", 2, ("a_step",), {"RELATA_WORKERS": "4"})

    def reference(self) -> Mapping[str, str]:
        return {"settings.md": "# Settings\n", "modules/sales.md": "# Sales\n"}

    def through_door(self, use: Callable[[Door], Awaitable[T]], *, company: str = "") -> T:
        raise self.problem or Unavailable("This example has no database.")

    def settings(self) -> Sequence[Line]:
        if self.problem:
            raise self.problem
        return [Line()]

    @contextmanager
    def database(self) -> Iterator[Database]:
        yield Lent()

    def prepare(self) -> Prepared:
        return Prepared(("2026_01_01_first",), "http://127.0.0.1:1/setup/token")

    def serve(self) -> None:
        self.done.append("serve")

    def work(self, gate: Path | None) -> None:
        self.done.append("work")

    def findings(self) -> Sequence[Finding]:
        return self.found

    def command(self, *arguments: str) -> list[str]:
        return list(arguments)


def ask(application: Example, *arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), obj=application)


@pytest.mark.parametrize("name", [[], *([name] for name in cli.list_commands(click.Context(cli)))])
def test_every_command_has_help(name: list[str]) -> None:
    result = ask(Example(), *name, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 3


def test_an_unknown_command_is_wrong_usage() -> None:
    assert ask(Example(), "frobnicate").exit_code == 2


def test_the_version_is_printed_for_people_and_programs() -> None:
    assert ask(Example(), "version").stdout == "1.2.3\n"
    assert json.loads(ask(Example(), "version", "--json").stdout) == {"version": "1.2.3"}


def test_a_failure_is_a_sentence_on_standard_error_and_exit_code_1() -> None:
    result = ask(Example(problem=Unavailable("The disk is full.", hint="Free some.")), "settings")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "The disk is full.\nFree some.\n")


def test_wrong_settings_are_told_one_by_one_and_exit_code_2() -> None:
    problems = [Problem("setting", "A must be 1."), Problem("setting", "B must be 2.")]
    result = ask(Example(problem=Invalid.of(problems)), "settings")
    assert (result.exit_code, result.stderr) == (2, "A must be 1.\nB must be 2.\n")


def test_debugging_shows_where_a_failure_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELATA_DEBUG", "1")
    result = ask(Example(problem=Unavailable("The disk is full.")), "settings")
    assert isinstance(result.exception, Unavailable)


def test_settings_are_listed_with_value_default_and_help() -> None:
    assert ask(Example(), "settings").stdout == "RELATA_PORT=81 (default: 8000)\n    Port of the web application.\n"
    assert json.loads(ask(Example(), "settings", "--json").stdout)[0]["value"] == "81"


def test_a_healthy_installation_is_exit_code_0() -> None:
    result = ask(Example(found=[Finding("disk", True, "9 GB free")]), "doctor")
    assert (result.exit_code, result.stdout) == (0, "ok  disk  9 GB free\n")


def test_a_sick_installation_is_exit_code_1_with_a_remedy() -> None:
    result = ask(Example(found=[Finding("disk", False, "full", "Free some.")]), "doctor")
    assert (result.exit_code, result.stdout) == (1, "WRONG  disk  full\ndisk: Free some.\n")
    assert ask(Example(found=[Finding("disk", False, "full")]), "doctor", "--json").exit_code == 1


def test_migrating_says_what_was_done_and_how_to_begin() -> None:
    assert "Applied 2026_01_01_first" in ask(Example(), "migrate").stdout
    assert json.loads(ask(Example(), "migrate", "--json").stdout)["setup_link"].endswith("/setup/token")


def test_serve_and_worker_reach_the_application() -> None:
    application = Example()
    ask(application, "serve")
    ask(application, "worker")
    assert application.done == ["serve", "work"]


def test_a_backup_without_the_key_says_so() -> None:
    assert "keep RELATA_SECRET_KEY" in ask(Example(), "backup", "a.tar").stdout
    assert json.loads(ask(Example(), "backup", "a.tar", "--json").stdout)["files"] == 2


def test_a_restore_names_the_settings_that_were_different() -> None:
    assert "RELATA_WORKERS=4" in ask(Example(), "restore", "a.tar").stdout
    assert json.loads(ask(Example(), "restore", "a.tar", "--json").stdout)["migrations"] == ["a_step"]


def test_stale_pages_are_red_until_they_are_written(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    (tmp_path / "left.md").write_text("Nobody writes this one.")
    assert ask(Example(), "docs", "--check", *folder).exit_code == 1
    assert "Removed" in ask(Example(), "docs", *folder).stdout
    assert (tmp_path / "modules/sales.md").read_text() == "# Sales\n"
    assert ask(Example(), "docs", "--check", *folder).exit_code == 0

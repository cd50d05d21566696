"""`relata run` from the outside: it serves, survives the death of its parts, and stops in good order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from relata.interfaces.cli.listening import answers
from relata.testing.postgres import new_folder

#: Never set: waiting for it is a short pause between two looks at another process.
PAUSE = threading.Event()
RELATA = [sys.executable, "-m", "relata.app"]


@dataclass
class Running:
    """A `relata run` of its own, with its home and port."""

    process: subprocess.Popen[str]
    port: int
    environment: dict[str, str]

    def wait_until_announced(self) -> str:
        """Everything that was printed until the address; the test's time limit is the end of patience."""
        assert self.process.stdout
        said = ""
        while "Ctrl-C stops it" not in said:
            line = self.process.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        return said

    def children(self, word: str) -> list[int]:
        """Processes that it started directly, by a word of their command line."""
        return [
            each.pid
            for each in psutil.process_iter(["ppid", "cmdline"])
            if each.info["ppid"] == self.process.pid and word in " ".join(each.info["cmdline"] or ())
        ]


@contextmanager
def started(home: Path) -> Iterator[Running]:
    """`relata run` in a home of its own, until the block ends."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    environment = os.environ | {
        "RELATA_HOME": str(home),
        "RELATA_PORT": str(port),
        "PYTHONPATH": "src",
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen([*RELATA, "run"], env=environment, stdout=subprocess.PIPE, text=True)
    made = Running(process, port, environment)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.send_signal(signal.SIGINT)
        made.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """One that runs on: starting it takes the time of fifty other tests."""
    with new_folder() as home, started(home / "data") as made:
        assert f"http://127.0.0.1:{made.port}" in made.wait_until_announced()
        yield made


def is_alive(pid: int) -> bool:
    living = [each.pid for each in psutil.process_iter(["status"]) if each.info["status"] != psutil.STATUS_ZOMBIE]
    return pid in living


def test_what_dies_is_started_again(running: Running) -> None:
    for part in ("app serve", "app worker", "bin/postgres"):
        (before,) = running.children(part)
        os.kill(before, signal.SIGKILL)
        while running.children(part) in ([], [before]):
            PAUSE.wait(0.02)
    while not answers("127.0.0.1", running.port):
        PAUSE.wait(0.02)
    assert running.process.poll() is None


def test_a_port_in_use_is_told_with_a_remedy(running: Running) -> None:
    second = subprocess.run(
        [*RELATA, "run"], env=running.environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert second.returncode == 1
    assert second.stderr == (
        f"Port {running.port} is in use; stop what listens there, or set RELATA_PORT to another port.\n"
    )


def test_the_doctor_finds_nothing_wrong_with_the_database_after_a_start(running: Running) -> None:
    found = subprocess.run([*RELATA, "doctor"], env=running.environment, capture_output=True, text=True, check=False)
    assert "where Relata answers" in found.stdout
    assert "none pending" in found.stdout


def test_what_it_started_ends_with_it_killed_or_stopped(new_home: Path) -> None:
    with started(new_home) as running:
        running.wait_until_announced()
        parts = [*running.children("app serve"), *running.children("app worker")]
        running.process.kill()
        while any(is_alive(pid) for pid in parts):
            PAUSE.wait(0.02)
        again = subprocess.Popen([*RELATA, "run"], env=running.environment, stdout=subprocess.PIPE, text=True)
        running.process.communicate()
        running.process = again
        assert "runs at" in running.wait_until_announced()
        assert answers("127.0.0.1", running.port)
        parts = running.children("")
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=5) == 0
        assert not [pid for pid in parts if is_alive(pid)]
        assert not answers("127.0.0.1", running.port)

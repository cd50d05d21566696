"""Children are started again when they die, stop in good order, and never outlive their parent."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from relata.foundation.errors import Unavailable
from relata.interfaces.cli.children import Child, stop_all

#: Never set: waiting for it is a short pause between two looks at another process.
PAUSE = threading.Event()
SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
DEAF = [sys.executable, "-S", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child("test", SLEEPER, os.environ)
    yield made
    made.kill()


def until(condition: Callable[[], bool]) -> None:
    """Waits for it to be true; the test's own time limit is the end of patience."""
    while not condition():
        PAUSE.wait(0.02)


def test_one_that_was_never_started_is_started(child: Child) -> None:
    assert child.revive() is None
    assert child.is_running


def test_one_that_died_is_started_again_at_once(child: Child) -> None:
    child.start()
    before = child.pid
    assert before
    os.kill(before, signal.SIGKILL)
    until(lambda: not child.is_running)
    assert child.revive() is None
    assert child.is_running
    assert child.pid != before


def test_the_second_death_is_followed_by_a_pause(child: Child) -> None:
    for _ in range(2):
        child.revive()
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        until(lambda: not child.is_running)
    pause = child.revive()
    assert pause is not None
    assert 0 < pause <= 1


def test_one_that_keeps_dying_is_given_up() -> None:
    seconds = itertools.count(step=5.0)
    broken = Child("test", [sys.executable, "-S", "-c", "raise SystemExit(1)"], os.environ, lambda: next(seconds))

    def live_and_die() -> None:
        for _ in range(20):
            broken.revive()
            until(lambda: not broken.is_running)

    with pytest.raises(Unavailable, match="ended 5 times within a minute"):
        live_and_die()


def test_stopping_asks_first_and_then_insists() -> None:
    children = [Child("kind", SLEEPER, os.environ), Child("deaf", DEAF, os.environ)]
    for child in children:
        child.start()
    stop_all(children, 0.2)
    assert not any(child.is_running for child in children)


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = Child("test", ["/bin/sh", "-c", f"sleep 60 & echo $! > {note}.new; mv {note}.new {note}; wait"], os.environ)
    child.start()
    until(note.exists)
    grandchild = int(note.read_text())
    child.kill()
    until(lambda: not is_alive(grandchild))


def is_alive(pid: int) -> bool:
    living = [each.pid for each in psutil.process_iter(["status"]) if each.info["status"] != psutil.STATUS_ZOMBIE]
    return pid in living

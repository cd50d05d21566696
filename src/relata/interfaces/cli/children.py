"""Child processes that are kept alive: started, started again when they die, stopped in good order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import click

from relata.foundation.errors import Unavailable

#: One that dies more often than this within the time is broken; starting it again only hides that.
_DEATHS, _WITHIN_SECONDS = 5, 60.0


class Child:
    """One process of ours and whatever it starts, in a session of its own.

    Its standard input is a lifeline: it ends when we do, however we die, and the child stops then.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._now = now
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths: list[float] = []
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.PIPE, start_new_session=True
        )

    def revive(self) -> float | None:
        """Starts it again if it died; seconds until that may be, None while it runs.

        Raises Unavailable when it keeps dying.
        """
        if self.is_running:
            return None
        now = self._now()
        if self._process is not None:
            self._bury(now)
            click.echo(f"The {self.name} process ended; starting it again.", err=True)
        if now < self._not_before:
            return self._not_before - now
        self.start()
        return None

    def _bury(self, now: float) -> None:
        self.kill()
        self._deaths = [*(at for at in self._deaths if now - at < _WITHIN_SECONDS), now]
        if len(self._deaths) >= _DEATHS:
            raise Unavailable(
                f"The {self.name} process ended {_DEATHS} times within a minute; its messages above say why.",
                code="keeps_dying",
            )
        self._not_before = now + (0 if len(self._deaths) == 1 else 2.0 ** (len(self._deaths) - 2))

    def ask_to_stop(self) -> None:
        if self._process is not None and self.is_running:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Until it has ended, or the moment of time.monotonic() has come."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, until - time.monotonic()))

    def kill(self) -> None:
        """Ends it and everything it started, now."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None


def stop_all(children: Sequence[Child], patience_seconds: float) -> None:
    """Asks all at once, waits for each, and ends those that did not listen."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + patience_seconds
    for child in children:
        child.wait(until)
        child.kill()

"""Signals as something to wait for: Ctrl-C once means stop in good order, twice means now."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType, TracebackType


class Signals:
    """Entered in the main thread: SIGINT, SIGTERM and SIGHUP set `stop_wanted`, and a dead child ends a wait early.

    The second of them raises KeyboardInterrupt, wherever we are.
    """

    def __init__(self) -> None:
        self.stop_wanted = False

    def __enter__(self) -> Signals:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._before_fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self._before = {number: signal.signal(number, self._on_stop) for number in stops}
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, self._on_child)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before_fd)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float | None) -> None:
        """Until a signal came or the time is over; None waits for a signal alone."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1024)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stop_wanted:
            raise KeyboardInterrupt
        self.stop_wanted = True

    def _on_child(self, number: int, frame: FrameType | None) -> None:
        """Needed so that SIGCHLD is delivered at all and wakes the wait."""

"""A process that another one watches over ends with it, however that one ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable


def end_with_parent() -> None:
    """In a web process: ends when its main process does. In a supervised one: when its standard input does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        _watch(parent.join)
    elif os.environ.get("RELATA_SUPERVISED"):
        _watch(lambda: os.read(0, 1))


def _watch(wait_for_end: Callable[[], object]) -> None:
    def watch() -> None:
        wait_for_end()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()

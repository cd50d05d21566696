"""The worker: takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import signal

from relata.app.lifeline import end_with_parent
from relata.app.settings import Settings


def run_worker(settings: Settings, url: str) -> None:
    """Until SIGINT or SIGTERM. url: the database's. There is no job yet."""
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    end_with_parent()
    signal.sigwait(stops)

"""`relata run` from the outside: how long it takes to start again, and what it holds when nothing happens."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from relata.app.bench import servers
from relata.app.bench.figures import Figure, at_most
from relata.foundation.errors import Unavailable

_REST_SECONDS = 4.0


def measure(home: Path) -> list[Figure]:
    """Start and memory, over the data of this run; nothing else may use them meanwhile."""
    with _relata(home):
        pass
    with _relata(home) as (process, seconds):
        time.sleep(_REST_SECONDS)
        everybody = [
            psutil.Process(process.pid),
            *psutil.Process(process.pid).children(recursive=True),
            *_postgres(home),
        ]
        names: dict[str, float] = {}
        for one in {each.pid: each for each in everybody}.values():
            with contextlib.suppress(psutil.Error):
                names[one.name()] = names.get(one.name(), 0.0) + one.memory_full_info().pss / 2**20
    note = ", ".join(f"{name} {size:.0f}" for name, size in sorted(names.items(), key=lambda item: -item[1]))
    return [
        at_most("Start again after a stop", seconds, "s", 3),
        at_most("Memory, all processes, idle", sum(names.values()), "MB", 450, note=note),
    ]


def _postgres(home: Path) -> list[psutil.Process]:
    """The server is its own session's leader, so it is no child of ours."""
    found = []
    for each in psutil.process_iter(["cmdline"]):
        if str(home) in " ".join(each.info["cmdline"] or ()) and "postgres" in each.name():
            found += [each, *each.children(recursive=True)]
    return found


@contextlib.contextmanager
def _relata(home: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    environment = {
        **os.environ,
        "RELATA_HOME": str(home),
        "RELATA_PORT": str(servers.free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("RELATA_DATABASE_URL", None)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "relata.app", "run"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "Ctrl-C stops it" in line:
                break
        else:
            raise Unavailable("relata run, which was to be measured, did not start.", code="bench_run")
        yield process, time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()

"""The processes that are measured: the product's web server, and the bare one that is its floor."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from relata.app.bench.bare import DATABASE, STATEMENTS
from relata.app.bench.statements import Statement
from relata.foundation.errors import Unavailable

_PATIENCE_SECONDS = 60.0


@contextlib.contextmanager
def product(home: Path, url: str) -> Iterator[int]:
    """`relata serve` with one web process; its port."""
    port = free_port()
    environment = {
        "RELATA_HOME": str(home),
        "RELATA_DATABASE_URL": url,
        "RELATA_PORT": str(port),
        "RELATA_LOG_LEVEL": "warning",
        "RELATA_POOL_SIZE": "8",
    }
    with _running(["relata.app", "serve"], environment, port):
        yield port


@contextlib.contextmanager
def bare(home: Path, url: str, statements: Mapping[str, list[Statement]]) -> Iterator[int]:
    """The bare server over these statements, by name; its port."""
    port, file = free_port(), home / "statements"
    file.write_bytes(pickle.dumps(dict(statements)))
    environment = {STATEMENTS: str(file), DATABASE: url, "RELATA_TEST_BENCH_PORT": str(port)}
    with _running(["relata.app.bench.bare"], environment, port):
        yield port


@contextlib.contextmanager
def _running(arguments: list[str], environment: Mapping[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **environment, "RELATA_SUPERVISED": "1"},
        stdin=subprocess.PIPE,
    )
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdin is not None
        process.stdin.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise Unavailable("A server that was to be measured did not start.", code="bench_server")


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port

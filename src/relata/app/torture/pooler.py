"""PgBouncer in transaction mode in front of a database, for torture and tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from relata.app.bench.servers import free_port
from relata.foundation.errors import Unavailable

#: Fewer than clients, so that sessions change hands all the time.
_SESSIONS, _START_SECONDS = 3, 20.0


def is_there() -> bool:
    """Whether PgBouncer is installed."""
    return shutil.which("pgbouncer") is not None


@dataclass
class Pooler:
    """url: what asks through it. process: to be killed and started again."""

    url: str
    process: subprocess.Popen[bytes]
    start: Any

    def again(self) -> None:
        """Kills it, as what looks after it would start it again."""
        self.process.kill()
        self.process.wait()
        self.process = self.start()


@contextmanager
def pooler(direct: str, folder: Path) -> Iterator[Pooler]:
    """One that leads to the database of a direct address. folder: for its settings, which its account must reach."""
    port, parts = free_port(), conninfo_to_dict(direct)
    target = " ".join(f"{name}={parts[name]}" for name in ("host", "port", "dbname", "user") if parts.get(name))
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\nrelata = {target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {_SESSIONS}\nunix_socket_dir =\nmax_client_conn = 200\n"
        "server_login_retry = 1\n"
    )
    settings.chmod(0o644)
    owner = _account(parts)
    url = f"postgresql://relata@127.0.0.1:{port}/relata"

    def start() -> subprocess.Popen[bytes]:
        command = [str(shutil.which("pgbouncer")), "-q", str(settings)]
        return subprocess.Popen(command, cwd="/", start_new_session=True, **owner)

    found = Pooler(url, start(), start)
    try:
        _wait(found)
        yield found
    finally:
        found.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            found.process.wait(10)
        found.process.kill()


def _account(parts: dict[str, Any]) -> dict[str, Any]:
    """It refuses root, and must be able to open the socket of the server."""
    if os.getuid() != 0:
        return {}
    host = parts.get("host")
    is_socket = Path(str(host or "")).is_dir()  # a server elsewhere has no folder whose owner we could be
    account = pwd.getpwuid(Path(str(host)).stat().st_uid) if is_socket else pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}


def _wait(found: Pooler) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and found.process.poll() is None:
        with suppress(psycopg.OperationalError), psycopg.connect(found.url):
            return
        time.sleep(0.05)
    raise Unavailable("PgBouncer did not start.", code="pooler_failed")

"""Run a command against a PostgreSQL of the operating system instead of the embedded one.

    python tools/with_postgres.py 15 pytest tests/engine/storage

The server of that major version must be installed (Debian and Ubuntu: `apt install postgresql-15`). It gets a folder of
its own for as long as the command runs, and the command finds its address in RELATA_TEST_DATABASE_URL.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

#: Careless about a crash of the machine, since nothing here outlives the run.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"

MEMORY, ROOM_BYTES = Path("/dev/shm"), 6 << 30


def main(version: str, command: list[str]) -> int:
    """The command's exit code; 2 where there is no such server."""
    binaries = Path(f"/usr/lib/postgresql/{version}/bin")
    if not (binaries / "initdb").exists():
        print(f"PostgreSQL {version} is not installed (apt install postgresql-{version}).", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="relata-postgres-", dir=_place()))
    account = _hand_over(folder)
    port = _free_port()
    data, options = folder / "data", f"{OPTIONS} -p {port} -c unix_socket_directories={folder}"
    try:
        locale = ["-A", "trust", "-U", "relata", "-E", "UTF8", "--locale=C.UTF-8"]
        _run(account, [binaries / "initdb", "-D", data, *locale])
        _run(account, [binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
        address = f"postgresql://relata@127.0.0.1:{port}/postgres"
        return subprocess.run(command, env={**os.environ, "RELATA_TEST_DATABASE_URL": address}, check=False).returncode
    finally:
        _run(account, [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], must=False)
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> str:
    """In memory where there is room: making a database writes 20 MB, and tests make many."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES else "/tmp"


def _hand_over(folder: Path) -> str | None:
    """PostgreSQL does not run as root, so there it runs as the account that its package made; that account, or None."""
    if os.getuid() != 0:
        return None
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account.pw_name


def _run(account: str | None, command: list[str | Path], *, must: bool = True) -> None:
    subprocess.run(list(map(str, command)), user=account, check=must, stdout=subprocess.DEVNULL, cwd="/tmp")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))

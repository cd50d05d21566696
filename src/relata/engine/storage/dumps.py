"""A whole database as one file and back, by PostgreSQL's own programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from relata.engine.storage.embedded_place import installed_programs
from relata.foundation.errors import Conflict, Unavailable

#: pg_restore 17 and newer writes this in its first lines; servers before 17 do not know it.
_TOO_NEW = b"SET transaction_timeout = 0;\n"
_FIRST_LINES = 60
_EMPTY_ALL = """
    do $$ declare name text; begin
        for name in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
        loop execute format('drop schema %I cascade', name); end loop;
    end $$;
    create schema public;
"""
#: PostgreSQL counts a session until its process has ended.
_LEAVING_SECONDS, _LEAVING_LOOKS = 2.0, 20
_OTHERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Target:
    """The database at an address, as programs are told of it. password: by the environment, where nobody reads it."""

    address: str
    password: str
    major: int

    @classmethod
    def of(cls, url: str) -> Target:
        """Unavailable where the database does not answer."""
        try:
            with psycopg.connect(url, connect_timeout=10) as connection:
                major = connection.info.server_version // 10_000
        except psycopg.OperationalError as error:
            raise Unavailable("The database does not answer.", hint="Check RELATA_DATABASE_URL.") from error
        parts = conninfo_to_dict(url)
        password = str(parts.pop("password", None) or "")
        return cls(
            make_conninfo(**{name: str(value) for name, value in parts.items() if value is not None}), password, major
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of a program; nothing of ours leaks in."""
        given = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        return given | ({"PGPASSWORD": self.password} if self.password else {})


def is_empty(url: str) -> bool:
    """Whether Relata has never been in this database."""
    with psycopg.connect(url) as connection:
        row = connection.execute("select to_regnamespace('relata') is null").fetchone()
    return bool(row and row[0])


def check_unused(url: str) -> None:
    """Conflict while others are connected to the database; who has just left is given a moment to be gone."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _time in range(_LEAVING_LOOKS):
            row = connection.execute(_OTHERS).fetchone()
            if not row or not row[0]:
                return
            time.sleep(_LEAVING_SECONDS / _LEAVING_LOOKS)
    raise Conflict("Somebody is using the database.", code="in_use", hint="Stop Relata there, and try again.")


def dump(url: str, file: Path) -> None:
    """One consistent state of the whole database, compressed; people may go on working."""
    target = Target.of(url)
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--file={file}", f"--dbname={target.address}")
    done = subprocess.run(
        [str(find_program("pg_dump", target.major)), *options], env=target.environment, capture_output=True, check=False
    )
    if done.returncode != 0:
        raise _failure("The database could not be read for the backup.", done.stderr)


def load(url: str, file: Path, *, replace: bool) -> None:
    """What `dump` wrote, in one transaction: all of it or nothing. replace: in place of everything that is there."""
    target = Target.of(url)
    reader = [str(find_program("pg_restore", target.major)), "--no-owner", "--no-privileges", "--file=-", str(file)]
    writer = [str(find_program("psql", target.major)), "--no-psqlrc", "--quiet", "--single-transaction"]
    writer += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={target.address}"]
    writer += [*(("--command", _EMPTY_ALL) if replace else ()), "--file=-"]
    with (
        subprocess.Popen(reader, env=target.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as script,
        subprocess.Popen(writer, env=target.environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as psql,
    ):
        try:
            _pass_on(_opened(script.stdout), _opened(psql.stdin), target.major)
        except BrokenPipeError:
            script.kill()
        said = _opened(script.stderr).read()
        if script.wait() > 0:
            psql.kill()  # the end of its input would be the commit
            raise _failure("The database in the backup can't be read.", said)
        _, complaint = psql.communicate()
        if psql.returncode != 0:
            raise _failure("The database could not be restored; nothing was changed.", complaint)


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _pass_on(source: IO[bytes], sink: IO[bytes], major: int) -> None:
    for _ in range(_FIRST_LINES):
        line = source.readline()
        if major >= 17 or line != _TOO_NEW:
            sink.write(line)
    shutil.copyfileobj(source, sink, 1024 * 1024)
    sink.flush()


def find_program(name: str, at_least: int) -> Path:
    """One of PostgreSQL's programs that understands a server of this major version: the nearest of those that came from
    PyPI and the one on the PATH."""
    found = {major: folder / name for major, folder in installed_programs().items() if (folder / name).exists()}
    on_path = shutil.which(name)
    if on_path:
        found.setdefault(_major_of([on_path, "--version"]), Path(on_path))
    fitting = sorted(major for major in found if major >= at_least)
    if not fitting:
        raise Unavailable(
            f"{name} for PostgreSQL {at_least} is missing.", code="program_missing",
            hint=f"Install the client programs of PostgreSQL {at_least}, and put {name} on the PATH.",
        )  # fmt: skip
    return found[fitting[0]]


def _major_of(command: Sequence[str]) -> int:
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found.group(1)) if found else 0


def _failure(message: str, said: bytes) -> Unavailable:
    lines = said.decode(errors="replace").strip().splitlines()
    return Unavailable(
        message, code="dump_failed", hint=next((line for line in lines if "error" in line.lower()), None)
    )

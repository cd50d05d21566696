"""The embedded PostgreSQL keeps its promises about starting, sharing, stopping and dying."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from relata.engine.storage import embedded
from relata.engine.storage.embedded_cluster import failure
from relata.foundation.errors import Unavailable

START_AND_NAME = """
import sys
from pathlib import Path
from relata.engine.storage import embedded
server = embedded.start(Path(sys.argv[1]), careless=True)
print(server.pid, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def home(new_home: Path) -> Iterator[Path]:
    """A data folder whose server is gone after the test."""
    yield new_home
    embedded.start(new_home, careless=True).stop()


def ask(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def kill(server: embedded.Server) -> None:
    os.kill(server.pid, signal.SIGKILL)
    while server.is_running:
        os.sched_yield()


def starter(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", START_AND_NAME, str(home)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_new_home_gets_a_utf8_database_with_an_order_of_its_own(home: Path) -> None:
    with embedded.start(home, careless=True) as server:
        found = ask(
            server.url,
            "select current_database()::text, pg_encoding_to_char(encoding)::text, datlocprovider::text, datlocale"
            " from pg_database where datname = current_database()",
        )
    assert found == [("relata", "UTF8", "b", "C.UTF-8")]


def test_data_outlives_a_stop(home: Path) -> None:
    with embedded.start(home, careless=True) as server:
        ask(server.url, "create table kept as select 7 as value")
    assert not server.is_running
    with embedded.start(home, careless=True) as server:
        assert ask(server.url, "select value from kept") == [(7,)]


def test_no_tcp_port_is_opened(home: Path) -> None:
    with embedded.start(home, careless=True) as server:
        assert ask(server.url, "show listen_addresses") == [("",)]


def test_a_second_user_joins_and_the_last_one_stops_it(home: Path) -> None:
    first = embedded.start(home, careless=True)
    second = embedded.start(home, careless=True)
    assert first.pid == second.pid
    first.stop()
    assert ask(second.url, "select 1") == [(1,)]
    second.stop()
    assert not second.is_running


def test_two_processes_that_start_at_once_share_one_server(home: Path) -> None:
    both = [starter(home), starter(home)]
    pids = {process.stdout.readline() for process in both if process.stdout}
    for process in both:
        process.communicate()
    assert len(pids) == 1
    assert [process.returncode for process in both] == [0, 0]


def test_a_server_whose_starter_was_killed_is_taken_over(home: Path) -> None:
    process = starter(home)
    assert process.stdout
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    with embedded.start(home, careless=True) as server:
        assert server.pid == pid
    assert not server.is_running


def test_starts_again_after_everything_was_killed(home: Path) -> None:
    server = embedded.start(home)
    ask(server.url, "create table kept as select 7 as value")
    kill(server)
    with embedded.start(home) as again:
        assert ask(again.url, "select value from kept") == [(7,)]
    server.stop()


def test_a_killed_server_whose_session_still_works_is_waited_for(home: Path) -> None:
    server = embedded.start(home)
    with psycopg.connect(server.url) as busy:
        kill(server)
        with embedded.start(home) as again:
            assert ask(again.url, "select 1") == [(1,)]
        busy.close()
    server.stop()


def test_a_stale_file_with_the_number_of_a_stranger_is_no_obstacle(home: Path) -> None:
    embedded.start(home, careless=True).stop()
    (home / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    lines = [str(os.getpid()), str(home / "postgres"), "1", "5432", str(home), "", "1 1", "ready"]
    (home / "postgres" / "postmaster.pid").write_text("\n".join(lines))
    with embedded.start(home, careless=True) as server:
        assert ask(server.url, "select 1") == [(1,)]


@pytest.mark.parametrize("name", ["a" * 120, "with, comma", "with space", "quote ' \" %"])
def test_works_in_a_folder_with_an_awkward_name(new_home: Path, name: str) -> None:
    with embedded.start(new_home / name, careless=True) as server:
        assert ask(server.url, "select 1") == [(1,)]


def test_two_homes_are_two_servers(new_home: Path) -> None:
    with (
        embedded.start(new_home / "one", careless=True) as one,
        embedded.start(new_home / "two", careless=True) as two,
    ):
        ask(one.url, "create table only_here ()")
        assert ask(two.url, "select to_regclass('only_here')") == [(None,)]


def test_the_socket_is_for_its_owner_alone(home: Path) -> None:
    with embedded.start(home, careless=True):
        assert (home / "run").stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_no_folder_is_told_in_a_sentence(new_home: Path) -> None:
    new_home.write_text("")
    with pytest.raises(Unavailable, match="RELATA_HOME") as caught:
        embedded.start(new_home)
    assert caught.value.code == "home_unusable"


def test_a_cluster_of_an_unknown_version_is_refused_with_a_way_out(new_home: Path) -> None:
    (new_home / "postgres").mkdir(parents=True)
    (new_home / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match="PostgreSQL 9") as caught:
        embedded.start(new_home)
    assert caught.value.code == "database_version"


def test_a_long_log_is_put_aside_while_the_server_writes_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relata.engine.storage.embedded_cluster._LOG_BYTES", 10)
    log, aside = home / "postgres.log", home / "postgres.log.1"
    with embedded.start(home, careless=True) as server:
        before = log.read_bytes()
        server.put_log_aside()
        assert aside.read_bytes().startswith(before)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url, dbname="nowhere")
        assert log.read_bytes().count(b"nowhere") == 1
        assert not log.read_bytes().startswith(b"\0")


def test_a_full_disk_is_called_so() -> None:
    assert failure('FATAL: could not write file "base/1": No space left on device').code == "disk_full"


def test_the_session_has_a_database(postgres_url: str) -> None:
    assert ask(postgres_url, "select 1") == [(1,)]

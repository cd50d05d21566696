"""The application as the command sees it. It imports what a command needs when it is called: the process that
watches over the others must stay light.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from relata import __version__
from relata.app.settings import SettingLine, Settings, describe
from relata.engine.storage import embedded
from relata.foundation.errors import NO_ROOM, Conflict, Unavailable
from relata.interfaces.cli.port import (
    Archived,
    BackedUp,
    Base,
    Database,
    Erased,
    Finding,
    Measured,
    Prepared,
    Proven,
    Recovered,
    Restored,
    Rotated,
    Tortured,
)

if TYPE_CHECKING:
    from relata.engine.files.store import FileStore
    from relata.engine.workspace.door import Door

T = TypeVar("T")
#: Set for the processes of a demo: its database is furnished when it is brought to this version.
_DEMO = "RELATA_DEMO"
#: Between two attempts to start on a full disk.
_ROOM_SECONDS = 3.0


class EmbeddedDatabase:
    """Our share in the embedded server."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self._archive = Path(settings.archive) if settings.archive else None
        self._server = embedded.start(settings.home, archive=self._archive)
        self._told = ""

    @property
    def url(self) -> str:
        return self._server.url

    def revive(self) -> float | None:
        """The address stays the same, so whoever lost its connection finds it again. A full disk is waited for: what
        ended for want of room goes on when there is some."""
        if self._server.is_running:
            self._told = ""
            self._server.put_log_aside()
            return None
        self._server.stop()
        try:
            self._server = embedded.start(self._home, archive=self._archive)
        except Unavailable as error:
            if error.code != NO_ROOM:
                raise
            if error.message != self._told:
                self._told = error.message
                print(error.message, file=sys.stderr, flush=True)
            return _ROOM_SECONDS
        return None

    def stop(self) -> None:
        """Everything else has stopped by now, so nobody's work is cut off."""
        self._server.stop(patience_seconds=1.5)


class GivenDatabase:
    """The database of RELATA_DATABASE_URL; somebody else watches over it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def revive(self) -> float | None:
        """Not ours to start."""
        return None


class Relata:
    """Fills `relata.interfaces.cli.port.Application`."""

    version = __version__

    def __init__(self, chosen: Settings | None = None, *, is_demo: bool | None = None) -> None:
        """chosen: in place of the settings of this process."""
        self._chosen = chosen
        self.is_demo = bool(os.environ.get(_DEMO)) if is_demo is None else is_demo

    @cached_property
    def chosen(self) -> Settings:
        """The settings of this process; raises Invalid when one of them is wrong."""
        return self._chosen or Settings.from_environment(os.environ)

    @property
    def host(self) -> str:
        return self.chosen.host

    @property
    def port(self) -> int:
        return self.chosen.port

    @property
    def address(self) -> str:
        return self.chosen.address

    @property
    def database_url(self) -> str:
        return self.chosen.database_url or embedded.address(self.chosen.home)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"RELATA_HOME": str(self.chosen.home), _DEMO: "1"} if self.is_demo else {}

    def demo(self) -> Relata:
        if self.chosen.database_url:
            raise Conflict(
                "The demo has a database of its own, and RELATA_DATABASE_URL is set.",
                code="setting",
                hint="Unset RELATA_DATABASE_URL for the demo, so that it can't mix with real data.",
            )
        return Relata(replace(self.chosen, home=self.chosen.home / "demo"), is_demo=True)

    def settings(self) -> Sequence[SettingLine]:
        return describe(self.chosen)

    @contextmanager
    def database(self) -> Iterator[Database]:
        if self.chosen.database_url:
            # Dumps, migrations and workers keep sessions of their own, which a pooler would not give them.
            yield GivenDatabase(self.chosen.direct_database_url or self.chosen.database_url)
            return
        ours = EmbeddedDatabase(self.chosen)
        try:
            yield ours
        finally:
            ours.stop()

    def prepare(self) -> Prepared:
        with self.database() as database:
            return self._prepare_at(database.url)

    def _prepare_at(self, url: str) -> Prepared:
        from relata.app.demo import prepare_demo
        from relata.app.directory import placed
        from relata.app.preparing import prepare

        own = (prepare_demo if self.is_demo else prepare)(self.chosen, url)
        names, notices = list(own.migrations), [own.notice] if own.notice else []
        for host, settings in placed(self.chosen).items():
            other = prepare(settings, settings.database_url)
            names += [f"{name} in the database of {host}" for name in other.migrations]
            notices += [f"Make the first account of {host}: {other.setup_link}"] if other.setup_link else []
        return Prepared(tuple(names), own.setup_link, "\n".join(notices))

    def check_secure(self) -> None:
        from relata.app.dangers import refuse_dangers

        refuse_dangers(self.chosen)

    def serve(self) -> None:
        from relata.app.serving import serve

        self.check_secure()
        with self.database() as database:
            serve(self.chosen, self.chosen.database_url or database.url)

    def work(self, gate: Path | None) -> None:
        from relata.app.gate import open_gate
        from relata.app.work import run_worker

        with self.database() as database:
            if gate and not gate.exists():  # one that was started again finds it open
                open_gate(gate, self._prepare_at(database.url))
            run_worker(self.chosen, database.url)

    def backup(self, file: Path) -> BackedUp:
        from relata.app.backup import back_up

        with self.database() as database:
            return back_up(self.chosen, database.url, file)

    def restore(self, file: Path, *, force: bool, erased: Path | None = None) -> Restored:
        from relata.app.restore import restore

        return restore(self.chosen, self.database, file, force=force, erased=erased)

    def archive(self) -> Archived:
        from relata.app.seconds import keep

        with self.database() as database:
            return keep(self.chosen, database.url)

    def archived(self) -> Sequence[Base]:
        from relata.app.seconds import listed

        return listed(self.chosen)

    def check_archive(self) -> Recovered:
        from relata.app.seconds import check

        return check(self.chosen)

    def recover(self, until: datetime | None) -> Recovered:
        from relata.app.seconds import recover

        return recover(self.chosen, until)

    def verify(self, *, workspaces: Sequence[str], anchors: Path | None) -> Sequence[Proven]:
        from relata.app.proving import prove

        with self.database() as database:
            return prove(self.chosen, database.url, workspaces, anchors)

    def erase(self, workspace: str, email: str, object_name: str, record: str) -> Erased:
        from relata.app.proving import erase_record

        with self.database() as database:
            return erase_record(self.chosen, database.url, workspace, email, object_name, record)

    def rotate_keys(self) -> Rotated:
        from relata.app.proving import rotate

        with self.database() as database:
            return rotate(self.chosen, database.url)

    def renew_secret_keys(self) -> int:
        from relata.app.proving import renew

        with self.database() as database:
            return renew(self.chosen, database.url)

    def encrypt_files(self) -> int:
        from relata.app.filing import encrypt_files

        with self.database() as database:
            return encrypt_files(self.chosen, database.url)

    def reference(self) -> Mapping[str, str]:
        from relata.app.reference.pages import pages

        return pages()

    def through_door(self, use: Callable[[Door], Awaitable[T]], *, company: str = "") -> T:
        from relata.app.preparing import through_door

        with self.database() as database:
            return through_door(self.chosen, database.url, use, company)

    def through_store(self, use: Callable[[Door, FileStore], Awaitable[T]]) -> T:
        from relata.app.preparing import through_store

        with self.database() as database:
            return through_store(self.chosen, database.url, use)

    def export_workspace(self, key: str, file: Path) -> Mapping[str, Any]:
        from relata.app.whole_workspaces import export_workspace

        with self.database() as database:
            return export_workspace(self.chosen, database.url, key, file)

    def import_workspace(self, file: Path, key: str) -> Mapping[str, Any]:
        from relata.app.whole_workspaces import import_workspace

        with self.database() as database:
            return import_workspace(self.chosen, database.url, file, key)

    def rehearse_workspace(self, key: str) -> Mapping[str, Any]:
        from relata.app.rehearsing import rehearse

        with self.database() as database:
            return rehearse(self.chosen, database.url, key)

    def findings(self) -> Sequence[Finding]:
        from relata.app.doctor import examine

        return examine(self)

    def bench(self, size: str, *, only: tuple[str, ...], quick: bool, keep: bool, home: str, lean: bool) -> Measured:
        from relata.app.bench.run import bench
        from relata.app.bench.sizes import Options

        return bench(Options(size, quick, only, keep, home, lean), " ".join(["relata", *sys.argv[1:]]))

    def bench_matching(self, folder: str) -> Measured:
        from relata.app.bench.matching.measure import measure_matching

        return measure_matching(Path(folder), " ".join(["relata", *sys.argv[1:]]))

    def torture(
        self,
        *,
        minutes: float,
        clients: int,
        seed: int | None,
        between: float,
        keep: bool,
        flows: int = 0,
        mail: int = 0,
        mailing: int = 0,
        faults: bool = False,
    ) -> Tortured:
        from relata.app.torture.faults import torture_faults
        from relata.app.torture.flows import torture_flows
        from relata.app.torture.mail import torture_mail
        from relata.app.torture.mailing import torture_mailing
        from relata.app.torture.run import torture

        if mailing:
            return torture_mailing(recipients=mailing, seed=seed, between_seconds=between, keep=keep)
        if faults:
            return torture_faults(seed=seed, keep=keep)
        if mail:
            return torture_mail(messages=mail, seed=seed, between_seconds=between, keep=keep)
        if flows:
            return torture_flows(runs=flows, seed=seed, between_seconds=between, keep=keep)

        return torture(minutes=minutes, clients=clients, seed=seed, between_seconds=between, keep=keep)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "relata.app", *arguments]

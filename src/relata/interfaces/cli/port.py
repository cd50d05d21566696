"""What the command needs of the application: a port that `relata.app` fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from relata.engine.files.store import FileStore
    from relata.engine.workspace.door import Door

T = TypeVar("T")


class SettingLine(Protocol):
    """One setting as it is shown, secrets masked."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def default(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of `doctor` found. remedy: what to do, when it is not ok."""

    check: str
    is_ok: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database that is ready to serve. setup_link: who holds it may make the first account; None when one exists.
    notice: how to come in otherwise, to be printed with the address."""

    migrations: tuple[str, ...]
    setup_link: str | None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds. files: attachments. has_key: whether the secret key lies in it."""

    file: str
    bytes: int
    files: int
    has_key: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. settings: what was set where the backup was made and is different here, without secrets.
    erased: people who were erased since the backup was made, and are erased again."""

    version: str
    made_at: str
    files: int
    migrations: tuple[str, ...]
    settings: dict[str, str]
    erased: int = 0


@dataclass(frozen=True, slots=True)
class Archived:
    """A new base backup. files: attached files that the archive had not got. gone: base backups that were removed.
    bases: how many there are."""

    name: str
    bytes: int
    files: int
    gone: int
    bases: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back. base: when the base backup was made. last_change: when the newest change that came back was made.
    erased: people who were erased again."""

    base: str
    last_change: str
    erased: int


class Base(Protocol):
    """A base backup."""

    @property
    def made_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit in a history, in words, and where."""

    what: str
    words: str
    block: int | None
    row: int | None
    record: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Proven:
    """One workspace's history. head: the hash of its last block. unsealed: changes that wait for their seal."""

    workspace: str
    holds: bool
    blocks: int
    rows: int
    redacted: int
    unsealed: int
    head: str
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. records: how many were touched."""

    object: str
    record: str
    records: int


@dataclass(frozen=True, slots=True)
class Rotated:
    """Under which master key everything is now, and how many keys were brought under it."""

    current: str
    keys: int
    is_new: bool


#: Contacts in the company that `bench` builds.
BENCH_SIZES = ("1k", "10k", "100k", "1m", "10m")


class Measured(Protocol):
    """What `bench` found. holds: no target is missed."""

    @property
    def holds(self) -> bool: ...
    def json(self) -> object: ...
    def lines(self) -> list[tuple[str, ...]]:
        """A table for people, its head first."""
        ...


class Tortured(Protocol):
    """What `torture` came to."""

    @property
    def holds(self) -> bool: ...
    def json(self) -> object: ...
    def lines(self) -> list[str]: ...


class Database(Protocol):
    """A database that can be reached, for as long as it is lent to us."""

    @property
    def url(self) -> str: ...

    def revive(self) -> float | None:
        """Starts it again if it is ours and has died; seconds until the next attempt where that must wait."""
        ...


class Application(Protocol):
    """Every method may raise RelataError; what it needs is imported when it is called."""

    @property
    def version(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def address(self) -> str:
        """Where people reach this installation."""
        ...

    @property
    def database_url(self) -> str:
        """libpq's address of the database, known before it runs."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """What processes that we start need beside our own environment."""
        ...

    def demo(self) -> Application:
        """The same with a furnished company, in a home of its own."""
        ...

    def settings(self) -> Sequence[SettingLine]: ...

    def database(self) -> AbstractContextManager[Database]:
        """The configured database; starts the embedded one, or joins it, for as long as it is entered."""
        ...

    def prepare(self) -> Prepared:
        """Applies pending migrations, and makes the link for the first account where there is none."""
        ...

    def serve(self) -> None:
        """Serves the web application until it is told to stop."""
        ...

    def work(self, gate: Path | None) -> None:
        """Takes jobs from the queue until it is told to stop.

        gate: prepares the database first, and writes what `prepare` returned to this file, as JSON.
        """
        ...

    def backup(self, file: Path) -> BackedUp:
        """The whole installation in one new file."""
        ...

    def restore(self, file: Path, *, force: bool, erased: Path | None = None) -> Restored:
        """Everything from a backup, into an empty installation. force: in place of what is there. All or nothing.
        erased: a list of erasures that was kept elsewhere; those people are erased again."""
        ...

    def verify(self, *, workspaces: Sequence[str], anchors: Path | None) -> Sequence[Proven]:
        """What the seal of each workspace's history proves; all workspaces where none is named. anchors: a file of
        anchors to compare with."""
        ...

    def erase(self, workspace: str, email: str, object_name: str, record: str) -> Erased:
        """Erases a person for good, as the one with this address, else as the system."""
        ...

    def renew_secret_keys(self) -> int:
        """New keys for secret fields; how many secrets were encrypted again."""
        ...

    def rotate_keys(self) -> Rotated:
        """A new master key, where the keys lie in the home folder; brings every workspace's keys under the newest."""
        ...

    def encrypt_files(self) -> int:
        """Encrypts the attached files that still lie plain in their store; how many there were."""
        ...

    def reference(self) -> Mapping[str, str]:
        """The generated pages by their path below `docs/reference`."""
        ...

    def through_door(self, use: Callable[[Door], Awaitable[T]], *, company: str = "") -> T:
        """What `use` makes of the door to the workspaces, with the database up for as long as that takes. company: the
        workspace is made under this name, and the database brought to this version, where that is still to do; without
        it Unavailable says what is missing."""
        ...

    def through_store(self, use: Callable[[Door, FileStore], Awaitable[T]]) -> T:
        """The same with the place where files are kept."""
        ...

    def export_workspace(self, key: str, file: Path) -> Mapping[str, Any]:
        """A whole workspace in one new file; counts of what it holds."""
        ...

    def import_workspace(self, file: Path, key: str) -> Mapping[str, Any]:
        """The workspace of such a file, all or nothing. key: another one than it had, or ""."""
        ...

    def rehearse_workspace(self, key: str) -> Mapping[str, Any]:
        """A masked copy of a workspace to try a configuration on, in place of the last one."""
        ...

    def findings(self) -> Sequence[Finding]:
        """What is right and wrong with this installation."""
        ...

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs `relata` with these arguments in a process of its own."""
        ...

    def check_secure(self) -> None:
        """Raises Invalid where other machines come in and the settings are not fit for that."""
        ...

    def archive(self) -> Archived:
        """A new base backup in the archive."""
        ...

    def archived(self) -> Sequence[Base]: ...
    def check_archive(self) -> Recovered:
        """Brings the archive's end back beside everything, as a proof."""
        ...

    def recover(self, until: datetime | None) -> Recovered: ...
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
    ) -> Tortured: ...
    def bench(self, size: str, *, only: tuple[str, ...], quick: bool, keep: bool, home: str, lean: bool) -> Measured:
        """Measures what is promised, over data of its own; says on standard error how far it is."""
        ...

    def bench_matching(self, folder: str) -> Measured:
        """How well duplicates are found in the sets of a folder of which it is known who is who."""
        ...

"""The archive of an embedded server: base backups and the log between them, from which any second can be brought back.

In its folder, which should lie on another disk: `base/<when>` are copies of the cluster, `wal` the log's segments. A
segment is sent when it is full, and once a minute otherwise; that minute is what the loss of the data folder can cost.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from relata.engine.storage.embedded_cluster import run_program
from relata.engine.storage.embedded_place import Place
from relata.foundation.errors import Conflict, Invalid, NotFound, Unavailable

_NAME = "%Y%m%dT%H%M%SZ"
_SEND_SECONDS = 60
_PLAIN = re.compile(r"[\w/.\-]+")
_LABEL = re.compile(r"\(file ([0-9A-F]{24})\)")


@dataclass(frozen=True, slots=True)
class Base:
    """A copy of the whole cluster. made_at: when it was complete; any second from then on can be brought back."""

    made_at: datetime
    folder: Path

    @property
    def first_segment(self) -> str:
        """The name of the oldest segment that a recovery from here needs."""
        found = _LABEL.search((self.folder / "backup_label").read_text())
        if found is None:
            raise Unavailable(f"The base backup {self.folder.name} is damaged.", code="archive_damaged")
        return found.group(1)


def prepare(place: Place, archive: Path) -> dict[str, str]:
    """The folders of the archive, writable by the server; the settings with which the server fills them."""
    archive = archive.absolute()
    if not _PLAIN.fullmatch(str(archive)) or archive.is_relative_to(place.home.absolute()):
        raise Invalid(
            "RELATA_ARCHIVE must be a plain path outside of the data folder.", code="setting",
            hint="Choose a folder on another disk, without spaces.",
        )  # fmt: skip
    try:
        for folder in (archive, archive / "wal", archive / "base"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if place.account:
                os.chown(folder, place.account.pw_uid, place.account.pw_gid)
    except OSError as error:
        raise Unavailable(
            f"The archive folder can't be written ({error.strerror}).", code="archive_not_writable",
            hint="Mend RELATA_ARCHIVE or its permissions.",
        ) from error  # fmt: skip
    wal = archive / "wal"
    # A segment that is there already was sent before a crash; another one of the same name is never overwritten.
    command = (
        f"if test -f {wal}/%f; then cmp -s %p {wal}/%f; else "
        f"cp %p {wal}/.%f.part && sync {wal}/.%f.part && mv {wal}/.%f.part {wal}/%f; fi"
    )
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": str(_SEND_SECONDS)}


def bases(archive: Path) -> list[Base]:
    """The base backups that are whole, oldest first."""
    found = []
    for folder in sorted((archive / "base").glob("*")) if (archive / "base").is_dir() else []:
        try:
            made_at = datetime.strptime(folder.name, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Base(made_at, folder))
    return found


def make_base(place: Place, archive: Path) -> Base:
    """Copies the running cluster while people work, and proves the copy by its checksums before it counts."""
    draft = archive.absolute() / "base" / "being-made"
    shutil.rmtree(draft, ignore_errors=True)
    run_program(
        place, "pg_basebackup", "-h", str(place.sockets), "-U", "relata", "-D", str(draft), "--checkpoint=fast",
        "--wal-method=stream", "--no-password", "--manifest-checksums=SHA256",
    )  # fmt: skip
    prove(draft)
    made_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return Base(made_at, draft.rename(draft.with_name(f"{made_at:{_NAME}}")))


def prove(folder: Path) -> None:
    """Compares every file of a base backup with its manifest; Unavailable for one that is not as it was written. Ours,
    since the pg_verifybackup that comes from PyPI crashes."""
    manifest = msgspec.json.decode((folder / "backup_manifest").read_bytes())
    for entry in manifest["Files"]:
        path = folder / entry["Path"]
        try:
            with path.open("rb") as stream:
                is_whole = hashlib.file_digest(stream, "sha256").hexdigest() == entry["Checksum"]
        except OSError:
            is_whole = False
        if not is_whole:
            raise Unavailable(
                f"The base backup {folder.name} is damaged: {entry['Path']} is not as it was written.",
                code="archive_damaged", hint="Make a new one; look at the disk that holds the archive.",
            )  # fmt: skip


def forget(place: Place, archive: Path, *, keep_days: int) -> int:
    """Removes base backups that no second of the last days needs, and their log; how many. The newest one stays, and
    so does the one from which the oldest promised second is brought back."""
    oldest, known = datetime.now(UTC) - timedelta(days=keep_days), bases(archive)
    old = [base for base in known if base.made_at <= oldest][:-1]
    for base in old:
        shutil.rmtree(base.folder)
    kept = [base for base in known if base not in old]
    if old and kept:
        run_program(place, "pg_archivecleanup", str(archive.absolute() / "wal"), kept[0].first_segment)
    return len(old)


def lay_out(place: Place, archive: Path, until: datetime | None) -> Base:
    """A cluster in `place`, where there must be none, that reads the archive when it is started, up to `until`, or to
    its end. Raises NotFound where no base backup is old enough."""
    if place.cluster.exists():
        raise Conflict(
            "There is a database in the data folder already.", code="not_empty",
            hint="Set RELATA_HOME to an empty folder, or move the old one aside.",
        )  # fmt: skip
    known = bases(archive)
    fitting = [base for base in known if until is None or base.made_at <= until]
    if not fitting:
        first = f" The oldest second is {known[0].made_at:%Y-%m-%d %H:%M:%S} UTC." if known else ""
        raise NotFound(f"The archive does not reach back that far.{first}", code="no_base")
    base, fresh = fitting[-1], place.home / "postgres.new"
    prove(base.folder)
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(base.folder, fresh, symlinks=True)
    # Nobody is let in before the recovery has come to its end: a standby that serves reads would say that it is ready.
    lines = ["hot_standby = off", f"restore_command = 'cp {archive.absolute()}/wal/%f %p'"]
    if until is not None:
        lines += [f"recovery_target_time = '{until.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'"]
        lines += ["recovery_target_action = 'promote'"]
    with (fresh / "postgresql.auto.conf").open("a") as file:
        file.write("\n".join(["", "# Recovery", *lines, ""]))
    (fresh / "recovery.signal").touch()
    fresh.chmod(0o700)
    _hand_over(place, fresh)
    fresh.rename(place.cluster)
    return base


def settle(place: Place) -> None:
    """After the recovery: what told it where to end is taken out again."""
    file = place.cluster / "postgresql.auto.conf"
    file.write_text(file.read_text().split("\n# Recovery\n")[0] + "\n")


def _hand_over(place: Place, folder: Path) -> None:
    if place.account is None:
        return
    owner = (place.account.pw_uid, place.account.pw_gid)
    os.chown(folder, *owner)
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(Path(above) / name, *owner)

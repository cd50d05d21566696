"""Where the master keys come from: a setting, a command of the operator's, or a file made once in the home folder."""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from relata.app.settings import Settings
from relata.engine.secrets.ring import KeyRing, new_ring
from relata.foundation.errors import Invalid, Unavailable

FILE = "master.keys"
_COMMAND_SECONDS = 30


def master_keys(settings: Settings) -> KeyRing:
    """The same for every process of an installation. Invalid or Unavailable, in a sentence without the keys."""
    if settings.master_keys:
        return KeyRing.parse(settings.master_keys)
    if settings.master_keys_command:
        return KeyRing.parse(_printed(settings.master_keys_command))
    return _kept(settings.home / FILE)


def rotated(settings: Settings) -> KeyRing:
    """The ring with a new key in front, written to the file. Conflict-free: the old keys stay in it. Invalid where the
    keys come from elsewhere and the newest must be added there."""
    if settings.master_keys or settings.master_keys_command:
        return master_keys(settings)
    ring = _kept(settings.home / FILE).with_new()
    _write(settings.home / FILE, ring.text(), replace=True)
    return ring


def _printed(command: str) -> str:
    try:
        done = subprocess.run(  # the operator's own command, from their settings
            shlex.split(command), capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise Unavailable(
            "RELATA_MASTER_KEYS_COMMAND failed, so there are no master keys.", code="master_keys",
            hint="Run the command by hand as the same user; it must print the keys and end with 0.",
        ) from error  # fmt: skip
    return done.stdout


def _kept(file: Path) -> KeyRing:
    try:
        if not file.exists():
            _write(file, new_ring().text(), replace=False)
        return KeyRing.parse(file.read_text())
    except OSError as error:
        raise Unavailable(
            "The master keys in the data folder can't be read or made; set RELATA_MASTER_KEYS, or mend the permissions "
            "of the data folder (RELATA_HOME).",
            code="master_keys",
        ) from error
    except Invalid as error:
        raise Invalid(
            "The file master.keys in the data folder is damaged.", code="master_keys",
            hint="Put back the copy that you keep of it.",
        ) from error  # fmt: skip


def _write(file: Path, text: str, *, replace: bool) -> None:
    """Of processes that start at once, one makes the file; nobody ever reads half of one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if replace:
        draft.rename(file)
        return
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()

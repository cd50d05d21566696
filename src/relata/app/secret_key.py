"""The key that signs cookies and links: given by a setting, else made once and kept in the home folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from relata.app.settings import Settings
from relata.foundation.errors import Unavailable


def secret_key(settings: Settings) -> str:
    """The same text for every process of an installation; 256 random bits when it was made here."""
    return settings.secret_key or _kept(settings.home / "secret.key")


def _kept(file: Path) -> str:
    try:
        if not file.exists():
            _make(file)
        return file.read_text().strip()
    except OSError as error:
        raise Unavailable(
            "The secret key in the data folder can't be read or made; set RELATA_SECRET_KEY, or mend the permissions "
            "of the data folder (RELATA_HOME).",
            code="secret_key",
        ) from error


def _make(file: Path) -> None:
    """Of processes that start at once, one makes the key; nobody ever reads half of one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")  # of one thread alone
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(32) + "\n")
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()

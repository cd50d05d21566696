"""Short links to one file: signed, for minutes, for who has no session here: another origin, a mail, an assistant.

A link names workspace, file, end and whether the file may be shown in place; each is under the signature. The key is
made of the workspace's key for files, so a new one ends all links. No link works for a file that is gone, or held.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.foundation.errors import Expired, NotFound
from relata.foundation.i18n import gettext as _

#: How long a link holds: as long as a page needs to load it, or an assistant to fetch it.
LIFETIME = timedelta(minutes=5)
#: Where links lead, below an origin.
PLACE = "/f/"


@dataclass(frozen=True, slots=True)
class FileLink:
    """path: below an origin, a secret until it ends."""

    path: str
    expires_at: datetime


def signed(keys: WorkspaceKeys, workspace: str, file: UUID, *, inline: bool, now: datetime) -> FileLink:
    """A new link. workspace: its key. inline: whether it may be shown in place, where its type is safe."""
    until = (now + LIFETIME).astimezone(UTC).replace(microsecond=0)
    word = f"{'i' if inline else 'a'}{int(until.timestamp()):x}"
    return FileLink(f"{PLACE}{workspace}/{file}/{word}.{_signature(keys, workspace, file, word)}", until)


def check(keys: WorkspaceKeys, workspace: str, file: UUID, token: str, now: datetime) -> bool:
    """Whether the file may be shown in place. NotFound for what was not signed like this, Expired for an old link."""
    word, __, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(keys, workspace, file, word).encode()):
        raise NotFound(_("There is no such file."), code="file_not_found")
    if datetime.fromtimestamp(int(word[1:], 16), UTC) <= now:
        raise Expired(_("This link has ended."), code="link_expired", hint=_("Open the file from its record again."))
    return word[0] == "i"


def _signature(keys: WorkspaceKeys, workspace: str, file: UUID, word: str) -> str:
    number, key = keys.current("file")
    secret = hashlib.blake2b(number.to_bytes(2, "big"), key=key, digest_size=32, person=b"file links").digest()
    return hmac.new(secret, f"{workspace}|{file}|{word}".encode(), "sha256").hexdigest()

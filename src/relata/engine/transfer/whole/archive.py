"""The file that a workspace is: a ZIP with a manifest, a member for each table in PostgreSQL's text format (the
manifest names the columns), and the attached files."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import msgspec

from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
_MOST_MANIFEST = 50_000_000


class Table(msgspec.Struct, frozen=True):
    """One table. rows: how many came."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Counter(msgspec.Struct, frozen=True):
    """A sequence: which number comes next."""

    name: str
    value: int
    is_called: bool


class Key(msgspec.Struct, frozen=True):
    """One of the workspace's keys, in plain: without it neither history nor secret fields can be read. secret:
    base64."""

    purpose: str
    number: int
    secret: str

    @property
    def plain(self) -> bytes:
        """The key itself."""
        return base64.b64decode(self.secret)


class Manifest(msgspec.Struct, frozen=True):
    """What the file holds. migrations: the steps that the workspace has had; definitions: the version of its
    configuration."""

    format: int
    version: str
    made_at: str
    workspace: str
    key: str
    name: str
    settings: dict[str, object]
    definitions: int
    created_at: str
    migrations: tuple[str, ...]
    tables: tuple[Table, ...]
    counters: tuple[Counter, ...]
    keys: tuple[Key, ...]
    files: tuple[str, ...]


def read_manifest(file: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """The open archive and what it says. Invalid for what is no such file, or of a later version."""
    try:
        archive = zipfile.ZipFile(file)
        with archive.open(MANIFEST) as stream:
            text = stream.read(_MOST_MANIFEST)
        manifest = msgspec.json.decode(text, type=Manifest)
    except (OSError, KeyError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        raise Invalid(
            _("This is no export of a workspace."), code="no_export", field="file", hint=_("Use another file.")
        ) from error
    if manifest.format > FORMAT:
        raise Invalid(_("This export was made by a later version."), code="newer_export", field="file")
    return archive, manifest

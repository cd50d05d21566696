"""The file that a backup is: a tar that begins with a manifest, which names every part with its size and SHA-256."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from relata.foundation.errors import Conflict, Invalid, Unavailable

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, KEY, FILES = "database.dump", "secret.key", "files"
MASTER = "master.keys"
_BLOCK = 1024 * 1024
_MANIFEST_BYTES = 200_000_000


class Part(msgspec.Struct, frozen=True):
    """One file in the archive. sha256: hexadecimal."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive holds and what made it. settings: those that were set, without secrets."""

    format: int
    version: str
    made_at: str
    migrations: tuple[str, ...]
    settings: dict[str, str]
    parts: tuple[Part, ...]

    @property
    def files(self) -> int:
        """How many attached files there are."""
        return sum(part.name.startswith(f"{FILES}/") for part in self.parts)


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the disk and its name in the archive."""

    name: str
    path: Path


def measured(sources: Iterable[Source]) -> Iterator[tuple[Source, Part]]:
    """Each source with its part; what is gone by now is left out, as somebody deleted it meanwhile."""
    for source in sources:
        try:
            with source.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                yield source, Part(source.name, stream.tell(), digest)
        except FileNotFoundError:
            continue


def write(target: Path, manifest: Manifest, sources: Iterable[Source]) -> None:
    """The archive under its name when it is whole, readable by its owner alone. Conflict for a file that exists."""
    if target.exists():
        raise Conflict("There is a file with this name already.", code="file_exists", hint="Choose another name.")
    draft = target.with_name(f".{target.name}.partial")
    sizes = {part.name: part.size for part in manifest.parts}
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                text = msgspec.json.encode(manifest)
                _add(tar, MANIFEST, len(text), io.BytesIO(text))
                for source in sources:
                    with source.path.open("rb") as content:
                        _add(tar, source.name, sizes[source.name], content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(target)
    except OSError as error:
        raise Unavailable(
            f"The backup could not be written ({error.strerror or 'a file changed meanwhile'}).", code="backup_failed",
            hint="Choose a folder with enough room that this user can write.",
        ) from error  # fmt: skip
    finally:
        draft.unlink(missing_ok=True)


def unpack(file: Path, folder: Path) -> Manifest:
    """Every part of the archive in `folder`, proven whole. Invalid for anything that is not a complete backup."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            manifest = _manifest(tar)
            waiting = {part.name: part for part in manifest.parts}
            while (member := tar.next()) is not None:
                part = waiting.pop(member.name, None)
                content = tar.extractfile(member) if part and member.isfile() else None
                if part is None or content is None:
                    raise _damaged(f"It holds {member.name[:100]}, which its manifest does not name.")
                _keep(part, content, folder)
    except FileNotFoundError as error:
        raise Invalid("There is no such file.", code="no_backup", hint="Check the name of the backup.") from error
    except (tarfile.TarError, EOFError) as error:
        raise _damaged("The file ends too early, or is no backup at all.") from error
    if waiting:
        raise _damaged(f"{len(waiting)} of its parts are missing.")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    stream = tar.extractfile(first) if first and first.name == MANIFEST and first.size < _MANIFEST_BYTES else None
    if stream is None:
        raise _damaged("It does not begin with a manifest.")
    text = stream.read()
    try:
        made_by = msgspec.json.decode(text, type=_Version)
        if made_by.format > FORMAT:
            raise Invalid(
                f"The backup was made by Relata {made_by.version}, which is newer than this one.", code="newer_backup",
                hint="Restore it with that version or a later one.",
            )  # fmt: skip
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise _damaged("Its manifest can't be read.") from error
    for part in manifest.parts:
        path = PurePosixPath(part.name)
        if path.is_absolute() or ".." in path.parts or path.parts[0] not in (DATABASE, KEY, MASTER, FILES):
            raise _damaged(f"It names {part.name[:100]}, which belongs to no backup.")
    return manifest


class _Version(msgspec.Struct):
    format: int
    version: str


def _keep(part: Part, content: IO[bytes], folder: Path) -> None:
    path = folder / part.name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        while block := content.read(_BLOCK):
            digest.update(block)
            stream.write(block)
    if digest.hexdigest() != part.sha256 or path.stat().st_size != part.size:
        raise _damaged(f"{part.name[:100]} is not as it was written.")


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, content)


def _damaged(why: str) -> Invalid:
    return Invalid(
        f"This is no complete backup. {why}", code="damaged_backup", hint="Nothing was changed. Use another copy."
    )

"""What a package holds, and how it lies in a folder or a ZIP: one JSON file a thing, with sorted keys and no moment in
it, so that two exports of the same configuration are the same bytes and a difference reads well in any tool."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

FORMAT = 1
HEAD = "relata.json"
REFERENCES = "references.json"
_MOST_FILES, _MOST_BYTES, _MOST_ALL_BYTES = 10_000, 2_000_000, 100_000_000
#: ZIP has no earlier day.
_DAY = (1980, 1, 1, 0, 0, 0)


class Reference(msgspec.Struct, frozen=True):
    """A person, team or queue that something names. key: the address, the way from the top, the name."""

    object: str
    key: str


class Package(msgspec.Struct, frozen=True):
    """definitions: by kind and name. records: by object and id, values as the API takes them. references: what is named
    by its id, as it is called where the package was made."""

    definitions: dict[str, dict[str, dict[str, Any]]] = {}
    records: dict[str, dict[str, dict[str, Any]]] = {}
    references: dict[str, Reference] = {}

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content, in order."""
        yield HEAD, _text({"format": FORMAT})
        if self.references:
            yield REFERENCES, _text(msgspec.to_builtins(self.references))
        for folder, things in (("definitions", self.definitions), ("records", self.records)):
            for kind in sorted(things):
                for name in sorted(things[kind]):
                    yield f"{folder}/{kind}/{quote(name, safe='')}.json", _text(things[kind][name])


def _text(value: Any) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def write(package: Package, target: Path) -> None:
    """Into a ZIP where the name ends so, else into a folder, which is made and must be empty."""
    files = list(package.files())  # what can't be written leaves nothing behind
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(zipfile.ZipInfo(name, _DAY), content, zipfile.ZIP_DEFLATED)
        return
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise Invalid(_("The folder is not empty."), code="not_empty", field="file", hint=_("Choose another one."))
    for name, content in files:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(source: Path) -> Package:
    """From either. Invalid for what is no package, too large, or of a later version."""
    try:
        found = dict(_from_folder(source) if source.is_dir() else _from_zip(source))
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise _no_package() from error
    return decode(found)


def decode(files: Mapping[str, bytes]) -> Package:
    """The package of these files; Invalid names the one that does not fit."""
    head = _value(HEAD, files.get(HEAD, b""))
    if not isinstance(head.get("format"), int):
        raise _no_package()
    if head["format"] > FORMAT:
        raise Invalid(
            _("This package was made by a later version."), code="newer_package", field="file",
            hint=_("Bring this installation to that version first."),
        )  # fmt: skip
    things: dict[str, dict[str, dict[str, Any]]] = {"definitions": {}, "records": {}}
    for name, content in files.items():
        parts = PurePosixPath(name).parts
        if len(parts) == 3 and parts[0] in things and parts[2].endswith(".json"):
            things[parts[0]].setdefault(parts[1], {})[unquote(parts[2][:-5])] = _value(name, content)
    named = _value(REFERENCES, files[REFERENCES]) if REFERENCES in files else {}
    try:
        return Package(**things, references=msgspec.convert(named, dict[str, Reference]))
    except msgspec.ValidationError as error:
        raise _no_package() from error


def _value(name: str, content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(
            _("%(file)s can't be read.") % {"file": name[:200]}, code="package", field="file",
            hint=_("Export the configuration anew."),
        ) from error  # fmt: skip


def _from_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    for count, path in enumerate(sorted(folder.rglob("*.json"))):
        total += path.stat().st_size
        _check(count, path.stat().st_size, total)
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def _from_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    with zipfile.ZipFile(source) as archive:
        for count, member in enumerate(archive.infolist()):
            with archive.open(member) as stream:
                content = stream.read(_MOST_BYTES + 1)  # what the archive says of its sizes may be wrong
            total += len(content)
            _check(count, len(content), total)
            yield member.filename, content


def _check(count: int, size: int, total: int) -> None:
    if count >= _MOST_FILES or size > _MOST_BYTES or total > _MOST_ALL_BYTES:
        raise Invalid(_("This is too large for a configuration."), code="too_large", field="file")


def _no_package() -> Invalid:
    return Invalid(
        _("This is no package of a configuration."), code="package", field="file",
        hint=_("Choose a file that was exported here or elsewhere as a configuration."),
    )  # fmt: skip

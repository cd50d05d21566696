"""The export of another system on this machine's disk: a folder of CSV files, or a zip of one."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from relata.engine.transfer.csv_reader import CsvFile, Row
from relata.engine.transfer.migration.declared import Cells, Source, Table
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: What an export may hold once it is unpacked, attached files included.
MAX_UNPACKED = 20_000_000_000
MAX_MEMBERS = 200_000
#: How many times smaller than its content an archive of texts may be; more is a bomb.
MAX_RATIO = 300
_SMALL = 10_000_000
_BLOCK = 1 << 20


class Export:
    """The tables of one export, as a source declares them; what it does not declare is in `others`, by name."""

    def __init__(self, folder: Path, source: Source, found: dict[str, CsvFile], others: dict[str, CsvFile]) -> None:
        self.folder = folder
        self.source = source
        self.files = {**found, **others}
        self.others = tuple(others)

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        return name in self.files

    def columns(self, table: Table) -> tuple[str, ...]:
        """The columns of a table, derived ones included."""
        own = self.files[table.name].columns if table.name in self.files else ()
        return (*own, *table.heads) if own or table.rows is not None else ()

    def cells(self, name: str) -> Iterator[Cells]:
        """The rows of a table as they stand in its file; none where it is not there."""
        file = self.files.get(name)
        return (row.cells for row in file.rows() if row.cells) if file else iter(())

    def rows(self, table: Table) -> Iterator[Row]:
        """The rows of a table as it declares them; rows that can't be read keep their code."""
        if table.rows is not None:
            found = (Row(number, number, cells) for number, cells in enumerate(table.rows(self), start=2))
        elif table.name in self.files:
            found = (row for row in self.files[table.name].rows() if row.cells or row.code)
        else:
            return
        for row in found:
            cells = dict(row.cells)
            yield Row(row.number, row.line, table.shape(cells) if table.shape else cells, row.code, row.at)

    def keyed(self, table: Table) -> Iterator[tuple[str, Row]]:
        """Rows with what tells them apart: their number, or their content; the same again gets a count behind it."""
        seen: Counter[str] = Counter()
        for row in self.rows(table):
            names = table.key or tuple(row.cells)
            key = "|".join(self.source.number(row.cells.get(name, "").strip()) for name in names)
            if not table.key or len(key) > 200:
                key = _digest(key)
            seen[key] += 1
            yield (key if seen[key] == 1 else f"{key}#{seen[key]}"), row


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def unpacked(path: Path, folder: Path) -> Path:
    """The folder of an export: `path` itself, or what was unpacked from it into `folder`. Invalid for what is no
    export, and for an archive that is larger than it says or than anybody needs. Slow: not in the event loop."""
    if path.is_dir():
        return path
    if not path.is_file():
        raise Invalid(_("There is no such file."), code="no_file", field="file", hint=_("Check the path."))
    if not zipfile.is_zipfile(path):
        raise Invalid(
            _("An export is a zip file or a folder of CSV files."), code="no_export", field="file",
            hint=_("Send the zip that the other system made."),
        )  # fmt: skip
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        size, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
        is_bomb = size > _SMALL and size > MAX_RATIO * max(packed, 1)
        if len(members) > MAX_MEMBERS or size > MAX_UNPACKED or is_bomb:
            raise Invalid(_("The archive holds more than an export can."), code="too_large", field="file")
        if any(one.flag_bits & 1 for one in members):
            raise Invalid(
                _("The archive is protected by a password."), code="encrypted", field="file",
                hint=_("Send it without one."),
            )  # fmt: skip
        for one in members:
            _unpack(archive, one, folder)
    return folder


def _unpack(archive: zipfile.ZipFile, one: zipfile.ZipInfo, folder: Path) -> None:
    """One member, to where its name says below `folder`, and no byte more than it says."""
    parts = [part for part in PurePosixPath(one.filename.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    if not parts or len("/".join(parts)) > 400:
        return
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    left = one.file_size
    try:
        with archive.open(one) as read, target.open("wb") as out:
            while block := read.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    raise Invalid(_("The archive holds more than it says."), code="too_large", field="file")
                out.write(block)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError) as error:
        raise Invalid(_("The archive is damaged."), code="damaged", field="file") from error


def recognised(folder: Path, sources: tuple[Source, ...], name: str = "") -> Export:
    """The export in a folder, as that of the system of which it has the most tables. name: of the system, where
    somebody said it. Invalid where it is none. Slow: each file is looked at."""
    files = [
        one for one in sorted(folder.rglob("*"))
        if one.is_file() and one.suffix.lower() == ".csv" and not one.name.startswith((".", "__"))
    ]  # fmt: skip
    tables = {one: CsvFile(one) for one in files if one.stat().st_size}
    asked = [one for one in sources if name in ("", one.name)]
    if not asked:
        raise Invalid(_("There is no system called %(name)s.") % {"name": name[:40]}, code="unknown_system")
    found = [(source, _assigned(source, tables)) for source in asked]
    source, known = max(found, key=lambda pair: sum(3 + len(columns) for _name, (_file, columns) in pair[1].items()))
    if not known:
        raise Invalid(
            _("This is not the export of a system that we know."), code="no_export", field="file",
            hint=_("It should hold the CSV files of %(systems)s as they were exported.")
            % {"systems": ", ".join(one.label for one in asked)},
        )  # fmt: skip
    taken = {file.path for file, _columns in known.values()}
    others = {_stem(path): file for path, file in tables.items() if path not in taken}
    return Export(folder, source, {table: file for table, (file, _columns) in known.items()}, others)


def _assigned(source: Source, tables: dict[Path, CsvFile]) -> dict[str, tuple[CsvFile, set[str]]]:
    """Which file is which table, with the columns that speak for it."""
    found: dict[str, tuple[CsvFile, set[str]]] = {}
    for path, file in tables.items():
        for table in source.tables:
            if (table.rows is not None and not table.files) or table.name in found:
                continue
            is_named = _stem(path).casefold() == table.name.casefold()
            is_named = is_named or bool(table.files and re.fullmatch(table.files, path.stem, re.IGNORECASE))
            known = {column.column for column in table.columns} | {way[0] for one in table.pointers for way in one.ways}
            agreed = (known | set(table.key)) & set(file.columns)
            if is_named and set(table.key) - set(table.heads) <= set(file.columns) and agreed:
                found[table.name] = file, agreed
                break
    return found


def _stem(path: Path) -> str:
    """The name of a file without what exports put behind it: `Leads_001` is `Leads`."""
    return re.sub(r"[ _-](?:\d{1,4}|\(\d+\))$", "", path.stem)

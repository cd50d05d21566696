"""Reports and dashboards as files, for git and for other installations: the same JSON that a record keeps, written so
that a small change is a small difference. What is read again changes what it was written from: by its id, else by its
name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import msgspec

from relata.engine.reporting import definition as definitions
from relata.engine.reporting.checking import problems_of
from relata.engine.reporting.dashboards import body as bodies
from relata.engine.reporting.dashboards import shelf as dashboards
from relata.engine.reporting.reports import shelf as reports
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

#: What a file may hold.
MAX_BYTES = 200_000
_FORMATS = ("relata.report/1", "relata.dashboard/1")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file. format: of _FORMATS. id: of the record that it was written from, "" for what came with a module. body: as
    the record's field."""

    format: str
    name: str
    description: str = ""
    id: str = ""
    body: dict[str, Any]

    @property
    def object(self) -> str:
        """report or dashboard."""
        return self.format.partition("/")[0].removeprefix("relata.")


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file. key: of the record. did: made, changed, or same where nothing was to be done."""

    object: str
    key: str
    name: str
    did: Literal["made", "changed", "same"]


async def report_file(work: Workspace, key: str) -> tuple[str, bytes]:
    """The name of a report's file, and what is in it. NotFound for a hidden one or none."""
    one = await reports.report(work, key)
    body = definitions.write(one.definition)
    kept = parse_id(one.key)
    return _written(Kept(format=_FORMATS[0], id=str(kept or ""), name=one.name, description=one.description, body=body))


async def dashboard_file(work: Workspace, key: str) -> tuple[str, bytes]:
    """The same of a dashboard."""
    one = await dashboards.board(work, key)
    body, kept = bodies.write(one.body), parse_id(one.key)
    return _written(Kept(format=_FORMATS[1], id=str(kept or ""), name=one.name, description=one.description, body=body))


async def all_files(work: Workspace) -> dict[str, bytes]:
    """Every report and dashboard that was made here and that the person sees, by the names of their files."""
    found: dict[str, bytes] = {}
    lines, _shipped = await reports.lines(work)
    files = [await report_file(work, line.key) for line in lines]
    files += [await dashboard_file(work, one.key) for one in await dashboards.boards(work) if not one.is_shipped]
    for name, content in files:
        found[_free(name, found)] = content
    return found


def _written(kept: Kept) -> tuple[str, bytes]:
    plain = re.sub(r"[^a-z0-9]+", "-", kept.name.casefold()).strip("-")[:60] or kept.object
    text = msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n"
    return f"{plain}.{kept.object}.json", text


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """Two of one name have two files."""
    stem, _dot, rest = name.partition(".")
    numbered = (name, *(f"{stem}-{number}.{rest}" for number in range(2, len(taken) + 3)))
    return next(one for one in numbered if one not in taken)


def read_file(content: bytes) -> Kept:
    """Invalid for what is no report and no dashboard."""
    if len(content) > MAX_BYTES:
        raise Invalid(_("This file is too large for a report."), code="too_large", field="file")
    try:
        kept = msgspec.json.decode(content, type=Kept)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(str(error)[:200]) from None
    if kept.format not in _FORMATS:
        raise _refused(_("its format is unknown"))
    return kept


def _refused(why: str) -> Invalid:
    return Invalid(
        _("This is no file of a report or a dashboard: %(why)s.") % {"why": why}, code="report_file", field="file",
        hint=_("Choose one that was saved from a report."),
    )  # fmt: skip


@contextmanager
def named(name: str) -> Iterator[None]:
    """What is wrong says of which file."""
    try:
        yield
    except Invalid as error:
        found = error.problems or (Problem(error.code, error.message, error.field or "", error.hint),)
        told = [replace(one, message=_("“%(name)s”: %(what)s") % {"name": name, "what": one.message}) for one in found]
        raise Invalid.of(told) from None


async def load(work: Workspace, files: Iterable[Kept]) -> list[Loaded]:
    """Each as a record of the person's own, or as the new state of the one that it was written from. Reports come
    first: where one has another id here, the dashboards and reports that name it follow. Invalid where one is wrong."""
    done: list[Loaded] = []
    ids: dict[str, str] = {}
    for kept in sorted(files, key=lambda one: (one.object != "report", bool(one.body.get("beside")))):
        text = _ID.sub(lambda found: ids.get(found[0], found[0]), msgspec.json.encode(kept.body).decode())
        with named(kept.name):
            one = await _load(work, msgspec.structs.replace(kept, body=msgspec.json.decode(text)))
        done.append(one)
        if kept.id:
            ids[kept.id] = one.key
    return done


async def _load(work: Workspace, kept: Kept) -> Loaded:
    if kept.object == "report":
        definition = definitions.read(kept.body)
        problems = problems_of(work, definition)
        if problems:
            raise Invalid.of(problems)
        body = definitions.write(definition)
    else:
        body = bodies.write(bodies.read(kept.body))
    known = await _known(work, kept)
    values = {"name": kept.name.strip()[:120], "description": kept.description or None, "body": body}
    if known is None:
        if kept.object == "report":
            made = await reports.make(work, kept.name[:120], definitions.read(body), kept.description)
        else:
            made = await dashboards.make(work, kept.name[:120], kept.description, bodies.read(body))
        return Loaded(object=kept.object, key=str(made.id), name=kept.name, did="made")
    if all(_plain(known[name]) == _plain(value) for name, value in values.items()):
        return Loaded(object=kept.object, key=str(known.id), name=kept.name, did="same")
    await work.change(known, values)
    return Loaded(object=kept.object, key=str(known.id), name=kept.name, did="changed")


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return msgspec.json.decode(msgspec.json.encode(value or None))


async def _known(work: Workspace, kept: Kept) -> Record | None:
    """What the file was written from, as far as the person may change it."""
    key = parse_id(kept.id) if kept.id else None
    found = await work.first(kept.object, id=key) if key is not None else None
    if found is None:
        found = await work.first(kept.object, name=kept.name.strip())
    return found if found is not None and await work.may(found, "change") else None

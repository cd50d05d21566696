"""The reports that somebody may see, and what they do with them."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.query.request import Query, parse_order
from relata.engine.reporting import definition as definitions
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.reports.shipped import ShippedReport, shipped_reports
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

_MOST = 500


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report. key: the record's id, or the key of a shipped one. may_change: whether this person may. version: of the
    record, 0 for a shipped one. object: by name."""

    key: str
    name: str
    description: str
    object: str
    definition: Definition
    owner: UUID | None = None
    may_change: bool = False
    version: int = 0

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with a module."""
        return parse_id(self.key) is None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A report in the list of reports."""

    key: str
    name: str
    description: str
    object: str
    owner: UUID | None = None


async def lines(work: Workspace) -> tuple[list[Line], list[Line]]:
    """Those that are kept and open to the person, by name; and those that come with modules."""
    fields = ("id", "name", "description", "object", "owner")
    query = Query("report", order=parse_order("name"), fields=fields, limit=_MOST, few=True)
    kept = [
        Line(
            key=str(row["id"]), name=row["name"], description=row["description"] or "", object=row["object"] or "",
            owner=row["owner"],
        )
        for row in (await work.query(query)).values()
    ]  # fmt: skip
    shipped = [
        Line(key=one.key, name=one.title, description=one.advice, object=one.definition.object)
        for one in shipped_reports(work)
    ]
    return kept, shipped


async def report(work: Workspace, key: str) -> Report:
    """One of them; NotFound for a hidden one or none."""
    found = parse_id(key)
    if found is None:
        return _of_module(work, key)
    record = await work.get("report", found)
    definition = definitions.read(record["body"])
    return Report(
        key=str(record.id), name=record["name"], description=record["description"] or "", object=definition.object,
        definition=definition, owner=record["owner"], version=record.version,
        may_change=await work.may(record, "change"),
    )  # fmt: skip


def _of_module(work: Workspace, key: str) -> Report:
    one: ShippedReport
    for one in shipped_reports(work):
        if one.key == key:
            definition = one.in_words
            return Report(
                key=key, name=one.title, description=one.advice, object=definition.object, definition=definition
            )
    raise NotFound(_("There is no such report."), hint=_("It may belong to a module that is switched off."))


async def make(
    work: Workspace, name: str, definition: Definition, description: str = "", *, copied_from: str = ""
) -> Record:
    """A new report of the person's own."""
    body = definitions.write(definition)
    record = await work.create("report", {"name": _named(name), "description": description or None, "body": body})
    if copied_from:
        await work.as_system().change(record, {"copied_from": copied_from})
    return record


async def copy(work: Workspace, key: str) -> Record:
    """One's own, which begins as that one is now."""
    one = await report(work, key)
    name = _("Copy of %(name)s") % {"name": one.name}
    shipped = key if one.is_shipped else ""
    return await make(work, name[:120], one.definition, one.description, copied_from=shipped)


async def save(
    work: Workspace, key: str, name: str, definition: Definition, description: str, version: int | None = None
) -> Record:
    """The report as it is now. Denied where it is open for reading only; Conflict where somebody was faster."""
    values = {"name": _named(name), "description": description or None, "body": definitions.write(definition)}
    return await work.change(("report", _id(key)), values, expect=version)


async def remove(work: Workspace, key: str) -> None:
    """Into the bin."""
    await work.delete(("report", _id(key)))


def _id(key: str) -> UUID:
    found = parse_id(key)
    if found is None:
        raise Invalid(
            _("This report comes with a module and stays as it is."), code="shipped_report",
            hint=_("Copy it; the copy is yours to change."),
        )  # fmt: skip
    return found


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid.of([Problem("required", _("Give the report a name."), "name", _("Such as: Won by month."))])
    return name.strip()

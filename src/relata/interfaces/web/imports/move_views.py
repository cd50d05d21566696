"""What the pages of a move show: the plan, how far it is, what came of it, and what has to be decided."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.metadata.wording import in_words
from relata.engine.transfer.migration import conflicts
from relata.engine.transfer.migration.objects import CONFLICT
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.interfaces.html.view_values import Crumb, Shell

#: Conflicts of one page; what is decided makes room for the next.
SHOWN_CONFLICTS = 50


class Matched(msgspec.Struct, frozen=True):
    """A column and the field that it fills."""

    column: str
    field: str


class PlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the export before it is brought. into: what its rows become."""

    table: str
    into: str
    rows: int
    is_new: bool
    matched: tuple[Matched, ...]
    made: tuple[str, ...]
    left: tuple[str, ...]


class SumView(msgspec.Struct, frozen=True, kw_only=True):
    """A sum there and here. digits: after the mark. why: what makes the difference, in words."""

    column: str
    there: Decimal
    here: Decimal
    digits: int
    why: tuple[str, ...]
    is_right: bool


class TableView(msgspec.Struct, frozen=True, kw_only=True):
    """One table after it was brought. list: where its records are. words: reasons and links that lead nowhere."""

    table: str
    into: str
    list: str
    rows: int
    here: int
    created: int
    updated: int
    why: tuple[str, ...]
    words: tuple[str, ...]
    sums: tuple[SumView, ...]
    is_right: bool


class ClashView(msgspec.Struct, frozen=True, kw_only=True):
    """A value that both sides changed."""

    id: str
    record: str
    href: str
    field: str
    ours: str
    theirs: str


class MoveView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one move."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    title: str
    path: str
    system: str
    status: str
    total: int
    settled: int
    doing: str
    error: str
    plan: tuple[PlannedView, ...]
    tables: tuple[TableView, ...]
    files: tuple[str, ...]
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    conflicts: tuple[ClashView, ...]
    is_right: bool
    done: str


def planned(work: Workspace, record: Record) -> tuple[PlannedView, ...]:
    """The plan in words."""
    found = []
    for one in record["plan"] or ():
        target = work.registry.objects.get(one["object"])
        matched = [
            Matched(column, _label(target, name, one["new_fields"]))
            for column, name in {**one["fields"], **one["links"]}.items()
        ]
        found.append(
            PlannedView(
                table=one["table"],
                into=target.title_plural if target else one["label"],
                rows=one["rows"],
                is_new=one["is_new"],
                matched=tuple(matched),
                made=tuple(one["new_fields"].values()),
                left=tuple(one["left"]),
            )
        )
    return tuple(found)


def _label(target: Object | None, name: str, made: dict[str, str]) -> str:
    known = target.field(name) if target else None
    return known.title if known else made.get(name) or in_words(name)


def came(work: Workspace, record: Record) -> tuple[TableView, ...]:
    """What came of it in words."""
    return tuple(_table(work, one) for one in (record["report"] or {}).get("tables", ()))


def _table(work: Workspace, one: dict[str, Any]) -> TableView:
    target = work.registry.objects.get(one["object"])
    why = [
        words
        for name, words in (
            ("skipped", _("%(num)s left out on purpose")),
            ("refused", _("%(num)s refused")),
            ("binned", _("%(num)s in the bin here")),
            ("edited", _("%(num)s changed here since")),
            ("gone", _("%(num)s gone there, kept here")),
            ("conflicts", _("%(num)s values changed on both sides")),
        )
        if one[name]
        for words in (words % {"num": f"{one[name]:,}"},)
    ]
    said = [f"{rows:,} × {f'{column}: ' if column else ''}{words}" for column, words, rows in one["reasons"]]
    said += [
        _("%(num)s × %(column)s: leads to nothing that is in the export") % {"num": f"{rows:,}", "column": column}
        for column, rows in one["blank"].items()
    ]
    return TableView(
        table=one["table"],
        into=target.title_plural if target else one["label"],
        list=f"/{target.path}" if target else "",
        rows=one["rows"],
        here=one["here"],
        created=one["created"],
        updated=one["updated"],
        why=tuple(why),
        words=tuple(said),
        sums=tuple(_sum(line) for line in one["sums"] if Decimal(line["there"]) or Decimal(line["here"])),
        is_right=one["is_explained"],
    )


def _sum(line: dict[str, Any]) -> SumView:
    reasons = {
        "not_brought": _("in rows that did not come"),
        "in_bin": _("in the bin here"),
        "edited": _("changed here"),
        "rounded": _("rounded"),
    }
    why = [f"{Decimal(part):,f} {reasons.get(name, name)}" for name, part in line["explained"].items()]
    rest = Decimal(line["unexplained"])
    if rest:
        why.append(_("%(amount)s without a reason") % {"amount": f"{rest:,f}"})
    there, here = Decimal(line["there"]), Decimal(line["here"])
    is_whole = all(amount == amount.to_integral_value() for amount in (there, here))
    return SumView(
        column=line["label"], there=there, here=here, digits=0 if is_whole else 2, why=tuple(why), is_right=not rest
    )


async def clashes(work: Workspace) -> tuple[ClashView, ...]:
    """What has to be decided, of records that the person sees and fields that they may read."""
    found = []
    for one in await work.find(CONFLICT, decision="open", order="created_at", limit=SHOWN_CONFLICTS):
        target = one["record"]
        field = work.registry.get(target.object).field(one["field"])
        there = await work.get_many(target.object, [target.id])
        if not there or field is None or not work.actor.readable(there[0].object, field):
            continue
        sealed = await work.as_system().get(CONFLICT, one.id)
        found.append(
            ClashView(
                id=str(one.id),
                record=there[0].title,
                href=f"/{there[0].object.path}/{target.id}",
                field=field.title,
                ours=field.to_text(there[0][field.name]),
                theirs=conflicts.theirs_of(sealed),
            )
        )
    return tuple(found)


def files_told(record: Record) -> tuple[str, ...]:
    """What became of attached files."""
    counts = (record["report"] or {}).get("files") or {}
    words = {
        "brought": _("%(num)s files brought"),
        "known": _("%(num)s files were here already"),
        "missing": _("%(num)s files are named and not in the export"),
        "homeless": _("%(num)s files hang on records that did not come"),
    }
    return tuple(words[name] % {"num": f"{count:,}"} for name, count in counts.items() if count and name in words)


def rows_told(record: Record) -> str:
    """How many rows there are."""
    total = record["total"] or 0
    return ngettext("%(num)s row", "%(num)s rows", total) % {"num": f"{total:,}"}

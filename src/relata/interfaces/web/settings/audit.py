"""The log of everything, filtered and paged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.history.entries import Entry
from relata.engine.metadata.object import Object
from relata.engine.ui.change_words import FieldChange, change_of, linked_by
from relata.engine.ui.values import record_href
from relata.engine.workspace.audit import ACTIONS, audit_log
from relata.engine.workspace.ledger import Ledger, ledger
from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame, options, text

_PLACE = "/settings/audit"
PAGE = 50
SHOWN_CHANGES = 4


_ASKED = ("person", "object", "action", "since", "until", "before")


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one record."""

    at: datetime
    who: str
    via: str
    action: str
    what: str
    title: str
    href: str
    changes: tuple[FieldChange, ...]
    more: int


class AuditPage(Page, frozen=True, kw_only=True):
    """A page of the log."""

    lines: tuple[LogLine, ...]
    filters: tuple[FormField, ...]
    next: str
    first: str
    ledger: Ledger


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        query = {name: request.query_params.get(name, "") for name in _ASKED}

        async def build(work: Workspace) -> Response[bytes]:
            action = query["action"] if query["action"] in ACTIONS else ""
            before = int(query["before"]) if query["before"].isdecimal() and len(query["before"]) < 19 else None
            found = await audit_log(
                work,
                actor=parse_id(query["person"]),
                object_name=query["object"][:60],
                action=action,
                before=before,
                since=_midnight(query["since"], work.actor.zone),
                until=_midnight(query["until"], work.actor.zone, after=1),
                limit=PAGE,
            )
            kept = {name: value for name, value in query.items() if value and name != "before"}
            more = f"{_PLACE}?{urlencode({**kept, 'before': found[-1].id})}" if len(found) == PAGE else ""
            view = AuditPage(
                **frame(web, request, work, _PLACE),
                lines=await _lines(work, found),
                filters=await _filters(work, query),
                next=more,
                first=f"{_PLACE}?{urlencode(kept)}" if before else "",
                ledger=await ledger(work),
            )
            return web.page(work, "web/settings/audit.html", view)

        return await web.within(request, build)

    return [page]


async def _filters(work: Workspace, query: Mapping[str, str]) -> tuple[FormField, ...]:
    people = await work.as_system().find("user", None, order="name", limit=500)
    objects = (
        ("_configuration", _("Configuration")),
        *((one.name, one.title_plural) for one in work.registry.objects.values()),
    )
    return (
        text(
            "person",
            _("Person"),
            query["person"],
            kind="choice",
            options=tuple(Option(value=str(one.id), label=one.title) for one in people),
            placeholder=_("Anybody"),
        ),
        text(
            "object", _("Object"), query["object"], kind="choice", options=options(objects), placeholder=_("Anything")
        ),
        text(
            "action",
            _("What happened"),
            query["action"],
            kind="choice",
            options=options((one, one.capitalize()) for one in ACTIONS),
            placeholder=_("All"),
        ),
        text("since", _("From"), query["since"], kind="date"),
        text("until", _("Until"), query["until"], kind="date"),
    )


def _midnight(text_: str, zone: str, *, after: int = 0) -> datetime | None:
    """Where a day begins for the reader, or the day after it; None for what is no day."""
    try:
        day = date.fromisoformat(text_)
        return datetime.combine(day + timedelta(days=after), time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        return None


async def _lines(work: Workspace, found: list[Entry]) -> tuple[LogLine, ...]:
    names = await principal_names(work, [one.actor for one in found if one.actor])
    wanted: dict[str, set[UUID]] = {}
    for entry in found:
        one = work.registry.objects.get(entry.object)
        wanted.setdefault(entry.object, set()).add(entry.record)
        for name, ids in (linked_by(work, one, [entry]) if one else {}).items():
            wanted.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, wanted)
    return tuple(_line(work, one, names, titles) for one in found)


def _line(work: Workspace, entry: Entry, names: dict[UUID, str], titles: dict[tuple[str, UUID], str]) -> LogLine:
    one = work.registry.objects.get(entry.object)
    title = titles.get((entry.object, entry.record), "")
    fields = list(dict.fromkeys((*entry.after, *entry.before)))
    changes = tuple(_change(work, one, name, entry, titles) for name in fields[:SHOWN_CHANGES])
    name = entry.after.get("name") or entry.before.get("name")
    return LogLine(
        at=entry.at,
        who=names.get(entry.actor, _("Somebody who left")) if entry.actor else "Relata",
        via=entry.via,
        action=entry.action,
        what=one.title if one else entry.object.strip("_").replace("_", " ").capitalize() or _("Workspace"),
        title=title or (str(name)[:80] if name and one is None else ""),
        changes=changes,
        more=max(0, len(fields) - SHOWN_CHANGES),
        href=record_href(work.registry, one.name, entry.record) if one and title else "",
    )


def _change(
    work: Workspace, one: Object | None, name: str, entry: Entry, titles: dict[tuple[str, UUID], str]
) -> FieldChange:
    """One value before and after; of what is no field, or no longer, as the log has it."""
    if one is not None and one.field(name) is not None:
        return change_of(work, one, name, entry, titles)
    before, after = (_raw(values.get(name)) for values in (entry.before, entry.after))
    return FieldChange(name=name, label=name.replace("_", " ").capitalize(), before=before, after=after)


def _raw(value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    text_ = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text_ if len(text_) <= 120 else f"{text_[:119]}…"

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
from relata.engine.metadata.fields import AnyLink, Choice, Link
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


class Change(msgspec.Struct, frozen=True):
    """One value, before and after."""

    label: str
    before: str
    after: str


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
    changes: tuple[Change, ...]
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
    for one in found:
        wanted.setdefault(one.object, set()).add(one.record)
        for name in {*one.before, *one.after}:
            for target, key in (_target(work, one, name, values.get(name)) for values in (one.before, one.after)):
                if key is not None:
                    wanted.setdefault(target, set()).add(key)
    titles = await titles_of(work.unit, wanted)
    return tuple(_line(work, one, names, titles) for one in found)


def _line(work: Workspace, entry: Entry, names: dict[UUID, str], titles: Mapping[tuple[str, UUID], str]) -> LogLine:
    one = work.registry.objects.get(entry.object)
    title = titles.get((entry.object, entry.record), "")
    fields = list(dict.fromkeys((*entry.after, *entry.before)))
    changes = tuple(
        Change(
            _label(work, entry, name),
            *(_words(work, entry, name, values.get(name), titles) for values in (entry.before, entry.after)),
        )
        for name in fields[:SHOWN_CHANGES]
    )
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


def _label(work: Workspace, entry: Entry, name: str) -> str:
    one = work.registry.objects.get(entry.object)
    field = one.field(name) if one else None
    return field.title if field else name.replace("_", " ").capitalize()


def _target(work: Workspace, entry: Entry, name: str, value: Any) -> tuple[str, UUID | None]:
    """What a logged link leads to."""
    one = work.registry.objects.get(entry.object)
    field = one.field(name) if one else None
    if isinstance(field, Link):
        return field.to, parse_id(value)
    if isinstance(field, AnyLink) and isinstance(value, dict):
        return str(value.get("object")), parse_id(value.get("id"))
    return "", None


def _words(work: Workspace, entry: Entry, name: str, value: Any, titles: Mapping[tuple[str, UUID], str]) -> str:
    """A logged value in a few words: links by title, choices by label."""
    if value is None or value == "" or value == []:
        return ""
    target, key = _target(work, entry, name, value)
    if key is not None:
        return titles.get((target, key)) or _("Something that is gone or hidden")
    one = work.registry.objects.get(entry.object)
    field = one.field(name) if one else None
    option = field.option(value) if isinstance(field, Choice) and isinstance(value, str) else None
    text_ = option.title if option else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text_ if len(text_) <= 120 else f"{text_[:119]}…"

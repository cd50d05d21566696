"""Calendars elsewhere, among one's meetings: by their address, or from a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from litestar.datastructures import UploadFile

from relata.engine.ui.values import record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.ground import Visit
from relata.interfaces.web.settings.frame import Form, last, text

#: The object of such calendars, and the action that takes a file; a workspace without their module has neither.
OBJECT, TAKE = "calendar_subscription", "take_calendar"


class Subscribed(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar elsewhere. problem: why it can't be read, and what to do."""

    name: str
    href: str
    events: int
    refused: int
    why: str
    problem: str
    read: datetime | None


async def subscribed(work: Workspace) -> tuple[Subscribed, ...]:
    """One's own."""
    if OBJECT not in work.registry.objects or work.actor.user is None:
        return ()
    return tuple(
        Subscribed(
            name=one["name"], href=record_href(work.registry, OBJECT, one.id), events=one["event_count"] or 0,
            refused=one["refused_count"] or 0, why=one["refused_why"] or "", problem=one["problem"] or "",
            read=one["read_at"],
        )
        for one in await work.find(OBJECT, owner=work.actor.user, order="name", limit=100)
    )  # fmt: skip


def fields(form: Form, errors: dict[str, str]) -> tuple[FormField, ...]:
    """The form; the file stands beside it."""
    return (
        text(
            "calendar_name", _("Name"), last(form, "calendar_name"), errors, required=True, max_length=120,
            help=_("What it is called here."),
        ),
        text(
            "address", _("Address"), last(form, "address"), errors, max_length=2000,
            help=_("Begins with https:// or webcal://; read again each hour. Or choose a file below."),
        ),
    )  # fmt: skip


async def file_of(request: Visit) -> str:
    """The calendar file that was sent; "" for none."""
    form = await request.form()
    for part in form.getall("file", []):
        if isinstance(part, UploadFile) and part.filename:
            return (await part.read()).decode("utf-8", "replace")
    return ""


async def subscribe(work: Workspace, form: Form, file: str) -> None:
    """Make it, and take the file if there is one."""
    address = last(form, "address")
    if not address and not file:
        raise Invalid(_("An address or a file is needed."), code="required", field="address")
    values: dict[str, Any] = {"name": last(form, "calendar_name") or None}
    if address:
        values["address"] = address
    try:
        made = await work.create(OBJECT, values)
    except Invalid as refused:  # the page has another name field, too
        raise Invalid.of(
            [replace(one, field="calendar_name") if one.field == "name" else one for one in refused.problems]
        ) from None
    if file:
        action = work.action(OBJECT, TAKE)
        await work.run(msgspec.convert({OBJECT: made.id, "text": file}, action.command))

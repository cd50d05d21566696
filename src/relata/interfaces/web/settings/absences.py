"""One's own absences, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Binary, Literal, Path, all_of
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    settled,
    status_of,
    text,
)

_PLACE = "/settings/absence"
_NAMES = ("first_day", "last_day", "reason", "deputy", "note")


class AbsenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """Days away. who: whose they are, where one stands in. delete: where to take them back, "" for those of others."""

    first: date
    last: date
    reason: str
    who: str
    deputy: str
    is_now: bool
    delete: str = ""


class AbsencePage(Page, frozen=True, kw_only=True):
    """One's own, and those for whom one stands in."""

    mine: tuple[AbsenceLine, ...]
    others: tuple[AbsenceLine, ...]
    fields: tuple[FormField, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, form or {}, error)
            return web.page(work, "web/settings/absence.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def save(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> str:
            values = {name: last(form, name) or None for name in _NAMES}
            await work.create("absence", {"person": work.actor.user, **values})
            return f"{_PLACE}?done=saved"

        return await settled(
            lambda: web.within(request, create, read_only=False), lambda error: show(request, form, error)
        )

    @post(f"{_PLACE}/{{key:str}}/delete")
    async def delete(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> None:
            found = await work.get("absence", record_id(key))
            if found["person"] != work.actor.user:
                raise NotFound("There is no such absence.", hint="It may have been deleted.")
            await work.delete(found)

        await web.within(request, remove, read_only=False)
        return redirect(f"{_PLACE}?done=deleted")

    return [page, save, delete]


async def _view(web: Web, request: Visit, work: Workspace, form: Form, error: Refused | None) -> AbsencePage:
    today, errors = work.clock.today, errors_of(error)
    chosen = parse_id(last(form, "deputy"))
    names = await titles_of(work.unit, {"user": [chosen]}) if chosen else {}
    deputy = Option(value=str(chosen), label=names.get(("user", chosen), "")) if chosen else None
    reason = work.registry.get("absence").choice("reason")
    return AbsencePage(
        **frame(web, request, work, _PLACE, error=error, known=_NAMES),
        mine=await _lines(work, "person", today),
        others=await _lines(work, "deputy", today),
        fields=(
            text("first_day", _("First day"), last(form, "first_day"), errors, kind="date", required=True),
            text("last_day", _("Last day"), last(form, "last_day"), errors, kind="date", required=True),
            text("reason", _("Reason"), last(form, "reason") or "vacation", errors, kind="choice", required=True,
                 options=tuple(Option(value=one.value, label=one.title) for one in reason.options)),
            text("deputy", _("Deputy"), deputy, errors, kind="link", source="/choose/user",
                 help=_("Gets meanwhile what would go to you.")),
            text("note", _("Note"), last(form, "note"), errors, kind="long_text",
                 help=_("What your deputy should know.")),
        ),
    )  # fmt: skip


async def _lines(work: Workspace, field: str, today: date) -> tuple[AbsenceLine, ...]:
    """Those that are not over, of which one is the person, or the deputy."""
    me: Any = Literal(str(work.actor.user))
    where = all_of([Binary("=", Path((field,)), me), Binary(">=", Path(("last_day",)), Literal(today.isoformat()))])
    found = await work.as_system().find("absence", where, order="first_day", limit=50)
    people = {key for one in found for key in (one["person"], one["deputy"]) if key}
    names = await titles_of(work.unit, {"user": sorted(people)})
    reasons = {one.value: one.title for one in work.registry.get("absence").choice("reason").options}
    return tuple(
        AbsenceLine(
            first=one["first_day"], last=one["last_day"],
            reason=reasons.get(one["reason"], "") if field == "person" else "",
            who=names.get(("user", one["person"])) or "", deputy=names.get(("user", one["deputy"])) or "",
            is_now=one["first_day"] <= today, delete=f"{_PLACE}/{one.id}/delete" if field == "person" else "",
        )
        for one in found
    )  # fmt: skip

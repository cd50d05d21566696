"""Sharing one record: who has access and why, opening it to a person or team, closing it again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.workspace.explain import explain_to
from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id
from relata.interfaces.web.settings.frame import Form, Refused, errors_of, last, options, status_of, text
from relata.interfaces.web.settings.rules import principals

_WAYS = {"share": later("Shared"), "rule": later("Sharing rule"), "member": later("In its team")}
_SHARE = "/{plural:str}/{key:str}/share"


class GrantLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to whom the record is open. revoke: where to close it; "" for what a rule opened."""

    who: str
    way: str
    level: str
    until: datetime | None
    revoke: str


class ShareView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. why: how the reader, or whoever was asked about, comes to see the record."""

    title: str
    path: str
    csrf: str
    grants: tuple[GrantLine, ...]
    may_share: bool
    fields: tuple[FormField, ...] = ()
    person: FormField | None = None
    asked: str = ""
    why: tuple[str, ...] = ()
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this dialog."""

    async def show(
        request: Visit,
        plural: str,
        key: str,
        form: Form | None = None,
        error: Refused | None = None,
        person: UUID | None = None,
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            view = await _view(
                work, record, exchange(request).csrf_token(), form or {}, error, person or work.actor.user
            )
            return web.page(work, "web/settings/share.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_SHARE)
    async def dialog(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await show(request, plural, key, person=parse_id(request.query_params.get("person", "")))

    @post(_SHARE)
    async def share(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def grant(work: Workspace) -> None:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            principal = parse_id(last(form, "principal"))
            if principal is None:
                raise Invalid.of([Problem("required", "Choose a person or team.", "principal")])
            await work.sharing.grant(
                record, principal, level=last(form, "level"), until=_until(work, last(form, "until"))
            )

        try:
            await web.within(request, grant, read_only=False)
        except Invalid as error:
            return await show(request, plural, key, form, error)
        return await show(request, plural, key)

    @post(_SHARE + "/{principal:str}/revoke")
    async def revoke(
        request: Visit, plural: FromPath[str], key: FromPath[str], principal: FromPath[str]
    ) -> Response[bytes]:
        async def close(work: Workspace) -> None:
            record = await work.get(work.registry.by_path(plural).name, record_id(key))
            await work.sharing.revoke(record, record_id(principal))

        await web.within(request, close, read_only=False)
        return await show(request, plural, key)

    return [dialog, share, revoke]


async def _view(
    work: Workspace, record: Record, csrf: str, form: Form, error: Refused | None, person: UUID | None
) -> ShareView:
    path = f"/{record.object.path}/{record.id}/share"
    found = await work.sharing.of(record)
    names = await principal_names(work, [one.principal for one in found])
    may_share = await work.may(record, "change")
    grants = tuple(
        GrantLine(
            who=names.get(one.principal, _("Somebody who left")),
            way=_(_WAYS[one.way]),
            level=_("Read and change") if one.level == "change" else _("Read"),
            until=one.until,
            revoke=f"{path}/{one.principal}/revoke" if may_share and one.way != "rule" else "",
        )
        for one in found
    )
    asked, why = await _why(work, record, person)
    errors = errors_of(error)
    everybody = await principals(work) if may_share else ()
    return ShareView(
        title=record.title,
        path=path,
        csrf=csrf,
        grants=grants,
        may_share=may_share,
        fields=_fields(everybody, form, errors) if may_share else (),
        person=text(
            "person",
            _("Why does somebody see it?"),
            str(person),
            kind="choice",
            options=tuple(one for one in everybody if one.group == _("People")),
            required=True,
        )
        if may_share
        else None,
        asked=asked,
        why=why,
        error=f"{error.message} {error.hint or ''}".strip() if error and not errors else "",
    )


async def _why(work: Workspace, record: Record, person: UUID | None) -> tuple[str, tuple[str, ...]]:
    if person is None:
        return "", ()
    try:
        found = await explain_to(work, person, record)
    except Denied as refused:
        return "", (refused.message,)
    return found.name, found.sentences


def _fields(everybody: tuple[Option, ...], form: Form, errors: dict[str, str]) -> tuple[FormField, ...]:
    levels = options((("read", _("Read")), ("change", _("Read and change"))))
    return (
        text(
            "principal",
            _("Open to"),
            last(form, "principal"),
            errors,
            kind="choice",
            options=everybody,
            placeholder=_("A person or team"),
            required=True,
        ),
        text("level", _("For"), last(form, "level") or "read", errors, kind="choice", options=levels, required=True),
        text("until", _("Until"), last(form, "until"), errors, kind="date", help=_("Empty: until it is revoked.")),
    )


def _until(work: Workspace, day: str) -> datetime | None:
    """The end of the day, where the person is. Invalid for a day that is over."""
    if not day:
        return None
    try:
        moment = datetime.combine(
            datetime.fromisoformat(day).date() + timedelta(days=1), time(), ZoneInfo(work.actor.zone)
        )
    except (ValueError, OverflowError) as error:
        raise Invalid.of(
            [Problem("invalid_value", "This is not a date.", "until", "Write it as 2026-11-21.")]
        ) from error
    if moment <= work.clock.now:
        raise Invalid.of([Problem("out_of_range", "This day is over.", "until", "Choose a later one.")])
    return moment

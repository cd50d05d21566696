"""Views for other programs: who reads what through them; made, given another password, ended. A password is shown
once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.sql_access import keeping
from relata.engine.reporting.sql_access.address import address_of
from relata.engine.reporting.sql_access.keeping import Made
from relata.engine.reporting.sql_access.tables import Access
from relata.engine.workspace.overview import principal_names
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Labelled, Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.days import end_of_day
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, options, status_of, text

_PLACE = "/settings/sql-access"
_NAMES = ("name", "person", "role", "until")


class AccessLine(msgspec.Struct, frozen=True, kw_only=True):
    """An access in the list. state: whether it works, in a word. note: what is wrong, or was left out."""

    id: str
    name: str
    person: str
    role: str
    user: str
    views: int
    refreshed: datetime | None
    expires: datetime | None
    state: str
    meaning: str
    note: str
    works: bool


class MadePart(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown once. statements: what an administrator of the server has to run."""

    facts: tuple[Labelled, ...]
    url: str
    by_hand: tuple[str, ...]
    open_doors: tuple[str, ...]


class SqlPage(Page, frozen=True, kw_only=True):
    """The list, the form of a new access, and what was just made."""

    lines: tuple[AccessLine, ...]
    fields: tuple[FormField, ...]
    made: MadePart | None = None
    is_local: bool = False


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(
        request: Visit, form: Form | None = None, error: Refused | None = None, made: Made | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = await keeping.list_accesses(work)
            chosen = parse_id(last(form or {}, "person"))
            names = await principal_names(work, [*(one.person for one in found), *([chosen] if chosen else [])])
            place = address_of(web.door.database.url)
            view = SqlPage(
                **frame(web, request, work, _PLACE, error=error, known=_NAMES),
                lines=tuple(_lines(work, found, names)),
                fields=_fields(work, form or {}, errors_of(error), names),
                made=_part(web, made) if made else None,
                is_local=place.is_local,
            )
            headers = {"cache-control": "no-store"}
            return web.page(work, "web/settings/sql_access.html", view, status=status_of(error), headers=headers)

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(_PLACE)
    async def make(request: Visit) -> Response[bytes]:
        form = await posted(request)
        if asked := await confirmation(web, request, form):
            return asked

        async def attempt(work: Workspace) -> Made:
            require(work, keeping.MANAGE)
            person = parse_id(last(form, "person"))
            if person is None:
                problem = Problem("required", _("Choose a person."), "person")
                raise Invalid.of([problem])
            until = end_of_day(last(form, "until"), work.actor.zone)
            role = last(form, "role") or None
            return await keeping.make_access(work, last(form, "name"), person, role=role, expires_at=until)

        try:  # no redirect: the password is in no address and no database, so it is shown here or never
            made = await web.within(request, attempt, read_only=False)
        except Invalid as error:
            return await show(request, form, error)
        return await show(request, made=made)

    @post(f"{_PLACE}/{{access:str}}/password")
    async def rotate(request: Visit, access: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        made = await web.within(request, lambda work: keeping.rotate(work, record_id(access)), read_only=False)
        return await show(request, made=made)

    @post(f"{_PLACE}/{{access:str}}/end")
    async def end(request: Visit, access: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: keeping.end(work, record_id(access)), read_only=False)
        return redirect(f"{_PLACE}?done=ended")

    return [page, make, rotate, end]


def _part(web: Web, made: Made) -> MadePart:
    place, user = address_of(web.door.database.url), made.access.database_user
    facts = [(_("Host"), place.host), (_("Port"), place.port), (_("Database"), place.database), (_("User"), user)]
    facts += [(_("Password"), made.password)] if made.password else []
    return MadePart(
        facts=tuple(Labelled(label=label, value=value) for label, value in facts),
        url=place.url(user, made.password) if made.password and not place.is_local else "",
        by_hand=tuple(f"{one};" for one in made.by_hand),
        open_doors=tuple(f"{one};" for one in made.open_doors),
    )


def _fields(work: Workspace, form: Form, errors: dict[str, str], names: dict[UUID, str]) -> tuple[FormField, ...]:
    if "expires_at" in errors:
        errors = {**errors, "until": errors["expires_at"]}
    roles = options((role.name, role.title) for role in work.registry.roles.values())
    person = parse_id(last(form, "person"))
    chosen = Option(value=str(person), label=names.get(person, "")) if person else None
    return (
        text(
            "name", _("Name"), last(form, "name"), errors, required=True, max_length=120,
            help=_("What reads here, such as Metabase or the monthly workbook."),
        ),
        text(
            "person", _("Reads as"), chosen, errors, kind="link", source="/choose/user", required=True,
            help=_("Only the records that this person sees, and only the fields that they may read."),
        ),
        text(
            "role", _("At most as"), last(form, "role"), errors, kind="choice", options=roles,
            placeholder=_("All that they may read"),
        ),
        text("until", _("Ends on"), last(form, "until"), errors, kind="date", help=_("Empty: when somebody ends it.")),
    )  # fmt: skip


def _lines(work: Workspace, found: Iterable[Access], names: dict[UUID, str]) -> Iterable[AccessLine]:
    for one in found:
        is_over = one.is_over(work.clock.now)
        state, meaning = (
            (_("Ended"), "neutral") if is_over else (_("Closed"), "warning") if one.problem else (_("Works"), "good")
        )
        left_out = ", ".join(one.left_out)
        role = work.registry.roles.get(one.role or "")
        yield AccessLine(
            id=str(one.id),
            name=one.name,
            person=names.get(one.person, ""),
            role=role.title if role else one.role or "",
            user=one.database_user,
            views=one.views,
            refreshed=one.refreshed_at,
            expires=one.expires_at,
            state=state,
            meaning=meaning,
            note=one.problem or (_("Without %(fields)s") % {"fields": left_out} if left_out else ""),
            works=not is_over,
        )

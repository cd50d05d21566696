"""Who works here: the list, invitations, one person's roles, sending away."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.identity.sign_on.linking import Linked
from relata.engine.messaging.account_mail import invitation_mail
from relata.engine.workspace import overview, people, security, sign_on
from relata.engine.workspace.overview import PersonOverview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text
from relata.interfaces.web.settings.profile import FormPage

_PLACE = "/settings/people"
_NAMES = ("email", "name", "roles", "team")
_MEANING = {"active": "good", "invited": "information", "inactive": "neutral"}


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the list."""

    id: str
    name: str
    email: str
    status: str
    meaning: str
    roles: tuple[str, ...]
    team: str


class PeoplePage(Page, frozen=True, kw_only=True):
    """The list."""

    people: tuple[PersonLine, ...]


class PersonPage(Page, frozen=True, kw_only=True):
    """One person. is_self: nobody decides about their own roles."""

    person: PersonLine
    is_self: bool
    roles: FormField
    linked: tuple[Linked, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = tuple(_line(work, one) for one in await overview.people(work))
            return web.page(
                work, "web/settings/people.html", PeoplePage(**frame(web, request, work, _PLACE), people=found)
            )

        return await web.within(request, build)

    async def ask(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await overview.people(work)
            form_ = form or {"roles": ["member"]}
            errors = errors_of(error)
            fields = (
                text("email", "E-mail", last(form_, "email"), errors, kind="email", required=True, autofocus=True),
                text("name", _("Name"), last(form_, "name"), errors, help=_("They can change it themselves.")),
                roles_field(work, tuple(form_.get("roles", ())), errors),
                text(
                    "team",
                    _("Team"),
                    last(form_, "team"),
                    errors,
                    kind="choice",
                    options=await _teams(work),
                    placeholder=_("No team"),
                ),
            )
            view = FormPage(
                **frame(web, request, work, _PLACE, _("Invite somebody"), error=error, known=_NAMES),
                action=f"{_PLACE}/invite",
                submit=_("Send invitation"),
                cancel=_PLACE,
                fields=fields,
                note=_("They get a mail with a link that is good for a week."),
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/invite")
    async def invitation(request: Visit) -> Response[bytes]:
        return await ask(request)

    @post(f"{_PLACE}/invite")
    async def invite(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def make(work: Workspace) -> tuple[people.Invited, str, str]:
            found = await people.invite(
                work,
                last(form, "email"),
                name=last(form, "name"),
                roles=form.get("roles", []),
                team=parse_id(last(form, "team")),
            )
            return found, work.settings.name, work.actor.name

        async def attempt() -> str:
            await _mail(web, *await web.within(request, make, read_only=False))
            return f"{_PLACE}?done=invited"

        return await settled(attempt, lambda error: ask(request, form, error))

    async def show(request: Visit, key: str, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            person = await _person(work, key)
            view = PersonPage(
                **frame(web, request, work, _PLACE, person.name, error=error, known=("roles",)),
                person=_line(work, person),
                is_self=person.id == work.actor.user,
                roles=roles_field(work, person.roles, errors_of(error)),
                linked=tuple(await sign_on.linked_of(work, person.id)),
            )
            return web.page(work, "web/settings/person.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, key)

    @post(f"{_PLACE}/{{key:str}}/roles")
    async def give(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def change(work: Workspace) -> str:
            await people.set_roles(work, record_id(key), form.get("roles", []))
            return f"{_PLACE}/{key}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: show(request, key, error)
        )

    @post(f"{_PLACE}/{{key:str}}/deactivate")
    async def deactivate(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: people.deactivate(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{key}?done=saved")

    @post(f"{_PLACE}/{{key:str}}/reactivate")
    async def reactivate(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: people.reactivate(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{key}?done=saved")

    @post(f"{_PLACE}/{{key:str}}/reset-factors")
    async def reset_factors(request: Visit, key: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await web.within(request, lambda work: security.reset_factors(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{key}?done=factors")

    @post(f"{_PLACE}/{{key:str}}/invite")
    async def again(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def make(work: Workspace) -> tuple[people.Invited, str, str]:
            return await people.invite_again(work, record_id(key)), work.settings.name, work.actor.name

        await _mail(web, *await web.within(request, make, read_only=False))
        return redirect(f"{_PLACE}/{key}?done=invited")

    return [listed, invitation, invite, page, give, deactivate, reactivate, reset_factors, again]


async def _mail(web: Web, found: people.Invited, workspace: str, by: str) -> None:
    """After the commit: a link must not arrive for what was rolled back."""
    await web.send_mail(
        invitation_mail(found.email, f"{web.address}/invitation/{found.token}", workspace=workspace, invited_by=by)
    )


async def _person(work: Workspace, key: str) -> PersonOverview:
    wanted = record_id(key)
    found = next((one for one in await overview.people(work) if one.id == wanted), None)
    if found is None:
        raise NotFound("There is no such person.", code="unknown_person")
    return found


def _line(work: Workspace, one: PersonOverview) -> PersonLine:
    known = work.registry.roles
    return PersonLine(
        id=str(one.id),
        name=one.name,
        email=one.email,
        status=one.status.capitalize(),
        meaning=_MEANING.get(one.status, "neutral"),
        roles=tuple((known[name].title) if name in known else name for name in one.roles),
        team=one.team_name,
    )


def roles_field(work: Workspace, chosen: tuple[str, ...], errors: dict[str, str]) -> FormField:
    """Every role to choose from."""
    offered = tuple(
        Option(value=role.name, label=role.title, note=role.advice) for role in work.registry.roles.values()
    )
    return text(
        "roles",
        _("Roles"),
        chosen,
        errors,
        kind="choices",
        options=offered,
        wide=True,
        help=_("The most generous role wins."),
    )


async def _teams(work: Workspace) -> tuple[Option, ...]:
    found = await work.as_system().find("team", None, order="name")
    return tuple(Option(value=str(team.id), label=team.title) for team in found)

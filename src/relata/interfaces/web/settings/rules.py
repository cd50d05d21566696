"""Sharing rules: records for which a condition holds are open to a person or team."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.access.principals import group_names
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    identifier,
    last,
    office,
    options,
    settled,
    status_of,
    text,
)

_PLACE = "/settings/sharing-rules"
_NAMES = ("label", "object", "where", "principal", "level")


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in the list."""

    name: str
    label: str
    object: str
    where: str
    principal: str
    level: str
    records: int


class RulesPage(Page, frozen=True, kw_only=True):
    """The list."""

    rules: tuple[RuleLine, ...]


class RulePage(Page, frozen=True, kw_only=True):
    """The form of a rule; the condition is checked as it is typed."""

    fields: tuple[FormField, ...]
    where: FormField
    action: str
    cancel: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = tuple(_line(work, one) for one in await overview.sharing_rules(work))
            return web.page(
                work, "web/settings/rules.html", RulesPage(**frame(web, request, work, _PLACE), rules=found)
            )

        return await web.within(request, build)

    async def ask(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await overview.sharing_rules(work)
            errors = errors_of(error)
            where_error = errors.get("where", "") or (
                error.message if error and any(one.position is not None for one in error.problems) else ""
            )
            objects = options(
                (one.name, one.title_plural) for one in work.registry.objects.values() if not one.reference
            )
            levels = options((("read", _("Read")), ("change", _("Read and change"))))
            fields = (
                text("label", _("Name"), last(form, "label"), errors, required=True, autofocus=True, max_length=60),
                text(
                    "object",
                    _("Records of"),
                    last(form, "object"),
                    errors,
                    kind="choice",
                    required=True,
                    options=objects,
                    placeholder=_("Choose an object"),
                ),
                text(
                    "principal",
                    _("Open to"),
                    last(form, "principal"),
                    errors,
                    kind="choice",
                    required=True,
                    options=await principals(work),
                    placeholder=_("Choose"),
                ),
                text(
                    "level",
                    _("For"),
                    last(form, "level") or "read",
                    errors,
                    kind="choice",
                    required=True,
                    options=levels,
                ),
            )
            view = RulePage(
                **frame(
                    web,
                    request,
                    work,
                    _PLACE,
                    _("New sharing rule"),
                    error=None if where_error else error,
                    known=_NAMES,
                ),
                fields=fields,
                where=text(
                    "where",
                    _("Where"),
                    last(form, "where"),
                    {"where": where_error},
                    help=_('Such as industry = "retail" and amount > 1000'),
                ),
                action=f"{_PLACE}/new",
                cancel=_PLACE,
            )
            return web.page(work, "web/settings/rule.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await ask(request, {})

    @post(f"{_PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)
        name = identifier(last(form, "label"))

        async def attempt() -> str:
            known = {one.name for one in await web.within(request, overview.sharing_rules)}
            _check(form, known)
            body = {one: last(form, one) for one in _NAMES}
            await (await office(web, request)).put("sharing_rule", name, body)
            return f"{_PLACE}?done=created"

        return await settled(attempt, lambda error: ask(request, form, error))

    @post(f"{_PLACE}/{{name:str}}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        await (await office(web, request)).delete("sharing_rule", name)
        return redirect(f"{_PLACE}?done=deleted")

    return [listed, new, create, delete]


def _check(form: Form, known: set[str]) -> None:
    """What can't be left to the engine: a form has empty choices, and a name may be taken."""
    problems = [
        Problem("required", "This is needed.", name, "Fill it in.")
        for name in ("label", "object", "where")
        if not last(form, name)
    ]
    if parse_id(last(form, "principal")) is None:
        problems.append(Problem("required", "Choose a person or team.", "principal"))
    if problems:
        raise Invalid.of(problems)
    if identifier(last(form, "label")) in known:
        message = _("There is a rule with this name already.")
        raise Conflict(
            message, code="not_unique", problems=[Problem("not_unique", message, "label", "Choose another name.")]
        )


async def principals(work: Workspace) -> tuple[Option, ...]:
    """Whom records can be opened to: everybody, roles, teams and people."""
    everything = work.as_system()
    teams = await everything.find("team", None, order="name", limit=500)
    people = await everything.find("user", 'status = "active"', order="name", limit=500)
    groups = group_names(work.registry.roles.values())
    return (
        *(Option(value=str(key), label=label, group=_("Everybody and roles")) for key, label in groups.items()),
        *(Option(value=str(one.id), label=one.title, group=_("Teams")) for one in teams),
        *(Option(value=str(one.id), label=one.title, group=_("People")) for one in people),
    )


def _line(work: Workspace, one: overview.RuleOverview) -> RuleLine:
    target = work.registry.objects.get(one.rule.object)
    return RuleLine(
        name=one.name,
        label=one.rule.label or one.name,
        object=target.title_plural if target else one.rule.object,
        where=one.rule.where,
        principal=one.principal,
        level=_("Read and change") if one.rule.level == "change" else _("Read"),
        records=one.records,
    )

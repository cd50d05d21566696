"""Scores: the rules of each object that has one, and from which score on which letter is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.scoring.administration import ScoringAdministration, rules, scored
from relata.engine.automation.scoring.rules import Named, ScoreRule, Thresholds, events, thresholds_of
from relata.engine.metadata.object import Object
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
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
    options,
    settled,
    status_of,
    text,
)

_PLACE = "/settings/scoring"
_NAMES = ("label", "kind", "points", "where", "event", "half_life_days", "most", "is_active", "object")
_NUMBERS = ("points", "half_life_days", "most")


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in the list."""

    label: str
    href: str
    points: int
    what: str
    note: str
    is_active: bool


class ScoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """An object with its rules and letters."""

    name: str
    label: str
    icon: str
    fits: tuple[ScoreLine, ...]
    behaviours: tuple[ScoreLine, ...]
    grades: tuple[FormField, ...]


class ScoringPage(Page, frozen=True, kw_only=True):
    """The overview."""

    objects: tuple[ScoredObject, ...]


class ScoreRulePage(Page, frozen=True, kw_only=True):
    """One rule. where, event_where: the condition is checked against the object that it is about."""

    action: str
    object: str
    fields: tuple[FormField, ...]
    kind: str
    where: FormField
    where_of: str
    behaviour: tuple[FormField, ...]
    delete: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def overview(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = rules(work)
            about = last(form or {}, "object")
            view = ScoringPage(
                **frame(web, request, work, _PLACE, error=error, known=("a", "b", "c")),
                objects=tuple(
                    _scored(work, one, known, form if one.name == about else None, error)
                    for one in scored(work.registry)
                ),
            )
            return web.page(work, "web/settings/scoring.html", view, status=status_of(error))

        return await web.within(request, build)

    async def editor(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = next((one for one in rules(work) if one.name == name), None)
            if name and known is None:
                raise NotFound(_("There is no such rule."), code="unknown_definition")
            view = _rule_page(web, request, work, known, form, error)
            return web.page(work, "web/settings/score_rule.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await overview(request)

    @get(f"{_PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await editor(request, "")

    @post(f"{_PLACE}/new")
    async def add(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def store() -> str:
            known = {one.name for one in await web.within(request, _all)}
            await (await _office(web, request)).put(_name(form, known), _sent(form))
            return f"{_PLACE}?done=created"

        return await settled(store, lambda error: editor(request, "", form, error))

    @get(f"{_PLACE}/{{name:str}}")
    async def edit(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await editor(request, name)

    @post(f"{_PLACE}/{{name:str}}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def store() -> str:
            await (await _office(web, request)).put(name, _sent(form))
            return f"{_PLACE}?done=saved"

        return await settled(store, lambda error: editor(request, name, form, error))

    @post(f"{_PLACE}/{{name:str}}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        await (await _office(web, request)).delete(name)
        return redirect(f"{_PLACE}?done=deleted")

    @post(f"{_PLACE}/{{name:str}}/grades")
    async def grades(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = {**await posted(request), "object": [name]}

        async def store() -> str:
            found = {letter: _number(last(form, letter), letter) for letter in ("a", "b", "c")}
            await (await _office(web, request)).grade(name, Thresholds(**found))
            return f"{_PLACE}?done=saved"

        return await settled(store, lambda error: overview(request, form, error))

    return [page, new, add, edit, save, delete, grades]


async def _all(work: Workspace) -> list[Named]:
    return rules(work)


async def _office(web: Web, request: Visit) -> ScoringAdministration:
    credentials = web.person(request)
    assert credentials.workspace is not None
    return ScoringAdministration(web.door, await web.door.key_of(credentials.workspace), credentials.user)


def _name(form: Form, known: set[str]) -> str:
    name = identifier(last(form, "label")) or "rule"
    name = name if name[0].isalpha() else f"r_{name}"
    return next(one for one in (name, *(f"{name[:50]}_{at}" for at in range(2, 200))) if one not in known)


def _number(typed: str, field: str) -> int:
    try:
        return int(typed or 0)
    except ValueError:
        raise Invalid.of([Problem("invalid_value", _("This is no whole number."), field)]) from None


def _sent(form: Form) -> dict[str, Any]:
    values: dict[str, Any] = {name: last(form, name) for name in ("object", "label", "kind", "where", "event")}
    values |= {name: _number(last(form, name), name) for name in _NUMBERS}
    if not values["label"]:
        raise Invalid.of([Problem("required", _("Say what the points are for; people see it as the reason."), "label")])
    if values["kind"] != "behaviour":
        values |= {"kind": "fit", "event": "", "half_life_days": 0, "most": 0}
    return {**values, "is_active": last(form, "is_active") == "true"}


def _scored(work: Workspace, one: Object, known: list[Named], form: Form | None, error: Refused | None) -> ScoredObject:
    now = thresholds_of(work.context, one.name)
    errors: Mapping[str, str] = errors_of(error) if form is not None else {}
    mine = [_line(work, named) for named in known if named.rule.object == one.name and named.rule.kind == "fit"]
    does = [_line(work, named) for named in known if named.rule.object == one.name and named.rule.kind != "fit"]
    grades = tuple(
        text(
            letter, _("%(letter)s from") % {"letter": letter.upper()},
            last(form, letter) if form is not None else getattr(now, letter), errors, kind="integer", required=True,
        )
        for letter in ("a", "b", "c")
    )  # fmt: skip
    return ScoredObject(
        name=one.name, label=one.title_plural, icon=one.icon, fits=tuple(mine), behaviours=tuple(does), grades=grades
    )


def _line(work: Workspace, named: Named) -> ScoreLine:
    rule = named.rule
    event = work.registry.objects.get(rule.event)
    note = _("half after %(days)s days") % {"days": rule.half_life_days} if rule.half_life_days else ""
    most = _("at most %(points)s") % {"points": rule.most} if rule.most else ""
    return ScoreLine(
        label=named.label, href=f"{_PLACE}/{named.name}", points=rule.points,
        what=" · ".join(part for part in (event.title if event else "", rule.where) if part),
        note=" · ".join(part for part in (note, most) if part), is_active=rule.is_active,
    )  # fmt: skip


def _rule_page(
    web: Web, request: Visit, work: Workspace, known: Named | None, form: Form | None, error: Refused | None
) -> ScoreRulePage:
    require(work, "manage_objects")
    asked = last(form or {}, "object") or request.query_params.get("object", "")
    one = next(
        (found for found in scored(work.registry) if found.name == (known.rule.object if known else asked)), None
    )
    if one is None:
        raise NotFound(_("This object has no score."), code="unknown_object")
    rule = known.rule if known else ScoreRule(one.name, 10, kind=_kind(request))
    errors = errors_of(error)

    def now(name: str) -> Any:
        return last(form, name) if form is not None else getattr(rule, name)

    kind = str(now("kind"))
    does = options((found.name, found.title) for found in events(work.registry) if found.name != "score_entry")
    active = now("is_active") in (True, "true")
    fields = (
        text("label", _("What the points are for"), now("label"), errors, required=True, max_length=120,
             help=_("People read it as the reason.")),
        text("points", _("Points"), now("points"), errors, kind="integer", required=True,
             help=_("Below zero they are taken away.")),
        text("is_active", _("On"), active, errors, kind="boolean"),
    )  # fmt: skip
    behaviour = (
        text("event", _("What they do"), now("event"), errors, kind="choice", required=True, options=does),
        text("half_life_days", _("Half are left after"), now("half_life_days"), errors, kind="integer",
             help=_("Days; 0 if the points stay.")),
        text("most", _("At most"), now("most"), errors, kind="integer",
             help=_("Points from this rule for one record; 0 for any.")),
    )  # fmt: skip
    action = f"{_PLACE}/{known.name}" if known else f"{_PLACE}/new"
    where = text(
        "where", _("Only if") if kind == "behaviour" else _("Who gets them"), now("where"), errors,
        help=_("A condition, such as direction = \"inbound\".") if kind == "behaviour"
        else _("A condition, such as employees > 100."),
    )  # fmt: skip
    title = known.label if known else _("New rule")
    return ScoreRulePage(
        **frame(web, request, work, _PLACE, title, error=error, known=_NAMES), action=action, object=one.name,
        fields=fields, kind=kind, where=where, where_of=str(now("event")) if kind == "behaviour" else one.name,
        behaviour=behaviour if kind == "behaviour" else (), delete=f"{action}/delete" if known else "",
    )  # fmt: skip


def _kind(request: Visit) -> Any:
    return "behaviour" if request.query_params.get("kind") == "behaviour" else "fit"

"""The form of an assignment rule: which records, who gets them, until when an answer is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.assignment.administration import AssignmentAdministration, rules
from relata.engine.metadata.object import Object
from relata.engine.rules.assignment import POOLS, WAYS, AssignmentRule, Target, way_label
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
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
    status_of,
    text,
)

PLACE = "/settings/assignment"
_MOST = 500
#: Words that mean something else behind `PLACE`.
_ADDRESSES = ("new", "fields", "try", "rehearse")
_KNOWN = (
    "label", "object", "where", "way", "to", "members", "team", "open", "capacity", "skills", "columns", "rows",
    "expression", "fallback", "response_minutes", "met_by", "escalate", "escalate_to",
)  # fmt: skip


class MemberRow(msgspec.Struct, frozen=True):
    """One who takes turns."""

    person: str
    weight: str


class TableRow(msgspec.Struct, frozen=True):
    """A row of the table; when: the values of its columns with a bar between them."""

    when: str
    to: str


class WayView(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the form that depends on the way; an answer of its own when another way is chosen."""

    way: str
    fields: tuple[FormField, ...]
    people: tuple[Option, ...] = ()
    targets: tuple[Option, ...] = ()
    members: tuple[MemberRow, ...] = ()
    rows: tuple[TableRow, ...] = ()
    columns: FormField | None = None
    error: str = ""


class RulePage(Page, frozen=True, kw_only=True):
    """The form."""

    object: str
    object_label: str
    first: tuple[FormField, ...]
    where: FormField
    way: FormField
    parts: WayView
    answer: tuple[FormField, ...]
    action: str
    submit: str
    fields_at: str
    delete: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the form."""

    async def show(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            known = next((one for one in rules(work) if one.name == name), None)
            if name and known is None:
                raise NotFound("There is no such rule.", code="unknown_definition")
            values = form or (written(known.rule) if known else {})
            asked = request.query_params.get("object", "") or last(values, "object")
            one = work.registry.get(known.rule.object if known else asked)
            page = await _page(web, request, work, one, name, values, error)
            return web.page(work, "web/settings/assignment_rule.html", page, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await show(request, "")

    @post(f"{PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)
        name = identifier(last(form, "label"))
        name = f"{name}_rule" if name in _ADDRESSES else name

        async def taken(work: Workspace) -> bool:
            return any(one.name == name for one in rules(work))

        return await _saved(web, request, form, name, "created", lambda error: show(request, "", form, error), taken)

    @get(f"{PLACE}/fields")
    async def fields(request: Visit) -> Response[bytes]:
        query = {key: list(request.query_params.getall(key)) for key in request.query_params}

        async def build(work: Workspace) -> Response[bytes]:
            rules(work)
            one = work.registry.get(last(query, "object"))
            view = await _way(work, one, query, {})
            return web.page(work, "web/settings/assignment_way.html", view)

        return await web.within(request, build)

    @get(f"{PLACE}/{{name:str}}")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name)

    @post(f"{PLACE}/{{name:str}}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        return await _saved(web, request, form, name, "saved", lambda error: show(request, name, form, error), None)

    return [new, create, fields, page, save]


async def rule_office(web: Web, request: Visit) -> AssignmentAdministration:
    """The rules, as the person who sent the request."""
    credentials = web.person(request)
    assert credentials.workspace is not None
    return AssignmentAdministration(web.door, await web.door.key_of(credentials.workspace), credentials.user)


async def _saved(web: Web, request: Visit, form: Form, name: str, done: str, again: Any, taken: Any) -> Response[bytes]:
    try:
        if not name:
            raise Invalid.of([Problem("required", _("Give the rule a name."), "label")])
        if taken is not None and await web.within(request, taken):
            message = _("There is a rule with this name already.")
            raise Conflict(message, code="not_unique", problems=[Problem("not_unique", message, "label")])
        await (await rule_office(web, request)).put(name, read(form))
    except (Invalid, Conflict) as error:
        return await again(error)  # type: ignore[no-any-return]
    return redirect(f"{PLACE}?done={done}")


def assignable(work: Workspace) -> tuple[Option, ...]:
    """The objects whose records can be assigned."""
    return options(
        (one.name, one.title_plural)
        for one in work.registry.objects.values()
        if not one.reference and not one.personal and one.access_parent != "about" and (one.nav or one.custom)
    )


def read(form: Form) -> dict[str, Any]:
    """What the form says, as the engine takes it; Invalid for numbers that are none."""
    problems: list[Problem] = []
    way = last(form, "way") or "round_robin"
    body: dict[str, Any] = {
        "object": last(form, "object"), "label": last(form, "label"), "where": last(form, "where"), "way": way,
        "by_default": "by_default" in form, "is_active": "is_active" in form,
        "response_minutes": _number(form, "response_minutes", problems),
    }  # fmt: skip
    if body["response_minutes"]:
        body |= {
            "met_by": [one for one in form.get("met_by", []) if one],
            "escalate": last(form, "escalate") or "notify",
            "escalate_to": _plain(last(form, "escalate_to")),
        }
    if (fallback := _target(last(form, "fallback"))) is not None:
        body["fallback"] = fallback
    if way in POOLS:
        weights = form.get("member.weight", [])
        body["members"] = [
            {"person": person, "weight": _whole(weights[at] if at < len(weights) else "1", "members", problems)}
            for at, person in enumerate(form.get("member.person", []))
            if person
        ]
        body |= {"team": _plain(last(form, "team")), "open": last(form, "open"), "skills": last(form, "skills")}
        body["capacity"] = _number(form, "capacity", problems)
    elif way in ("person", "queue", "team"):
        body["to"] = _target(last(form, "to"))
    elif way == "table":
        body["columns"] = [part.strip() for part in last(form, "columns").split("|") if part.strip()]
        targets = form.get("row.to", [])
        body["rows"] = [
            {"when": [cell.strip() for cell in when.split("|")], "to": to}
            for at, when in enumerate(form.get("row.when", []))
            if at < len(targets) and (to := _target(targets[at])) is not None
        ]
    else:
        body["expression"] = last(form, "expression")
    if problems:
        raise Invalid.of(problems)
    return {name: value for name, value in body.items() if value is not None}


def written(rule: AssignmentRule) -> dict[str, list[str]]:
    """A rule as the form would send it."""
    return {
        "object": [rule.object], "label": [rule.label], "where": [rule.where], "way": [rule.way],
        **{name: ["true"] for name in ("by_default", "is_active") if getattr(rule, name)},
        "to": [_text(rule.to)], "fallback": [_text(rule.fallback)], "team": [str(rule.team or "")],
        "member.person": [str(one.person) for one in rule.members],
        "member.weight": [str(one.weight) for one in rule.members],
        "open": [rule.open], "capacity": [str(rule.capacity or "")], "skills": [rule.skills],
        "columns": [" | ".join(rule.columns)], "row.when": [" | ".join(row.when) for row in rule.rows],
        "row.to": [_text(row.to) for row in rule.rows], "expression": [rule.expression],
        "response_minutes": [str(rule.response_minutes or "")], "met_by": list(rule.met_by),
        "escalate": [rule.escalate], "escalate_to": [str(rule.escalate_to or "")],
    }  # fmt: skip


def _text(target: Target | None) -> str:
    return f"{target.kind}:{target.id}" if target else ""


def _target(text_: str) -> dict[str, str] | None:
    kind, _colon, key = text_.partition(":")
    return {"kind": kind, "id": key} if kind in ("person", "queue", "team") and parse_id(key) else None


def _plain(key: str) -> str | None:
    return key if parse_id(key) else None


def _number(form: Form, name: str, problems: list[Problem]) -> int:
    return _whole(last(form, name), name, problems) if last(form, name) else 0


def _whole(given: str, name: str, problems: list[Problem]) -> int:
    try:
        return int(given.strip() or "1")
    except ValueError:
        problems.append(Problem("invalid_value", _("This is no whole number."), name))
        return 1


async def _page(
    web: Web, request: Visit, work: Workspace, one: Object, name: str, values: Form, error: Refused | None
) -> RulePage:
    errors = errors_of(error)
    is_new = not values
    title = last(values, "label") if name else _("New rule for %(objects)s") % {"objects": one.nouns}
    queues = await _named(work, "queue")
    answer = (
        text("response_minutes", _("Answer within"), last(values, "response_minutes"), errors, kind="integer",
             suffix=_("minutes"), help=_("Working time until the new owner's first answer; empty: none is asked for.")),
        text("escalate", _("When it is late"), last(values, "escalate") or "notify", errors, kind="choice",
             required=True, options=options((
                 ("notify", _("Tell the owner and who leads them")), ("manager", _("Give it to who leads them")),
                 ("queue", _("Put it into a queue"))))),
        text("escalate_to", _("Which queue"), last(values, "escalate_to"), errors, kind="choice",
             options=options((str(key), label) for key, label in queues), placeholder=_("None")),
        text("met_by", _("What counts as an answer"), tuple(values.get("met_by", ())), errors, kind="choices",
             wide=True, options=options((f.name, f.title) for f in one.fields
                                if f.stored and not f.read_only and not f.hidden),
             help=_("A change of one of these by the owner. None chosen: any change, and any activity.")),
    )  # fmt: skip
    return RulePage(
        **frame(web, request, work, PLACE, title, error=error, known=_KNOWN),
        object=one.name,
        object_label=one.title_plural,
        first=(
            text("label", _("Name"), last(values, "label"), errors, required=True, autofocus=is_new, max_length=60),
            text("by_default", _("New records at once"), is_new or "by_default" in values, kind="boolean",
                 help=_("Off: only when somebody asks for it.")),
            text("is_active", _("Active"), is_new or "is_active" in values, kind="boolean"),
        ),
        where=text("where", _("Where"), last(values, "where"), errors,
                   help=_("Empty: all. Such as industry = \"retail\" and created_via = \"import\"")),
        way=text(
            "way", _("How they are given out"), last(values, "way") or "round_robin", errors, kind="choice",
            required=True, options=options((way, way_label(way)) for way in WAYS),
        ),
        parts=await _way(work, one, values, errors),
        answer=answer,
        action=f"{PLACE}/{name or 'new'}",
        submit=_("Save") if name else _("Create rule"),
        fields_at=f"{PLACE}/fields",
        delete=f"{PLACE}/{name}/delete" if name else "",
    )  # fmt: skip


async def _way(work: Workspace, one: Object, values: Form, errors: Mapping[str, str]) -> WayView:
    """What the chosen way asks for."""
    way = last(values, "way") or "round_robin"
    people, teams, queues = await _named(work, "user"), await _named(work, "team"), await _named(work, "queue")
    places = (
        *options(((f"queue:{key}", label) for key, label in queues), _("Queues")),
        *options(((f"team:{key}", label) for key, label in teams), _("Teams")),
    )
    persons = options(((f"person:{key}", label) for key, label in people), _("People"))
    fallback = text(
        "fallback", _("If nobody is to be had"), last(values, "fallback"), dict(errors), kind="choice",
        options=(*places, *persons), placeholder=_("Ask the next rule"),
    )  # fmt: skip
    if way in POOLS:
        return WayView(
            way=way, people=options((str(key), label) for key, label in people), error=errors.get("members", ""),
            members=tuple(MemberRow(*pair) for pair in zip(
                values.get("member.person", ()), values.get("member.weight", ()), strict=False)),
            fields=_pool_fields(one, way, teams, values, dict(errors), fallback),
        )  # fmt: skip
    if way == "table":
        columns = text("columns", _("Columns"), last(values, "columns"), dict(errors), required=True, wide=True,
                       placeholder="country | employees",
                       help=_("Expressions over the record, with a bar between them."))  # fmt: skip
        rows = tuple(
            TableRow(*pair) for pair in zip(values.get("row.when", ()), values.get("row.to", ()), strict=False)
        )
        return WayView(way=way, columns=columns, rows=rows, targets=(*places, *persons), fields=(fallback,),
                       error=errors.get("rows", ""))  # fmt: skip
    if way == "expression":
        field = text("expression", _("Which person"), last(values, "expression"), dict(errors), required=True,
                     placeholder="account.owner", help=_("An expression that gives a person."))  # fmt: skip
        return WayView(way=way, fields=(field, fallback))
    chosen = {"person": persons, "queue": places[: len(queues)], "team": places[len(queues) :]}[way]
    label = {"person": _("Person"), "queue": _("Queue"), "team": _("Team")}[way]
    field = text("to", label, last(values, "to"), dict(errors), kind="choice", required=True, options=chosen,
                 placeholder=_("Choose"))  # fmt: skip
    return WayView(way=way, fields=(field, fallback))


def _pool_fields(
    one: Object, way: str, teams: list[tuple[UUID, str]], values: Form, errors: dict[str, str], fallback: FormField
) -> tuple[FormField, ...]:
    return (
        text("team", _("And everybody of the team"), last(values, "team"), errors, kind="choice",
             options=options((str(key), label) for key, label in teams), placeholder=_("None")),
        text("skills", _("Must know"), last(values, "skills"), errors, placeholder="industry",
             help=_("An expression that gives a skill, or several; compared with the skills of each person.")),
        text("capacity", _("At most"), last(values, "capacity"), errors, kind="integer", suffix=_("open records"),
             help=_("Who has so many gets no more. Empty: no limit.")),
        text("open", _("What counts as open"), last(values, "open"), errors,
             placeholder=_open_example(one), help=_("A condition; empty: all that they own.")),
        fallback,
    )  # fmt: skip


def _open_example(one: Object) -> str:
    """A condition that fits the object's life-cycle."""
    cycle = one.lifecycle
    if cycle is None:
        return ""
    states = ", ".join(f'"{state}"' for state, moves in cycle.moves.items() if moves)
    return f"{cycle.field} in ({states})"


async def _named(work: Workspace, name: str) -> list[tuple[UUID, str]]:
    """What can be chosen: active people, all teams, all queues."""
    where = 'status = "active" and not is_external' if name == "user" else None
    return [(one.id, one.title) for one in await work.as_system().find(name, where, order="name", limit=_MOST)]

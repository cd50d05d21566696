"""What the rules would do: with one record, with typed values, with the records of the last months."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.automation.assignment.administration import rules
from relata.engine.automation.assignment.deciding import Decision, why
from relata.engine.automation.assignment.people import Staff
from relata.engine.automation.assignment.rehearsing import Rehearsal, rehearse, try_record, try_values
from relata.engine.automation.assignment.rules_of import rules_of
from relata.engine.automation.assignment.values import compiled
from relata.engine.formula import references
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.values import targets_of
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.assignments import Reason, reasons
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.inputs import form_field, read_form
from relata.interfaces.web.settings.assignment_form import PLACE
from relata.interfaces.web.settings.frame import Page, frame, text


class TrialPage(Page, frozen=True, kw_only=True):
    """asked: whether something was tried. answer: where it would go; "" for nowhere."""

    object: str
    objects: str
    record: FormField
    fields: tuple[FormField, ...]
    asked: bool
    answer: str
    reasons: tuple[Reason, ...]
    refused: str = ""


class RehearsalPage(Page, frozen=True, kw_only=True):
    """Who would have got how many. most: the largest share, for the bars."""

    object: str
    objects: str
    path: str
    days: int
    periods: tuple[int, ...]
    found: Rehearsal
    most: int


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of both pages."""

    @get(f"{PLACE}/try")
    async def trial(request: Visit) -> Response[bytes]:
        query = {key: list(request.query_params.getall(key)) for key in request.query_params}

        async def build(work: Workspace) -> Response[bytes]:
            rules(work)
            one = work.readable_object(request.query_params.get("object", ""))
            return web.page(work, "web/settings/assignment_try.html", await _trial(web, request, work, one, query))

        return await web.within(request, build)

    @get(f"{PLACE}/rehearse")
    async def rehearsal(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            rules(work)
            one = work.readable_object(request.query_params.get("object", ""))
            asked = request.query_params.get("days", "92")
            days = int(asked) if asked in ("7", "30", "92", "365") else 92
            found = await rehearse(work, one.name, days=days)
            view = RehearsalPage(
                **frame(web, request, work, PLACE, _("Rehearsal: %(objects)s") % {"objects": one.nouns}),
                object=one.name, objects=one.nouns, path=one.path, days=days, periods=(7, 30, 92, 365), found=found,
                most=max((max(share.now, share.would) for share in found.shares), default=1) or 1,
            )  # fmt: skip
            return web.page(work, "web/settings/assignment_rehearsal.html", view)

        return await web.within(request, build)

    return [trial, rehearsal]


async def _trial(web: Web, request: Visit, work: Workspace, one: Object, query: dict[str, list[str]]) -> TrialPage:
    fields, key = _read_by_rules(work, one), parse_id((query.get("record") or [""])[-1])
    decision, refused = None, ""
    values = read_form(fields, {name: given for name, given in query.items() if name != "object"}, zone=work.actor.zone)
    try:
        if key is not None:
            decision = await try_record(work, one.name, key)
        elif "values" in query:
            decision = await try_values(work, one.name, values)
    except (Invalid, NotFound) as error:
        refused = error.message
    parsed = dict(decision.item.values) if decision and key is None else {}
    titles = await titles_of(work.unit, targets_of((one.field(n), value) for n, value in parsed.items()))
    label = (await titles_of(work.unit, {one.name: [key]})).get((one.name, key), "") if key else ""
    return TrialPage(
        **frame(web, request, work, PLACE, _("Try the rules: %(objects)s") % {"objects": one.nouns}),
        object=one.name,
        objects=one.nouns,
        record=text("record", one.title, Option(value=str(key), label=label) if key and label else None, kind="link",
                    source=f"/choose/{one.name}"),
        fields=tuple(
            form_field(work.registry, field, parsed.get(field.name), titles, currency=work.settings.currency,
                       zone=work.actor.zone)
            for field in fields
        ),
        asked=decision is not None,
        answer=await _answer(work, decision),
        reasons=reasons(why(decision)) if decision else (),
        refused=refused,
    )  # fmt: skip


def _read_by_rules(work: Workspace, one: Object) -> list[Field]:
    """The object's own fields that its rules look at, which a person may type in."""
    names: dict[str, Any] = {}
    for named in rules_of(work.context, one):
        texts = [(named.rule.where, True), *((text_, False) for text_ in named.rule.expressions)]
        for text_, is_condition in texts:
            if text_:
                checked = compiled(work, one, text_, is_condition=is_condition)
                names |= {ref.path[0]: None for ref in sorted(references(checked), key=lambda ref: ref.path)}
    found = [field for name in names if (field := one.field(name)) is not None]
    return [field for field in found if not field.system and field.stored and work.actor.rights.writable(one, field)]


async def _answer(work: Workspace, decision: Decision | None) -> str:
    if decision is None or decision.to is None:
        return ""
    staff, to = Staff(work, work.clock.now), decision.to
    if to.kind == "person":
        await staff.know([to.id])
        return staff.name(to.id)
    record = await (staff.queue(to.id) if to.kind == "queue" else staff.team(to.id))
    return str(record["name"]) if record else ""

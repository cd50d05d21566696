"""Flows that are started by a button, on all chosen rows of a list at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows.pressing import buttons, press
from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.transfer.bulk.order import MOST_IDS, Order
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, LimitReached
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.bulk_bar import chosen_order
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import HTML, Visit, Web


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog. field: the flows to choose from; None where there is none. inputs: what the chosen one
    asks. flow: the chosen one."""

    title: str
    action: str
    csrf: str
    ids: str
    field: FormField | None
    error: str = ""
    flow: str = ""
    inputs: tuple[FormField, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of starting flows on a selection."""

    @post("/{plural:str}/bulk/flow/ask", status_code=200)
    async def ask(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def build(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return await starting(web, request, work, one, await _ids(work, one, form))

        return await web.within(request, build)

    @post("/{plural:str}/bulk/flow", status_code=200)
    async def start(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        ids = [key for text in (form.get("ids") or [""])[-1].split(",") if (key := parse_id(text)) is not None]
        flow = parse_id((form.get("flow") or [""])[-1])

        async def act(work: Workspace) -> int | None:
            if flow is None or not ids:
                raise Invalid(_("Choose a flow."), code="required", field="flow")
            one = work.registry.by_path(plural)
            asked = next((each.inputs for each in await buttons(work, one.name) if each.flow == flow), {})
            if asked and "asked" not in form:
                return None
            count = await press(work, web.queue, flow, ids[:MOST_IDS], _given(asked, form, work.actor.zone))
            if not count:
                message = _("The flow does not start on any of these records: its condition does not hold.")
                raise Conflict(message, code="flow_condition")
            return count

        try:
            count = await web.within(request, act, read_only=False)
        except (Invalid, Conflict) as error:
            message = f"{error.message} {error.hint or ''}".strip()
            return await web.within(
                request,
                lambda work: starting(web, request, work, work.registry.by_path(plural), ids, message, flow, form),
            )
        if count is None:  # it asks something first
            return await web.within(
                request, lambda work: starting(web, request, work, work.registry.by_path(plural), ids, chosen=flow)
            )
        words = ngettext("Started on %(num)s record", "Started on %(num)s records", count) % {"num": count}
        events = {"close-dialog": True, "toast": {"message": words, "meaning": "good"}}
        headers = {"hx-trigger": json.dumps(events), "hx-reswap": "none"}
        return Response(b"", status_code=200, headers=headers, media_type=HTML)

    return [ask, start]


def _inputs(declared: Mapping[str, str], form: Mapping[str, list[str]]) -> tuple[FormField, ...]:
    """An input for each of what the flow asks."""
    kinds = {"number": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}
    return tuple(
        FormField(
            name=f"in.{name}", label=name.replace("_", " ").capitalize(),
            kind=kinds.get(kind.rpartition(":")[2], "text"), value=(form.get(f"in.{name}") or [""])[-1],
        )
        for name, kind in declared.items()
    )  # fmt: skip


def _given(declared: Mapping[str, str], form: Mapping[str, list[str]], zone: str) -> dict[str, object]:
    """What was answered, as JSON would say it; an empty answer is none."""
    found: dict[str, object] = {}
    for name, what in declared.items():
        text, kind = (form.get(f"in.{name}") or [""])[-1].strip(), what.rpartition(":")[2]
        if kind == "boolean":
            found[name] = text == "true"
        elif text and kind == "datetime":
            found[name] = _moment(text, zone)
        elif text:
            found[name] = text
    return found


def _moment(text: str, zone: str) -> str:
    """A time of day on the person's clock, with its offset; what is none is left for the flow to refuse."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).isoformat()


async def starting(
    web: Web, request: Visit, work: Workspace, one: Object, ids: list[UUID], error: str = "",
    chosen: UUID | None = None, form: Mapping[str, list[str]] | None = None,
) -> Response[bytes]:  # fmt: skip
    """The dialog that asks which flow, and what the chosen one wants to know first."""
    found = await buttons(work, one.name)
    asks = next((each for each in found if each.flow == chosen and each.inputs), None)
    options = tuple(Option(value=str(each.flow), label=each.button) for each in found)
    field = FormField(
        name="flow", label=_("Flow"), kind="choice", required=True, options=options,
        value=options[0].value if options else "",
    )  # fmt: skip
    title = ngettext("Start a flow on %(num)s record", "Start a flow on %(num)s records", len(ids))
    view = StartView(
        title=asks.button if asks else title % {"num": len(ids)}, action=f"/{one.path}/bulk/flow",
        csrf=web.shell(request, work).csrf,
        ids=",".join(map(str, ids)), error=error,
        field=field if options and asks is None else None, flow=str(asks.flow) if asks else "",
        inputs=_inputs(asks.inputs, form or {}) if asks else (),
    )  # fmt: skip
    headers = {"hx-retarget": "#dialog", "hx-reswap": "innerHTML"} if error or asks else {}
    return web.page(work, "web/bulk_flow.html", view, status=422 if error else 200, headers=headers)


async def _ids(work: Workspace, one: Object, form: Mapping[str, list[str]]) -> list[UUID]:
    """The chosen records; those that the list's filter finds, where all of them are meant."""
    order: Order = chosen_order(work, one, form, "change")
    if order.ids is not None:
        return list(order.ids)
    found: list[UUID] = []
    where, after = parse(order.where) if order.where else None, ""
    while True:
        page = await work.query(Query(one.name, where, fields=("id",), limit=MAX_LIMIT, after=after))
        found.extend(row[0] for row in page.rows)
        after = page.next
        if len(found) > MOST_IDS:
            hint = _("Make the filter narrower.")
            raise LimitReached(_("A flow starts on at most 1,000 records at once."), code="too_many", hint=hint)
        if not after:
            return found

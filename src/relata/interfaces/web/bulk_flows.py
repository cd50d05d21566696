"""Flows that are started by a button, on all chosen rows of a list at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

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
    """The dialog. field: the flows to choose from; None where there is none."""

    title: str
    action: str
    csrf: str
    ids: str
    field: FormField | None
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of starting flows on a selection."""

    async def show(request: Visit, work: Workspace, one: Object, ids: list[UUID], error: str = "") -> Response[bytes]:
        found = await buttons(work, one.name)
        options = tuple(Option(value=str(each.flow), label=each.button) for each in found)
        field = FormField(
            name="flow", label=_("Flow"), kind="choice", required=True, options=options,
            value=options[0].value if options else "",
        )  # fmt: skip
        title = ngettext("Start a flow on %(num)s record", "Start a flow on %(num)s records", len(ids))
        view = StartView(
            title=title % {"num": len(ids)}, action=f"/{one.path}/bulk/flow", csrf=web.shell(request, work).csrf,
            ids=",".join(map(str, ids)), field=field if options else None, error=error,
        )  # fmt: skip
        headers = {"hx-retarget": "#dialog"} if error else {}
        return web.page(work, "web/bulk_flow.html", view, status=422 if error else 200, headers=headers)

    @post("/{plural:str}/bulk/flow/ask", status_code=200)
    async def ask(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def build(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return await show(request, work, one, await _ids(work, one, form))

        return await web.within(request, build)

    @post("/{plural:str}/bulk/flow", status_code=200)
    async def start(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        ids = [key for text in (form.get("ids") or [""])[-1].split(",") if (key := parse_id(text)) is not None]
        flow = parse_id((form.get("flow") or [""])[-1])

        async def act(work: Workspace) -> int:
            if flow is None or not ids:
                raise Invalid(_("Choose a flow."), code="required", field="flow")
            count = await press(work, web.queue, flow, ids[:MOST_IDS])
            if not count:
                message = _("The flow does not start on any of these records: its condition does not hold.")
                raise Conflict(message, code="flow_condition")
            return count

        try:
            count = await web.within(request, act, read_only=False)
        except (Invalid, Conflict) as error:
            message = f"{error.message} {error.hint or ''}".strip()
            return await web.within(
                request, lambda work: show(request, work, work.registry.by_path(plural), ids, message)
            )
        words = ngettext("Started on %(num)s record", "Started on %(num)s records", count) % {"num": count}
        events = {"close-dialog": True, "toast": {"message": words, "meaning": "good"}}
        headers = {"hx-trigger": json.dumps(events), "hx-reswap": "none"}
        return Response(b"", status_code=200, headers=headers, media_type=HTML)

    return [ask, start]


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

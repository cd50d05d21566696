"""Focus: tasks and calls one after the other, by keyboard. Each is a page of its own and needs no script."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.metadata.wording import worded
from relata.engine.ui import focus as engine
from relata.engine.ui import home
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.actions import run_action
from relata.interfaces.web.composing import Composer, add, composer_of
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id, redirect


class FocusView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. done: what finishes the item. box: what is written down about it."""

    shell: Shell
    found: engine.Focus
    label: str
    done: str
    before: str
    after: str
    said: str
    box: Composer | None
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of focus."""

    async def show(
        request: Visit, asked: Mapping[str, str], form: Mapping[str, list[str]] | None = None,
        error: Invalid | Conflict | None = None,
    ) -> Response[bytes]:  # fmt: skip
        async def build(work: Workspace) -> Response[bytes]:
            at = _number(asked.get("at", ""))
            found = await engine.focus(work, asked.get("card", ""), at)
            box = None
            if found.about is not None and found.log:
                box = await composer_of(
                    work, found.about.record, exchange(request).csrf_token(), found.log, form, error
                )
                if box is not None and form is None:
                    box = _named(box, work.registry.get(found.log).title_field, found.item.title if found.item else "")
            action = work.registry.actions[found.card.object].get(found.card.done)
            said = {"done": _("Done."), "later": _("Put off."), "logged": _("Saved.")}
            view = FocusView(
                shell=web.shell(request, work, "home"), found=found, label=worded(found.card.label),
                done=action.title if action else "", before=_place(found.card.name, at - 1) if at else "",
                after=_place(found.card.name, at + 1), said=said.get(request.query_params.get("said", ""), ""), box=box,
                error=f"{error.message} {error.hint or ''}".strip() if error and box is None else "",
            )  # fmt: skip
            return web.page(work, "web/focus.html", view, status=422 if error else 200)

        return await web.within(request, build)

    @get("/focus")
    async def page(request: Visit) -> Response[bytes]:
        return await show(request, dict(request.query_params))

    @post("/focus")
    async def act(request: Visit) -> Response[bytes]:
        form = await posted(request)
        # names of its own, since the record that is written down has fields
        asked = {name: (form.get(f"focus-{name}") or [""])[-1] for name in ("card", "at", "key", "act")}

        async def run(work: Workspace) -> str:
            card, key = home.card_of(work, asked["card"]), record_id(asked["key"])
            if asked["act"] == "later":
                await engine.wait(work, card, key)
            if asked["act"] in ("log", "log_done"):
                about = (await work.get(card.object, key))["about"]
                await add(work, await work.get(about.object, about.id), card.log, form)
            if asked["act"] in ("done", "log_done"):
                await run_action(work, card.object, card.done, key)
            said = {"later": "later", "done": "done"}.get(asked["act"], "logged")
            return f"{_place(asked['card'], _number(asked['at']))}&said={said}"

        try:
            return redirect(await web.within(request, run, read_only=False))
        except (Invalid, Conflict) as refused:
            return await show(request, asked, form, refused)

    return [page, act]


def _named(box: Composer, title_field: str, title: str) -> Composer:
    """What is written down is called like the item, so that nothing must be typed."""
    fields = tuple(
        msgspec.structs.replace(one, value=title) if one.name == title_field and not one.value else one
        for one in box.fields
    )
    return msgspec.structs.replace(box, fields=fields)


def _place(card: str, at: int) -> str:
    return f"/focus?{urlencode({'card': card, 'at': at})}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0

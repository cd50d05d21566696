"""Forms that flows send to people: the page on which one is filled in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import forms
from relata.engine.automation.flows.questions import Question
from relata.engine.ui.values import record_href
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

PLACE = "/flow_forms"


class FormPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. done: what became of the form; "" while it waits."""

    shell: Shell
    title: str
    text: str
    about: str
    about_href: str
    due: datetime | None
    fields: tuple[FormField, ...]
    action: str
    done: str
    error: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these forms."""

    async def show(
        request: Visit, key: UUID, form: dict[str, list[str]] | None = None, error: Invalid | Conflict | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = await forms.form_of(work, key)
            about = record["about"]
            titles = await titles_of(work.unit, {about.object: [about.id]}) if about else {}
            title = titles.get((about.object, about.id), "") if about else ""
            problems = (
                {one.field or "": f"{one.message} {one.hint or ''}".strip() for one in error.problems} if error else {}
            )
            view = FormPage(
                shell=web.shell(request, work, ""), title=record["name"], text=record["text"] or "", about=title,
                about_href=record_href(work.registry, about.object, about.id) if about and title else "",
                due=record["due_at"], action=f"{PLACE}/{key}", done=_done(record["state"]),
                fields=tuple(_field(one, form or {}, problems) for one in forms.asked(record)),
                error=error.message if error and not problems else "",
            )  # fmt: skip
            return web.page(work, "web/filling_in.html", view, status=422 if isinstance(error, Invalid) else 200)

        return await web.within(request, build)

    @get(f"{PLACE}/{{key:str}}", name="fill_in_form")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await show(request, record_id(key))

    @post(f"{PLACE}/{{key:str}}", name="answer_form")
    async def fill_in(request: Visit, key: FromPath[str]) -> Response[bytes]:
        found, form = record_id(key), await posted(request)

        async def act(work: Workspace) -> None:
            await forms.answer(work, found, {name: (values or [""])[-1] for name, values in form.items()})

        try:
            await web.within(request, act, read_only=False)
        except (Invalid, Conflict) as error:
            return await show(request, found, form, error)
        return redirect(f"{PLACE}/{found}")

    return [page, fill_in]


def _done(state: str) -> str:
    return {
        "answered": _("Thank you: it was filled in."), "expired": _("Its time is over."),
        "withdrawn": _("It is not needed any more."),
    }.get(state, "")  # fmt: skip


def _field(one: Question, form: dict[str, list[str]], problems: dict[str, str]) -> FormField:
    kind = {"number": "decimal"}.get(one.kind, one.kind)
    given = (form.get(one.name) or [""])[-1]
    return FormField(
        name=one.name, label=one.label, kind=kind, value=given in ("true", "on") if kind == "boolean" else given,
        error=problems.get(one.name, ""), required=one.is_needed, wide=kind == "long_text",
        options=tuple(Option(value=name, label=name) for name in one.options), placeholder="–" if one.options else "",
    )  # fmt: skip

"""Mail templates and snippets: written with a live preview for a record that one chooses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.outgoing.people import is_written_about
from relata.engine.messaging.mail.templates.objects import SNIPPET, TEMPLATE
from relata.engine.messaging.mail.templates.rendering import letters, missing_hint, missing_words
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    options,
    settled,
    status_of,
    text,
)  # fmt: skip
from relata.interfaces.web.shell import navigable

PLACE = "/settings/mail-templates"
_NAMES = ("name", "object", "language", "subject", "body")
#: Fields of a record that are shown as examples of what can be merged.
_EXAMPLES = 16


class TemplateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One of the list."""

    name: str
    href: str
    note: str
    icon: str


class TemplatesPage(Page, frozen=True, kw_only=True):
    """All that this person may use."""

    templates: tuple[TemplateLine, ...]
    snippets: tuple[TemplateLine, ...]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would be sent. path: of the template. record: whose values it takes. problem: why nothing can be shown.
    is_other: another object was chosen, so other records are offered."""

    record: Option | None
    source: str
    path: str = ""
    object: str = ""
    is_other: bool = False
    subject: str = ""
    body: str = ""
    problem: str = ""
    missing: str = ""


class TemplatePage(Page, frozen=True, kw_only=True):
    """One template. kind: template or snippet. words: examples of merge fields."""

    path: str
    kind: str
    fields: tuple[FormField, ...]
    preview: Preview
    words: tuple[str, ...]
    is_new: bool
    may_change: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = TemplatesPage(
                **frame(web, request, work, PLACE),
                templates=tuple(_line(work, one, "template") for one in await work.find(TEMPLATE, order="name")),
                snippets=tuple(_line(work, one, "snippet") for one in await work.find(SNIPPET, order="name")),
            )
            return web.page(work, "web/settings/mail_templates.html", view)

        return await web.within(request, build)

    async def show(
        request: Visit, kind: str, key: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            record = None if key == "new" else await work.get(_object(kind), record_id(key))
            values = _values(form, record)
            may = record is None or await work.may(record, "change")

            def placed(made: Preview) -> Preview:
                return msgspec.structs.replace(made, path=f"{PLACE}/{kind}/{key}", object=values["object"])

            title = record["name"] if record else _("New template") if kind == "template" else _("New snippet")
            view = TemplatePage(
                **frame(web, request, work, PLACE, title, error=error, known=_NAMES), path=f"{PLACE}/{kind}/{key}",
                kind=kind, fields=_fields(work, kind, values, errors_of(error)), is_new=record is None, may_change=may,
                preview=placed(await _preview(work, values, parse_id(last(form, "record")) if form else None)),
                words=_words(work, values["object"]),
            )  # fmt: skip
            return web.page(work, "web/settings/mail_template.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/{{kind:str}}/{{key:str}}")
    async def page(request: Visit, kind: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await show(request, kind, key)

    @post(f"{PLACE}/{{kind:str}}/{{key:str}}")
    async def save(request: Visit, kind: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> str:
            values = {name: last(form, name) or None for name in _NAMES if kind == "template" or name in
                      ("name", "object", "body")}  # fmt: skip
            values["body"] = (form.get("body") or [""])[-1].strip() or None
            if key == "new":
                made = await work.create(_object(kind), values)
                return f"{PLACE}/{kind}/{made.id}?done=created"
            await work.change((_object(kind), record_id(key)), values)
            return f"{PLACE}/{kind}/{key}?done=saved"

        return await settled(
            lambda: web.within(request, keep, read_only=False), lambda error: show(request, kind, key, form, error)
        )

    @post(f"{PLACE}/{{kind:str}}/{{key:str}}/preview", status_code=200)
    async def preview(request: Visit, kind: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def build(work: Workspace) -> Response[bytes]:
            values = _values(form, None)
            view = msgspec.structs.replace(
                await _preview(work, values, parse_id(last(form, "record"))), path=f"{PLACE}/{kind}/{key}",
                object=values["object"], is_other=last(form, "shown_for") != values["object"],
            )  # fmt: skip
            return web.page(work, "web/settings/mail_preview.html", view)

        return await web.within(request, build)

    @post(f"{PLACE}/{{kind:str}}/{{key:str}}/delete")
    async def delete(request: Visit, kind: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def drop(work: Workspace) -> str:
            await work.delete((_object(kind), record_id(key)))
            return f"{PLACE}?done=deleted"

        return await settled(
            lambda: web.within(request, drop, read_only=False), lambda error: show(request, kind, key, None, error)
        )

    return [listed, page, save, preview, delete]


def _object(kind: str) -> str:
    if kind not in ("template", "snippet"):
        raise NotFound(_("There is nothing of that kind here."), code="unknown_kind")
    return TEMPLATE if kind == "template" else SNIPPET


def _line(work: Workspace, one: Record, kind: str) -> TemplateLine:
    about = work.registry.objects.get(one["object"] or "")
    note = about.title if about else ""
    subject = one["subject"] if kind == "template" else ""
    return TemplateLine(
        name=one["name"], href=f"{PLACE}/{kind}/{one.id}", note=" · ".join(filter(None, [note, subject])),
        icon="file-text" if kind == "template" else "quote",
    )  # fmt: skip


def _values(form: Form | None, record: Record | None) -> dict[str, Any]:
    if form is not None:
        return {**{name: last(form, name) for name in _NAMES}, "body": (form.get("body") or [""])[-1]}
    if record is not None:
        return {name: (record[name] if record.object.field(name) else "") or "" for name in _NAMES}
    return {**dict.fromkeys(_NAMES, ""), "object": "contact"}


def _fields(work: Workspace, kind: str, values: dict[str, Any], errors: dict[str, str]) -> tuple[FormField, ...]:
    objects = options((one.name, one.title) for one in navigable(work) if is_written_about(work.registry, one))
    known = {option.value for option in objects}
    if values["object"] and values["object"] not in known and (found := work.registry.objects.get(values["object"])):
        objects = (*objects, Option(value=found.name, label=found.title))
    is_template = kind == "template"
    fields = [
        text("name", _("Name"), values["name"], errors, required=True, max_length=120, help=_("What it is found by.")),
        text(
            "object", _("Written about"), values["object"], errors, kind="choice", options=objects,
            required=is_template, placeholder="" if is_template else _("Anything"),
            help=_("Whose fields it takes as {{ record.… }}."),
        ),
    ]  # fmt: skip
    if is_template:
        fields += [
            text("language", _("Language"), values["language"], errors, max_length=10,
                 help=_("Such as en or de: how dates and amounts are written.")),
            text("subject", _("Subject"), values["subject"], errors, required=True, max_length=255, wide=True),
        ]  # fmt: skip
    body = text("body", _("Text"), values["body"], errors, kind="rich_text", required=True, wide=True, rows=12)
    return (*fields, body)


async def _preview(work: Workspace, values: dict[str, Any], chosen: UUID | None) -> Preview:
    """For the record that was chosen, else for the newest that this person sees."""
    name = values["object"]
    one = work.registry.objects.get(name)
    if one is None:
        return await _shown(work, values, None, None, "")
    source = f"/choose/{name}"
    try:
        record = await work.get(name, chosen) if chosen else None
    except (NotFound, Denied):  # of another object, chosen before
        record = None
    if record is None:
        if not work.actor.rights.level(one, "read"):
            return Preview(record=None, source="", problem=_("You may not see these records."))
        page = await work.query(Query(name, None, parse_order("-created_at"), ("id",), 1))
        record = await work.get(name, page.rows[0][0]) if page.rows else None
    if record is None:
        return Preview(record=None, source=source, problem=_("There is no record yet to show it for."))
    title = (await titles_of(work.unit, {name: [record.id]})).get((name, record.id)) or str(record.id)
    return await _shown(work, values, record.id, Option(value=str(record.id), label=title), source)


async def _shown(
    work: Workspace, values: dict[str, Any], key: UUID | None, record: Option | None, source: str
) -> Preview:
    try:
        (made,) = await letters(
            work, values["subject"], values["body"], values["object"], [key], locale=values["language"]
        )
    except Invalid as error:
        return Preview(record=record, source=source, problem=f"{error.message} {error.hint or ''}".strip())
    missing = f"{missing_words(made.missing)} {missing_hint(made.missing)}" if made.missing else ""
    return Preview(record=record, source=source, subject=made.subject, body=made.body, missing=missing)


def _words(work: Workspace, name: str) -> tuple[str, ...]:
    """Examples of what can be merged."""
    found = ["person.name", "person.email", "workspace.name"]
    one = work.registry.objects.get(name)
    if one is None:
        return tuple(found)
    fields = [
        field for field in one.fields
        if not field.hidden and field.type_name not in ("file", "json", "links") and work.actor.readable(one, field)
    ]  # fmt: skip
    names = [f"record.{field.name}.first" if field.type_name == "person_name" else f"record.{field.name}"
             for field in fields[:_EXAMPLES]]  # fmt: skip
    return (*names, *found)

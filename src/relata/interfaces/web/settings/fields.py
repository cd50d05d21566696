"""The fields of an object: choosing a type, making, changing, converting and deleting them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import other_languages
from relata.interfaces.web.settings.asked_uses import everybodys_uses, shown_uses
from relata.interfaces.web.settings.field_forms import (
    COLOUR_OPTIONS,
    definition,
    option_rows,
    values_of,
)
from relata.interfaces.web.settings.field_pages import (
    PLACE,
    FieldPage,
    TypesPage,
    condition_editors,
    definition_page,
    read_tweak,
    tweak_fields,
)
from relata.interfaces.web.settings.field_types import BY_TAG, FieldType, type_groups
from relata.interfaces.web.settings.frame import (
    Form,
    Refused,
    frame,
    last,
    office,
    settled,
    status_of,
)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(f"{PLACE}/{{name:str}}/fields/new")
    async def new(request: Visit, name: FromPath[str]) -> Response[bytes]:
        kind = BY_TAG.get(request.query_params.get("type", ""))
        if kind is not None:
            return await ask(request, name, kind, {})

        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            view = TypesPage(
                **frame(web, request, work, PLACE, _("New field of %(objects)s") % {"objects": one.nouns}),
                types=type_groups(),
                href=f"{PLACE}/{name}/fields/new?type=",
            )
            return web.page(work, "web/settings/field_types.html", view)

        return await web.within(request, build)

    async def ask(
        request: Visit, name: str, kind: FieldType, form: Form, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            view = definition_page(
                web,
                request,
                work,
                one,
                kind,
                form,
                error,
                submit=_("Create field"),
                action=f"{PLACE}/{name}/fields/new?type={kind.tag}",
                cancel=f"{PLACE}/{name}/fields/new",
                is_new=True,
            )
            return web.page(work, "web/settings/definition.html", view, status=status_of(error))

        return await web.within(request, build)

    @post(f"{PLACE}/{{name:str}}/fields/new")
    async def create(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        kind = BY_TAG.get(request.query_params.get("type", ""))
        if kind is None:
            raise NotFound("There is no such type.", code="unknown_type")

        async def attempt() -> str:
            one = await web.within(request, lambda work: _object(work, name))
            await (await office(web, request)).add_field(name, definition(kind, one, form))
            return f"{PLACE}/{name}?done=created"

        return await settled(attempt, lambda error: ask(request, name, kind, form, error))

    async def show(
        request: Visit, name: str, field_name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        found = await everybodys_uses(web, request, name, field_name)

        async def build(work: Workspace) -> Response[bytes]:
            one, field = _known(work, name, field_name)
            asked, asked_by_others = await shown_uses(work, found)
            given = form if form is not None else values_of(field)
            kind = BY_TAG[field.type_name]
            view = FieldPage(
                **frame(
                    web,
                    request,
                    work,
                    PLACE,
                    f"{one.title}: {field.title}",
                    error=error,
                    known=("label", "help", "visible", "required_when"),
                ),
                name=field.name,
                kind=kind,
                fields=tweak_fields(field, given, error),
                rows=option_rows(given) if "options" in kind.asks else None,
                colours=COLOUR_OPTIONS,
                uses=tuple(overview.uses(work, name, field_name)),
                custom=field.custom,
                action=f"{PLACE}/{name}/fields/{field.name}",
                editors=condition_editors(one, field, given, error),
                asked=asked,
                asked_by_others=asked_by_others,
            )
            return web.page(work, "web/settings/field.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/{{name:str}}/fields/{{field:str}}")
    async def page(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        return await show(request, name, field)

    @post(f"{PLACE}/{{name:str}}/fields/{{field:str}}")
    async def save(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            _, known = await web.within(request, lambda work: _known_later(work, name, field))
            await (await office(web, request)).tweak(
                f"{name}.{field}", {**read_tweak(known, form), "labels": other_languages.typed("label", form)}
            )
            return f"{PLACE}/{name}/fields/{field}?done=saved"

        return await settled(attempt, lambda error: show(request, name, field, form, error))

    @post(f"{PLACE}/{{name:str}}/fields/{{field:str}}/delete")
    async def delete(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked

        async def attempt() -> str:
            await (await office(web, request)).delete_field(name, field)
            return f"{PLACE}/{name}?done=deleted"

        return await settled(attempt, lambda error: show(request, name, field, None, error))

    async def convert(
        request: Visit, name: str, field_name: str, tag: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one, field = _known(work, name, field_name)
            kind = BY_TAG.get(tag) or BY_TAG[field.type_name]
            here = f"{PLACE}/{name}/fields/{field_name}/type"
            others = tuple(
                Option(value=other.tag, label=other.label, group=other.group, href=f"{here}?type={quote(other.tag)}")
                for group in type_groups()
                for other in group[1]
            )
            view = definition_page(
                web,
                request,
                work,
                one,
                kind,
                form if form is not None else values_of(field),
                error,
                submit=_("Change definition"),
                action=f"{here}?type={kind.tag}",
                cancel=f"{PLACE}/{name}/fields/{field_name}",
                is_new=False,
                title=f"{field.title}: definition",
                others=others,
            )
            return web.page(work, "web/settings/definition.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{PLACE}/{{name:str}}/fields/{{field:str}}/type")
    async def ask_type(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        return await convert(request, name, field, request.query_params.get("type", ""))

    @post(f"{PLACE}/{{name:str}}/fields/{{field:str}}/type")
    async def change_type(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        form, tag = await posted(request), request.query_params.get("type", "")

        async def attempt() -> str:
            one, known = await web.within(request, lambda work: _known_later(work, name, field))
            kind = BY_TAG.get(tag) or BY_TAG[known.type_name]
            kept = {option.value: msgspec.to_builtins(option) for option in getattr(known, "options", ())}
            raw: dict[str, Any] = {"visible": known.visible, "required_when": known.required_when}
            raw |= definition(kind, one, form, name=field)
            if "options" in raw:  # what the form does not show stays
                raw["options"] = [{**kept.get(option["value"], {}), **option} for option in raw["options"]]
            await (await office(web, request)).change_field_type(name, field, raw, force=last(form, "force") == "true")
            return f"{PLACE}/{name}/fields/{field}?done=converted"

        return await settled(attempt, lambda error: convert(request, name, field, tag, form, error))

    return [new, create, page, save, delete, ask_type, change_type]


async def _object(work: Workspace, name: str) -> Object:
    return overview.configured_object(work, name)


async def _known_later(work: Workspace, name: str, field_name: str) -> tuple[Object, Field]:
    return _known(work, name, field_name)


def _known(work: Workspace, name: str, field_name: str) -> tuple[Object, Field]:
    one = overview.configured_object(work, name)
    field = one.field(field_name)
    if field is None or field.system:
        raise NotFound(f"{one.title} has no such field.", code="unknown_field")
    return one, field

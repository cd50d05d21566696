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
from relata.engine.workspace.conversion import Misfit, NotConvertible
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.field_forms import (
    COLOUR_OPTIONS,
    OptionRow,
    definition,
    inputs,
    option_rows,
    read_options,
    values_of,
)  # fmt: skip
from relata.interfaces.web.settings.field_types import BY_TAG, FieldType, type_groups
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    office,
    settled,
    status_of,
    text,
)

PLACE = "/settings/objects"


class TypesPage(Page, frozen=True, kw_only=True):
    """All types to choose from. href: the form; the type's tag follows."""

    types: tuple[tuple[str, tuple[FieldType, ...]], ...]
    href: str


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """An expression that is checked as it is typed. object: over whose records; way: formula, condition."""

    field: FormField
    object: str
    way: str


class DefinitionPage(Page, frozen=True, kw_only=True):
    """The form of a definition. rows: the options' editor, None where there are none. misfits: values that would be
    lost."""

    kind: FieldType
    fields: tuple[FormField, ...]
    rows: tuple[OptionRow, ...] | None
    colours: tuple[Option, ...]
    editor: Editor | None
    action: str
    cancel: str
    submit: str
    misfits: tuple[Misfit, ...] = ()
    lost: int = 0
    others: tuple[Option, ...] = ()


class FieldPage(Page, frozen=True, kw_only=True):
    """One field: what may be changed at any time, its uses, deleting it."""

    name: str
    kind: FieldType
    fields: tuple[FormField, ...]
    rows: tuple[OptionRow, ...] | None
    colours: tuple[Option, ...]
    uses: tuple[str, ...]
    custom: bool
    action: str


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
                **frame(web, request, work, PLACE, f"New field of {one.title_plural.lower()}"),
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
            view = _definition_page(
                web,
                request,
                work,
                one,
                kind,
                form,
                error,
                submit="Create field",
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
        async def build(work: Workspace) -> Response[bytes]:
            one, field = _known(work, name, field_name)
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
                    known=("label", "help", "options"),
                ),
                name=field.name,
                kind=kind,
                fields=_tweaks(field, given, error),
                rows=option_rows(given) if "options" in kind.asks else None,
                colours=COLOUR_OPTIONS,
                uses=tuple(overview.uses(work, name, field_name)),
                custom=field.custom,
                action=f"{PLACE}/{name}/fields/{field.name}",
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
            await (await office(web, request)).tweak(f"{name}.{field}", _tweak(known, form))
            return f"{PLACE}/{name}/fields/{field}?done=saved"

        return await settled(attempt, lambda error: show(request, name, field, form, error))

    @post(f"{PLACE}/{{name:str}}/fields/{{field:str}}/delete")
    async def delete(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
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
            view = _definition_page(
                web,
                request,
                work,
                one,
                kind,
                form if form is not None else values_of(field),
                error,
                submit="Change definition",
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
            raw = definition(kind, one, form, name=field)
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


def _definition_page(
    web: Web,
    request: Visit,
    work: Workspace,
    one: Object,
    kind: FieldType,
    form: Form,
    error: Refused | None,
    *,
    submit: str,
    action: str,
    cancel: str,
    is_new: bool,
    title: str = "",
    others: tuple[Option, ...] = (),
) -> DefinitionPage:
    errors = errors_of(error)
    report = error.report if isinstance(error, NotConvertible) else None
    in_expression = error.message if error and any(problem.position is not None for problem in error.problems) else ""
    fields = inputs(work, one, kind, form, errors, is_new=is_new)
    known = {field.name for field in fields} | {"expression", "where"}
    shown = None if report or in_expression else error
    return DefinitionPage(
        **frame(
            web,
            request,
            work,
            PLACE,
            title or f"New {kind.label.lower()}: {one.title_plural.lower()}",
            error=shown,
            known=known,
        ),
        kind=kind,
        fields=fields,
        rows=option_rows(form) if "options" in kind.asks else None,
        colours=COLOUR_OPTIONS,
        editor=_editor(work, one, kind, form, in_expression or errors.get("expression", "") or errors.get("where", "")),
        action=action,
        cancel=cancel,
        submit=submit,
        misfits=tuple(report.misfits[:20]) if report else (),
        lost=report.failed if report else 0,
        others=others,
    )


def _editor(work: Workspace, one: Object, kind: FieldType, form: Form, error: str) -> Editor | None:
    if kind.tag == "formula":
        field = text(
            "expression",
            "Formula",
            last(form, "expression"),
            {"expression": error},
            required=True,
            help="Such as amount * probability / 100",
        )
        return Editor(field=field, object=one.name, way="formula")
    if kind.tag == "roll_up":
        relation = work.registry.relations[one.name].get(last(form, "over"))
        field = text(
            "where",
            "Only those where",
            last(form, "where"),
            {"where": error},
            help='Of the related records, such as stage = "won". Empty: all.',
        )
        return Editor(field=field, object=relation.child if relation else "", way="condition")
    return None


def _tweaks(field: Field, form: Form, error: Refused | None) -> tuple[FormField, ...]:
    errors = errors_of(error)
    found = [
        text("label", "Label", last(form, "label"), errors, required=True, max_length=120),
        text(
            "help",
            "Help",
            last(form, "help"),
            errors,
            help="One sentence for whoever fills it in.",
            max_length=1000,
            wide=True,
        ),
    ]
    if field.stored:
        found.append(
            text(
                "required",
                "Required",
                last(form, "required") == "true",
                errors,
                kind="boolean",
                help="A record can't be saved without it.",
            )
        )
        found.append(
            text(
                "indexed",
                "Fast lists",
                last(form, "indexed") == "true",
                errors,
                kind="boolean",
                help="Sorting and filtering stay quick at any size.",
            )
        )
    found.append(
        text(
            "hidden",
            "Hidden",
            last(form, "hidden") == "true",
            errors,
            kind="boolean",
            help="Left out of forms and pages; its values stay.",
        )
    )
    return tuple(found)


def _tweak(field: Field, form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {
        "label": last(form, "label"),
        "help": last(form, "help"),
        "hidden": last(form, "hidden") == "true",
    }
    if field.stored:
        found |= {"required": last(form, "required") == "true", "indexed": last(form, "indexed") == "true"}
    if "options" in BY_TAG[field.type_name].asks:
        kept = {option.value: msgspec.to_builtins(option) for option in getattr(field, "options", ())}
        found["options"] = [{**kept.get(option["value"], {}), **option} for option in read_options(form)]
    return found

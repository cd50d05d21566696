"""Objects: the list, new ones, an object with its fields."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.icons import OBJECT_ICONS
from relata.engine.metadata.object import Object
from relata.engine.metadata.wording import in_words
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import other_languages
from relata.interfaces.web.settings.field_types import BY_TAG
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    identifier,
    last,
    office,
    options,
    settled,
    status_of,
    text,
)
from relata.interfaces.web.settings.profile import FormPage

_PLACE = "/settings/objects"
_NAMES = ("label", "plural_label", "name", "plural", "help", "icon")
_ICONS = options((name, name.replace("-", " ").capitalize()) for name in OBJECT_ICONS)


class ObjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """An object in the list."""

    name: str
    label: str
    icon: str
    help: str
    fields: int


class ObjectGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Objects that belong together."""

    label: str
    objects: tuple[ObjectLine, ...]


class ObjectsPage(Page, frozen=True, kw_only=True):
    """The list: their own objects, those that people work with by module, then what stands behind the screens."""

    parts: tuple[ObjectGroup, ...]


class FieldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field in an object's page. notes: required, unique and the like."""

    name: str
    label: str
    icon: str
    type: str
    notes: tuple[str, ...]
    custom: bool


class ObjectPage(Page, frozen=True, kw_only=True):
    """One object."""

    name: str
    path: str
    custom: bool
    tweaks: tuple[FormField, ...]
    fields: tuple[FieldLine, ...]
    uses: tuple[str, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = ObjectsPage(**frame(web, request, work, _PLACE), parts=_groups(work, overview.objects(work)))
            return web.page(work, "web/settings/objects.html", view)

        return await web.within(request, build)

    async def ask(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            overview.objects(work)
            errors = errors_of(error)
            fields = (
                text(
                    "label",
                    _("What one is called"),
                    last(form, "label"),
                    errors,
                    required=True,
                    autofocus=True,
                    placeholder=_("Vehicle"),
                    max_length=60,
                ),
                text(
                    "plural_label",
                    _("What several are called"),
                    last(form, "plural_label"),
                    errors,
                    required=True,
                    placeholder=_("Vehicles"),
                    max_length=60,
                ),
                text(
                    "help",
                    _("What it is"),
                    last(form, "help"),
                    errors,
                    help=_("Shown where there are none yet."),
                    wide=True,
                    max_length=1000,
                ),
                text(
                    "icon", _("Icon"), last(form, "icon") or "box", errors, kind="choice", options=_ICONS, required=True
                ),
                text(
                    "name",
                    _("Name for programs"),
                    last(form, "name"),
                    errors,
                    help=_("Made from the label when empty. It never changes."),
                    max_length=40,
                ),
                text(
                    "plural",
                    _("Plural for programs"),
                    last(form, "plural"),
                    errors,
                    help=_("In addresses of pages and of the API."),
                    max_length=40,
                ),
            )
            view = FormPage(
                **frame(web, request, work, _PLACE, _("New object"), error=error, known=_NAMES),
                action=f"{_PLACE}/new",
                submit=_("Create object"),
                cancel=_PLACE,
                fields=fields,
                note=_("It gets lists, forms, search, permissions and the API at once. Add its fields next."),
            )
            return web.page(work, "web/settings/form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/new")
    async def new(request: Visit) -> Response[bytes]:
        return await ask(request, {})

    @post(f"{_PLACE}/new")
    async def create(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            made = await (await office(web, request)).add_object(_definition(form))
            return f"{_PLACE}/{made.name}?done=created"

        return await settled(attempt, lambda error: ask(request, form, error))

    async def show(
        request: Visit, name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            view = ObjectPage(
                **frame(web, request, work, _PLACE, one.title_plural, error=error, known=_NAMES),
                name=one.name,
                path=f"/{one.path}",
                custom=one.custom,
                tweaks=_tweaks(one, form, errors_of(error)),
                fields=tuple(_field_line(field) for field in one.fields),
                uses=tuple(overview.uses(work, name)) if one.custom else (),
            )
            return web.page(work, "web/settings/object.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{name:str}}")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await show(request, name)

    @post(f"{_PLACE}/{{name:str}}")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            words = {one: last(form, one) for one in ("label", "plural_label", "help", "icon")}
            others = {f"{one}s": other_languages.typed(one, form) for one in ("label", "plural_label")}
            await (await office(web, request)).tweak(name, {**words, **others, "nav": last(form, "nav") == "true"})
            return f"{_PLACE}/{name}?done=saved"

        return await settled(attempt, lambda error: show(request, name, form, error))

    @post(f"{_PLACE}/{{name:str}}/delete")
    async def delete(request: Visit, name: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked

        async def attempt() -> str:
            await (await office(web, request)).delete_object(name)
            return f"{_PLACE}?done=deleted"

        return await settled(attempt, lambda error: show(request, name, None, error))

    return [listed, new, create, page, save, delete]


def _definition(form: Form) -> dict[str, Any]:
    name = last(form, "name") or identifier(last(form, "label"))
    plural = last(form, "plural") or identifier(last(form, "plural_label")) or f"{name}s"
    words = {one: last(form, one) for one in ("label", "plural_label", "help", "icon")}
    return {"name": name, "plural": plural, **words}


def _tweaks(one: Object, form: Form | None, errors: dict[str, str]) -> tuple[FormField, ...]:
    known = {
        "label": one.label or in_words(one.name), "plural_label": one.plural_label or in_words(one.path),
        "help": one.help, "icon": one.icon,
    }  # fmt: skip
    singular = other_languages.inputs(
        "label", _("What one is called"), known["label"], one.labels, form, errors, is_own=one.custom
    )
    plural = other_languages.inputs(
        "plural_label", _("What several are called"), known["plural_label"], one.plural_labels, form, errors,
        is_own=one.custom,
    )  # fmt: skip
    given = known if form is None else {name: last(form, name) for name in known}
    icons = (
        _ICONS
        if any(option.value == given["icon"] for option in _ICONS)
        else (*options([(given["icon"], _("As it is"))]), *_ICONS)
    )
    return (
        text("label", _("What one is called"), given["label"], errors, required=True, max_length=60),
        text("plural_label", _("What several are called"), given["plural_label"], errors, required=True, max_length=60),
        *(each for pair in zip(singular, plural, strict=True) for each in pair),
        text("help", _("What it is"), given["help"], errors, wide=True, max_length=1000),
        text("icon", _("Icon"), given["icon"], errors, kind="choice", options=icons, required=True),
        text(
            "nav",
            _("In the side bar"),
            one.nav if form is None else last(form, "nav") == "true",
            errors,
            kind="boolean",
        ),
    )


def _groups(work: Workspace, found: list[Object]) -> tuple[ObjectGroup, ...]:
    groups: dict[str, list[ObjectLine]] = {}
    for one in sorted(found, key=lambda one: (not one.custom, not one.nav)):
        module = work.registry.modules.get(one.module)
        label = _("Your own") if one.custom or module is None else module.title
        groups.setdefault(label if one.nav or one.custom else _("Behind the screens"), []).append(_line(one))
    return tuple(ObjectGroup(label=label, objects=tuple(lines)) for label, lines in groups.items())


def _line(one: Object) -> ObjectLine:
    return ObjectLine(name=one.name, label=one.title_plural, icon=one.icon, help=one.advice, fields=len(one.fields))


def _field_line(field: Any) -> FieldLine:
    kind = BY_TAG[field.type_name]
    notes = [
        (_("Required"), field.required),
        (_("Unique"), field.unique),
        (_("Hidden"), field.hidden),
        (_("Secret"), field.sensitivity == "secret"),
        (_("Personal"), field.sensitivity == "personal"),
    ]
    return FieldLine(
        name=field.name,
        label=field.title,
        icon=kind.icon,
        type=kind.label,
        notes=tuple(word for word, is_so in notes if is_so),
        custom=field.custom,
    )

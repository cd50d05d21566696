"""Choice lists: the options of a field in their order, with how many records have each, and another in its place."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Choice, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.replacing import counts_of, replace_value
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.field_forms import (
    COLOUR_OPTIONS,
    OptionRow,
    option_rows,
    read_options,
    values_of,
)
from relata.interfaces.web.settings.frame import Form, Page, Refused, frame, last, office, settled, status_of

_PLACE = "/settings/choices"


class ChoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field with options in the list. values: the first of them, as a reminder of what it is."""

    label: str
    href: str
    values: str
    options: int
    custom: bool


class ChoicesPage(Page, frozen=True, kw_only=True):
    """The list by object: what people work with first."""

    parts: tuple[tuple[str, tuple[ChoiceLine, ...]], ...]


class UsedOption(msgspec.Struct, frozen=True, kw_only=True):
    """An option with how many records have it. others: what may take its place."""

    row: OptionRow
    used: int
    others: tuple[Option, ...] = ()


class OptionsPage(Page, frozen=True, kw_only=True):
    """The options of one field. custom: options that nobody has may be taken away, not only retired."""

    action: str
    field: str
    rows: tuple[UsedOption, ...]
    blank: UsedOption
    colours: tuple[Option, ...]
    custom: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(_PLACE)
    async def listed(request: Visit) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            listed = sorted(overview.objects(work), key=lambda one: (not one.custom, not one.nav))
            parts = tuple((one.title_plural, _lines(one)) for one in listed if one.choice_fields)
            view = ChoicesPage(**frame(web, request, work, _PLACE), parts=parts)
            return web.page(work, "web/settings/choices.html", view)

        return await web.within(request, build)

    async def show(
        request: Visit, name: str, field_name: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _page(web, request, work, name, field_name, form, error)
            return web.page(work, "web/settings/choice_options.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_PLACE}/{{name:str}}/{{field:str}}")
    async def page(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        return await show(request, name, field)

    @post(f"{_PLACE}/{{name:str}}/{{field:str}}")
    async def save(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            _one, known = await web.within(request, lambda work: _later(work, name, field))
            kept = {option.value: msgspec.to_builtins(option) for option in known.options}
            found = [{**kept.get(option["value"], {}), **option} for option in read_options(form)]
            await (await office(web, request)).tweak(f"{name}.{field}", {"options": found})
            return f"{_PLACE}/{name}/{field}?done=saved"

        return await settled(attempt, lambda error: show(request, name, field, form, error))

    @post(f"{_PLACE}/{{name:str}}/{{field:str}}/retire")
    async def retire(request: Visit, name: FromPath[str], field: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        value, replace = last(form, "value"), last(form, "replace")

        async def put_in_place(work: Workspace) -> list[dict[str, object]]:
            one, known = _known(work, name, field)
            if known.option(value) is None:
                raise NotFound(_("There is no such option."), code="unknown_choice")
            if (await counts_of(work, one, known)).get(value):
                if known.option(replace) is None:
                    problem = Problem("in_use", _("Records have this option."), None, _("Choose another for them."))
                    raise Invalid.of([problem])
                await replace_value(work, one, known, value, replace)
            return [
                {**msgspec.to_builtins(option), "retired": option.retired or option.value == value}
                for option in known.options
            ]

        async def attempt() -> str:
            found = await web.within(request, put_in_place, read_only=False)
            await (await office(web, request)).tweak(f"{name}.{field}", {"options": found})
            return f"{_PLACE}/{name}/{field}?done=retired"

        return await settled(attempt, lambda error: show(request, name, field, None, error))

    return [listed, page, save, retire]


async def _page(
    web: Web, request: Visit, work: Workspace, name: str, field_name: str, form: Form | None, error: Refused | None
) -> OptionsPage:
    one, field = _known(work, name, field_name)
    used = await counts_of(work, one, field)
    offered = tuple(Option(value=option.value, label=option.title) for option in field.options if not option.retired)
    rows = option_rows(form if form is not None else values_of(field))
    return OptionsPage(
        **frame(web, request, work, _PLACE, f"{one.title}: {field.title}", error=error),
        action=f"{_PLACE}/{name}/{field_name}",
        field=f"/settings/objects/{name}/fields/{field_name}",
        rows=tuple(
            UsedOption(
                row=row, used=used.get(row.value, 0) if row.value else 0,
                others=tuple(option for option in offered if option.value != row.value),
            )
            for row in rows
        ),
        blank=UsedOption(row=OptionRow(), used=0),
        colours=COLOUR_OPTIONS,
        custom=field.custom,
    )  # fmt: skip


async def _later(work: Workspace, name: str, field: str) -> tuple[Object, Choice | MultiChoice]:
    return _known(work, name, field)


def _lines(one: Object) -> tuple[ChoiceLine, ...]:
    return tuple(
        ChoiceLine(
            label=field.title, custom=field.custom,
            options=len(field.options), href=f"{_PLACE}/{one.name}/{field.name}",
            values=", ".join(option.title for option in field.options if not option.retired),
        )
        for field in one.choice_fields
    )  # fmt: skip


def _known(work: Workspace, name: str, field_name: str) -> tuple[Object, Choice | MultiChoice]:
    one = overview.configured_object(work, name)
    field = one.field(field_name)
    if not isinstance(field, (Choice, MultiChoice)):
        raise NotFound(_("There is no such choice list."), code="unknown_field")
    return one, field

"""What must be filled in before a record takes a value, such as a stage: one form for one value."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Choice, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
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

_OBJECTS = "/settings/objects"
#: Records of small objects, such as stages, are values like options.
_MOST_VALUES = 200


class NeedsPage(Page, frozen=True, kw_only=True):
    """The form: a value, and the fields that it needs."""

    action: str
    cancel: str
    fields: tuple[FormField, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def ask(request: Visit, name: str, form: Form | None, error: Refused | None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            errors = errors_of(error)
            at = last(form, "at") if form is not None else request.query_params.get("at", "")
            known = next((each for each in one.entries if f"{each.field}:{each.value}" == at), None)
            chosen = tuple(form.get("needs", ())) if form is not None else known.needs if known else ()
            fields = (
                text("at", _("Before a record takes"), at, {"at": errors.get("at") or errors.get("value", "")},
                     kind="choice", options=await _values(work, one), required=True, placeholder=_("Choose a value")),
                text("needs", _("These must be filled in"), chosen, errors, kind="choices", options=_fields(one),
                     wide=True, help=_("They stay filled while the record has the value. None: nothing is asked.")),
            )  # fmt: skip
            view = NeedsPage(
                **frame(web, request, work, _OBJECTS, _("Needed for a value"), error=error,
                        known=("at", "value", "needs")),
                action=f"{_OBJECTS}/{name}/needs", cancel=f"{_OBJECTS}/{name}/rules", fields=fields,
            )  # fmt: skip
            return web.page(work, "web/settings/needs.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(f"{_OBJECTS}/{{name:str}}/needs")
    async def page(request: Visit, name: FromPath[str]) -> Response[bytes]:
        return await ask(request, name, None, None)

    @post(f"{_OBJECTS}/{{name:str}}/needs")
    async def save(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            field, _colon, value = last(form, "at").partition(":")
            if not value:
                raise Invalid(_("Choose a value."), code="required", field="at")
            needs = [each for each in form.get("needs", ()) if each]
            await (await office(web, request)).put_entry(name, field, value, needs)
            return f"{_OBJECTS}/{name}/rules?done=saved"

        return await settled(attempt, lambda error: ask(request, name, form, error))

    return [page, save]


async def _values(work: Workspace, one: Object) -> tuple[Option, ...]:
    """Options of choices, and records of small objects that are linked to, such as stages."""
    found: list[Option] = []
    for field in one.fields:
        if isinstance(field, Choice):
            found += [
                Option(value=f"{field.name}:{option.value}", label=option.title, group=field.title)
                for option in field.options
                if not option.retired
            ]
        elif isinstance(field, Link) and work.registry.get(field.to).reference:
            records = await work.find(field.to, None, limit=_MOST_VALUES)
            found += [
                Option(value=f"{field.name}:{record.id}", label=record.title, group=field.title) for record in records
            ]
    return tuple(msgspec.structs.replace(option) for option in found)


def _fields(one: Object) -> tuple[Option, ...]:
    return tuple(
        Option(value=field.name, label=field.title)
        for field in one.fields
        if (field.stored or isinstance(field, Links)) and not field.hidden and not field.read_only
        and field.type_name != "auto_number"
    )  # fmt: skip

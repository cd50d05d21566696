"""What a field will look like while it is being made: its input, and a value of its kind as lists show it."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import AutoNumber, Choice, Field, MultiChoice, Rating
from relata.engine.metadata.object import Object
from relata.engine.metadata.overlay import decode_field
from relata.engine.ui.values import Shown, shown
from relata.engine.workspace import overview
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.inputs import form_field
from relata.interfaces.web.settings.field_forms import definition
from relata.interfaces.web.settings.field_types import BY_TAG, FieldType
from relata.interfaces.web.settings.frame import Form, last

_PLACE = "/settings/objects"
#: What somebody might have typed. Links have no value to make up, and computed fields only a result.
_SAMPLES: dict[str, Any] = {
    "text": "Kaffeewerk", "long_text": "Roasts on Tuesdays.\nAsks for samples first.",
    "rich_text": "Roasts on Tuesdays.",
    "tags": ["organic", "fair trade"], "integer": "42", "decimal": "12.5", "percent": "35",
    "money": {"amount": "1250", "currency": "EUR"}, "boolean": "true", "date": "2026-03-09",
    "datetime": "2026-03-09T14:05:00+00:00", "duration": "5400", "emails": ["ada@example.com"],
    "phones": ["+49 30 901820"], "web_addresses": ["https://example.com"],
    "person_name": {"first": "Ada", "last": "Lovelace"},
    "address": {"street": "Hauptstrasse 1", "postcode": "10827", "city": "Berlin", "country": "DE"},
    "geo_point": "52.52, 13.40", "json": {"machines": 3},
}  # fmt: skip


_COMPUTED = ("formula", "roll_up")


class FieldPreview(msgspec.Struct, frozen=True, kw_only=True):
    """message: why there is nothing to see yet. input: none for a field that nobody fills in."""

    message: str = ""
    input: FormField | None = None
    label: str = ""
    sample: Shown | None = None


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the preview."""

    @post(f"{_PLACE}/{{name:str}}/fields/preview")
    async def preview(request: Visit, name: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        kind = BY_TAG.get(request.query_params.get("type", ""))
        if kind is None:
            raise NotFound(_("There is no such type."), code="unknown_type")

        async def build(work: Workspace) -> Response[bytes]:
            one = overview.configured_object(work, name)
            return web.page(work, "web/settings/field_preview.html", _preview(work, one, kind, form))

        return await web.within(request, build)

    return [preview]


def _preview(work: Workspace, one: Object, kind: FieldType, form: Form) -> FieldPreview:
    if kind.tag in _COMPUTED:
        return FieldPreview(label=last(form, "label"))
    raw = definition(kind, one, form, name="preview")
    try:
        field = decode_field({**raw, "label": raw["label"] or kind.label})
    except Invalid as error:
        is_unfinished = "missing required field" in error.message
        words = _("It shows once the form is filled in.") if is_unfinished else f"{error.message} {error.hint or ''}"
        return FieldPreview(message=words.strip())
    value = _sample(work, field)
    is_typed = (field.stored and field.type_name not in ("auto_number", "file", "json")) or field.type_name == "links"
    made = form_field(
        work.registry, field, None, {}, currency=work.settings.currency, zone=work.actor.zone
    ) if is_typed else None  # fmt: skip
    return FieldPreview(
        input=made and msgspec.structs.replace(made, name="shown-preview", required=field.required),
        label=field.title,
        sample=shown(work.registry, field, value, {}) if value is not None else None,
    )


def _sample(work: Workspace, field: Field) -> Any:
    """A value of the kind; None where none can be made up, or where the limits of the field refuse it."""
    raw = field.default if field.default not in (None, "") else _SAMPLES.get(field.type_name)
    if isinstance(field, (Choice, MultiChoice)):
        values = [option.value for option in field.options if not option.retired]
        raw = (values[:2] if isinstance(field, MultiChoice) else values[0]) if values else None
    if isinstance(field, Rating):
        raw = max(1, field.stars - 1)
    if isinstance(field, AutoNumber) or raw is None:
        return None
    with contextlib.suppress(Invalid):
        return field.parse(raw, work.context.parsing)
    return None

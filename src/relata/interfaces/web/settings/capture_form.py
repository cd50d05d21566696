"""The page of one capture form in the settings, as values, and what its form sent."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec

from relata.engine.automation.capture.definition import (
    Item,
    can_be_asked,
    can_be_hidden,
    can_be_target,
    items_of,
)
from relata.engine.automation.capture.figures import Figures
from relata.engine.automation.capture.names import FORM, PLACE
from relata.engine.metadata.fields import Choice, PersonName
from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.frame import Form, Page, last, options, text

HERE = "/settings/forms"
_TEXTS = (
    "name", "title", "intro", "button", "thanks_title", "thanks", "thanks_address", "mail_subject", "mail_text",
    "consent",
)  # fmt: skip
_FLAGS = ("consent_required", "double_opt_in")
_CHOICES = ("state", "duplicates")
NAMES = (*_TEXTS, *_FLAGS, *_CHOICES)
#: Where somebody who filled a form in comes from, and how far they are; of objects that know it.
_BEGINNING = (("source", "website"), ("lifecycle_stage", "lead"))
_ITEM = ("field", "label", "help", "use", "value", "param")


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """One question in the editor."""

    item: Item
    title: str


class CaptureFormPage(Page, frozen=True, kw_only=True):
    """The editor. offered: fields to choose from. page, snippet: what is given to others; "" while it is a draft."""

    id: str
    name: str
    state: FormField
    first: tuple[FormField, ...]
    look: tuple[FormField, ...]
    after: tuple[FormField, ...]
    agreement: tuple[FormField, ...]
    rows: tuple[ItemRow, ...]
    blank: ItemRow
    offered: tuple[Option, ...]
    uses: tuple[Option, ...]
    target: str
    items_error: tuple[str, ...]
    page: str
    snippet: str
    figures: Figures


class FormLine(msgspec.Struct, frozen=True, kw_only=True):
    """A form in the list."""

    name: str
    href: str
    target: str
    state: str
    state_label: str
    page: str
    figures: Figures


class CaptureFormsPage(Page, frozen=True, kw_only=True):
    """The list, and what is needed for another one."""

    lines: tuple[FormLine, ...]
    fields: tuple[FormField, ...]


def sent(form: Form) -> dict[str, Any]:
    """What the editor sent, as the door takes it."""
    values: dict[str, Any] = {name: last(form, name) or None for name in _TEXTS}
    values |= {name: last(form, name) == "true" for name in _FLAGS}
    values |= {name: last(form, name) for name in _CHOICES if last(form, name)}
    return {**values, "items": typed_items(form)}


def typed_items(form: Form) -> list[dict[str, str]]:
    """The questions in their order; rows without a field are left out."""
    columns = {name: form.get(f"item.{name}", []) for name in _ITEM}
    rows = []
    for at, field in enumerate(columns["field"]):
        if field:
            row = {name: column[at].strip() if at < len(column) else "" for name, column in columns.items()}
            rows.append({name: value for name, value in row.items() if value})
    return rows


def starting_items(one: Object) -> list[dict[str, str]]:
    """What a new form asks: what every record needs, and how to reach whoever wrote."""
    asked = [field for field in one.required_fields if can_be_asked(field)]
    asked += [field for field in one.fields if field.type_name == "emails" and field not in asked][:1]
    wanted = [field for name in ("company", "phone", "need") if (field := one.field(name)) and can_be_asked(field)]
    items = [{"field": field.name, "use": "required"} for field in asked]
    items += [{"field": field.name} for field in wanted if field not in asked]
    for name, value in _BEGINNING:
        field = one.field(name)
        if isinstance(field, Choice) and field.option(value) is not None:
            items.append({"field": name, "use": "hidden", "value": value})
    return items


def targets(work: Workspace) -> tuple[Option, ...]:
    """Objects of which strangers may leave records."""
    found = [one for one in work.registry.objects.values() if can_be_target(one)]
    found.sort(
        key=lambda one: (not one.nav, not isinstance(one.all_fields[one.title_field], PersonName), one.name != "lead")
    )
    return options((one.name, one.title) for one in found)


def line(work: Workspace, form: Record, address: str, figures: Mapping[Any, Figures]) -> FormLine:
    """One of the list."""
    one = work.registry.objects.get(form["target"])
    return FormLine(
        name=form["name"], href=f"{HERE}/{form.id}", target=one.title_plural if one else form["target"],
        state=form["state"], state_label=_option(work, "state", form["state"]),
        page=f"{address}{PLACE}/{form['key']}" if form["state"] == "published" else "",
        figures=figures.get(form.id, Figures()),
    )  # fmt: skip


def _option(work: Workspace, name: str, value: str) -> str:
    field = work.registry.get(FORM).all_fields[name]
    assert isinstance(field, Choice)
    found = field.option(value)
    return found.title if found else value


def parts(
    work: Workspace, form: Record, address: str, typed: Form | None, errors: Mapping[str, str],
    problems: tuple[str, ...], figures: Figures,
) -> dict[str, Any]:  # fmt: skip
    """What the editor shows beside the frame."""
    one = work.registry.get(form["target"])
    meta = work.registry.get(FORM)

    def now(name: str) -> Any:
        return last(typed, name) if typed is not None else form[name]

    def field(name: str, label: str = "", **more: Any) -> FormField:
        known = meta.all_fields[name]
        return text(name, label or known.title, now(name) or "", errors, help=known.advice, **more)

    def flag(name: str) -> FormField:
        value = last(typed, name) == "true" if typed is not None else bool(form[name])
        known = meta.all_fields[name]
        return text(name, known.title, value, errors, kind="boolean", help=known.advice)

    def choice(name: str) -> FormField:
        known = meta.all_fields[name]
        assert isinstance(known, Choice)
        offered = options((one.value, one.title) for one in known.options)
        return field(name, kind="choice", required=True, options=offered)

    page = f"{address}{PLACE}/{form['key']}"
    is_open = form["state"] == "published"
    try:
        items = items_of(typed_items(typed) if typed is not None else form["items"])
    except Invalid:
        items = items_of(form["items"])
    return {
        "id": str(form.id),
        "name": form["name"],
        "state": choice("state"),
        "first": (field("name", required=True, max_length=120), choice("duplicates")),
        "look": (
            field("title", _("Heading"), max_length=160),
            field("button", max_length=60),
            field("intro", kind="long_text", wide=True),
        ),
        "after": (
            field("thanks_title", _("Heading of the thank-you page"), max_length=160),
            field("thanks_address", _("Link to go on")),
            field("thanks", _("Text of the thank-you page"), kind="long_text", wide=True),
            field("mail_subject", max_length=160),
            field("mail_text", kind="long_text", wide=True),
        ),
        "agreement": (
            field("consent", kind="long_text", wide=True),
            flag("consent_required"),
            flag("double_opt_in"),
        ),
        "rows": tuple(_row(one, item) for item in items),
        "blank": ItemRow(item=Item(field=""), title=""),
        "offered": _offered(one),
        "uses": options(
            (("optional", _("May be filled in")), ("required", _("Must be filled in")), ("hidden", _("Hidden")))
        ),
        "target": one.title,
        "items_error": problems,
        "page": page if is_open else "",
        "snippet": _snippet(page, form["title"] or form["name"]) if is_open else "",
        "figures": figures,
    }


def _row(one: Object, item: Item) -> ItemRow:
    field = one.field(item.field)
    return ItemRow(item=item, title=field.title if field else item.field)


def _offered(one: Object) -> tuple[Option, ...]:
    fields = [field for field in one.all_fields.values() if can_be_asked(field) or can_be_hidden(field)]
    return options((field.name, field.title) for field in sorted(fields, key=lambda field: not can_be_asked(field)))


def _snippet(page: str, title: str) -> str:
    return (
        f'<iframe src="{page}?embed=1" title="{escape(title)}" width="100%" height="720" loading="lazy"'
        ' style="border:0"></iframe>'
    )

"""The public page of a capture form as values: its inputs, what was typed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relata.engine.automation.capture.definition import Item, items_of
from relata.engine.automation.capture.names import UTM
from relata.engine.automation.capture.proof import Asked
from relata.engine.metadata.fields import Address, Choice, Field, MultiChoice, PersonName
from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import language
from relata.interfaces.web.brand import Brand

Form = Mapping[str, list[str]]
_LONGEST = 500
_KINDS = {
    "long_text": "textarea", "emails": "email", "phones": "tel", "web_addresses": "url", "integer": "number",
    "decimal": "number", "date": "date", "boolean": "checkbox", "choice": "select", "multi_choice": "checks",
    "person_name": "name", "address": "address",
}  # fmt: skip
_COMPLETE = {"emails": "email", "phones": "tel", "web_addresses": "url"}
_BY_NAME = {"company": "organization", "job_title": "organization-title"}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of several inputs of a field, such as the family name."""

    name: str
    label: str
    value: str = ""
    autocomplete: str = ""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One question. options: value and label."""

    name: str
    label: str
    kind: str
    help: str = ""
    error: str = ""
    required: bool = False
    value: str = ""
    chosen: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    autocomplete: str = ""
    most: int | None = None


class CaptureView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. state: ask, thanks, wait (a mail is on its way), confirm (by its link) or over. kept: hidden inputs.
    first, second: what a browser without scripts adds up."""

    title: str
    state: str = "ask"
    text: str = ""
    action: str = ""
    button: str = ""
    inputs: tuple[Input, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    consent: str = ""
    consent_required: bool = False
    agrees: bool = False
    consent_error: str = ""
    error: str = ""
    challenge: str = ""
    first: int = 0
    second: int = 0
    link: str = ""
    is_embedded: bool = False
    language: str = msgspec.field(default_factory=language)
    direction: str = "ltr"
    brand: Brand = Brand()


def asking(
    one: Object, form: Record, brand: Brand, asked: Asked, *, action: str, typed: Form | None, query: Mapping[str, str],
    came_from: str, csrf: str, error: RelataError | None = None,
) -> CaptureView:  # fmt: skip
    """The page that asks. typed: what was sent before it was refused. query: what its address says. came_from: the page
    that linked to it, or that it stands in."""
    wrong = {problem.field: problem.message for problem in error.problems if problem.field} if error else {}
    items = items_of(form["items"])
    inputs = tuple(
        _input(one.all_fields[item.field], item, typed, query, wrong)
        for item in items
        if item.use != "hidden" and item.field in one.all_fields
    )
    shown = {*(one.name for one in inputs), "consent"}
    said = error.message if error and not (wrong and set(wrong) <= shown) else ""
    kept = {"c": asked.text, "_csrf": csrf, **_touch(typed, query, came_from)}
    kept |= {
        f"p.{item.param}": _sent(typed, f"p.{item.param}") or query.get(item.param, "") for item in items if item.param
    }
    return CaptureView(
        title=form["title"] or form["name"], text=form["intro"] or "", action=action,
        button=form["button"] or _("Send"), inputs=inputs,
        kept=tuple((name, value[:_LONGEST]) for name, value in kept.items() if value),
        consent=form["consent"] or "", consent_required=bool(form["consent_required"]),
        agrees=_sent(typed, "consent") == "yes", consent_error=wrong.get("consent", ""),
        error=_told(said, error, wrong),
        challenge=asked.text, first=asked.first, second=asked.second, is_embedded="embed" in query, brand=brand,
    )  # fmt: skip


def _told(said: str, error: RelataError | None, wrong: Mapping[str, str]) -> str:
    """What stands above the form."""
    if said and error is not None:
        return f"{said} {error.hint or ''}".strip()
    return _("Look at what is marked below.") if wrong else ""


def _touch(typed: Form | None, query: Mapping[str, str], came_from: str) -> dict[str, str]:
    """Where they come from, as the page was first opened."""
    if typed is not None:
        return {name: _sent(typed, name) for name in (*UTM, "from_page")}
    return {**{name: query.get(name, "") for name in UTM}, "from_page": came_from}


def _input(field: Field, item: Item, typed: Form | None, query: Mapping[str, str], wrong: Mapping[str, str]) -> Input:
    name = field.name
    first = (query.get(item.param) if item.param else None) or item.value
    sent = list(typed.get(name, ())) if typed is not None else [first] if first else []
    options = getattr(field, "options", ()) if isinstance(field, (Choice, MultiChoice)) else ()
    return Input(
        name=name, label=item.label or field.title, kind=_KINDS.get(field.type_name, "text"), help=item.help,
        error=wrong.get(name, ""), required=item.use == "required", value=sent[0] if sent else "", chosen=tuple(sent),
        options=tuple((one.value, one.title) for one in options if not one.retired), parts=_parts(field, typed, first),
        autocomplete=_COMPLETE.get(field.type_name) or _BY_NAME.get(name, ""), most=getattr(field, "max_length", None),
    )  # fmt: skip


def _parts(field: Field, typed: Form | None, first: str) -> tuple[Part, ...]:
    def part(key: str, label: str, autocomplete: str) -> Part:
        name = f"{field.name}.{key}"
        return Part(name=name, label=label, value=_sent(typed, name), autocomplete=autocomplete)

    if isinstance(field, PersonName):
        return (part("given", _("First name"), "given-name"), part("family", _("Last name"), "family-name"))
    if isinstance(field, Address):
        return (
            part("street", _("Street"), "street-address"),
            part("postal_code", _("Postal code"), "postal-code"),
            part("city", _("City"), "address-level2"),
            part("country", _("Country"), "country-name"),
        )
    return ()


def _sent(form: Form | None, name: str) -> str:
    found = (form or {}).get(name)
    return found[-1] if found else ""

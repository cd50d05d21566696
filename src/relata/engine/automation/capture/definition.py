"""What a form asks for: its items, checked against the object whose records it makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from relata.engine.metadata.fields import Emails, Field
from relata.engine.metadata.object import Object
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

Use = Literal["optional", "required", "hidden"]
MOST_ITEMS = 40
#: Types that a stranger can fill in; hidden items may set any type that a text can be.
ASKED = frozenset(
    {
        "text", "long_text", "person_name", "emails", "phones", "web_addresses", "choice", "multi_choice", "integer",
        "decimal", "boolean", "date", "address",
    }
)  # fmt: skip
_NEVER = frozenset({"file", "json", "formula", "roll_up", "auto_number", "any_link", "links"})


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One field of a form. label, help: in place of the field's own. value: what a hidden one sets, or stands in an
    open one. param: the part of the page's address that fills it, such as `ref`."""

    field: str
    label: str = ""
    help: str = ""
    use: Use = "optional"
    value: str = ""
    param: str = ""


def items_of(raw: Any) -> tuple[Item, ...]:
    """The items that a form keeps; Invalid at `items` for something else."""
    try:
        found = msgspec.convert(raw or [], tuple[Item, ...])
    except msgspec.ValidationError as error:
        raise Invalid.of([Problem("invalid_value", _("These are no fields of a form."), "items", str(error))]) from None
    if len(found) > MOST_ITEMS:
        raise Invalid.of(
            [Problem("too_long", _("A form has at most %(most)s fields.") % {"most": MOST_ITEMS}, "items")]
        )
    return found


def can_be_target(one: Object) -> bool:
    """Whether strangers may leave records of it: somebody who can be written to, and nobody who works here."""
    return one.name != "user" and not one.personal and any(isinstance(field, Emails) for field in one.fields)


def can_be_asked(field: Field) -> bool:
    """Whether a stranger can fill it in."""
    return field.type_name in ASKED and _is_open(field)


def can_be_hidden(field: Field) -> bool:
    """Whether a form can set it to what its maker wrote."""
    return field.stored and field.type_name not in _NEVER and _is_open(field)


def _is_open(field: Field) -> bool:
    return not (field.system or field.read_only or field.hidden or field.sensitivity == "secret")


def check_items(one: Object, items: Sequence[Item]) -> None:
    """Invalid at `items`, with all problems at once."""
    problems = list(_problems(one, items))
    if problems:
        raise Invalid.of([Problem("invalid_value", text, "items") for text in problems])


def _problems(one: Object, items: Sequence[Item]) -> Iterable[str]:
    seen: set[str] = set()
    for item in items:
        field = one.field(item.field)
        if field is None:
            yield _("There is no field %(field)s.") % {"field": item.field[:60]}
        elif item.field in seen:
            yield _("%(field)s stands in the form twice.") % {"field": field.title}
        elif item.use == "hidden" and not can_be_hidden(field):
            yield _("%(field)s can't be set by a form.") % {"field": field.title}
        elif item.use != "hidden" and not can_be_asked(field):
            yield _("%(field)s can't be filled in by a stranger; make it hidden.") % {"field": field.title}
        seen.add(item.field)
    asked = {item.field for item in items if item.use != "optional"}
    for field in one.required_fields:
        if field.name not in asked and field.default is None:
            yield _("%(field)s must be filled in for every record: ask for it as required, or set it hidden.") % {
                "field": field.title
            }
    if items and mail_field(one, items) is None:
        yield _("Ask for an e-mail address: it tells who is known already.")


def mail_field(one: Object, items: Iterable[Item]) -> Item | None:
    """The item with the address of whoever fills the form in."""
    for item in items:
        if item.use != "hidden" and isinstance(one.field(item.field), Emails):
            return item
    return None

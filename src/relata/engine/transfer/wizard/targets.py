"""Where a column may go: the fields of an object that this person may write, composed ones by their parts as well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from relata.engine.metadata.fields import (
    Address,
    AnyLink,
    Emails,
    Field,
    File,
    Formula,
    Link,
    Links,
    MoneyField,
    PersonName,
    Phones,
    RollUp,
    WebAddresses,
)
from relata.engine.metadata.object import Object
from relata.engine.metadata.wording import in_words
from relata.engine.transfer.domains import SUFFIX
from relata.engine.transfer.wizard.words import ideas, plain, same
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


class Target(msgspec.Struct, frozen=True, dict=True):
    """One place for a value. field: a field, or one of its parts such as `name.last`. label, group: as people read
    it."""

    field: str
    label: str
    kind: str
    names: tuple[str, ...]
    group: str = ""

    @property
    def name(self) -> str:
        """The field without its part."""
        return self.field.partition(".")[0]

    @cached_property
    def ideas(self) -> set[int]:
        """What its names stand for."""
        return set().union(*(ideas(name) for name in self.names))

    @cached_property
    def plain_names(self) -> tuple[str, ...]:
        """Its names as columns would have them."""
        return tuple(dict.fromkeys(plain(name) for name in self.names))


def targets_of(work: Workspace, one: Object) -> list[Target]:
    """All places, in the order of the object's fields."""
    found: list[Target] = []
    for field in one.all_fields.values():
        if not is_importable(work, one, field):
            continue
        if isinstance(field, (Address, PersonName)):
            if isinstance(field, PersonName):
                found.append(_target(field, _("%(field)s (in one cell)") % {"field": field.title}))
            found.extend(_part(one, field, part) for part in field.parts)
        elif isinstance(field, MoneyField):
            found += [_target(field), _part(one, field, "currency")]
        else:
            found.append(_target(field))
    return found


def is_importable(work: Workspace, one: Object, field: Field) -> bool:
    """Whether an import may bring values of this field for this person."""
    if field.system or field.read_only or isinstance(field, (Formula, RollUp, File, AnyLink)):
        return False
    if field.type_name == "auto_number" or not (field.stored or isinstance(field, Links)):
        return False
    return work.actor.rights.writable(one, field)


def match_options(work: Workspace, target: Object) -> list[tuple[str, str]]:
    """What a link's cell may be matched by, as a mapping says it, with its label."""
    found = []
    for field in match_fields(work, target):
        found.append((field.name, field.title))
        if isinstance(field, WebAddresses):
            found.append((f"{field.name}{SUFFIX}", _("%(field)s: the domain") % {"field": field.title}))
    return found


def match_fields(work: Workspace, target: Object) -> list[Field]:
    """Fields of a linked object by which its records can be found: what names them, the surest ones first."""
    found = []
    for field in target.all_fields.values():
        if isinstance(field, (Link, Links, AnyLink)) or not work.actor.readable(target, field) or not field.columns():
            continue
        is_key = field.unique or field.name == target.title_field or isinstance(field, (Emails, Phones))
        is_key = (
            is_key
            or field.type_name in ("web_addresses", "auto_number")
            or "external" in field.name
            or field.name == "reference"
        )
        if is_key or (field.indexed and field.type_name == "text" and not field.system):
            found.append(field)
    return sorted(found, key=lambda field: (field.name != target.title_field, not isinstance(field, Emails)))


def _target(field: Field, label: str = "") -> Target:
    names = (field.name, field.label or in_words(field.name), field.title)
    return Target(field.name, label or field.title, field.type_name, names)


def _part(one: Object, field: Field, part: str) -> Target:
    label = _parts().get(part, in_words(part))
    names = [f"{field.name} {part}", f"{field.title} {label}", f"{field.title} {part}"]
    prefix = field.name.removesuffix("_address")
    names += [f"{prefix} {word}" for word in (part, label, *sorted(same(part)))]
    is_first = next(other for other in one.fields if type(other) is type(field)).name == field.name
    if is_first:  # a bare "City" goes to the first address
        names += [part, label]
    return Target(f"{field.name}.{part}", f"{field.title}: {label}", "text", tuple(names), field.title)


def _parts() -> dict[str, str]:
    return {
        "salutation": _("Salutation"), "first": _("First name"), "last": _("Last name"),
        "street": _("Street and number"),
        "postcode": _("Postal code"), "city": _("City"), "region": _("State or region"), "country": _("Country"),
        "currency": _("Currency"),
    }  # fmt: skip


def names_of(targets: Sequence[Target]) -> dict[str, Target]:
    """By field."""
    return {target.field: target for target in targets}

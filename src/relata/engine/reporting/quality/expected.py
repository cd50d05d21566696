"""Which fields a good record fills in: those that its list and its header show, its ways to be reached, and those that
a rule is shown at. Without any setting: what people look at should not be empty."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Emails, Field, File, Formula, Link, Phones, RollUp
from relata.engine.metadata.object import SYSTEM_FIELDS, Object
from relata.engine.metadata.registry import Registry

_SYSTEM = frozenset(field.name for field in SYSTEM_FIELDS)
#: What stands in many empty lists and says nothing about a record by being empty.
_NEVER = ("tags", "description")


def expected(registry: Registry, one: Object) -> tuple[Field, ...]:
    """In the order of the object's fields. What is always filled in, or by nobody, is none of them."""
    layout = registry.layouts.get(one.name)
    named = {path.split(".")[0] for path in (*layout.columns, *layout.highlights)} if layout else set()
    named |= {rule.field for rule in one.rules if rule.active and rule.severity == "hint"}
    named |= {field.name for field in one.fields if isinstance(field, (Emails, Phones))}
    return tuple(field for field in one.fields if field.name in named and _can_lack(one, field))


def _can_lack(one: Object, field: Field) -> bool:
    if field.name in _SYSTEM or field.name in _NEVER or field.sensitivity == "secret":
        return False
    if field.hidden or field.read_only:
        return False
    if field.required or field.default is not None or field.name == one.title_field or not field.stored:
        return False
    if isinstance(field, Link) and field.to == one.name:  # most have nothing above them
        return False
    return bool(field.columns()) and not isinstance(field, (Boolean, File, Formula, RollUp))

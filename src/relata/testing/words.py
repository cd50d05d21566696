"""How the module suite reads declarations: paths, expressions, grants, help."""

from __future__ import annotations

import re

from relata.engine.access.actor import Actor
from relata.engine.access.rights import Rights
from relata.engine.formula import BOOLEAN, Type, check, parse, reading
from relata.engine.metadata.fields import Address, Field, Link, MoneyField, ParseContext, PersonName
from relata.engine.metadata.module import Grant
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid

LEVELS_OF_RIGHTS = frozenset({"none", "own", "team", "below", "all"})
LEVELS_OF_FIELDS = frozenset({"none", "masked", "read", "write"})


def is_sentence(text: str) -> bool:
    """Begins like one and ends like one; a help that says nothing more than a name does not."""
    return bool(re.match(r"^[A-ZÀ-Ý0-9\"].{6,}[.?]$", text, re.DOTALL))


def wrong_expression(registry: Registry, one: Object, text: str, expect: Type | None = None) -> str:
    """What the expression language has to say against `text` over this object; empty where it fits."""
    scope = FieldScope(registry, one, Actor.system(Rights(registry, (), system=True)))
    try:
        check(parse(text), scope, expect=expect)
    except Invalid as error:
        return f"{one.name}: {text}: {error.message}"
    return ""


def is_own_condition(registry: Registry, child: Object, text: str) -> bool:
    """Whether a roll-up's filter is true or false by the child's own fields alone."""
    scope = FieldScope(registry, child, Actor.system(Rights(registry, (), system=True)))
    return reading(check(parse(text), scope, expect=BOOLEAN)).is_own()


def unknown_path(registry: Registry, one: Object, path: str) -> bool:
    """Whether `account.owner.name` or `address.city` leads nowhere from this object."""
    head, _, rest = path.partition(".")
    field = one.field(head)
    if field is None:
        return head != "id"
    if not rest:
        return False
    if isinstance(field, Link):
        return unknown_path(registry, registry.get(field.to), rest)
    if isinstance(field, (Address, PersonName)):
        return rest not in field.parts
    return not (isinstance(field, MoneyField) and rest in ("amount", "currency"))


def fields_of_grant(registry: Registry, name: str, grant: Grant) -> list[str]:
    """Fields that the grant names and the object does not have."""
    one = registry.objects.get(name)
    return [field for field in grant.fields if one is None or one.field(field) is None]


def defaults_that_do_not_parse(fields: list[tuple[str, Field]]) -> list[str]:
    """Where a default is not something that a form could send."""
    wrong = []
    for name, field in fields:
        if field.default is not None:
            try:
                field.parse(field.default, ParseContext())
            except Invalid:
                wrong.append(f"{name}.{field.name}")
    return wrong

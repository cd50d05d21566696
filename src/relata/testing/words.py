"""How the module suite reads declarations: paths, formulas, grants, help."""

from __future__ import annotations

import re

from relata.engine.metadata.fields import Address, Field, Link, MoneyField, ParseContext, PersonName
from relata.engine.metadata.module import Grant
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.foundation.errors import Invalid

LEVELS_OF_RIGHTS = frozenset({"none", "own", "team", "below", "all"})
LEVELS_OF_FIELDS = frozenset({"none", "masked", "read", "write"})
_TEXTS = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALLS = re.compile(r"[a-z_]+\s*\(")
_PATHS = re.compile(r"[a-z_][a-z0-9_.]*")
_WORDS = frozenset("and or not in is null true false between contains starts ends".split())


def is_sentence(text: str) -> bool:
    """Begins like one and ends like one; a help that says nothing more than a name does not."""
    return bool(re.match(r"^[A-ZÀ-Ý0-9\"].{6,}[.?]$", text, re.DOTALL))


def fields_in_formula(text: str) -> list[str]:
    """The paths that an expression names, roughly: what is left without texts, functions and the language's words."""
    bare = _CALLS.sub("(", _TEXTS.sub("", text))
    return [path for path in _PATHS.findall(bare) if path not in _WORDS]


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

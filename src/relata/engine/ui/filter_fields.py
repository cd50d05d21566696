"""What a filter can ask about: fields over paths of links, and related lists, with labels to find them by."""

from __future__ import annotations

from relata.engine.formula import Unknown
from relata.engine.metadata.fields import Address, Field, Link, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope, Found
from relata.engine.ui.values import Item
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _

#: Links on the way that a search looks through.
DEPTH = 2
BETWEEN = " › "


def fields_to_ask(scope: FieldScope, words: str = "", limit: int = 40) -> list[Item]:
    """Fields whose label holds all words, the object's own first; over links only where something is searched for."""
    wanted = words.casefold().split()
    found: list[Item] = []
    _collect(scope, (), "", wanted, found, DEPTH if wanted else 1, set())
    return found[:limit]


def _collect(
    scope: FieldScope, way: tuple[str, ...], label: str, wanted: list[str], found: list[Item], depth: int,
    above: set[str],
) -> None:  # fmt: skip
    links: list[Link] = []
    for field in scope.object.all_fields.values():
        if field.hidden or not scope.reader.readable(scope.object, field):
            continue
        for part, title in (("", field.title), *_parts(field)):
            names = (*way, field.name, *((part,) if part else ()))
            text = f"{label}{title}"
            if _exists(scope, names[len(way) :]) and all(word in text.casefold() for word in wanted):
                found.append(Item(value=".".join(names), label=text))
        if isinstance(field, Link):
            links.append(field)
    for link in links if depth > 0 else ():
        if link.to in scope.registry.objects and link.to not in above and (len(way) == 0 or link.to != "user"):
            target = FieldScope(scope.registry, scope.registry.get(link.to), scope.reader)
            inner = (*way, link.name)
            _collect(
                target, inner, f"{label}{link.title}{BETWEEN}", wanted, found, depth - 1, {*above, scope.object.name}
            )


def _parts(field: Field) -> tuple[tuple[str, str], ...]:
    if isinstance(field, Address):
        return tuple((part, f"{field.title}{BETWEEN}{part.capitalize()}") for part in field.parts)
    return (("currency", f"{field.title}{BETWEEN}{_('Currency')}"),) if isinstance(field, MoneyField) else ()


def _exists(scope: FieldScope, names: tuple[str, ...]) -> bool:
    try:
        scope.find(names)
    except (Unknown, RelataError):
        return False
    return True


def label_of(scope: FieldScope, path: str) -> str:
    """The path in words; "" where it leads nowhere."""
    try:
        found = scope.find(tuple(path.split(".")))
    except (Unknown, RelataError):
        return ""
    return label_of_found(found)


def label_of_found(found: Found) -> str:
    """A path in words."""
    last = found.field.title if found.field is not None else _("Id")
    part = f"{BETWEEN}{found.part.capitalize()}" if found.part and found.part != "amount" else ""
    return BETWEEN.join([*(link.title for _, link in found.links), last]) + part


def lists_to_ask(scope: FieldScope, one: Object) -> list[Item]:
    """The related lists of the object, by their names."""
    found = []
    for name, relation in scope.registry.relations[one.name].items():
        try:
            scope.many(name)
        except (Unknown, RelataError):
            continue
        child = scope.registry.get(relation.child)
        if child.nav or child.module not in ("", "people", "collaboration", "boards", "assignment", "working_time"):
            label = relation.title or name.replace("_", " ").capitalize()
            found.append(Item(value=name, label=label[:1].upper() + label[1:]))
    return sorted(found, key=lambda item: item.label)

"""What a rule reads of a record: its own values, and what it links to, loaded once for many records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.formula import (
    BOOLEAN,
    Binary,
    Checked,
    Items,
    Literal,
    Many,
    Path,
    Ref,
    all_of,
    check,
    evaluate,
    parse,
    references,
    relations,
)
from relata.engine.metadata.fields import Formula, Link, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.pages import context_of
from relata.engine.query.reader import AnyReader
from relata.engine.query.request import Query
from relata.engine.query.scope import FieldScope
from relata.engine.workspace.rollups import OwnValues
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: Links that are followed with one query.
_LINKS = 200
Linked = dict[tuple[str, UUID], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Item:
    """A record as rules see it; it may not be stored yet."""

    id: UUID
    values: Mapping[str, Any]


def checked_for(registry: Registry, one: Object, text: str, *, is_condition: bool) -> Checked:
    """The expression, checked. Invalid, with the place, where it does not fit, or reads what a new record can't
    have."""
    checked = check(parse(text), FieldScope(registry, one, AnyReader()), expect=BOOLEAN if is_condition else None)
    if relations(checked) or any(isinstance(one.field(ref.path[0]), RollUp) for ref in references(checked)):
        message = "An assignment rule can't count lists of the record: a new one has none."
        raise Invalid.of([Problem("own_fields", message, None, _("Use its values, or those of what it links to."))])
    return checked


def compiled(work: Workspace, one: Object, text: str, *, is_condition: bool = False) -> Checked:
    """The same, kept for as long as the configuration stays."""
    found: Checked = work.context.statements.get(
        ("assignment", one.name, text, is_condition),
        lambda: checked_for(work.registry, one, text, is_condition=is_condition),
    )
    return found


class Seen:
    """One record in an expression; implements `formula.Values`."""

    def __init__(self, work: Workspace, one: Object, item: Item, linked: Linked) -> None:
        self._work, self._object, self._item, self._linked = work, one, item, linked
        self._own = OwnValues(one, item.values)

    def value(self, ref: Ref) -> Any:
        name, *rest = ref.path
        field = self._object.field(name)
        if name == "id":
            return self._item.id
        if isinstance(field, Formula):
            return self.result(
                check(parse(field.expression), FieldScope(self._work.registry, self._object, AnyReader()))
            )
        if rest and isinstance(field, Link):
            target = self._item.values.get(name)
            return self._linked.get((name, target), {}).get(".".join(rest)) if target else None
        return self._own.value(ref)

    def children(self, many: Many) -> Iterable[Seen]:
        return ()

    def result(self, checked: Checked) -> Any:
        """The value of an expression; the records of an object are the system's business, so `me()` is nobody."""
        return evaluate(checked, self, context_of(self._work.as_system().actor))


async def load(work: Workspace, one: Object, items: Sequence[Item], texts: Iterable[Checked]) -> Linked:
    """What these expressions read over links, with one query for each link field."""
    asked: dict[str, set[tuple[str, ...]]] = {}
    for checked in texts:
        _ask(work.registry, one, checked, asked)
    found: Linked = {}
    for name, paths in asked.items():
        field = one.field(name)
        assert isinstance(field, Link)
        ids = sorted({item.values[name] for item in items if item.values.get(name)})
        keys = tuple(sorted(".".join(path) for path in paths))
        for at in range(0, len(ids), _LINKS):
            chosen = Items(tuple(Literal(str(one)) for one in ids[at : at + _LINKS]))
            where = all_of([Binary("in", Path(("id",)), chosen)])
            page = await work.as_system().query(Query(field.to, where, fields=("id", *keys), limit=_LINKS))
            for row in page.values():
                found[name, row["id"]] = row
    return found


def _ask(registry: Registry, one: Object, checked: Checked, asked: dict[str, set[tuple[str, ...]]]) -> None:
    for ref in references(checked):
        field = one.field(ref.path[0])
        if isinstance(field, Formula):
            _ask(registry, one, check(parse(field.expression), FieldScope(registry, one, AnyReader())), asked)
        elif isinstance(field, Link) and len(ref.path) > 1:
            asked.setdefault(ref.path[0], set()).add(ref.path[1:])

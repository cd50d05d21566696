"""Conditions in words, as the chips above a view say them: "Amount is more than 10,000", "Account is Alster Logistik".
What the filter's builder can't read stays as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from relata.engine.formula import Node, Unknown, to_text
from relata.engine.metadata.fields import Choice, Link, Links, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.query.filter_conditions import Condition, takes
from relata.engine.query.scope import FieldScope, Found
from relata.engine.ui.filter_fields import label_of_found, lists_to_ask
from relata.engine.ui.filter_tree import Group, Item, Related, Text, tree_of
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.web.filter_words import mode_label, operator_label, span_label, unit_label


async def worded(work: Workspace, one: Object, parts: tuple[Node, ...]) -> list[tuple[str, str]]:
    """For each condition the field's label and the rest in words."""
    scope = FieldScope(work.registry, one, work.actor)
    trees = [tree_of(scope, part) for part in parts]
    wanted: dict[str, set[UUID]] = {}
    for tree in trees:
        _wanted(scope, tree, wanted)
    titles = await titles_of(work.unit, wanted)
    writer = _Writer(Formatter(work.actor.locale, work.clock.zone, work.clock.now), titles)
    return [
        writer.words(scope, tree.items[0] if tree.mode == "all" and len(tree.items) == 1 else tree) if tree.items
        else ("", to_text(part))
        for tree, part in zip(trees, parts, strict=True)
    ]  # fmt: skip


def _found(scope: FieldScope, path: str) -> Found | None:
    try:
        return scope.find(tuple(path.split(".")))
    except (Unknown, RelataError):
        return None


def _inside(scope: FieldScope, item: Related) -> FieldScope:
    child = scope.many(item.list).scope
    assert isinstance(child, FieldScope)
    return child


def _wanted(scope: FieldScope, group: Group, wanted: dict[str, set[UUID]]) -> None:
    for item in group.items:
        if isinstance(item, Group):
            _wanted(scope, item, wanted)
        elif isinstance(item, Related):
            _wanted(_inside(scope, item), item.group, wanted)
        elif isinstance(item, Condition):
            found = _found(scope, item.path)
            if found is None or found.part:
                continue
            if isinstance(found.field, (Link, Links)):
                wanted.setdefault(found.field.to, set()).update(filter(None, map(parse_id, item.values)))


class _Writer:
    def __init__(self, form: Formatter, titles: Titles) -> None:
        self._form = form
        self._titles: Mapping[tuple[str, UUID], str] = titles

    def words(self, scope: FieldScope, item: Item) -> tuple[str, str]:
        """The label and the rest."""
        if isinstance(item, Condition):
            return self._condition(scope, item)
        if isinstance(item, Related):
            return self._related(scope, item)
        if isinstance(item, Text):
            return "", item.text
        joined = (_(" or ") if item.mode in ("any", "none") else _(" and ")).join(
            " ".join(part for part in self.words(scope, one) if part) for one in item.items
        )
        return ("", joined) if item.mode in ("all", "any") else (mode_label(item.mode), joined)

    def _condition(self, scope: FieldScope, item: Condition) -> tuple[str, str]:
        found = _found(scope, item.path)
        if found is None:
            return "", item.path
        values = self._values(found, item)
        operator = operator_label(item.operator)
        if item.operator in ("one_of", "none_of") and len(item.values) == 1:
            operator = operator_label("is" if item.operator == "one_of" else "is_not")
        return label_of_found(found), f"{operator} {values}".strip()

    def _values(self, found: Found, item: Condition) -> str:
        wanted = takes(item.operator)
        if wanted == "none":
            return ""
        if wanted == "span":
            return span_label(item.values[0])
        if wanted == "counted":
            return f"{item.values[0]} {unit_label(item.unit)}"
        shown = [self._value(found, value, item.unit) for value in item.values]
        if wanted == "two":
            return _("%(low)s and %(high)s") % {"low": shown[0], "high": shown[-1]}
        rest = f" +{len(shown) - 3}" if len(shown) > 3 else ""
        return ", ".join(shown[:3]) + rest

    def _value(self, found: Found, value: str, unit: str) -> str:
        field = None if found.part else found.field
        if isinstance(field, (Choice, MultiChoice)):
            option = field.option(value)
            return option.title if option else value
        if isinstance(field, (Link, Links)):
            key = parse_id(value)
            known = self._titles.get((field.to, key)) if key else None
            return known or _("a record that you can't see")
        kind = str(found.type.kind)
        if kind in ("date", "datetime"):
            return self._form.date(date.fromisoformat(value))
        if kind in ("number", "money", "duration"):
            number = self._form.number(Decimal(value))
            return f"{number} {_('hours') if kind == 'duration' else unit}".strip()
        return value

    def _related(self, scope: FieldScope, item: Related) -> tuple[str, str]:
        labels = {one.value: one.label for one in lists_to_ask(scope, scope.object)}
        label = labels.get(item.list, item.list.replace("_", " ").capitalize())
        count = {
            "has": _("at least one"),
            "has_none": _("none"),
            "at_least": _("at least %(count)s") % {"count": item.count},
            "at_most": _("at most %(count)s") % {"count": item.count},
            "exactly": _("exactly %(count)s") % {"count": item.count},
        }[item.operator]
        if not item.group.items:
            return label, count
        inside = _inside(scope, item)
        inner = item.group
        words = self.words(inside, inner.items[0] if inner.mode == "all" and len(inner.items) == 1 else inner)
        return label, _("%(count)s where %(condition)s") % {
            "count": count, "condition": " ".join(part for part in words if part)
        }  # fmt: skip

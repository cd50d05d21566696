"""The filter's dialog: a form on which every condition is a row, read into a tree and written from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Node, Path, Unknown, all_of, any_of
from relata.engine.metadata.fields import Choice, Link, Links, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.query.filter_conditions import NAMED_SPANS, OPERATORS, UNITS, Condition, family_of, takes
from relata.engine.query.scope import FieldScope, Found
from relata.engine.ui.filter_fields import label_of_found, lists_to_ask
from relata.engine.ui.filter_tree import LIST_OPERATORS, MODES, Group, Item, Related, Text
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.filter_words import list_operator_label, mode_label, operator_label, span_label, unit_label
from relata.interfaces.web.inputs import CURRENCIES

Form = Mapping[str, list[str]]
#: Where the outermost group lies in the form.
ROOT = "r"
#: Rows of one form, so that a strange one is not read for ever.
MOST = 200


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a condition, a group, a related list or a text. kind: c, g, r, t. family: which inputs it has. fresh:
    its field has just been chosen, and what follows it is asked for."""

    kind: str
    place: str
    error: str = ""
    field: Option | None = None
    source: str = ""
    family: str = ""
    operator: str = ""
    operators: tuple[Option, ...] = ()
    takes: str = ""
    values: tuple[str, ...] = ()
    chosen: tuple[Option, ...] = ()
    options: tuple[Option, ...] = ()
    choose: str = ""
    unit: str = ""
    units: tuple[Option, ...] = ()
    mode: str = ""
    modes: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    lists: tuple[Option, ...] = ()
    list: str = ""
    count: str = ""
    text: str = ""
    can_nest: bool = True
    fresh: bool = False


# -- from the form to the tree


def read_tree(form: Form) -> Group:
    """The tree that the form holds, complete or not."""
    return _read_group(form, ROOT, [MOST])


def _one(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0]


def _read_group(form: Form, place: str, left: list[int]) -> Group:
    mode = _one(form, f"m:{place}")
    items: list[Item] = []
    for index in range(MOST):
        kind = _one(form, f"k:{place}.{index}")
        if not kind or left[0] <= 0:
            break
        left[0] -= 1
        items.append(_read_item(form, kind, f"{place}.{index}", left))
    return Group(mode if mode in MODES else "all", tuple(items))


def _read_item(form: Form, kind: str, place: str, left: list[int]) -> Item:
    if kind == "g":
        return _read_group(form, place, left)
    if kind == "t":
        return Text(_one(form, f"x:{place}"))
    if kind == "r":
        operator = _one(form, f"o:{place}")
        count = _one(form, f"c:{place}") or "1"
        known = operator if operator in LIST_OPERATORS else "has"
        return Related(_one(form, f"l:{place}"), known, count, _read_group(form, place, left))
    path = _one(form, f"p:{place}")
    if path != _one(form, f"q:{place}"):  # another field was chosen: what was asked of the old one is void
        return Condition(path)
    values = tuple(value.strip() for value in form.get(f"v:{place}", ()))
    return Condition(path, _one(form, f"o:{place}"), values, _one(form, f"u:{place}"))


def adds_a_row(action: str) -> bool:
    """Whether a button of the filter makes a row, which waits for its field."""
    return action.startswith(("add:", "group:", "related:"))


def with_action(tree: Group, action: str) -> Group:
    """The tree after a button: `add:r.0`, `group:r`, `related:r`, `remove:r.1`."""
    verb, _colon, place = action.partition(":")
    steps = [int(step) for step in place.split(".")[1:] if step.isdecimal()]
    if verb == "remove" and steps:
        return _at(tree, steps[:-1], lambda group: _without(group, steps[-1]))
    made: dict[str, Item] = {
        "add": Condition(""), "group": Group("any", (Condition(""), Condition(""))), "related": Related("")
    }  # fmt: skip
    return _at(tree, steps, lambda group: Group(group.mode, (*group.items, made[verb]))) if verb in made else tree


def _without(group: Group, index: int) -> Group:
    return Group(group.mode, tuple(item for at, item in enumerate(group.items) if at != index))


def _at(group: Group, steps: list[int], change: Callable[[Group], Group]) -> Group:
    if not steps:
        return change(group)
    items = list(group.items)
    if steps[0] >= len(items):
        return group
    item = items[steps[0]]
    if isinstance(item, Related):
        items[steps[0]] = msgspec.structs.replace(item, group=_at(item.group, steps[1:], change))
    elif isinstance(item, Group):
        items[steps[0]] = _at(item, steps[1:], change)
    return Group(group.mode, tuple(items))


# -- from the tree to the rows


async def rows_of(work: Workspace, one: Object, tree: Group, errors: Mapping[str, str]) -> Row:
    """The outermost group as a row with rows. errors: sentences by place, such as `0.2`."""
    wanted: dict[str, set[UUID]] = {}
    scope = FieldScope(work.registry, one, work.actor)
    _wanted(scope, tree, wanted)
    titles = await titles_of(work.unit, wanted)
    return _group_row(work, scope, tree, ROOT, errors, titles)


def _found(scope: FieldScope, path: str) -> Found | None:
    try:
        return scope.find(tuple(path.split("."))) if path else None
    except (Unknown, RelataError):
        return None


def _wanted(scope: FieldScope, group: Group, wanted: dict[str, set[UUID]]) -> None:
    for item in group.items:
        if isinstance(item, Group):
            _wanted(scope, item, wanted)
        elif isinstance(item, Related):
            child = _child(scope, item.list)
            if child is not None:
                _wanted(child, item.group, wanted)
        elif isinstance(item, Condition):
            found = _found(scope, item.path)
            field = found.field if found is not None else None
            if isinstance(field, (Link, Links)):
                wanted.setdefault(field.to, set()).update(filter(None, map(parse_id, item.values)))


def _child(scope: FieldScope, name: str) -> FieldScope | None:
    try:
        child = scope.many(name).scope if name else None
    except (Unknown, RelataError):
        return None
    return child if isinstance(child, FieldScope) else None


def _group_row(
    work: Workspace, scope: FieldScope, group: Group, place: str, errors: Mapping[str, str], titles: Titles
) -> Row:
    rows = tuple(_row(work, scope, item, f"{place}.{index}", errors, titles) for index, item in enumerate(group.items))
    modes = tuple(Option(value=mode, label=mode_label(mode)) for mode in MODES)
    return Row(
        kind="g", place=place, mode=group.mode, modes=modes, rows=rows, can_nest=place.count(".") < 4,
        error=errors.get(place[2:], ""),
    )  # fmt: skip


def _row(work: Workspace, scope: FieldScope, item: Item, place: str, errors: Mapping[str, str], titles: Titles) -> Row:
    error = errors.get(place[2:], "")
    if isinstance(item, Group):
        return _group_row(work, scope, item, place, errors, titles)
    if isinstance(item, Text):
        return Row(kind="t", place=place, text=item.text, error=error)
    if isinstance(item, Related):
        return _related_row(work, scope, item, place, errors, titles)
    return _condition_row(work, scope, item, place, error, titles)


def _related_row(
    work: Workspace, scope: FieldScope, item: Related, place: str, errors: Mapping[str, str], titles: Titles
) -> Row:
    lists = [Option(value=one.value, label=one.label) for one in lists_to_ask(scope, scope.object)]
    if item.list and item.list not in {one.value for one in lists}:
        lists.append(Option(value=item.list, label=item.list.replace("_", " ").replace(".", " › ")))
    child = _child(scope, item.list)
    inner = _group_row(work, child, item.group, place, errors, titles) if child is not None else None
    return Row(
        kind="r", place=place, list=item.list, lists=tuple(lists), operator=item.operator, count=item.count,
        operators=tuple(Option(value=one, label=list_operator_label(one)) for one in LIST_OPERATORS),
        rows=inner.rows if inner else (), mode=inner.mode if inner else "all", modes=inner.modes if inner else (),
        error=errors.get(place[2:], ""), can_nest=child is not None,
    )  # fmt: skip


def _condition_row(work: Workspace, scope: FieldScope, item: Condition, place: str, error: str, titles: Titles) -> Row:
    source = f"/{scope.object.path}/filter/fields"
    found = _found(scope, item.path)
    if found is None:
        return Row(kind="c", place=place, source=source, error=error)
    family = family_of(found)
    operator = item.operator if item.operator in OPERATORS[family] else OPERATORS[family][0]
    field = None if found.part else found.field
    options: tuple[Option, ...] = ()
    if isinstance(field, (Choice, MultiChoice)):
        options = tuple(Option(value=one.value, label=one.title) for one in field.options)
    chosen: tuple[Option, ...] = ()
    if isinstance(field, (Link, Links)):
        known = ((value, titles.get((field.to, parse_id(value) or UUID(int=0)))) for value in item.values if value)
        chosen = tuple(Option(value=value, label=title or _("A record that you can't see")) for value, title in known)
    elif takes(operator) == "many":
        chosen = tuple(Option(value=value, label=value) for value in item.values if value)
    return Row(
        kind="c", place=place, source=source, field=Option(value=item.path, label=label_of_found(found)),
        family=family, operator=operator, takes=takes(operator), values=item.values, chosen=chosen, options=options,
        operators=tuple(Option(value=one, label=operator_label(one)) for one in OPERATORS[family]),
        choose=f"/choose/{field.to}" if isinstance(field, (Link, Links)) else "/choose-words",
        unit=item.unit, units=_units(work, family, operator), error=error, fresh=not item.operator,
    )  # fmt: skip


def _units(work: Workspace, family: str, operator: str) -> tuple[Option, ...]:
    if takes(operator) == "counted":
        return tuple(Option(value=unit, label=unit_label(unit)) for unit in UNITS)
    if takes(operator) == "span":
        return tuple(Option(value=name, label=span_label(name)) for name in NAMED_SPANS)
    if family == "money":
        codes = dict.fromkeys((work.settings.currency, *CURRENCIES))
        return tuple(Option(value=code, label=code) for code in codes)
    return ()


def search_condition(work: Workspace, one: Object, words: str) -> Node | None:
    """Records in which every word occurs in some searchable field of their own that this person may read."""
    names = [
        field.name for field in one.all_fields.values()
        if (field.searchable or field.name == one.title_field) and field.stored and work.actor.readable(one, field)
    ]  # fmt: skip
    parts = [any_of(Binary("contains", Path((name,)), Literal(word)) for name in names) for word in words.split()[:6]]
    return all_of(parts) if parts else None

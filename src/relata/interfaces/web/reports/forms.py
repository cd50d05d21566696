"""The builder's form: read into a definition, with what can't be read told at its place."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import msgspec

from relata.engine.reporting.definition import (
    MAX_COLUMNS,
    MAX_MEASURES,
    MAX_ROWS,
    Definition,
    Grouping,
    Measure,
    Picture,
    Prompt,
    is_usable,
)
from relata.engine.reporting.joining import MAX_BESIDE
from relata.foundation.errors import Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.reports.event_forms import Form, one, read_cohort, read_funnel, with_step

_MOST = {"rows": MAX_ROWS, "columns": MAX_COLUMNS, "measures": MAX_MEASURES, "prompts": 8}


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What the form says. problems: by place, such as `rows.0`."""

    definition: Definition
    problems: tuple[Problem, ...] = ()


def read_form(form: Form, where: str) -> Written:
    """The definition. where: the filter, which is read apart."""
    problems: list[Problem] = []
    measures = [_measure(form, f"measures.{at}", problems) for at in _places(form, "measures")]
    definition = Definition(
        object=one(form, "object"),
        where=where,
        rows=tuple(_grouping(form, f"rows.{at}", problems) for at in _places(form, "rows")),
        columns=tuple(_grouping(form, f"columns.{at}", problems) for at in _places(form, "columns")),
        measures=named(measures) or (Measure(name="m1"),),
        prompts=asked([_prompt(form, f"prompts.{at}") for at in _places(form, "prompts")]),
        picture=Picture(
            kind=one(form, "kind") or "table",
            target=_number(form, "target", problems),
            trend=one(form, "trend") == "true",
        ),
        date=one(form, "date"),
        rates="then" if one(form, "rates") == "then" else "now",
        totals=one(form, "totals") == "true",
        funnel=read_funnel(form),
        cohort=read_cohort(form),
        beside=tuple(dict.fromkeys(one for one in form.get("beside", ()) if one))[:MAX_BESIDE],
    )
    return Written(definition=definition, problems=tuple(problems))


def named(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Each with a name that stays when others come and go, for formulas."""
    found = list(measures)
    free = (name for at in range(1, 2 * MAX_MEASURES + 1) if (name := f"m{at}") not in {one.name for one in found})
    return tuple(one if one.name else msgspec.structs.replace(one, name=next(free)) for one in found)


def asked(prompts: Iterable[Prompt]) -> tuple[Prompt, ...]:
    """Each with a name of its own, for addresses."""
    found = list(prompts)
    free = (name for at in range(1, 20) if (name := f"q{at}") not in {one.name for one in found})
    return tuple(one if one.name else msgspec.structs.replace(one, name=next(free)) for one in found)


def _places(form: Form, name: str) -> range:
    """As many as there are, at most as many as a report has."""
    found = 0
    while found < _MOST[name] and f"{name}.{found}.is" in form:
        found += 1
    return range(found)


def _grouping(form: Form, place: str, problems: list[Problem]) -> Grouping:
    return Grouping(
        path=one(form, f"{place}.path"),
        expression=one(form, f"{place}.expression"),
        label=one(form, f"{place}.label")[:120],
        grain=one(form, f"{place}.grain"),
        buckets=_buckets(form, place, problems),
        top=_whole(form, f"{place}.top", place, problems),
        others=one(form, f"{place}.others") != "no",
        sort=one(form, f"{place}.sort"),
        show_empty=one(form, f"{place}.show_empty") == "true",
    )


def _measure(form: Form, place: str, problems: list[Problem]) -> Measure:
    function = one(form, f"{place}.function") or "count"
    return Measure(
        function=function,
        path="" if function in ("count", "formula") else one(form, f"{place}.path"),
        expression=one(form, f"{place}.expression") if function != "count" else "",
        where=one(form, f"{place}.where"),
        percentile=_whole(form, f"{place}.percentile", place, problems) or 90,
        name=one(form, f"{place}.name"),
        label=one(form, f"{place}.label")[:120],
        show=one(form, f"{place}.show") or "value",
        unit=one(form, f"{place}.unit")[:20],
        hidden=one(form, f"{place}.hidden") == "true",
        metric=one(form, f"{place}.metric"),
    )


def _prompt(form: Form, place: str) -> Prompt:
    values = tuple(value for value in form.get(f"{place}.values", ()) if value)
    names = ("name", "path", "operator", "unit", "label")
    return Prompt(**{name: one(form, f"{place}.{name}") for name in names}, values=values)


def _buckets(form: Form, place: str, problems: list[Problem]) -> tuple[Decimal, ...]:
    """From `0, 1000, 5000`."""
    texts = one(form, f"{place}.buckets").replace(";", ",").split(",")
    try:
        found = tuple(sorted({Decimal(text.strip()) for text in texts if text.strip()}))
        if all(is_usable(end) for end in found):
            return found
        raise InvalidOperation
    except InvalidOperation:
        hint = _("Write them like this: 0, 1000, 5000.")
        problems.append(Problem("buckets", _("Ranges begin at numbers."), place, hint))
        return ()


def _number(form: Form, name: str, problems: list[Problem]) -> Decimal | None:
    text = one(form, name)
    try:
        found = Decimal(text.replace(" ", "")) if text else None
    except InvalidOperation:
        found = Decimal("nan")
    if found is not None and not is_usable(found):
        problems.append(Problem("number", _("This is no number."), name))
        return None
    return found


def _whole(form: Form, name: str, place: str, problems: list[Problem]) -> int:
    text = one(form, name)
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        problems.append(Problem("number", _("This is no whole number."), place))
        return 0
    return int(text)


def with_action(definition: Definition, action: str) -> Definition:
    """The definition after a button: `add:rows`, `remove:rows.1`, `up:measures.2`, `formula:rows.0`."""
    verb, _colon, place = action.partition(":")
    name, _dot, index = place.partition(".")
    if name == "steps":
        return with_step(definition, verb, int(index) if index.isdecimal() else 0)
    if name not in ("rows", "columns", "measures", "prompts"):
        return definition
    items = list(getattr(definition, name))
    at = int(index) if index.isdecimal() else len(items)
    if verb == "add" and len(items) < _MOST[name]:
        items.append({"measures": Measure(), "prompts": Prompt(name="", path="")}.get(name, Grouping()))
    elif verb == "remove" and at < len(items):
        del items[at]
    elif verb == "up" and 0 < at < len(items):
        items[at - 1], items[at] = items[at], items[at - 1]
    elif verb == "swap":
        return msgspec.structs.replace(definition, rows=definition.columns, columns=definition.rows[:MAX_COLUMNS])
    if name == "prompts":
        return msgspec.structs.replace(definition, prompts=asked(items))
    return msgspec.structs.replace(definition, **{name: named(items) if name == "measures" else tuple(items)})

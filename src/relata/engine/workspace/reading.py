"""What a caller sent, field by field: known, allowed, valid. All problems are told at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from relata.engine.metadata.fields import Choice, Field, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.verdicts import RULES, own_problems
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

_EMPTY: tuple[Any, ...] = (None, "", [], (), {})
#: Told at once. Each unknown name is compared with all that there are: 200,000 of them, in a body of two megabytes,
#: held a web process for minutes.
MOST_PROBLEMS = 50

Parse = Callable[[Any], Any]
Reader = Callable[[Mapping[str, Any]], dict[str, Any]]
_Parsers = Mapping[str, Parse | None]


class ReadAhead(dict[str, Any]):
    """What a caller sends, of which a part was read before the write by an `early_reader`. What is put in afterwards is
    read when it is written; what was read must not be changed."""

    __slots__ = ("by", "read")

    def __init__(self, raw: Mapping[str, Any], read: dict[str, Any], by: _Parsers) -> None:
        super().__init__(raw)
        self.read, self.by = read, by


def read_values(unit: Unit, one: Object, raw: Mapping[str, Any], *, trusted: bool) -> dict[str, Any]:
    """The values in `raw`; Invalid with every problem. trusted: an action's own writes, which the action's right
    covers."""
    return values_reader(unit, one, trusted=trusted)(raw)


def values_reader(unit: Unit, one: Object, *, trusted: bool) -> partial[dict[str, Any]]:
    """`read_values`, made ready for many rows."""
    key = ("readers", one.name, unit.actor.fingerprint, trusted)
    parsers: _Parsers = unit.context.statements.get(key, lambda: _parsers(unit, one, trusted))
    return partial(_read, unit, one, parsers)


def early_reader(unit: Unit, one: Object, *, trusted: bool) -> Callable[[Mapping[str, Any]], ReadAhead | None]:
    """Reads rows before they are written, but for their links; None for one that will be refused, which is told then.
    Whoever writes them with other rights or definitions reads them again."""
    reader = values_reader(unit, one, trusted=trusted)
    parsers: _Parsers = reader.args[2]
    links = one.link_fields.keys()

    def early(raw: Mapping[str, Any]) -> ReadAhead | None:
        own = raw if links.isdisjoint(raw) else {name: given for name, given in raw.items() if name not in links}
        try:
            return ReadAhead(raw, reader(own), parsers)
        except Invalid:
            return None

    return early


def _read(unit: Unit, one: Object, parsers: _Parsers, raw: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if type(raw) is ReadAhead and raw.by is parsers:
        values = dict(raw.read)
        raw = {name: given for name, given in raw.items() if name not in values} if len(raw) > len(values) else {}
    problems: list[Problem] = []
    for name, given in raw.items():
        if len(problems) >= MOST_PROBLEMS:
            break
        parse = parsers.get(name)
        if parse is None:
            problems.append(_unwritable(unit, one, str(name), name in parsers))
        else:
            try:
                values[name] = parse(given) if given or not _is_empty(given) else None
            except Invalid as error:
                problems.extend(error.problems)
    if problems:
        refuse(problems)
    return values


def _parsers(unit: Unit, one: Object, trusted: bool) -> dict[str, Parse | None]:
    """By field that the actor knows: how to read it, or None where they may not write it."""
    return {
        name: field.reader(unit.context.parsing) if _may_write(unit, one, field, trusted) else None
        for name, field in one.all_fields.items()
        if not _hidden(unit, one, field, trusted)
    }


def _unwritable(unit: Unit, one: Object, name: str, is_known: bool) -> Problem:
    field = one.field(name)
    if not is_known or field is None:
        return _unknown(unit, one, name)
    return Problem(
        "read_only", _("%(field)s can't be changed here.") % {"field": field.title}, name, _("Leave it out.")
    )


def _is_empty(given: Any) -> bool:
    return not given and (given is None or (isinstance(given, (str, list, tuple, dict)) and given in _EMPTY))


def _hidden(unit: Unit, one: Object, field: Field, trusted: bool) -> bool:
    rights = unit.actor.rights
    return not trusted and not rights.writable(one, field) and not rights.readable(one, field)


def _may_write(unit: Unit, one: Object, field: Field, trusted: bool) -> bool:
    if field.system or not (field.stored or field.type_name == "links"):
        return False
    return trusted or (not field.read_only and unit.actor.rights.writable(one, field))


def _unknown(unit: Unit, one: Object, name: str) -> Problem:
    names = [known for known, field in one.all_fields.items() if unit.actor.readable(one, field)]
    close = difflib.get_close_matches(name, names, 3)
    hint = f"Did you mean {', '.join(close)}?" if close else "See the object's fields in the metadata."
    return Problem(
        "unknown_field",
        _("%(field)s has no field %(name)s.") % {"field": one.title, "name": f"{name[:60]!r}"},
        name[:60],
        hint,
    )


def check_draft(unit: Unit, draft: Draft, *, judged: bool = True) -> None:
    """Required fields, choices that depend on each other, states that may follow, and the rules over the record's own
    values; Invalid with every problem. judged: False leaves the rules to the caller."""
    one = draft.object
    problems: list[Problem] = []
    for field in one.required_fields:
        touched = draft.is_new or field.name in draft.values
        if touched and draft.values.get(field.name) is None:
            problems.append(
                Problem("required", _("%(field)s is required.") % {"field": field.title}, field.name, _("Fill it in."))
            )
    for choice in one.narrowed_choices:
        problems.extend(_check_options(draft, choice))
    if one.lifecycle and draft.changed(one.lifecycle.field):
        before, after = draft.old(one.lifecycle.field), draft[one.lifecycle.field]
        if not one.lifecycle.allows(before, after):
            moves = one.lifecycle.moves.get(before or "", ())
            allowed = ", ".join(_state(one, move) for move in moves) or _("nothing: it is final")
            told = {"noun": one.title, "before": _state(one, before), "after": _state(one, after)}
            message = _("%(noun)s can't go from %(before)s to %(after)s.") % told
            problems.append(
                Problem(
                    "not_allowed_move",
                    message,
                    one.lifecycle.field,
                    _("From %(before)s it can go to %(allowed)s.")
                    % {"before": _state(one, before), "allowed": allowed},
                )
            )
    if judged:
        complained = {problem.field for problem in problems}
        ruled = own_problems(unit, draft)
        problems.extend(each for each in ruled if each.code in RULES or each.field not in complained)
    refuse(problems)


def _check_options(draft: Draft, field: Choice | MultiChoice) -> list[Problem]:
    if not draft.changed(field.name) and not (field.depends_on and draft.changed(field.depends_on)):
        return []
    value = draft[field.name]
    chosen = value if isinstance(value, tuple) else (value,) if value is not None else ()
    parent = draft[field.depends_on] if field.depends_on else None
    problems = []
    for item in chosen:
        option = field.option(item)
        if option is None:
            continue
        if option.only_for and parent not in option.only_for:
            hint = f"Change {field.depends_on.replace('_', ' ')} or choose another value."
            problems.append(
                Problem(
                    "choice_mismatch",
                    _("%(field)s does not go with the value of %(depends_on)s.")
                    % {"field": option.title, "depends_on": field.depends_on},
                    field.name,
                    hint,
                )
            )
        if option.retired and draft.changed(field.name):
            problems.append(
                Problem(
                    "retired_choice",
                    _("%(field)s is no longer offered.") % {"field": option.title},
                    field.name,
                    _("Choose another value."),
                )
            )
    return problems


def with_defaults(unit: Unit, one: Object, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new record, completed by the fields' defaults, the actor as owner and their main team."""
    return completer(unit, one)(values)


def completer(unit: Unit, one: Object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """`with_defaults`, made ready for many rows."""
    defaults: dict[str, Any] = unit.context.statements.get(("defaults", one.name), lambda: _defaults(unit, one))
    begins = {"owner": unit.actor.user, "team": unit.actor.main_team, **defaults}
    cycle = one.lifecycle
    if cycle is None:
        return lambda values: {**begins, **values}

    def complete(values: dict[str, Any]) -> dict[str, Any]:
        found = {**begins, **values}
        if found.get(cycle.field) is None:
            found[cycle.field] = cycle.initial
        return found

    return complete


def _defaults(unit: Unit, one: Object) -> dict[str, Any]:
    return {
        field.name: field.parse(field.default, unit.context.parsing)
        for field in one.fields
        if field.default is not None
    }


def refuse(problems: list[Problem]) -> None:
    """Raise Invalid if there are problems."""
    if problems:
        raise Invalid.of(problems)


def _state(one: Object, value: object) -> str:
    """What the state of a life cycle is called; the value itself where it has no name."""
    field = one.field(one.lifecycle.field) if one.lifecycle else None
    option = field.option(value) if isinstance(field, Choice) and isinstance(value, str) else None
    return option.title if option else str(value)

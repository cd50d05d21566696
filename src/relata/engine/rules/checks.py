"""What a rule, an entry or a unique group must keep to before it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from relata.engine.metadata.fields import AnyLink, Choice, Field, File, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.validation import OCCASIONS, SEVERITIES, Entry, ValidationRule
from relata.engine.rules.condition import condition_of
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

MAX_RULES = 100
MAX_TOGETHER = 6
_TEXTS = (("label", 120), ("message", 500), ("condition", 4000))


def check_rule(registry: Registry, one: Object, rule: ValidationRule) -> None:
    """Invalid with everything that does not fit, the expression's place included."""
    problems = [*_texts(rule), *_names(one, rule)]
    try:
        condition_of(registry, one, rule.condition)
    except Invalid as error:
        told = error.problems or (Problem(error.code, error.message, None, error.hint),)
        problems += [Problem(each.code, each.message, "condition", each.hint, each.position) for each in told]
    if len({known.name for known in one.rules} | {rule.name}) > MAX_RULES:
        message = _("An object has at most %(most)s rules.") % {"most": MAX_RULES}
        problems.append(Problem("too_many", message, None, _("Join some of them.")))
    if problems:
        raise Invalid.of(problems)


def _texts(rule: ValidationRule) -> Iterator[Problem]:
    for name, most in _TEXTS:
        text = getattr(rule, name)
        if len(text) > most or "\x00" in text:
            message = _("This has at most %(most)s characters.") % {"most": most}
            yield Problem("too_long", message, name, _("Shorten it."))
    for name in ("message", "condition"):
        if not getattr(rule, name).strip():
            yield Problem("required", _("This is needed."), name, _("Fill it in."))


def _names(one: Object, rule: ValidationRule) -> Iterator[Problem]:
    if rule.on not in OCCASIONS:
        yield Problem("unknown_choice", _("A rule can't apply then."), "on", f"{', '.join(OCCASIONS)}.")
    if rule.severity not in SEVERITIES:
        yield Problem("unknown_choice", _("A rule refuses, warns or counts."), "severity", f"{', '.join(SEVERITIES)}.")
    if rule.on == "fields" and not rule.watched:
        yield Problem("required", _("Name the fields whose change calls for the rule."), "watched")
    for place, names in (("watched", rule.watched), ("field", (rule.field,) if rule.field else ())):
        yield from _unknown(one, place, names)


def check_entry(one: Object, entry: Entry) -> None:
    """Invalid unless the value exists and what it needs can be filled in."""
    field = one.field(entry.field)
    problems = []
    if not isinstance(field, (Choice, Link)):
        problems.append(Problem("field", _("Only a choice or a link has values that need something."), "field"))
    elif isinstance(field, Choice) and field.option(entry.value) is None:
        problems.append(Problem("unknown_choice", _("There is no such value."), "value"))
    elif isinstance(field, Link) and parse_id(entry.value) is None:
        problems.append(Problem("invalid_link", _("The value must be the id of a record."), "value"))
    problems.extend(_unknown(one, "needs", entry.needs))
    if entry.field in entry.needs:
        problems.append(Problem("field", _("A value can't need its own field."), "needs"))
    for name in entry.needs:
        needed = one.field(name)
        if needed is not None and (needed.system or not (needed.stored or isinstance(needed, Links))):
            message = _("%(field)s can't be filled in by hand.") % {"field": needed.title}
            problems.append(Problem("field", message, "needs"))
    if problems:
        raise Invalid.of(problems)


def check_group(one: Object, names: tuple[str, ...]) -> None:
    """Invalid unless these fields can be unique together."""
    problems = list(_unknown(one, "fields", names))
    if not 2 <= len(set(names)) <= MAX_TOGETHER or len(set(names)) != len(names):
        message = _("Choose 2 to %(most)s different fields.") % {"most": MAX_TOGETHER}
        problems.append(Problem("too_many", message, "fields"))
    for name in names:
        field = one.field(name)
        if field is not None and not _comparable(field):
            message = _("%(field)s can't be part of it.") % {"field": field.title}
            problems.append(Problem("field", message, "fields", _("Use texts, numbers, dates, choices and links.")))
    if problems:
        raise Invalid.of(problems)


def _comparable(field: Field) -> bool:
    """One plain column decides."""
    columns = field.columns()
    if len(columns) != 1 or columns[0].part or isinstance(field, (AnyLink, File)) or field.sensitivity == "secret":
        return False
    return columns[0].kind in ("text", "number", "boolean", "date", "datetime", "duration", "id")


def _unknown(one: Object, place: str, names: Iterable[str]) -> Iterator[Problem]:
    for name in names:
        if one.field(name) is None:
            message = _("There is no field %(name)s.") % {"name": name[:60]}
            yield Problem("unknown_field", message, place, _("Choose one of the object's fields."))

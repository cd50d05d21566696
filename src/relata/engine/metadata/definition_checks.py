"""What a field definition that came at run time must keep to, beyond its types: options, ranges, patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from relata.engine.metadata.fields import (
    AutoNumber,
    Choice,
    DecimalField,
    Field,
    Json,
    Link,
    Links,
    MultiChoice,
    Option,
    Rating,
    Text,
)
from relata.engine.metadata.fields.choices import COLOURS
from relata.engine.metadata.icons import OBJECT_ICONS
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

MAX_OPTIONS = 500
_REVERSE = re.compile(r"^(?:[a-z]|\{plural\})(?:[a-z0-9]|_(?!_)|\{plural\}){0,59}$")
#: Numbers in a definition: attribute -> what it may be.
_RANGES: dict[type[Field], tuple[tuple[str, int, int], ...]] = {
    AutoNumber: (("digits", 1, 18),),
    Rating: (("stars", 1, 10),),
    DecimalField: (("places", 0, 10),),
    Text: (("max_length", 1, 1_000_000),),
}


def check_definition(field: Field) -> None:
    """Invalid with everything that does not fit."""
    problems = [*_texts(field), *_numbers(field), *_pattern(field), *_links(field), *_secret(field)]
    if isinstance(field, (Choice, MultiChoice)):
        problems.extend(option_problems(field.options))
    if problems:
        raise Invalid.of(problems)


def _secret(field: Field) -> Iterator[Problem]:
    """What is encrypted can't be computed with, sorted or compared but for equality."""
    if field.sensitivity != "secret":
        return
    if not isinstance(field, (Text, Json)):
        message, hint = _("Only texts and JSON can be secret."), _("Choose a text, or another sensitivity.")
        yield Problem("not_secret", message, "sensitivity", hint)
    elif field.unique or field.indexed:
        yield Problem("not_secret", _("A secret can't be unique or indexed."), "sensitivity", _("Clear these marks."))


def check_looks(words: Mapping[str, Any], icon_now: str = "") -> None:
    """Invalid where words are too long, or an icon or colour has no drawing. icon_now: what the object has already."""
    problems = []
    for name, most in (("label", 120), ("plural_label", 120), ("help", 1000)):
        text = words.get(name)
        if isinstance(text, str) and (len(text) > most or "\x00" in text):
            problems.append(
                Problem("too_long", _("This has at most %(most)s characters.") % {"most": most}, name, _("Shorten it."))
            )
    icon, colour = words.get("icon"), words.get("colour")
    if icon not in (None, icon_now, *OBJECT_ICONS):
        problems.append(
            Problem(
                "unknown_choice",
                _("There is no such icon."),
                "icon",
                _("One of: %(object_icons)s.") % {"object_icons": ", ".join(OBJECT_ICONS)},
            )
        )
    if colour not in (None, *COLOURS):
        problems.append(
            Problem(
                "unknown_choice",
                _("There is no such colour."),
                "colour",
                _("One of: %(colours)s.") % {"colours": ", ".join(COLOURS)},
            )
        )
    if problems:
        raise Invalid.of(problems)


def option_problems(options: tuple[Option, ...]) -> Iterator[Problem]:
    """What is wrong with the options of a choice."""
    if not options:
        yield Problem("definition", _("A choice needs at least one option."), "options", _("Add an option."))
    if len(options) > MAX_OPTIONS:
        yield Problem(
            "too_long",
            _("A choice has at most %(max_options)s options.") % {"max_options": MAX_OPTIONS},
            "options",
            _("Link to an object instead."),
        )
    seen: set[str] = set()
    for option in options:
        value = option.value
        if not value.strip() or len(value) > 100 or ";" in value or "\x00" in value:
            yield Problem(
                "definition",
                _("The option %(option)s can't be stored.") % {"option": repr(value[:40])},
                "options",
                _("Use 1 to 100 letters without semicolons."),
            )
        if value in seen:
            yield Problem(
                "not_unique",
                _("The option %(option)s is there twice.") % {"option": repr(value[:40])},
                "options",
                _("Remove one."),
            )
        if option.colour not in COLOURS:
            yield Problem(
                "unknown_choice",
                _("There is no colour %(colour)s.") % {"colour": repr(option.colour[:40])},
                "options",
                _("One of: %(colours)s.") % {"colours": ", ".join(COLOURS)},
            )
        seen.add(value)


def _texts(field: Field) -> Iterator[Problem]:
    for name, most in (("label", 120), ("help", 1000)):
        text = getattr(field, name)
        if len(text) > most or "\x00" in text:
            yield Problem(
                "too_long",
                _("The %(name)s has at most %(most)s characters.") % {"name": name, "most": most},
                name,
                _("Shorten it."),
            )


def _numbers(field: Field) -> Iterator[Problem]:
    for kind, rules in _RANGES.items():
        for name, least, most in rules if isinstance(field, kind) else ():
            if not least <= getattr(field, name) <= most:
                yield Problem(
                    "out_of_range",
                    _("%(capitalize)s must be %(least)s to %(most)s.")
                    % {"capitalize": name.replace("_", " ").capitalize(), "least": least, "most": most},
                    name,
                )
    low, high = getattr(field, "minimum", None), getattr(field, "maximum", None)
    if low is not None and high is not None and low > high:
        yield Problem("out_of_range", _("The smallest value is larger than the largest."), "minimum", _("Swap them."))


def _pattern(field: Field) -> Iterator[Problem]:
    pattern: Any = getattr(field, "pattern", "")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield Problem(
            "definition",
            _("The pattern is no regular expression: %(error)s.") % {"error": error},
            "pattern",
            _("Check brackets."),
        )


def _links(field: Field) -> Iterator[Problem]:
    if isinstance(field, (Link, Links)) and field.reverse and not _REVERSE.match(field.reverse):
        yield Problem(
            "identifier",
            _("The name of the list can't be used."),
            "reverse",
            _("Use small letters, digits and underscores."),
        )
    if isinstance(field, Link) and field.on_delete not in ("restrict", "clear", "cascade"):
        yield Problem(
            "unknown_choice", _("This can't happen on deletion."), "on_delete", _("One of: restrict, clear, cascade.")
        )

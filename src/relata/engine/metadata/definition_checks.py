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
    if not isinstance(field, Text):
        yield Problem(
            "not_secret", "Only texts can be secret.", "sensitivity", "Choose a text, or another sensitivity."
        )
    elif field.unique or field.indexed:
        yield Problem("not_secret", "A secret can't be unique or indexed.", "sensitivity", "Clear these marks.")


def check_looks(words: Mapping[str, Any], icon_now: str = "") -> None:
    """Invalid where words are too long, or an icon or colour has no drawing. icon_now: what the object has already."""
    problems = []
    for name, most in (("label", 120), ("plural_label", 120), ("help", 1000)):
        text = words.get(name)
        if isinstance(text, str) and (len(text) > most or "\x00" in text):
            problems.append(Problem("too_long", f"This has at most {most} characters.", name, "Shorten it."))
    icon, colour = words.get("icon"), words.get("colour")
    if icon not in (None, icon_now, *OBJECT_ICONS):
        problems.append(
            Problem("unknown_choice", "There is no such icon.", "icon", f"One of: {', '.join(OBJECT_ICONS)}.")
        )
    if colour not in (None, *COLOURS):
        problems.append(
            Problem("unknown_choice", "There is no such colour.", "colour", f"One of: {', '.join(COLOURS)}.")
        )
    if problems:
        raise Invalid.of(problems)


def option_problems(options: tuple[Option, ...]) -> Iterator[Problem]:
    """What is wrong with the options of a choice."""
    if not options:
        yield Problem("definition", "A choice needs at least one option.", "options", "Add an option.")
    if len(options) > MAX_OPTIONS:
        yield Problem(
            "too_long", f"A choice has at most {MAX_OPTIONS} options.", "options", "Link to an object instead."
        )
    seen: set[str] = set()
    for option in options:
        value = option.value
        if not value.strip() or len(value) > 100 or ";" in value or "\x00" in value:
            yield Problem(
                "definition",
                f"The option {value[:40]!r} can't be stored.",
                "options",
                "Use 1 to 100 letters without semicolons.",
            )
        if value in seen:
            yield Problem("not_unique", f"The option {value[:40]!r} is there twice.", "options", "Remove one.")
        if option.colour not in COLOURS:
            yield Problem(
                "unknown_choice",
                f"There is no colour {option.colour[:40]!r}.",
                "options",
                f"One of: {', '.join(COLOURS)}.",
            )
        seen.add(value)


def _texts(field: Field) -> Iterator[Problem]:
    for name, most in (("label", 120), ("help", 1000)):
        text = getattr(field, name)
        if len(text) > most or "\x00" in text:
            yield Problem("too_long", f"The {name} has at most {most} characters.", name, "Shorten it.")


def _numbers(field: Field) -> Iterator[Problem]:
    for kind, rules in _RANGES.items():
        for name, least, most in rules if isinstance(field, kind) else ():
            if not least <= getattr(field, name) <= most:
                yield Problem("out_of_range", f"{name.replace('_', ' ').capitalize()} must be {least} to {most}.", name)
    low, high = getattr(field, "minimum", None), getattr(field, "maximum", None)
    if low is not None and high is not None and low > high:
        yield Problem("out_of_range", "The smallest value is larger than the largest.", "minimum", "Swap them.")


def _pattern(field: Field) -> Iterator[Problem]:
    pattern: Any = getattr(field, "pattern", "")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield Problem("definition", f"The pattern is no regular expression: {error}.", "pattern", "Check brackets.")


def _links(field: Field) -> Iterator[Problem]:
    if isinstance(field, (Link, Links)) and field.reverse and not _REVERSE.match(field.reverse):
        yield Problem(
            "identifier", "The name of the list can't be used.", "reverse", "Use small letters, digits and underscores."
        )
    if isinstance(field, Link) and field.on_delete not in ("restrict", "clear", "cascade"):
        yield Problem(
            "unknown_choice", "This can't happen on deletion.", "on_delete", "One of: restrict, clear, cascade."
        )

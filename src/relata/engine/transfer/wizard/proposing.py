"""A mapping for a file that nobody has mapped: columns to fields by their names, then by what they hold; dates,
numbers, choices and links as the whole column says. A person confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    DecimalField,
    Duration,
    Emails,
    Field,
    Integer,
    Link,
    Links,
    MoneyField,
    MultiChoice,
    Percent,
    PersonName,
    Phones,
    Rating,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Object
from relata.engine.transfer.domains import SUFFIX, domain_of
from relata.engine.transfer.guessing import match_by
from relata.engine.transfer.mapping import Column, Mapping
from relata.engine.transfer.wizard.profile import NO, YES, ColumnProfile, Profile
from relata.engine.transfer.wizard.targets import Target, match_fields, names_of, targets_of
from relata.engine.transfer.wizard.words import ideas, plain
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: Texts that mean nothing in the exports of other products.
BLANKS = ("select", "-none-", "n/a", "null", "none", "#n/a", "--none--", "-- none --", "nan")
#: Those that nobody is called, so that they mean nothing in texts as well.
_NO_TEXT = ("-none-", "#n/a", "--none--", "-- none --")
#: How alike two names must be; and for so many letters of a word one slip is forgiven.
_LETTERS_A_SLIP = 5
_ALIKE = 0.86
_BY_LOOKS: tuple[tuple[str, type[Field]], ...] = (("email", Emails), ("phone", Phones), ("url", WebAddresses))


def propose(work: Workspace, one: Object, profile: Profile) -> Mapping:
    """The mapping that fits best. Columns that fit nothing are left out."""
    targets = targets_of(work, one)
    chosen = _chosen(one, targets, profile)
    columns = tuple(
        column_of(work, one, profile.column(name), target.field) for name, target in chosen.items()
    )  # fmt: skip
    # a row that does not say which record it is about would be refused, so only full columns are keys
    given = {column.field for column in columns if profile.column(column.column).filled >= profile.rows}
    if not any(column.name == one.title_field for column in columns) and one.title_field in names_of(targets):
        columns += _named_by(one, columns)
    return Mapping(one.name, columns, match_by(one, given), blank_cells="leave", short_rows="blank")


def _named_by(one: Object, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """A name for records of a file that names none: after what they are linked to."""
    links = [column.column for column in columns if isinstance(one.field(column.name), Link) and column.name != "owner"]
    if not links or not isinstance(one.field(one.title_field), Text):
        return ()
    whole = " – ".join(f"{{{name}}}" for name in links[:2])
    return (Column(one.title_field, template=tuple(dict.fromkeys((whole, *(f"{{{name}}}" for name in links[:2]))))),)


def refit(work: Workspace, one: Object, profile: Profile, past: Mapping) -> Mapping:
    """A mapping of an earlier file with the same columns, as far as its fields are still there and this person's;
    values that are new are proposed anew."""
    known = names_of(targets_of(work, one))
    columns = tuple(
        entry if entry.values or entry.field == "id" else _refitted(work, one, profile, entry)
        for entry in past.columns
        if (entry.field in known or entry.field == "id") and (not entry.column or profile.column(entry.column).name)
        and (not entry.column or any(column.name == entry.column for column in profile.columns))
    )  # fmt: skip
    given = {entry.field for entry in columns}
    match = past.match if set(past.match) <= given else match_by(one, given)
    return msgspec.structs.replace(past, columns=columns, match=match)


def column_of(work: Workspace, one: Object, profile: ColumnProfile, target: str) -> Column:
    """The entry for one column that goes to this field, with all that its values say."""
    name, _dot, part = target.partition(".")
    field = one.field(name)
    if field is None or part or isinstance(field, (Text, PersonName)):
        return Column(target, profile.name, blanks=_blanks(profile, _NO_TEXT), form=_form(field, profile, part))
    if isinstance(field, (Link, Links)):
        return _link(work, field, profile)
    return Column(
        field=target, column=profile.name, blanks=_blanks(profile), values=_values(field, profile),
        date_format=_dates(field, profile), decimal_mark=_mark(field, profile),
        currency=profile.currency if isinstance(field, MoneyField) and len(profile.currency) == 3 else "",
    )  # fmt: skip


def _chosen(one: Object, targets: Sequence[Target], profile: Profile) -> dict[str, Target]:
    """Pairs of column and field, the surest first; a field takes one column, except for lists."""
    scored = sorted(
        (
            (-_score(one, column, target), at, place)
            for at, column in enumerate(profile.columns)
            for place, target in enumerate(targets)
            if _score(one, column, target) > 0
        ),
    )
    found: dict[str, Target] = {}
    taken: set[str] = set()
    for _minus, at, place in scored:
        column, target = profile.columns[at].name, targets[place]
        several = isinstance(one.field(target.name), (Emails, Phones, WebAddresses))
        if column in found or (target.field in taken and not several):
            continue
        if "." not in target.field and any(field.startswith(f"{target.field}.") for field in taken):
            continue  # the parts have come already
        if "." in target.field and target.name in taken:
            continue
        found[column] = target
        taken.add(target.field)
    return {column.name: found[column.name] for column in profile.columns if column.name in found}


def _score(one: Object, column: ColumnProfile, target: Target) -> float:
    field = one.field(target.name)
    name = plain(column.name)
    if not column.filled or field is None:
        return 0 if not column.filled and name not in target.plain_names else 0.2
    is_list = isinstance(field, (Emails, Phones, WebAddresses)) and name in target.plain_names
    if not is_list and not fits(field, target, column):
        return 0
    if name in target.plain_names or name == target.field:
        return 0.94 if isinstance(field, PersonName) and "." not in target.field else 1.0 - 0.01 * ("." in target.field)
    stripped = _without(name, one)
    if stripped and stripped in target.plain_names:
        return 0.95
    if target.field == one.title_field and (name == plain(one.title) or ideas(name) & ideas(one.name)):
        return 0.93  # what the rows are is in a column called after it
    if isinstance(field, Link) and name.endswith(" id") and ideas(name.removesuffix(" id")) & target.ideas:
        return 0.8  # the other record's id; its name, if there is one, is surer
    meant = ideas(name) | ideas(stripped)
    if meant & target.ideas:
        return 0.9 - 0.05 * (field.name not in (one.title_field, "account", "owner")) + 0.02 * (not field.custom)
    if len(name) > 4 and max(SequenceMatcher(None, name, other).ratio() for other in target.plain_names) >= _ALIKE:
        return 0.7
    for looks, kind in _BY_LOOKS:
        if column.looks == looks and isinstance(field, kind):
            return 0.5
    return 0


def _without(name: str, one: Object) -> str:
    """The column's name without the object's: "account name" of accounts is "name"."""
    for prefix in (plain(one.name), plain(one.title)):
        if name.startswith(f"{prefix} "):
            return name.removeprefix(f"{prefix} ")
        if name == f"{prefix}id":
            return "id"
    return ""


def fits(field: Field, target: Target, column: ColumnProfile) -> bool:
    """Whether the column's values can be values of the field at all."""
    if column.looks == "id" and not isinstance(field, (Link, Links)):
        return False  # our own ids, which mean nothing as a value
    if "." in target.field or column.looks == "text":
        return not (
            "." not in target.field
            and isinstance(field, (Date, DateTime, Integer, DecimalField, MoneyField, Emails, Rating, Duration))
            and column.looks == "text"
            and column.filled
        )
    if isinstance(field, (Date, DateTime)):
        return column.looks in ("date", "datetime")
    if isinstance(field, (Integer, DecimalField, MoneyField, Percent, Rating)):
        return column.looks in ("integer", "number", "money", "percent", "boolean", "phone")
    if isinstance(field, Boolean):
        return column.looks in ("boolean",)
    if isinstance(field, Emails):
        return column.looks == "email"
    if isinstance(field, WebAddresses):
        return column.looks in ("url", "text", "email")
    if isinstance(field, Phones):
        return column.looks in ("phone", "integer", "number")
    return True


def _link(work: Workspace, field: Link | Links, profile: ColumnProfile) -> Column:
    target = work.registry.get(field.to)
    if profile.looks == "id":
        return Column(field.name, profile.name, blanks=_blanks(profile), on_missing="report")
    by = match_fields(work, target)
    site = next((one for one in by if isinstance(one, WebAddresses)), None)
    if site is not None and profile.looks in ("url", "text") and _are_domains(profile.samples):
        return Column(
            field.name, profile.name, matches=f"{site.name}{SUFFIX}", blanks=_blanks(profile), on_missing="blank"
        )
    is_number = plain(profile.name).endswith(" id")
    key = next((one for one in by if is_number and ideas(one.name) & ideas("external id")), None)
    email = next((one for one in by if isinstance(one, Emails) or one.name == "email"), None)
    chosen = key or (email if profile.looks == "email" and email else next(iter(by), None))
    is_ours = target.name in ("user", "team") or target.reference
    may_make = not is_ours and not is_number and work.actor.rights.level(target, "create")
    return Column(
        field.name, profile.name, matches=chosen.name if chosen else "", blanks=_blanks(profile),
        on_missing="create" if may_make and _can_be_made(target, chosen) else "blank",
    )  # fmt: skip


def _are_domains(samples: Sequence[str]) -> bool:
    return bool(samples) and all(domain_of(text) and not text.strip().isdecimal() for text in samples)


def _can_be_made(target: Object, by: Field | None) -> bool:
    """Whether a record of it needs nothing but what the cell says."""
    return by is not None and all(
        field.name == by.name or field.default is not None for field in target.required_fields
    )


def _blanks(profile: ColumnProfile, known: tuple[str, ...] = BLANKS) -> tuple[str, ...]:
    return tuple(text for text, _count in profile.distinct if text.casefold() in known)


def _values(field: Field, profile: ColumnProfile) -> dict[str, object]:
    """Words of the file for the values of the field, where the field itself would not know them."""
    found: dict[str, object] = {}
    if isinstance(field, Boolean):
        for text, _count in profile.distinct:
            folded = text.casefold()
            if folded in YES | NO:
                found[text] = "true" if folded in YES else "false"
        return found
    if not isinstance(field, (Choice, MultiChoice)):
        return found
    for text in unknown_values(field, profile):
        if near := nearest(field, text):
            found[text] = near
    return found


def unknown_values(field: Field, profile: ColumnProfile) -> list[str]:
    """Values of the column that the choice field does not know."""
    if not isinstance(field, (Choice, MultiChoice)):
        return []
    unknown = []
    for text, _count in profile.distinct:
        parts = text.split(";") if isinstance(field, MultiChoice) else [text]
        for part in filter(None, map(str.strip, parts)):
            try:
                field.pick(part)
            except Invalid:
                if part.casefold() not in BLANKS and part not in unknown:
                    unknown.append(part)
    return unknown


def nearest(field: Choice | MultiChoice, text: str) -> str:
    """The option whose name is most like the text; "" where none is."""
    names = {
        plain(name): option.value
        for option in field.options
        if not option.retired
        for name in (option.value, option.title)
    }
    typed = plain(text)
    near = sorted((slips(typed, name), name) for name in names)
    if near and near[0][0] <= len(typed) // _LETTERS_A_SLIP:
        return names[near[0][1]]
    words = set(plain(text).split())
    inside = [value for name, value in names.items() if set(name.split()) <= words or words <= set(name.split())]
    return inside[0] if len(set(inside)) == 1 else ""


def slips(one: str, other: str) -> int:
    """How many slips of a typing hand lie between two words: a letter too many, too few, wrong, or two in the wrong
    order (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = [at]
        for place, found in enumerate(other, start=1):
            cost = min(last[place] + 1, row[place - 1] + 1, last[place - 1] + (letter != found))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == found:
                cost = min(cost, before[place - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def _dates(field: Field, profile: ColumnProfile) -> str | tuple[str, ...]:
    return profile.date_forms if isinstance(field, (Date, DateTime)) else ()


def _mark(field: Field, profile: ColumnProfile) -> Literal["", ".", ","]:
    is_number = isinstance(field, (Integer, DecimalField, MoneyField, Percent))
    return ("," if profile.marks[0] == "," else ".") if is_number and profile.marks else ""


def _form(field: Field | None, profile: ColumnProfile, part: str) -> Literal["", "last_first"]:
    """A name with a comma has the last name first."""
    commas = sum("," in text for text in profile.samples)
    return "last_first" if isinstance(field, PersonName) and not part and commas > len(profile.samples) / 2 else ""


def _refitted(work: Workspace, one: Object, profile: Profile, entry: Column) -> Column:
    if not entry.column:
        return entry
    fresh = column_of(work, one, profile.column(entry.column), entry.field)
    return msgspec.structs.replace(entry, values=fresh.values, date_format=fresh.date_format or entry.date_format)

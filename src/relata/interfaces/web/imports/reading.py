"""The form of the columns as a mapping. Only what a person chose is read; what was not asked comes from the columns
themselves."""

from __future__ import annotations

from collections.abc import Mapping as Form
from typing import Any

import msgspec

from relata.engine.metadata.fields import Choice, Link, Links, MultiChoice
from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Column, Mapping, placeholders
from relata.engine.transfer.wizard.profile import ColumnProfile, Profile
from relata.engine.transfer.wizard.proposing import column_of, unknown_values
from relata.engine.transfer.wizard.targets import targets_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import is_currency_code

#: The choice that makes a new field, and the words for a value that is left blank.
NEW, BLANK = "+", "-"
_MODES = ("upsert", "create", "update")
_LIKES = ("create", "skip", "update", "ask")


def text(form: Form[str, list[str]], name: str, default: str = "") -> str:
    """The last value of that name."""
    return (form.get(name) or [default])[-1].strip()


def read_mapping(
    work: Workspace, one: Object, profile: Profile, form: Form[str, list[str]], made: Form[int, str] | None = None
) -> Mapping:
    """What the form says. made: names of the fields that were made for new columns, by the column's place."""
    known = {target.field for target in targets_of(work, one)}
    columns = []
    for at, column in enumerate(profile.columns):
        target = (made or {}).get(at) or text(form, f"c{at}.field")
        if target in known or target == "id":
            columns.append(read_column(work, one, column, at, target, form))
    names = tuple(column.name for column in profile.columns)
    mapped = {entry.name for entry in columns}
    for name in known:
        written = text(form, f"x.{name}")
        if written and name not in mapped:
            columns.append(set_by(name, written, names))
    mode = text(form, "mode", "upsert")
    given = {entry.field for entry in columns}
    return Mapping(
        one.name,
        tuple(columns),
        tuple(dict.fromkeys(name for name in form.get("match", ()) if name in given)),
        mode=mode if mode in _MODES else "upsert",  # type: ignore[arg-type]
        alike=likes if (likes := text(form, "alike", "create")) in _LIKES else "create",  # type: ignore[arg-type]
        warnings="pass" if text(form, "takes_warned") == "true" else "refuse",
        blank_cells="clear" if text(form, "blank_cells") == "clear" else "leave",
        short_rows="blank",
    )


def set_by(field: str, written: str, names: tuple[str, ...]) -> Column:
    """A field that no column gives: the same text for every row, one with `{columns}` in it, or `=` and a formula.
    Several forms with `|` between them: the first whose columns are all filled counts."""
    if written.startswith("="):
        return Column(field, formula=written[1:].strip())
    forms = tuple(filter(None, map(str.strip, written.split("|"))))
    if any(name in names for form in forms for name in placeholders(form)):
        return Column(field, template=forms)
    return Column(field, constant=written)


def read_column(
    work: Workspace, one: Object, profile: ColumnProfile, at: int, target: str, form: Form[str, list[str]]
) -> Column:
    """One column with its choices, laid over what its values propose. A choice that belongs to another field than the
    chosen one is not read."""
    entry = column_of(work, one, profile, target)
    if text(form, f"c{at}.of") != target:
        return entry
    field = one.field(entry.name)
    changes: dict[str, Any] = {"formula": text(form, f"c{at}.formula").removeprefix("=").strip()[:2000]}
    if isinstance(field, (Link, Links)):
        changes["matches"] = text(form, f"c{at}.matches", entry.matches).removeprefix("id")
        missing = text(form, f"c{at}.missing")
        changes["on_missing"] = missing if missing in ("create", "blank", "report") else entry.on_missing
    if (form_of := text(form, f"c{at}.dates")) and form_of in profile.date_forms:
        changes["date_format"] = form_of
    if (mark := text(form, f"c{at}.mark")) in (".", ","):
        changes["decimal_mark"] = mark
    if is_currency_code(currency := text(form, f"c{at}.currency").upper()):
        changes["currency"] = currency
    if len(region := text(form, f"c{at}.region").upper()) == 2 and region.isalpha():
        changes["region"] = region
    if isinstance(field, (Choice, MultiChoice)):
        changes |= _values(field, profile, at, form, entry)
    return msgspec.structs.replace(entry, **changes)


def _values(
    field: Choice | MultiChoice, profile: ColumnProfile, at: int, form: Form[str, list[str]], entry: Column
) -> dict[str, Any]:
    values, blanks = dict(entry.values), list(entry.blanks)
    for place, word in enumerate(unknown_values(field, profile)):
        chosen = text(form, f"c{at}.v{place}")
        if chosen == BLANK:
            blanks.append(word)
            values.pop(word, None)
        elif field.option(chosen):
            values[word] = chosen
        else:
            values.pop(word, None)
    return {"values": values, "blanks": tuple(dict.fromkeys(blanks))}

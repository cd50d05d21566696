"""Exports that broke off go on where they were: an export without an order comes in the order of ids, so the last whole
line says what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from relata.engine.query import cursor as cursors
from relata.engine.query.request import Query
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

#: Before the id of a line, by format.
_BEFORE = {"csv": b"", "jsonl": b'{"id":"'}
_ID_LENGTH = 36


def check_resumable(query: Query) -> None:
    """Invalid for what does not come in the order of ids."""
    if query.order or query.as_on is not None or (query.fields and query.fields[0] != "id"):
        raise Invalid(
            _("Only an export without an order, whose first field is the id, can go on."), code="not_resumable",
            field="after", hint=_("Begin anew."),
        )  # fmt: skip


def behind(query: Query, last: UUID) -> Query:
    """The query from the record behind this one."""
    question = cursors.question(query.object, query.where, query.order, query.deleted)
    return replace(query, after=cursors.Cursor(question, 0, False, [str(last)]).text())


def cut(file: Path, form: str) -> UUID:
    """The id of the last whole line of an export that broke off, whose rest is cut away. form: csv or jsonl. Invalid
    for a file without one."""
    before, last, whole, is_quoted = _BEFORE[form], b"", 0, False
    with file.open("r+b") as stream:
        begin, start = b"", 0
        for number, line in enumerate(stream):
            if not is_quoted:
                begin, is_head = line, number == 0 and form == "csv"
            if form == "csv" and line.count(b'"') % 2:
                is_quoted = not is_quoted
            start += len(line)
            if not is_quoted and line.endswith(b"\n"):
                whole = start
                if not is_head:
                    last = begin[len(before) : len(before) + _ID_LENGTH]
        found = parse_id(last.decode("ascii", "replace"))
        if found is None:
            raise Invalid(
                _("This is no export that could go on."), code="not_resumable", field="output",
                hint=_("Its lines must begin with the id; else begin anew."),
            )  # fmt: skip
        stream.truncate(whole)
    return found

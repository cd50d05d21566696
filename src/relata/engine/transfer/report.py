"""What an import tells: counts of everything, and a note for each row that was repaired, warned about, skipped or
refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import msgspec

Severity = Literal["repaired", "warning", "skipped", "refused"]
#: Notes that a report holds in memory; all of them are in the table, and go to `on_notes` as they come.
KEPT_NOTES = 1000
KEPT_EXAMPLES = 3

#: Sentences for codes that the import itself gives; others come with the words of whoever refused.
MESSAGES = {
    "repaired": "Repaired as the mapping says.",
    "quotes": "A quote is not closed, or stands in the middle of a cell.",
    "long_line": "The line is longer than a line can be.",
    "short_row": "The row has too few cells; this is the first column without one.",
    "long_row": "The row has more cells than the header names.",
    "unreadable_character": "A character can't be read in the file's encoding.",
    "invalid_date": "This is no date in the expected form.",
    "invalid_number": "This is no number in the expected form.",
    "no_match": "No record matches.",
    "left_blank": "No record matches; the link stays blank.",
    "ambiguous_match": "Several records match; it is not clear which one is meant.",
    "match_blank": "The row does not say which record it is about.",
    "not_there": "There is no such record to update.",
    "exists": "The record exists already and is left alone.",
    "like_there": "A record like this is there already, so the row is left out.",
    "like_updated": "The row was written into the record that is like it.",
    "like_asked": "A record like this is there; the two wait among the duplicates.",
    "like_row": "A row before this one is like it, so this one is left out.",
    "like_row_updated": "The row was written into the record of a row before it that is like it.",
    "like_row_asked": "A row before this one is like it; the two wait among the duplicates.",
    "like_several": "Several records are like this; it is not clear which one is meant.",
    "blank": "The cell is blank.",
    "no_result": "The formula makes nothing of this row.",
    "skip_rule": "A rule of the mapping leaves the row out.",
    "made": "No record matched, so one was made.",
}


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One remark about one row. row: 1 is the header. line: in the file. column: the file's, if one is to blame. field:
    ours. It never holds a value: the file has them."""

    row: int
    line: int
    severity: Severity
    code: str
    message: str
    column: str = ""
    field: str = ""
    did: str = ""


COUNTS = ("rows", "created", "updated", "unchanged", "skipped", "refused", "repaired", "warnings")


@dataclass(slots=True)
class Report:
    """counts: by `COUNTS`; created to refused add up to rows. tally: notes by column, code and severity; examples:
    the first few of each."""

    id: UUID
    object: str
    encoding: str
    separator: str
    is_dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    tally: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    examples: dict[tuple[str, str, str], list[Note]] = field(default_factory=dict)

    def add(self, counts: Counter[str], notes: Iterable[Note]) -> None:
        """Another part of the file."""
        self.counts.update(counts)
        for note in notes:
            kind = (note.column, note.code, note.severity)
            self.tally[kind] += 1
            if self.tally[kind] <= KEPT_EXAMPLES:
                self.examples.setdefault(kind, []).append(note)
            if len(self.notes) < KEPT_NOTES:
                self.notes.append(note)

    @property
    def is_complete(self) -> bool:
        """Whether no row was refused."""
        return not self.counts["refused"]

    def json(self) -> dict[str, Any]:
        """The report for programs; notes beyond the first 1,000 are in its CSV form."""
        return {
            "import": str(self.id), "object": self.object, "dry_run": self.is_dry_run, "encoding": self.encoding,
            "separator": self.separator, "counts": {name: self.counts[name] for name in COUNTS},
            "tally": [
                {"column": column, "code": code, "severity": severity, "rows": rows}
                for (column, code, severity), rows in self.tally.most_common()
            ],
            "notes": [msgspec.to_builtins(note) for note in self.notes],
        }  # fmt: skip

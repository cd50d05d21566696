"""Days, moments and spans."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa

from relata.engine.metadata.fields.base import Column, Field, ParseContext, expect_text
from relata.foundation.i18n import gettext as _

_DURATION = re.compile(
    r"^P?T?(?:(?P<d>\d{1,6})\s*d)?\s*(?:T)?(?:(?P<h>\d{1,7})\s*h)?\s*(?:(?P<m>\d{1,8})\s*m(?:in)?)?\s*(?:(?P<s>\d{1,9})\s*s)?$",
    re.I,
)
_CLOCK = re.compile(r"^(\d{1,6}):([0-5]\d)(?::([0-5]\d))?$")


class Date(Field, frozen=True, kw_only=True, tag="date", omit_defaults=True):
    """A calendar day without time or zone, ISO 8601 (`2026-11-21`), years 1 to 9999."""

    widget: ClassVar[str] = "date"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Date(), "date"),)

    def parse(self, raw: Any, context: ParseContext) -> date:
        if isinstance(raw, datetime):
            return raw.date()
        if isinstance(raw, date):
            return raw
        text = expect_text(self, raw).strip()
        try:  # spreadsheets write a day with a time behind it
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text).date()
        except ValueError:
            self.refuse(_("%(field)s must be a date.") % {"field": self.title}, hint=_("Write it as 2026-11-21."))

    def reader(self, context: ParseContext) -> Callable[[Any], Any]:
        parse, from_iso = self.parse, date.fromisoformat

        def read(raw: Any) -> date:
            if type(raw) is str and len(raw) == 10:
                try:
                    return from_iso(raw)
                except ValueError:
                    pass
            return parse(raw, context)

        return read

    def to_json(self, value: Any) -> Any:
        return value

    def to_text(self, value: Any) -> str:
        return "" if value is None else str(value.isoformat())


class DateTime(Field, frozen=True, kw_only=True, tag="datetime", omit_defaults=True):
    """A moment, RFC 3339 with an offset; without one it is UTC. Kept to the microsecond, in UTC. reminds: then the
    record's owner is reminded of it, unless its life-cycle has ended; reminds_also: fields with further people. ends:
    when it is set, long work has ended, and who began it by making the record is told."""

    reminds: bool = False
    reminds_also: tuple[str, ...] = ()
    ends: bool = False
    widget: ClassVar[str] = "datetime"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.DateTime(timezone=True), "datetime"),)

    def parse(self, raw: Any, context: ParseContext) -> datetime:
        try:
            moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(expect_text(self, raw).strip())
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(
                _("%(field)s must be a date and time.") % {"field": self.title},
                hint=_("Write it as 2026-11-21T09:30:00Z."),
            )

    def to_text(self, value: Any) -> str:
        return "" if value is None else str(value.isoformat().replace("+00:00", "Z"))


class Duration(Field, frozen=True, kw_only=True, tag="duration", omit_defaults=True):
    """A span of time in whole seconds: seconds as a number, `1:30:00`, or `1d 2h 30m`."""

    widget: ClassVar[str] = "duration"

    def columns(self) -> tuple[Column, ...]:
        return (Column("", sa.Interval(), "duration"),)

    def parse(self, raw: Any, context: ParseContext) -> timedelta:
        if isinstance(raw, timedelta):
            return raw
        seconds = self._seconds(raw)
        if seconds is None or abs(seconds) > 10**9:
            self.refuse(
                _("%(field)s must be a duration.") % {"field": self.title},
                hint=_("Write it as 90m, 1h 30m or 1:30:00."),
            )
        return timedelta(seconds=seconds)

    def _seconds(self, raw: Any) -> int | None:
        if isinstance(raw, int) and not isinstance(raw, bool):
            return raw
        text = expect_text(self, raw).strip()
        if re.fullmatch(r"-?\d{1,12}", text):
            return int(text)
        if clock := _CLOCK.match(text):
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return hours * 3600 + minutes * 60 + seconds
        if (span := _DURATION.match(text)) and any(span.groups()):
            parts = {key: int(value or 0) for key, value in span.groupdict().items()}
            return parts["d"] * 86400 + parts["h"] * 3600 + parts["m"] * 60 + parts["s"]
        return None

    def to_json(self, value: Any) -> Any:
        return None if value is None else int(value.total_seconds())

    def to_text(self, value: Any) -> str:
        return "" if value is None else str(int(value.total_seconds()))

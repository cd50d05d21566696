"""Values as words in a sentence, as a language and a zone write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal

from relata.engine.metadata.fields import AnyTarget, Choice, Field, MultiChoice
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money


def said(value: object, locale: str, zone: str, field: Field | None = None) -> str:
    """A value inside words; "" for none. field: where it comes from, so that a choice is said by its label."""
    language = locale.replace("-", "_")
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return str(format_datetime(value.astimezone(ZoneInfo(zone)), "short", locale=language))
        case date():
            return str(format_date(value, "long", locale=language))
        case Money():
            return str(format_currency(value.amount, value.currency, locale=language))
        case Decimal() | int() | float():
            return str(format_decimal(value, locale=language))
        case timedelta():
            return str(format_timedelta(value, locale=language))
        case list() | tuple():
            return ", ".join(said(item, locale, zone, field) for item in value)
        case AnyTarget():
            return str(value.id)
    if isinstance(field, (Choice, MultiChoice)):
        return next((option.title for option in field.options if option.value == value), str(value))
    return str(value)

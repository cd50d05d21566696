"""What a database error means for the person: one table from PostgreSQL's SQLSTATE to our kinds."""

from __future__ import annotations

import logging

import psycopg
from psycopg import errors as pg

from relata.foundation.errors import NO_ROOM, Bug, Conflict, Invalid, LimitReached, Problem, RelataError, Unavailable
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)


#: PostgreSQL cuts identifiers at 63 bytes.
MOST_OF_A_NAME = 63
#: What a statement meets that was written for columns which are gone or have another type now.
_OTHER_COLUMNS = (pg.UndefinedColumn, pg.UndefinedTable, pg.DatatypeMismatch, pg.UndefinedFunction)


class StaleMetadata(RelataError):
    """A statement named a column or table that was changed meanwhile; reload the registry and try once more."""

    code = "stale_metadata"


class ReadOnly(RelataError):
    """Something was to be written where one can only read; the primary takes it."""

    code = "read_only_database"


def translated(error: psycopg.Error) -> RelataError:
    """The error to raise instead; its text never carries SQL or values."""
    if isinstance(error, pg.UniqueViolation):
        return _unique(error)
    if isinstance(error, pg.ForeignKeyViolation):
        return Conflict(_("Another record still needs this one, or the linked record is gone."), code="link_broken")
    if isinstance(error, _OTHER_COLUMNS) or (isinstance(error, pg.FeatureNotSupported) and "cached plan" in str(error)):
        return StaleMetadata("The configuration changed meanwhile; try again.")
    if isinstance(error, (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)):
        return LimitReached(_("Others are changing the same records."), code="try_again", retry_after_seconds=1)
    if isinstance(error, (pg.NumericValueOutOfRange, pg.DatetimeFieldOverflow, pg.IntervalFieldOverflow)):
        return Invalid(_("A number or date is out of range."), code="out_of_range")
    is_unsendable = isinstance(error, psycopg.DataError) and error.sqlstate is None  # a NUL, refused before it is sent
    if is_unsendable or isinstance(error, (pg.CharacterNotInRepertoire, pg.UntranslatableCharacter)):
        return Invalid(_("A text contains characters that can't be stored."), code="invalid_text")
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return ReadOnly("This database only reads.")
    if isinstance(error, pg.QueryCanceled):
        return LimitReached(_("This took too long and was stopped."), code="too_slow", hint=_("Narrow the filter."))
    if isinstance(error, (pg.DiskFull, pg.OutOfMemory)):
        return Unavailable(
            _("The database has no room left."), code=NO_ROOM, hint=_("Free disk space, then try again.")
        )
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return Unavailable(_("The database does not answer at the moment."), code="database_unavailable")
    log.error("database error %s", error.sqlstate, exc_info=error)
    return Bug("Something went wrong on our side; nothing was changed.")


def _unique(error: pg.UniqueViolation) -> Conflict:
    """Unique indexes are called `uq__table__field`, so the field can be named without showing a value."""
    parts = (error.diag.constraint_name or "").split("__")
    if len(parts) < 3 or parts[0] != "uq":
        return Conflict(_("This exists already."), code="not_unique")
    field = parts[2]
    is_whole = len(error.diag.constraint_name or "") < MOST_OF_A_NAME  # a longer one was cut
    message, hint = taken_words(tuple(parts[2:] if is_whole else parts[2:3]))
    return Conflict(
        message, code="not_unique", field=field, hint=hint, problems=[Problem("not_unique", message, field, hint)]
    )


def taken_words(fields: tuple[str, ...]) -> tuple[str, str]:
    """Message and hint for values that another record has already, alone or together."""
    names = [field.replace("_", " ") for field in fields]
    hint = _("Use another value, or open the record that has it.")
    if len(names) == 1:
        return _("Another record already has this value in %(field)s.") % {"field": names[0]}, hint
    told = {"fields": ", ".join(names[:-1]), "last": names[-1]}
    return _("Another record already has the same %(fields)s and %(last)s.") % told, hint

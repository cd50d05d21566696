"""The one predicate of every read and write, over the columns that lie in the row."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from relata.engine.access.levels import Level

_IDS = ARRAY(sa.Uuid())
_INTS = ARRAY(sa.Integer())


def predicate(
    level: Level, right: str, table: sa.FromClause, codes: str = "actor_codes"
) -> sa.ColumnElement[bool] | None:
    """The condition under which `right` holds on a row; None where it always does. codes: the parameter with the codes
    that open rows of this table.

    The parameters `actor_user`, `actor_teams`, `actor_below` and `actor_codes` come from `Actor.parameters`; the
    shape depends on the level alone, so a compiled statement serves everyone with the same fingerprint.
    """
    if level is Level.ALL:
        return None
    if level is Level.NONE:
        return sa.false()
    return sa.or_(*ways(level, right, table, codes))


def ways(level: Level, right: str, table: sa.FromClause, codes: str = "actor_codes") -> list[sa.ColumnElement[bool]]:
    """The conditions of which one suffices, each with an index of its own, for a level between none and all."""
    found = _held(level, table)
    column = {"read": table.c.readers, "change": table.c.writers}.get(right)
    return found if column is None else [*found, _overlaps(column, codes)]


def loose_predicate(
    level: Level, table: sa.FromClause, link: str, openings: Iterable[tuple[tuple[str, ...], str]]
) -> sa.ColumnElement[bool] | None:
    """The condition under which a record may be read that inherits over the any-link `link`; None where it always
    may. openings: names of parents' objects, with the parameter that holds the codes which open what names one of
    them. A record's own grants hold only while its parent is of an object that the person may read."""
    if level is Level.ALL:
        return None
    if level is Level.NONE:
        return sa.false()
    kind = table.c[f"{link}__object"]
    opened = [
        sa.and_(kind.in_([sa.literal_column(f"'{name}'") for name in parents]), _overlaps(table.c.readers, codes))
        for parents, codes in openings
        if parents
    ]
    return sa.or_(*_held(level, table), *opened)


def _overlaps(column: sa.ColumnElement[object], codes: str) -> sa.ColumnElement[bool]:
    return column.bool_op("&&")(sa.cast(sa.bindparam(codes, type_=_INTS), _INTS))


def _held(level: Level, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    """What the level reaches by owner and team."""
    found: list[sa.ColumnElement[bool]] = [table.c.owner == sa.bindparam("actor_user", type_=sa.Uuid())]
    if level is Level.TEAM:
        found.append(table.c.team == sa.any_(sa.cast(sa.bindparam("actor_teams", type_=_IDS), _IDS)))
    if level is Level.BELOW:
        found.append(table.c.team == sa.any_(sa.cast(sa.bindparam("actor_below", type_=_IDS), _IDS)))
    return found

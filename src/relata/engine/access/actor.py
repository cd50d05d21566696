"""Who acts: a person (or the system) with their teams, codes and rights, fixed for one unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from relata.engine.access.levels import FieldLevel, Level
from relata.engine.access.predicate import loose_predicate, predicate, ways
from relata.engine.access.rights import Rights
from relata.engine.identity.preferences import Preferences
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.foundation.clock import Clock


@lru_cache(maxsize=4096)
def _array(values: tuple[int, ...] | tuple[UUID, ...]) -> str:
    """The literal of an array; the same few are sent with every statement, and writing them anew costs more than it."""
    return f"{{{','.join(map(str, values))}}}"


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens records that inherit over an any-link: where it names one of `parents`, these codes do."""

    parents: tuple[str, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """user: None for the system. main_team: whose records this person's new ones are. teams: ids of the teams that the
    person belongs to or leads. below: these and all under them. codes: those of direct grants, see `access.codes`.
    inherited: by object that inherits, these and those of its parents. loose: by object that inherits over an any-link,
    what opens it. via: form, api, import, automation, cli … . source: what exactly, such as an import's id and row.
    is_fresh: False in a session whose person has not lately shown who they are. first_weekday, fiscal_month: of the
    workspace's calendar, see `Clock`.
    """

    user: UUID | None
    name: str
    rights: Rights
    via: str
    main_team: UUID | None = None
    teams: tuple[UUID, ...] = ()
    below: tuple[UUID, ...] = ()
    codes: tuple[int, ...] = ()
    inherited: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    loose: Mapping[str, tuple[Opening, ...]] = field(default_factory=dict)
    zone: str = "UTC"
    locale: str = "en"
    source: dict[str, object] = field(default_factory=dict)
    is_fresh: bool = True
    preferences: Preferences = Preferences()
    first_weekday: int = 0
    fiscal_month: int = 1

    @classmethod
    def system(cls, rights: Rights, via: str = "system") -> Actor:
        """Nobody in particular, with every right; for seeds, schedules and repairs."""
        return cls(None, "Relata", rights, via)

    def clock(self) -> Clock:
        """The person's now."""
        return replace(Clock.system(self.zone), first_weekday=self.first_weekday, fiscal_month=self.fiscal_month)

    def through(self, via: str, **source: object) -> Actor:
        """The same person, acting through something else."""
        return replace(self, via=via, source=source)

    @property
    def fingerprint(self) -> str:
        """Equal for actors whose statements differ in parameters only."""
        return self.rights.fingerprint

    def readable(self, one: Object, field: Field) -> bool:
        """Whether values of the field may be shown, filtered, sorted, grouped and searched by."""
        return self.rights.readable(one, field)

    def masked(self, one: Object, field: Field) -> bool:
        """Whether only the presence of a value may be shown."""
        return self.rights.field_level(one, field) is FieldLevel.MASKED

    def predicate(self, one: Object, right: str, table: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """The rows on which `right` holds; None for all."""
        level = self.rights.level(one, right)
        if one.name in self.loose and right == "read":
            return loose_predicate(level, table, one.access_parent, self._openings(one.name))
        return predicate(level, right, table, self._codes_of(one))

    def ways(self, one: Object, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """The conditions of which each opens rows for reading; none where all rows are open, or no row."""
        level = self.rights.level(one, "read")
        if one.name in self.loose or level in (Level.NONE, Level.ALL):
            return []
        return ways(level, "read", table, self._codes_of(one))

    def is_narrow(self, one: Object) -> bool:
        """Whether the level reaches no further than the person's own records and their teams'."""
        return one.name not in self.loose and self.rights.level(one, "read") in (Level.OWN, Level.TEAM)

    def _codes_of(self, one: Object) -> str:
        return f"actor_codes_{one.name}" if one.name in self.inherited else "actor_codes"

    def _openings(self, name: str) -> list[tuple[tuple[str, ...], str]]:
        return [(opening.parents, f"actor_codes_{name}_{at}") for at, opening in enumerate(self.loose[name])]

    def parameters(self) -> dict[str, Any]:
        """The values of the predicate's parameters; lists as PostgreSQL writes arrays."""
        return {
            "actor_user": self.user,
            "actor_teams": _array(self.teams),
            "actor_below": _array(self.below),
            "actor_codes": _array(self.codes),
            **{f"actor_codes_{name}": _array(codes) for name, codes in self.inherited.items()},
            **{
                f"actor_codes_{name}_{at}": _array(opening.codes)
                for name, openings in self.loose.items()
                for at, opening in enumerate(openings)
            },
        }

    def reaches(self, one: Object, right: str, owner: UUID | None, team: UUID | None) -> bool:
        """Whether the level of `right` covers a record with this owner and team; shares are not asked."""
        level = self.rights.level(one, right)
        if level is Level.ALL:
            return True
        if level is Level.NONE:
            return False
        if owner is not None and owner == self.user:
            return True
        held = self.below if level is Level.BELOW else self.teams if level is Level.TEAM else ()
        return team is not None and team in held

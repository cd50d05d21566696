"""How far a right reaches."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """NONE: nothing. OWN: what I own. TEAM: what my teams hold, too. BELOW: and the teams below mine. ALL: everything.

    Shares, sharing rules and membership of a record's own team widen every level but NONE.
    """

    NONE = 0
    OWN = 1
    TEAM = 2
    BELOW = 3
    ALL = 4

    @classmethod
    def named(cls, word: str) -> Level:
        """The level that a role's grant names; an unknown word grants nothing."""
        return _NAMES.get(word, cls.NONE)


_NAMES = {"none": Level.NONE, "own": Level.OWN, "team": Level.TEAM, "below": Level.BELOW, "all": Level.ALL}


class FieldLevel(IntEnum):
    """What one may do with a field. MASKED: that it has a value, and never which one."""

    NONE = 0
    MASKED = 1
    READ = 2
    WRITE = 3

    @classmethod
    def named(cls, word: str) -> FieldLevel:
        """The level that a role's field rule names; an unknown word hides."""
        return {"masked": cls.MASKED, "read": cls.READ, "write": cls.WRITE}.get(word, cls.NONE)

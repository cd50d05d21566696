"""Random companies as plain values: roles, teams, people, records, grants. Places in lists stand for ids."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

LEVELS = ("none", "own", "team", "below", "all")
RIGHTS = ("read", "create", "change", "delete")
#: Children after their parents.
OBJECTS = ("account", "contact", "affiliation", "opportunity")
#: The link over which access is inherited.
PARENT = {"contact": "account", "affiliation": "contact"}
TEAMS, PEOPLE, RECORDS = 4, 3, 3


@dataclass(frozen=True)
class TeamPlan:
    """parent: an earlier team. manager: a person."""

    parent: int | None
    manager: int | None


@dataclass(frozen=True)
class PersonPlan:
    """roles: two at most."""

    roles: tuple[int, ...]
    team: int | None


@dataclass(frozen=True)
class RecordPlan:
    """account, contact: what it links to, where its object has such a link. retail: for the sharing rule."""

    owner: int | None
    team: int | None
    account: int | None
    contact: int | None
    retail: bool
    deleted: bool


@dataclass(frozen=True)
class SharePlan:
    """principal: a person, and beyond them a team. ends: "", past or future."""

    object: str
    record: int
    principal: int
    level: str
    ends: str
    as_member: bool


@dataclass(frozen=True)
class Move:
    """Something that happens to the company. what: see `company.Company.happen`."""

    what: str
    object: str
    record: int
    who: int
    team: int


@dataclass(frozen=True)
class Plan:
    """Everything. roles: for each, the levels of each object. rule: whom the sharing rule on retail accounts serves."""

    roles: tuple[dict[str, tuple[str, ...]], ...]
    teams: tuple[TeamPlan, ...]
    people: tuple[PersonPlan, ...]
    records: dict[str, tuple[RecordPlan, ...]]
    shares: tuple[SharePlan, ...]
    rule: tuple[int, str] | None
    moves: tuple[Move, ...]


def _maybe(count: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, count - 1)


_levels = st.tuples(*(st.sampled_from(LEVELS) for _ in RIGHTS))
_roles = st.fixed_dictionaries(dict.fromkeys(OBJECTS, _levels))
_records = st.builds(
    RecordPlan,
    owner=_maybe(PEOPLE),
    team=_maybe(TEAMS),
    account=_maybe(RECORDS),
    contact=_maybe(RECORDS),
    retail=st.booleans(),
    deleted=st.integers(0, 5).map(lambda n: n == 5),
)
_shares = st.builds(
    SharePlan,
    object=st.sampled_from(OBJECTS),
    record=st.integers(0, RECORDS - 1),
    principal=st.integers(0, PEOPLE + TEAMS - 1),
    level=st.sampled_from(("read", "change")),
    ends=st.sampled_from(("", "past", "future")),
    as_member=st.booleans(),
)
_moves = st.builds(
    Move,
    what=st.sampled_from(("owner", "team", "parent", "unshare", "person", "hierarchy", "manager", "delete", "restore")),
    object=st.sampled_from(OBJECTS),
    record=st.integers(0, RECORDS - 1),
    who=st.integers(0, PEOPLE - 1),
    team=st.integers(0, TEAMS - 1),
)


@st.composite
def _teams(draw: st.DrawFn) -> tuple[TeamPlan, ...]:
    return tuple(TeamPlan(draw(_maybe(at)) if at else None, draw(_maybe(PEOPLE))) for at in range(TEAMS))


plans = st.builds(
    Plan,
    roles=st.tuples(_roles, _roles, _roles),
    teams=_teams(),
    people=st.tuples(
        *(
            st.builds(PersonPlan, st.lists(st.integers(0, 2), min_size=1, max_size=2).map(tuple), _maybe(TEAMS))
            for _ in range(PEOPLE)
        )
    ),
    records=st.fixed_dictionaries({name: st.tuples(*(_records for _ in range(RECORDS))) for name in OBJECTS}),
    shares=st.lists(_shares, max_size=4).map(tuple),
    rule=st.none() | st.tuples(st.integers(0, PEOPLE + TEAMS - 1), st.sampled_from(("read", "change"))),
    moves=st.lists(_moves, max_size=4).map(tuple),
)

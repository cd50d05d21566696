"""A narrower role never allows more, and a key never more than its person, its role and its scopes all do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from relata.app.modules import discover
from relata.engine.access.levels import FieldLevel, Level
from relata.engine.access.narrowing import narrowed
from relata.engine.access.rights import RIGHTS, Rights
from relata.engine.identity.credentials import Credentials
from relata.engine.metadata.module import Grant, Role
from relata.engine.metadata.overlay import apply

REGISTRY = apply(discover(), (), 1)
LEVELS, FIELD_LEVELS = [one.name.lower() for one in Level], [one.name.lower() for one in FieldLevel]
OBJECTS = ("account", "contact", "opportunity", "user", "team", "stage")
FIELDS = ("name", "owner", "account", "employees", "amount", "probability", "email", "status")

_grants = st.builds(
    Grant,
    *(st.sampled_from(LEVELS) for _ in RIGHTS),
    fields=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(FIELD_LEVELS), max_size=5),
)
roles = st.builds(
    Role,
    st.just("some"),
    grants=st.dictionaries(st.sampled_from((*OBJECTS, "*")), _grants, max_size=5),
    permissions=st.lists(
        st.sampled_from(("export_records", "see_deleted", "convert_leads", "manage_users")), unique=True
    ).map(tuple),
)
scopes = st.lists(
    st.sampled_from(("read", "write", "accounts:read", "accounts:write", "users:read", "contacts:write")), min_size=1
)


def excess(narrow: Rights, wide: Rights) -> list[str]:
    """What the first allows beyond the second."""
    found = [
        one
        for one in ("export_records", "see_deleted", "convert_leads", "manage_users")
        if narrow.permits(one) > wide.permits(one)
    ]
    for name in OBJECTS:
        one = REGISTRY.get(name)
        found += [f"{right} {name}" for right in RIGHTS if narrow.level(one, right) > wide.level(one, right)]
        found += [
            f"{name}.{key}"
            for key, field in one.all_fields.items()
            if narrow.field_level(one, field) > wide.field_level(one, field)
        ]
        found += [
            f"{name}.{key} set"
            for key, field in one.all_fields.items()
            if narrow.writable(one, field) > wide.writable(one, field)
        ]
    return found


def lowered(role: Role, right: str) -> Role:
    """The same role without one of the rights, on every object."""
    grants = {
        name: Grant(**{**{one: getattr(grant, one) for one in RIGHTS}, right: "none"}, fields=grant.fields)
        for name, grant in role.grants.items()
    }  # type: ignore[arg-type]
    return Role(role.name, grants=grants, permissions=role.permissions)


@settings(max_examples=60, deadline=None)
@given(roles, st.sampled_from(RIGHTS))
def test_a_role_with_less_allows_less(role: Role, right: str) -> None:
    assert excess(Rights(REGISTRY, [lowered(role, right)]), Rights(REGISTRY, [role])) == []


@settings(max_examples=60, deadline=None)
@given(roles, roles)
def test_a_second_role_never_takes_away(one: Role, other: Role) -> None:
    assert excess(Rights(REGISTRY, [one]), Rights(REGISTRY, [one, other])) == []


@settings(max_examples=60, deadline=None)
@given(roles, roles, scopes)
def test_a_key_allows_no_more_than_its_person_and_its_role(person: Role, given_role: Role, chosen: list[str]) -> None:
    of_person, of_key = Rights(REGISTRY, [person]), Rights(REGISTRY, [given_role])
    key = Credentials("key", scopes=tuple(chosen))
    role = narrowed(of_person, of_key, key.allows, everything="write" in chosen, label="key")
    assert excess(Rights(REGISTRY, [role]), of_person) == []
    assert excess(Rights(REGISTRY, [role]), of_key) == []

"""To whom a record may be opened beside people and teams: everybody here, and whoever has a role."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid5

from relata.engine.metadata.module import Role

_SPACE = UUID("7f5cb6a4-51e1-4c6a-9d0f-5f5b3c1d8a42")
#: Everybody who works in the workspace.
EVERYBODY = uuid5(_SPACE, "everybody")


def role_principal(name: str) -> UUID:
    """The id under which a share names the role; equal in every workspace."""
    return uuid5(_SPACE, f"role:{name}")


def groups_of(roles: Iterable[Role]) -> tuple[UUID, ...]:
    """What somebody with these roles belongs to, beside their teams."""
    return (EVERYBODY, *(role_principal(role.name) for role in roles))


def group_names(roles: Iterable[Role]) -> dict[UUID, str]:
    """The groups that a share may name, with what they are called."""
    return {EVERYBODY: "Everybody", **{role_principal(role.name): role.label for role in roles}}

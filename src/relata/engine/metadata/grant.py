"""What one may do with an object."""

from __future__ import annotations

import msgspec


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a role may do with one object; levels: none, own, team, below, all. fields: levels that differ from
    write: none, masked, read, write."""

    read: str = "none"
    create: str = "none"
    change: str = "none"
    delete: str = "none"
    fields: dict[str, str] = {}

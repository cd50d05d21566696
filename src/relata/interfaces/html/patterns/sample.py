"""One small record of anything, for the sample screens."""

from __future__ import annotations

from typing import Any

import msgspec


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A fact, filter, tab, stage or other small thing of the sample screens; each template reads what it needs."""

    label: str = ""
    name: str = ""
    kind: str = "text"
    value: Any = ""
    note: str = ""
    edit: str = ""
    href: str = ""
    post: str = ""
    dialog: str = ""
    press: str = ""
    theme: str = ""
    remove: str = ""
    icon: str = ""
    current: bool = False
    count: int | None = None
    state: str = ""
    items: tuple[Any, ...] = ()
    shortcut: str = ""

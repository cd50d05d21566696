"""Every icon that an administrator may choose can be drawn."""

from __future__ import annotations

from relata.engine.metadata.icons import OBJECT_ICONS
from relata.interfaces.html.icons import has_icon


def test_every_icon_to_choose_has_a_drawing() -> None:
    assert [name for name in OBJECT_ICONS if not has_icon(name)] == []

"""Every icon that an administrator may choose can be drawn."""

from __future__ import annotations

from relata.app.modules import ENGINE, discover
from relata.engine.metadata.icons import OBJECT_ICONS
from relata.interfaces.html.icons import has_icon


def test_every_icon_to_choose_has_a_drawing() -> None:
    assert [name for name in OBJECT_ICONS if not has_icon(name)] == []


def test_every_icon_of_objects_and_actions_has_a_drawing() -> None:
    """The engine's own as well; modules' are looked at by their contract, too."""
    modules = (*ENGINE, *discover())
    named = {one.icon for module in modules for one in module.objects}
    named |= {one.icon for module in modules for one in module.actions}
    assert sorted(name for name in named if not has_icon(name)) == []

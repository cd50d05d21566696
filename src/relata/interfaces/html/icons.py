"""Icons by name: Lucide drawings, inlined so that a page needs no request and no script for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

from relata.foundation.errors import Bug

#: Drawings whose direction means "onward" or "back"; they turn round in right-to-left languages.
MIRRORED = frozenset(
    "arrow-left arrow-right chevron-left chevron-right chevrons-left chevrons-right corner-down-right "
    "corner-down-left log-in log-out panel-left panel-right reply send undo-2 panel-left-close panel-left-open".split()
)


@cache
def drawings() -> dict[str, str]:
    """Name -> the inside of a 24 x 24 svg element. Made by tools/vendor_icons.py."""
    text = (Path(__file__).parent / "icons" / "lucide.json").read_text(encoding="utf-8")
    loaded: dict[str, str] = json.loads(text)
    return loaded


def has_icon(name: str) -> bool:
    """Whether an administrator may choose this name for an object."""
    return name in drawings()


@cache
def icon(name: str, size: str = "") -> Markup:
    """An svg element hidden from screen readers: the control around it carries the name.

    size: "" is 16 px, "small" 14 px, "large" 20 px, "huge" 28 px. Raises Bug for an unknown name.
    """
    if name not in drawings():
        raise Bug(f"There is no icon called {name!r}; add it to tools/vendor_icons.py.")
    mirror = " data-mirror" if name in MIRRORED else ""
    chosen = f' data-size="{size}"' if size else ""
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false"'
        f"{chosen}{mirror}>{drawings()[name]}</svg>"
    )

"""Whether an icon is one that the product ships; before the icons are there, whether it could be."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import relata

_SHIPPED = Path(relata.__file__).parent / "interfaces" / "html" / "icons" / "lucide.json"
_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


def is_icon(name: str) -> bool:
    """A Lucide name that screens can draw."""
    return bool(_NAME.match(name)) and (name in _shipped() or not _shipped())


@cache
def _shipped() -> frozenset[str]:
    return frozenset(json.loads(_SHIPPED.read_text(encoding="utf-8"))) if _SHIPPED.exists() else frozenset()

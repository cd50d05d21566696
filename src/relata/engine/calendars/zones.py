"""Which IANA zone a calendar file means: names of Windows, of vendors and paths before a name are known, too."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def iana(name: str) -> str:
    """The zone's IANA name; "" where nobody knows it."""
    name = name.strip().strip('"')
    if name in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[name]
    parts = name.lower().split("/")
    for at in range(len(parts)):  # /mozilla.org/20070129_1/Europe/Berlin
        if found := _known().get("/".join(parts[at:])):
            return found
    return ""


def zone_of(moment: datetime, default: str) -> str:
    """The zone of a moment as a file gives it; of one that only the file knows, the default."""
    zone: tzinfo | None = moment.tzinfo
    if zone is None:
        return default
    named = getattr(zone, "key", None) or getattr(zone, "zone", None) or str(moment.tzname() or "")
    return iana(str(named)) or default


def is_zone(name: str) -> bool:
    """Whether there is such a zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        return False
    return bool(name)

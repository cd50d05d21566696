"""Which browser sends a request, as far as it tells: what a session is bound to, and how people know their devices."""

from __future__ import annotations

_BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """The browser without version and system, both of which may change under a session; "" where nothing was sent."""
    if not user_agent:
        return ""
    return next((name for mark, name in _BROWSERS if mark in user_agent), "other")


def device(user_agent: str) -> str:
    """A browser and a system, in words."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser

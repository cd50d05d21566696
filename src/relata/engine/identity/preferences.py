"""What a person likes: how dates and numbers are written, how the screens look, where they begin.

Kept in one hidden field of their own record, so that it comes along to every browser and is in the history.
"""

from __future__ import annotations

from typing import Any

import msgspec

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.money import is_currency_code

#: What each preference may be; the first one, "", is as the language and the device have it.
CHOICES: dict[str, tuple[str, ...]] = {
    "dates": ("", "iso", "dots", "slashes", "us"),
    "times": ("", "24", "12"),
    "numbers": ("", "comma_dot", "dot_comma", "space_comma", "apostrophe_dot"),
    "theme": ("", "auto", "light", "dark", "contrast"),
    "density": ("", "compact", "default", "comfortable"),
}
_MAX_ADDRESS = 500


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """dates, times, numbers, theme, density: see CHOICES. start_page: an address within the product; "" is the home
    page. shortcuts: whether keys without a modifier do something. currency: in which amounts are told beside their own
    (ISO 4217); "" is the workspace's."""

    dates: str = ""
    times: str = ""
    numbers: str = ""
    theme: str = ""
    density: str = ""
    start_page: str = ""
    shortcuts: bool = True
    currency: str = ""


def read_preferences(stored: Any) -> Preferences:
    """The stored ones; what does not fit any more is as if nothing had been chosen."""
    known = stored if isinstance(stored, dict) else {}
    kept = {name: known.get(name, "") for name, allowed in CHOICES.items() if known.get(name, "") in allowed}
    start, currency = known.get("start_page", ""), known.get("currency", "")
    return Preferences(
        **kept,
        start_page=start if isinstance(start, str) and is_own_address(start) else "",
        shortcuts=known.get("shortcuts") is not False,
        currency=currency if isinstance(currency, str) and is_currency_code(currency) else "",
    )


def check_preferences(wanted: Preferences) -> None:
    """Invalid with everything that is none of the choices."""
    problems = [
        Problem("unknown_choice", _("There is no such choice."), name)
        for name, allowed in CHOICES.items()
        if getattr(wanted, name) not in allowed
    ]
    if not is_own_address(wanted.start_page):
        message, hint = _("This is no page of Relata."), _("Copy what follows the host name, such as /tasks.")
        problems.append(Problem("invalid_value", message, "start_page", hint))
    if wanted.currency and not is_currency_code(wanted.currency):
        problems.append(
            Problem("currency", _("A currency is three capital letters, such as EUR."), "currency", _("Choose one."))
        )
    if problems:
        raise Invalid.of(problems)


def is_own_address(text: str) -> bool:
    """Whether an address leads to a page here and nowhere else."""
    plain = text.isprintable() and "\\" not in text and len(text) <= _MAX_ADDRESS
    return not text or (plain and text.startswith("/") and not text.startswith("//"))

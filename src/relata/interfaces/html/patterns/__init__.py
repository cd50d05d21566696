"""The pattern pages: every component in every state, and sample screens, for people who build screens.

Served at /patterns in development, and rendered to files for pictures by tools/pattern_pictures.py.
"""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from relata.interfaces.html.environment import render
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.patterns import components, screens
from relata.interfaces.html.patterns.company import NOW

#: Answers to htmx rather than whole pages.
FRAGMENTS = frozenset({"panel", "palette", "options", "edit", "saved"})

#: Address below /patterns -> template and what makes its view.
PAGES: dict[str, tuple[str, Callable[[], object]]] = {
    "": ("patterns/components.html", components.components),
    "list": ("patterns/list.html", screens.list_screen),
    "empty": ("patterns/list.html", screens.empty_list),
    "record": ("patterns/record.html", screens.record_screen),
    "board": ("patterns/board.html", screens.board_screen),
    "form": ("patterns/form.html", screens.form_screen),
    "settings": ("patterns/settings.html", screens.settings_screen),
    "home": ("patterns/home.html", screens.home_screen),
    "sign-in": ("patterns/sign_in.html", screens.sign_in),
    "rtl": ("patterns/record.html", screens.rtl_record),
    "panel": ("patterns/panel.html", screens.panel),
    "palette": ("patterns/palette.html", screens.palette),
    "options": ("patterns/options.html", screens.options),
    "edit": ("patterns/edit.html", screens.edit),
    "saved": ("patterns/saved.html", screens.edit),
}


def render_pattern(environment: Environment, name: str) -> str:
    """The page of that name. Raises KeyError for a name that is not in PAGES."""
    template, make_view = PAGES[name]
    locale = "ar" if name == "rtl" else "en_GB"
    return render(environment, template, make_view(), Formatter(locale, "Europe/Berlin", NOW))

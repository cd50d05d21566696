"""The pattern pages: every component in every state, and sample screens, for people who build screens.

Served at /patterns in development, and rendered to files for pictures by tools/pattern_pictures.py.
"""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import Environment

from relata.interfaces.html.environment import render
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.patterns import charts, components, forms, home, lists, records
from relata.interfaces.html.patterns.company import NOW

#: Answers to htmx rather than whole pages.
FRAGMENTS = frozenset({"panel", "palette", "options", "edit", "saved"})

#: Address below /patterns -> template and what makes its view.
PAGES: dict[str, tuple[str, Callable[[], object]]] = {
    "": ("patterns/components.html", components.components),
    "list": ("patterns/list.html", lists.list_screen),
    "empty": ("patterns/list.html", lists.empty_list),
    "record": ("patterns/record.html", records.record_screen),
    "board": ("patterns/board.html", lists.board_screen),
    "form": ("patterns/form.html", forms.form_screen),
    "settings": ("patterns/settings.html", forms.settings_screen),
    "home": ("patterns/home.html", home.home_screen),
    "charts": ("patterns/charts.html", charts.charts_screen),
    "sign-in": ("patterns/sign_in.html", forms.sign_in),
    "rtl": ("patterns/record.html", records.rtl_record),
    "panel": ("patterns/panel.html", records.panel),
    "palette": ("patterns/palette.html", home.palette),
    "options": ("patterns/options.html", forms.options),
    "edit": ("patterns/edit.html", records.edit),
    "saved": ("patterns/saved.html", records.edit),
}


def render_pattern(environment: Environment, name: str) -> str:
    """The page of that name. Raises KeyError for a name that is not in PAGES."""
    template, make_view = PAGES[name]
    locale = "ar" if name == "rtl" else "en_GB"
    return render(environment, template, make_view(), Formatter(locale, "Europe/Berlin", NOW))

"""`make texts`: collect every text that people see, and bring the catalogues up to date.

Where texts come from: templates and Python (marked with `_`, `ngettext`, `later`), what modules declare (labels and
help), and the sentences of errors, which translate themselves when they are raised. New ones are added to each
catalogue empty, those that are gone are dropped; `tests/app/test_texts.py` fails while one is empty.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from relata.app.modules import discover
from relata.engine.metadata.declared import texts_of
from relata.foundation.catalogues import LANGUAGES, LOCALE

SOURCE = Path(__file__).parents[1] / "src" / "relata"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {
    "_": None, "gettext": None, "later": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
#: Pages for whoever builds screens, and what has no reader.
LEFT_OUT = ("interfaces/html/patterns/", "templates/patterns/", "_example/", "/tests/", "bench/", "testing/")


@cache
def collected() -> Catalog:
    """All texts, in English."""
    found = Catalog(project="Relata", charset="utf-8")
    for message, context in sorted(_all(), key=str):
        found.add(message, context=context)
    return found


def _all() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    seen: set[tuple[str | tuple[str, ...], str | None]] = set()
    parts = extract_from_dir(str(SOURCE), METHODS, keywords=KEYWORDS)
    for path, _line, message, _comments, context in parts:
        if message and not any(part in path for part in LEFT_OUT):
            seen.add((tuple(message) if isinstance(message, (list, tuple)) else message, context))
    yield from seen
    single = {one if isinstance(one, str) else one[0] for one, context in seen if context is None}
    yield from ((text, None) for text in texts_of(discover()) if text not in single)


def update(language: str) -> int:
    """How many texts of the language still wait."""
    path = LOCALE / language / "LC_MESSAGES" / "relata.po"
    fresh = collected()
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
        known.update(fresh, no_fuzzy_matching=True)
        known.obsolete.clear()
    else:
        known = fresh
        known.locale = language
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, sort_output=True, width=120, omit_header=False, ignore_obsolete=True, no_location=True)
    return sum(
        1 for one in known if one.id and not all((one.string,) if isinstance(one.string, str) else one.string or ("",))
    )


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != "en":
            sys.stdout.write(f"{language}: {update(language)} texts wait for a translation\n")

"""The catalogues in `relata/locale`: .po files, read as they are, once per process and language.

English needs none: its texts are the message ids. A language that Relata does not speak is answered in English.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path

LOCALE = Path(__file__).parents[1] / "locale"
#: What Relata speaks: tag -> the language's own name for itself.
LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}

Messages = dict[str, tuple[str, ...]]
_PLURAL = re.compile(r"plural=([^;\n]+)")
_LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr)?(?:\[(\d)\])?\s*(".*")$')


class Catalogue(NullTranslations):
    """One language. What it does not know is said in English."""

    def __init__(self, messages: Messages, plural: Callable[[int], int]) -> None:
        super().__init__()
        self._messages = messages
        self._plural_of = plural

    def gettext(self, message: str) -> str:
        found = self._messages.get(message)
        return found[0] if found and message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._messages.get(msgid1)
        if found is None:
            return msgid1 if n == 1 else msgid2
        return found[min(self._plural_of(n), len(found) - 1)]

    def pgettext(self, context: str, message: str) -> str:
        found = self._messages.get(f"{context}\x04{message}")
        return found[0] if found else self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        found = self._messages.get(f"{context}\x04{msgid1}")
        return found[min(self._plural_of(n), len(found) - 1)] if found else self.ngettext(msgid1, msgid2, n)


def language_of(tag: str) -> str:
    """The language of ours that comes closest to an IETF tag: `de` for `de-AT`, `en` for what we do not speak."""
    plain = tag.replace("_", "-").split("-")[0].lower()
    return plain if plain in LANGUAGES else "en"


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of one of LANGUAGES."""
    path = LOCALE / language / "LC_MESSAGES" / "relata.po"
    if not path.is_file():
        return NullTranslations()
    messages = read_messages(path.read_text(encoding="utf-8"))
    rule = _PLURAL.search(messages.get("", ("",))[0])
    return Catalogue(messages, c2py(rule[1].strip()) if rule else lambda n: int(n != 1))


def read_messages(text: str) -> Messages:
    """Message ids with their translations, one for each plural form; fuzzy and empty ones are left out. A context
    stands before the id, parted by U+0004."""
    found: Messages = {}
    for block in re.split(r"\n\s*\n", text):
        parts: dict[str, str] = {}
        current = ""
        for line in block.splitlines():
            match = _LINE.match(line)
            if match is None:
                continue
            if match[1]:
                current = match[1] + (match[2] or "")
            parts[current] = parts.get(current, "") + literal_eval(match[3])
        forms = tuple(value for name, value in sorted(parts.items()) if name.startswith("msgstr"))
        if "msgid" in parts and forms and all(forms) and "\n#, fuzzy" not in f"\n{block}":
            key = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
            found[key] = forms
    return found

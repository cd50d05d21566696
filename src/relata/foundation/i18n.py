"""Texts in the reader's language: gettext catalogues, chosen once per request or rendering.

Templates say `{{ _("Save") }}` and `{{ ngettext("%(num)s record", "%(num)s records", count) }}`; Python says
`_("Bin: %(what)s") % {"what": name}` with `from relata.foundation.i18n import gettext as _`. Babel extracts both.
What must be written down before anybody reads it (a table of a module, a declaration) is marked with `later` and
translated where it is shown. English needs no catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

from relata.foundation.catalogues import catalogue, language_of

_CURRENT: ContextVar[NullTranslations] = ContextVar("translations")
_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_ENGLISH = NullTranslations()


def _translations() -> NullTranslations:
    return _CURRENT.get(_ENGLISH)


def language() -> str:
    """The reader's language, one of `catalogues.LANGUAGES`."""
    return _LANGUAGE.get()


def later(message: str) -> str:
    """The text as it is: marked for the catalogues, translated where it is shown."""
    return message


def inline(label: str) -> str:
    """A label in the middle of a sentence: in small letters, but for German, whose nouns keep their capital."""
    return label if _LANGUAGE.get() == "de" else label.lower()


def speak(tag: str) -> None:
    """From here on, in this task, in the language of an IETF tag."""
    chosen = language_of(tag)
    _LANGUAGE.set(chosen)
    _CURRENT.set(catalogue(chosen))


@contextmanager
def speaking(tag: str) -> Iterator[None]:
    """Meanwhile in the language of an IETF tag, such as a mail's reader's."""
    token = _LANGUAGE.set(language_of(tag))
    try:
        with translating_with(catalogue(language_of(tag))):
            yield
    finally:
        _LANGUAGE.reset(token)


def gettext(message: str) -> str:
    return _translations().gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return _translations().ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    return _translations().pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, count: int) -> str:
    return _translations().npgettext(context, singular, plural, count)


@contextmanager
def translating_with(translations: NullTranslations) -> Iterator[None]:
    token = _CURRENT.set(translations)
    try:
        yield
    finally:
        _CURRENT.reset(token)

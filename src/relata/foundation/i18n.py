"""Texts in the reader's language: gettext catalogues, chosen once per request or rendering.

Templates say `{{ _("Save") }}` and `{{ ngettext("%(num)s record", "%(num)s records", count) }}`; Python says
`_("Bin: %(what)s") % {"what": name}` with `from relata.foundation.i18n import gettext as _`. Babel extracts both.
English needs no catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

_CURRENT: ContextVar[NullTranslations] = ContextVar("translations")
_ENGLISH = NullTranslations()


def _translations() -> NullTranslations:
    return _CURRENT.get(_ENGLISH)


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

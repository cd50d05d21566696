"""How the language complains: one Invalid with the place, a sentence and close matches."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


def refuse(message: str, position: int | None = None, hint: str | None = None, code: str = "expression") -> Invalid:
    """The error to raise; the sentence ends with the place, counted from 1 as people count."""
    message = message.rstrip(".")
    if position is not None:
        message = _("%(sentence)s (character %(place)s)") % {"sentence": message, "place": position + 1}
    message += "."
    return Invalid.of([Problem(code=code, message=message, hint=hint, position=position)])


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that lists up to three similar words, or the first of the known ones when nothing is similar."""
    names = sorted(known)
    lowered = {name.lower(): name for name in names}
    close = [lowered[match] for match in get_close_matches(word.lower(), lowered, n=3, cutoff=0.6)]
    if close:
        return _("Did you mean %(words)s?") % {"words": _listed(close)}
    if not names:
        return None
    shown = names[:8]
    if len(names) > len(shown):
        return _("Known here: %(names)s and more.") % {"names": ", ".join(shown)}
    return _("Known here: %(names)s.") % {"names": ", ".join(shown)}


def _listed(words: list[str]) -> str:
    return (
        words[0] if len(words) == 1 else _("%(most)s or %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}
    )

"""What declarations are called in the reader's language.

A declaration keeps its English text, which is the message id; `title` and `advice` of objects, fields, options,
actions, roles, modules and sections give it as it is to be shown. What a workspace made itself is never looked up: its
administrators write it in as many languages as they want.
"""

from __future__ import annotations

from relata.foundation.i18n import gettext, language

#: Language and text; no dict, so that declarations can be keys of caches.
Texts = tuple[tuple[str, str], ...]


def worded(text: str, texts: Texts = (), is_own: bool = False) -> str:
    """`text` for the reader. texts: what administrators wrote for other languages. is_own: the workspace's own."""
    if texts and (written := dict(texts).get(language())):
        return written
    return text if is_own or not text else gettext(text)


def in_words(name: str) -> str:
    """An identifier as a label."""
    return name.replace("_", " ").capitalize()

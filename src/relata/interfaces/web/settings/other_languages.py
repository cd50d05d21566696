"""What objects and fields are called in other languages: one input for each, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping

from relata.engine.metadata.wording import Texts
from relata.foundation.catalogues import LANGUAGES, catalogue
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.settings.frame import Form, last, text

_OTHERS = {tag: name for tag, name in LANGUAGES.items() if tag != "en"}


def inputs(
    name: str, label: str, written: str, texts: Texts, form: Form | None, errors: Mapping[str, str], *, is_own: bool
) -> tuple[FormField, ...]:
    """name: of the property, such as `label`. written: the text that is translated; what the catalogue makes of it is
    shown where nothing was typed, unless it is the workspace's own."""
    known = dict(texts)
    return tuple(
        text(
            f"{name}.{tag}",
            f"{label} · {language}",
            known.get(tag, "") if form is None else last(form, f"{name}.{tag}"),
            errors,
            placeholder=written if is_own else catalogue(tag).gettext(written),
            max_length=60,
        )
        for tag, language in _OTHERS.items()
    )


def typed(name: str, form: Form) -> list[list[str]]:
    """What was typed, in pairs with the language; nothing for an empty input."""
    given = ((tag, last(form, f"{name}.{tag}").strip()) for tag in _OTHERS)
    return [[tag, value[:60]] for tag, value in given if value]

"""Markdown as people write it in notes and comments, as HTML that can do nothing but be read."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
#: Raw HTML stays text, and pictures are left out: they would ask other hosts.
_READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")


def rich_text(text: str) -> Markup:
    """The text's HTML. Cleaned after it was made, so that a mistake in one of the two lets nothing through."""
    made = nh3.clean(
        _READER.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
    return Markup(made)

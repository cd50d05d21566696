"""Markdown as a mail's HTML and as its plain text; and values made harmless inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
#: Raw HTML stays text, and pictures are left out: they would ask other hosts.
_READER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")
#: A line that begins a block of its own.
_BLOCK = re.compile(r"\s*(?:[-*+>#|]|\d+[.)]\s|```|~~~)")
_MEANING = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")


def quoted(value: str) -> str:
    """A value as Markdown that says just this, whatever it holds."""
    return _MEANING.sub(r"\\\1", " ".join(value.split()) if "\n" not in value else value.strip())


def with_breaks(markdown: str) -> str:
    """The same with every end of a line inside a paragraph written as one that stays: editors join such lines."""
    lines = markdown.split("\n")
    for at, (line, after) in enumerate(pairwise(lines)):
        if line.strip() and after.strip() and not _BLOCK.match(line) and not _BLOCK.match(after):
            lines[at] = line.rstrip(" \\") + "\\"
    return "\n".join(lines)


def html_of(markdown: str) -> str:
    """The HTML of a mail's text. Cleaned after it was made, so that a mistake in one of the two lets nothing
    through."""
    return nh3.clean(
        _READER.render(markdown), tags=_TAGS, attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"}, link_rel=None,
    )  # fmt: skip


def text_of(markdown: str) -> str:
    """The same for who reads plain text: links with their address, lists with dashes and numbers."""
    return _Plain().all(_READER.parse(markdown))


class _Plain:
    """Walks over the blocks and writes lines."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._lists: list[int | None] = []
        self._quotes = 0
        self._mark = ""

    def all(self, tokens: Iterable[Token]) -> str:
        for token in tokens:
            self._take(token)
        return "\n".join(self._blocks).strip() + "\n"

    def _take(self, token: Token) -> None:
        kind = token.type
        if kind == "bullet_list_open":
            self._lists.append(None)
        elif kind == "ordered_list_open":
            self._lists.append(int(token.attrGet("start") or 1))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            self._space()
        elif kind == "list_item_open":
            number = self._lists[-1]
            self._mark = "- " if number is None else f"{number}. "
            self._lists[-1] = None if number is None else number + 1
        elif kind in ("blockquote_open", "blockquote_close"):
            self._quotes += 1 if kind.endswith("open") else -1
        elif kind == "inline":
            self._add(_inline(token.children or []))
        elif kind in ("fence", "code_block"):
            self._add(token.content.rstrip("\n"))
            self._space()
        elif kind == "hr":
            self._add("---")
            self._space()
        elif kind in ("paragraph_close", "heading_close") and not self._lists:
            self._space()

    def _add(self, text: str) -> None:
        indent = "  " * max(len(self._lists) - 1, 0)
        first, rest = f"{indent}{self._mark}", f"{indent}{' ' * len(self._mark)}"
        quote = "> " * self._quotes
        for at, line in enumerate(text.split("\n")):
            self._blocks.append(f"{quote}{rest if at else first}{line}".rstrip())
        self._mark = ""

    def _space(self) -> None:
        if self._blocks and self._blocks[-1]:
            self._blocks.append("")


def _inline(children: Iterable[Token]) -> str:
    found: list[str] = []
    links: list[tuple[str, int]] = []
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            found.append("\n")
        elif token.type == "link_open":
            links.append((str(token.attrGet("href") or ""), len(found)))
        elif token.type == "link_close":
            href, start = links.pop()
            if href.removeprefix("mailto:") != "".join(found[start:]):
                found.append(f" ({href})")
        else:
            found.append(token.content)
    return "".join(found)

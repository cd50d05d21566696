"""HTML as plain text: what is quoted gets `> ` before each line, so that both kinds of mail are folded by one rule."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header li"
    " main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote ul ol pre table".split())
_SILENT = frozenset("head style script title xml noscript template object svg".split())
_SPACES = re.compile(r"[ \t\r\n\f]+")
#: Where mail programs put what is answered; what stands in these is quoted, whether or not it is marked so.
_QUOTES = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|OLK_SRC_BODY_SECTION|appendonsend|zmail_extra"
)
#: The line before which such a quotation begins; it never stands in a mail by itself.
MARK = "\u2063quoted\u2063"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.depth = 0
        self.silent = 0
        self.is_pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
            return
        if tag == "br":
            self.lines.append("")
        elif tag == "hr":
            self._block()
            self.lines[-1] = "________________"
            self.lines.append("")
        elif tag in _BLOCKS:
            self._block(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.depth += 1
        self.is_pre += tag == "pre"
        if any(name in ("class", "id", "name") and value and _QUOTES.search(value) for name, value in attrs):
            self._block()
            self.lines[-1:] = [MARK, ""]

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
            return
        if tag in _BLOCKS:
            self._block(blank=tag in _PARAGRAPHS)
        if tag == "blockquote":
            self.depth = max(0, self.depth - 1)
        self.is_pre = max(0, self.is_pre - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.is_pre:
            first, *more = data.split("\n")
            self.lines[-1] += first
            self.lines.extend(more)
            return
        text = _SPACES.sub(" ", data)
        line = self.lines[-1]
        if not line.strip("> "):
            text = text.lstrip(" ")
        if text:
            self.lines[-1] = (line or "> " * min(self.depth, 9)) + text

    def _block(self, *, blank: bool = False) -> None:
        if self.lines[-1]:
            self.lines.append("")
        if blank and len(self.lines) > 1 and self.lines[-2]:
            self.lines.append("")

    def unknown_decl(self, data: str) -> None:
        """Word's conditional comments; nothing to read."""


def to_text(html: str) -> str:
    """The text with line breaks where a reader sees them."""
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):  # what the parser makes of some broken declarations
        return without_tags(html)
    lines = [line.replace("\xa0", " ").rstrip() for line in reader.lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def without_tags(html: str) -> str:
    """What is left without anything in angle brackets."""
    return _SPACES.sub(" ", re.sub(r"<[^>]*>", " ", html)).strip()

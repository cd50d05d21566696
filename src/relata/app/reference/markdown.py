"""Tables and texts as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, ending with a line break; cells are escaped."""
    lines = [head, ["---"] * len(head), *([cell(text) for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(text: str) -> str:
    """In one line, and no bar ends it."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """As code, nothing for nothing."""
    return f"`{text}`" if text else ""

"""From a document to a PDF, and from a chart to a PNG. Setting takes a processor's whole attention for a moment, so it
happens in a thread. What people wrote reaches typst as data and never as markup."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import typst

from relata.interfaces.html.assets import STATIC
from relata.interfaces.html.paper.document import Document

_HERE = Path(__file__).parent
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt)
#set text(font: json(bytes(sys.inputs.fonts)))
#image(bytes(sys.inputs.svg), format: "svg")
"""
_FAMILIES = ["Inter"]
#: Twice as fine as a screen.
_PNG_PPI = 144.0


async def pdf_of(document: Document) -> bytes:
    """The document as a PDF with its fonts in it."""
    data = msgspec.json.encode(document).decode()
    source = (_HERE / "document.typ").read_bytes()
    return await asyncio.to_thread(_set, source, "pdf", {"data": data, "fonts": _families()}, None)


async def png_of(svg: bytes) -> bytes:
    """A picture of a chart that was drawn for a file."""
    return await asyncio.to_thread(_set, _PICTURE, "png", {"svg": svg.decode(), "fonts": _families()}, _PNG_PPI)


def _families() -> str:
    return msgspec.json.encode(_FAMILIES).decode()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Ours alone, so that paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(STATIC / "paper")])


def _set(source: bytes, kind: Literal["pdf", "png"], inputs: dict[str, str], ppi: float | None) -> bytes:
    return typst.compile(source, format=kind, font_paths=_fonts(), sys_inputs=inputs, ppi=ppi)

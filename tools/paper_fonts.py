"""Make the fonts of paper from those of the screen: typst reads TrueType of one weight, npm brings variable WOFF2.

Run after raising the version of @fontsource-variable/inter, with fonttools and brotli at hand:
`python tools/paper_fonts.py`. The result is committed, so that a server needs neither.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "@fontsource-variable" / "inter"
TARGET = ROOT / "src" / "relata" / "interfaces" / "html" / "paper" / "fonts"
#: Each part of the alphabet is a family of its own, since a family can't have one weight twice.
PARTS = {
    "latin": "Latin",
    "latin-ext": "Extended",
    "greek": "Greek",
    "cyrillic": "Cyrillic",
    "vietnamese": "Vietnamese",
}
WEIGHTS = {400: "Regular", 600: "SemiBold"}


def main() -> None:
    """Write every part in every weight."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for part, name in PARTS.items():
        for weight, style in WEIGHTS.items():
            font = instantiateVariableFont(
                TTFont(SOURCE / "files" / f"inter-{part}-wght-normal.woff2"), {"wght": weight}
            )
            font.flavor = None
            font["OS/2"].usWeightClass = weight
            family = f"Inter {name}"
            for number, text in ((1, family), (2, style), (4, f"{family} {style}"), (16, family), (17, style)):
                font["name"].setName(text, number, 3, 1, 0x409)
            font["name"].setName(f"Inter{name}-{style}", 6, 3, 1, 0x409)
            font.save(TARGET / f"inter-{part}-{weight}.ttf")
    (TARGET / "LICENSE.txt").write_text((SOURCE / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()

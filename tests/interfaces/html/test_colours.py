"""The palette's promise: ink on its ground holds WCAG's contrast in both themes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "src/relata/interfaces/html/client/styles/tokens.css"
_PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)")


def luminance(oklch: str) -> float:
    """Relative luminance (WCAG 2.2) of an OKLCH colour, clipped to sRGB."""
    lightness, chroma, hue = (float(part) for part in oklch.split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def tokens(block: str) -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in _PAIR.findall(block)}


CSS = TOKENS.read_text(encoding="utf-8")
BASE = tokens(CSS.partition(':root[data-theme="light"]')[0])
TAGS = [tokens(block) for block in re.findall(r'\[data-colour="\d+"\] \{(.*?)\}', CSS, re.DOTALL)]
HIGH = BASE | tokens(CSS.partition("@media (prefers-contrast: more)")[2].partition("@media (prefers-reduced")[0])


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("1 0 0", "0 0 0") == pytest.approx(21)


def test_there_are_twelve_tag_colours() -> None:
    assert len(TAGS) == 12


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("number", range(12))
def test_ink_of_a_tag_can_be_read(number: int, theme: int) -> None:
    assert contrast(TAGS[number]["ink"][theme], TAGS[number]["tint"][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "sunken", "raised"])
@pytest.mark.parametrize(
    "ink", ["text", "text-soft", "text-faint", "accent-text", "good", "warning", "bad", "information"]
)
def test_text_can_be_read_on_every_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(BASE[ink][theme], BASE[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("meaning", ["good", "warning", "bad", "information"])
def test_meaning_can_be_read_on_its_wash(meaning: str, theme: int) -> None:
    assert contrast(BASE[meaning][theme], BASE[f"{meaning}-wash"][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), [("text-on-accent", "accent"), ("accent-text", "accent-wash")])
def test_accent_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(BASE[ink][theme], BASE[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["focus", "line-control"])
def test_focus_and_edges_of_choices_can_be_seen(mark: str, theme: int) -> None:
    assert contrast(BASE[mark][theme], BASE["surface"][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "text-soft", "text-faint", "accent-text"])
def test_high_contrast_is_high(ink: str, theme: int) -> None:
    assert contrast(HIGH[ink][theme], HIGH["surface"][theme]) >= 7

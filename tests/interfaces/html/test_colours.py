"""The palette's promise: ink on its ground holds WCAG's contrast in both themes."""

from __future__ import annotations

import math
import operator
import re
from pathlib import Path

import pytest

from relata.engine.workspace.context import ACCENTS as KNOWN

TOKENS = Path(__file__).parents[3] / "src/relata/interfaces/html/client/styles/tokens.css"
_PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)")
_CALCULATED = re.compile(r"calc\(([\d.]+) ([-+*]) ([\d.]+)\)")
_ACCENT = re.compile(r':root\[data-accent="(\w+)"\] \{ --hue: ([\d.]+); --tint: ([\d.]+); \}')
_DO = {"+": operator.add, "-": operator.sub, "*": operator.mul}


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


def tokens(block: str, accent: str = "petrol") -> dict[str, tuple[str, str]]:
    """Both themes' colours by name, with a workspace's accent in place."""
    hue, tint = ACCENTS[accent]
    block = re.sub(r"calc\(var\(--hue\) ([-+]) ", rf"calc({hue} \1 ", block)
    block = block.replace("* var(--tint)", f"* {tint}").replace("var(--hue)", hue)
    block = _CALCULATED.sub(lambda found: str(_DO[found[2]](float(found[1]), float(found[3]))), block)
    return {name: (light, dark) for name, light, dark in _PAIR.findall(block)}


CSS = TOKENS.read_text(encoding="utf-8")
ACCENTS = {"petrol": ("208", "1")} | {name: (hue, tint) for name, hue, tint in _ACCENT.findall(CSS)}
BASE = tokens(CSS.partition(':root[data-theme="light"]')[0])
TAGS = [tokens(block) for block in re.findall(r'\[data-colour="\d+"\] \{(.*?)\}', CSS, re.DOTALL)]
HIGH = BASE | tokens(CSS.partition("@media (prefers-contrast: more)")[2].partition("@media (prefers-reduced")[0])


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("1 0 0", "0 0 0") == pytest.approx(21)


def test_the_accents_are_those_that_a_workspace_can_have() -> None:
    assert tuple(ACCENTS) == KNOWN


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
@pytest.mark.parametrize(
    ("ink", "ground"), [("text-on-accent", "accent"), ("accent-text", "accent-wash"), ("accent-text", "surface")]
)
@pytest.mark.parametrize("accent", ACCENTS)
def test_every_accent_can_be_read(accent: str, ink: str, ground: str, theme: int) -> None:
    base = tokens(CSS.partition(':root[data-theme="light"]')[0], accent)
    assert contrast(base[ink][theme], base[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_every_accent_can_be_seen_as_focus(accent: str, theme: int) -> None:
    base = tokens(CSS.partition(':root[data-theme="light"]')[0], accent)
    assert contrast(base["focus"][theme], base["surface"][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["focus", "line-control"])
def test_focus_and_edges_of_choices_can_be_seen(mark: str, theme: int) -> None:
    assert contrast(BASE[mark][theme], BASE["surface"][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "text-soft", "text-faint", "accent-text"])
def test_high_contrast_is_high(ink: str, theme: int) -> None:
    assert contrast(HIGH[ink][theme], HIGH["surface"][theme]) >= 7

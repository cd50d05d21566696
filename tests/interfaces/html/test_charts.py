"""Charts are pictures of their numbers: proportional, whole, and never wrong where there is nothing to draw."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relata.interfaces.html.charts import bars, funnels, slices
from relata.interfaces.html.charts.draw import as_file, draw, tall
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.charts.scale import clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart, Kind, Mark, Series, finite

KINDS: tuple[Kind, ...] = (
    "bar", "line", "area", "pie", "donut", "funnel", "scatter", "heat", "gauge", "spark", "waterfall", "map",
    "timeline",
)  # fmt: skip
PLACES = frozenset("d x y x1 x2 y1 y2 cx cy r rx width height viewBox font-size opacity stroke-width".split())
_numbers = st.lists(st.none() | st.floats(-1e12, 1e12, allow_nan=False), max_size=12)


def chart(kind: Kind, *rows: list[float | None], **more: bool) -> Chart:
    """A chart of those numbers, each with a link."""
    series = tuple(
        Series(
            label=f"S{at} <b>",
            marks=tuple(
                Mark(value=one, x=float(place), text=str(one), href="/x?a=1&b=2") for place, one in enumerate(row)
            ),
        )
        for at, row in enumerate(rows)
    )
    categories = tuple(f"C{at} & co" for at in range(max(map(len, rows), default=0)))
    plain = Chart(kind=kind, title="Won <i>", categories=categories, series=series, empty="Nothing")
    return msgspec.structs.replace(plain, **more)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(first=_numbers, second=_numbers, flags=st.tuples(st.booleans(), st.booleans()))
def test_any_numbers_make_a_drawing(kind: Kind, first: list[float | None], second: list[float | None],
                                    flags: tuple[bool, bool]) -> None:  # fmt: skip
    length = max(len(first), len(second))
    rows = [row + [None] * (length - len(row)) for row in (first, second)]
    made = chart(kind, *rows, is_stacked=flags[0], is_horizontal=flags[1])
    for text in (str(draw(made, str)), as_file(made, str).decode()):
        for element in ElementTree.fromstring(text).iter():
            places = "".join(value for name, value in element.attrib.items() if name in PLACES)
            assert set(places) <= set("MLHVQAZ0123456789 .-%"), places


def test_bars_are_as_high_as_their_numbers() -> None:
    made = chart("bar", [100.0, 50.0, -25.0])
    axis = scale(bars.numbers(made), 0, 400)
    heights = [abs(axis.at(one.high) - axis.at(one.low)) for one in bars.bars(made, 0, 300)]
    assert heights[1] == pytest.approx(heights[0] / 2)
    assert heights[2] == pytest.approx(heights[0] / 4)


def test_lying_bars_for_which_there_is_no_room_are_counted() -> None:
    made = chart("bar", [float(number) for number in range(100)], is_horizontal=True)
    drawn = str(draw(made, str, Size(640, 280)))
    left_out = re.search(r"\+ (\d+)<", drawn)
    assert left_out is not None and 0 < int(left_out[1]) < 100
    assert f"C{100 - int(left_out[1]) - 1} &amp;" in drawn and f"C{100 - int(left_out[1])} &amp;" not in drawn
    assert tall(made, 280) > 280


def test_stacked_bars_end_at_their_sum() -> None:
    found = bars.bars(chart("bar", [3.0], [4.0], [-2.0], is_stacked=True), 0, 100)
    assert [(one.low, one.high) for one in found] == [(0.0, 3.0), (3.0, 7.0), (-2.0, 0.0)]


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20).filter(lambda one: sum(one) > 1e-3))
def test_slices_make_a_whole(numbers: list[float]) -> None:
    assert math.fsum(share for _, share in slices.shares(chart("pie", list(numbers)))) == pytest.approx(1)


def test_a_pie_with_something_below_zero_is_drawn_as_bars() -> None:
    assert 'data-kind="bar"' in draw(chart("pie", [3.0, -1.0]), str)


def test_funnel_steps_are_as_wide_as_their_numbers() -> None:
    assert funnels.widths(chart("funnel", [200.0, 50.0, 0.0]), 400) == [400, 100, 0]


def test_what_is_missing_is_no_zero() -> None:
    drawn = draw(chart("line", [1.0, None, 3.0]), str)
    assert drawn.count('class="mark"') == 2
    assert len(re.findall(r'class="f-none s-series-0"', drawn)) == 2


def test_nothing_is_said_in_words() -> None:
    assert "Nothing" in draw(chart("bar", []), str)


def test_a_screen_gets_no_style_and_every_text_is_inert() -> None:
    drawn = draw(chart("bar", [1.0]), str)
    assert "style=" not in drawn
    assert "<b>" not in drawn and "<i>" not in drawn
    assert 'href="/x?a=1&amp;b=2"' in drawn


def test_a_file_has_its_own_colours_and_no_links() -> None:
    made = as_file(chart("bar", [1.0]), str).decode()
    assert "href" not in made and "class=" not in made and "#1a8090" in made


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_ticks_hold_every_number(low: float, high: float) -> None:
    found = scale([low, high], 0, 100)
    near = 1e-6 * (1 + abs(low) + abs(high))
    assert found.low <= min(low, high, 0) + near and found.high >= max(low, high, 0) - near
    assert len(found.ticks) <= 9


def test_long_words_are_cut_to_their_room() -> None:
    assert width_of(clipped("Donaudampfschifffahrt", 60), 12) <= 60


def test_no_number_can_not_be_drawn() -> None:
    assert finite(float("nan")) is None and finite(None) is None

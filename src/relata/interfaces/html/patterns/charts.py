"""Every kind of chart, and what it does with little, with much and with the wrong sign."""

from __future__ import annotations

import math

import msgspec
from markupsafe import Markup

from relata.interfaces.html.charts.draw import draw
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.charts.series import Chart, Kind, Mark, Remark, Series
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.patterns.company import NOW, shell
from relata.interfaces.html.view_values import Shell

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAGES = ("Qualify", "Discover", "Proposal", "Negotiate", "Won")
_WRITE = Formatter("en_GB", "Europe/Berlin", NOW)


class ChartSample(msgspec.Struct, frozen=True):
    title: str
    picture: Markup


class ChartsView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    samples: tuple[ChartSample, ...]


def _write(value: float) -> str:
    return _WRITE.compact(value)


def _series(label: str, *numbers: float | None, colour: int | None = None) -> Series:
    marks = tuple(Mark(value=one, text="–" if one is None else _write(one), href="#records") for one in numbers)
    return Series(label=label, marks=marks, colour=colour)


def _chart(title: str, kind: Kind, categories: tuple[str, ...], *series: Series, **more: object) -> ChartSample:
    chart = Chart(kind=kind, title=title, categories=categories, series=series, empty="No records", **more)  # type: ignore[arg-type]
    return ChartSample(title, draw(chart, _write, Size(520, 270)))


def charts_screen() -> ChartsView:
    """The view of /patterns/charts."""
    won = (182_000, 154_000, 231_000, 198_500, 260_000, 243_000, 221_000, 187_000, 305_000)
    points = tuple(
        Mark(
            value=20_000 + 900 * day + 9000 * math.sin(day * 2.1),
            x=float(day),
            text=f"{day} days",
            label=f"Deal {day}",
            href="#records",
        )
        for day in range(4, 70, 2)
    )
    return ChartsView(
        shell=shell(),
        samples=(
            _chart(
                "Won revenue by month", "bar", _MONTHS[:9], _series("Won", *won), goal=250_000, goal_text="Target 250K"
            ),
            _chart(
                "Beside each other",
                "bar",
                _MONTHS[:6],
                _series("North", 12, 18, 9, 14, 22, 17),
                _series("South", 8, 11, 16, 12, 9, 20),
                _series("Partners", 4, 6, 5, 9, 7, 8),
            ),
            _chart(
                "Upon each other",
                "bar",
                _MONTHS[:9],
                _series("New", *won),
                _series("Renewal", *won[::-1]),
                _series("Upsell", *[one / 3 for one in won]),
                is_stacked=True,
            ),
            _chart(
                "By owner",
                "bar",
                ("Mara Lindqvist", "Jonas Feld", "Priya Raman", "Donaudampfschifffahrtsgesellschaft", "Nobody"),
                _series("Open", 812_000, 640_500, 431_000, 222_000, 18_000),
                is_horizontal=True,
            ),
            _chart("Change on last month", "bar", _MONTHS[:8], _series("Change", 12, -8, 22, -3, 0, 14, -19, 6)),
            _chart(
                "Two years",
                "line",
                _MONTHS,
                _series("2025", 12, 15, 14, 18, 21, 19, 17, 16, 22, 24, 23, 28),
                _series("2026", 16, 19, None, 21, 25, 27, 24, 26, 31, None, None, None),
                remarks=(Remark(4, "New definition"),),
            ),
            _chart(
                "Pipeline",
                "area",
                tuple(str(week) for week in range(1, 53)),
                _series("Open", *[900 + 240 * math.sin(week / 6) + 11 * week for week in range(52)]),
            ),
            _chart(
                "By stage over time",
                "area",
                _MONTHS,
                *(
                    _series(name, *[40 + 12 * at + 9 * math.sin(month + at) for month in range(12)])
                    for at, name in enumerate(_STAGES[:4])
                ),
                is_stacked=True,
            ),
            _chart(
                "Where leads come from",
                "donut",
                ("Web", "Referral", "Fair", "Partner", "Others"),
                _series("Leads", 412, 268, 141, 96, 40),
                total="957",
            ),
            _chart("One share", "pie", ("Only",), _series("Leads", 12)),
            _chart("From first talk to won", "funnel", _STAGES, _series("Deals", 1240, 702, 388, 190, 84)),
            _chart("Amount by age", "scatter", (), Series(label="Deals", marks=points)),
            _chart(
                "Calls by weekday and hour",
                "heat",
                tuple(f"{hour}h" for hour in range(8, 19)),
                *(
                    _series(day, *[abs(round(40 * math.sin(hour * 1.3 + at))) for hour in range(11)])
                    for at, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))
                ),
            ),
            _chart("Attainment", "gauge", (), _series("Won", 187_000), goal=250_000, goal_text="of 250K"),
            _chart("Small line", "spark", _MONTHS, _series("Won", *won)),
            _chart("One point", "line", ("Sep",), _series("Won", 31)),
            _chart("Nothing", "bar", (), _series("Won")),
            _chart(
                "Many",
                "bar",
                tuple(f"Category {at}" for at in range(70)),
                _series("n", *[abs(70 * math.sin(at)) for at in range(70)]),
            ),
        ),
    )

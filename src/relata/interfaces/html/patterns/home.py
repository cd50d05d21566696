"""Views of the first page and of the command palette."""

from __future__ import annotations

from datetime import date

import msgspec

from relata.interfaces.html.patterns.company import PEOPLE, STAGES, Deal, deals, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import (
    Option,
    Shell,
)


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    figures: tuple[Sample, ...]
    tasks: tuple[Sample, ...]
    deals: tuple[Deal, ...]
    stages: dict[str, Option] = msgspec.field(default_factory=lambda: STAGES)
    people: dict[str, str] = msgspec.field(default_factory=lambda: PEOPLE)


def home_screen() -> HomeView:
    return HomeView(
        shell=shell("Home"),
        figures=(
            Sample(label="Won this quarter", value="€187k", name="+12%", note="on last quarter", current=True),
            Sample(label="Open pipeline", value="€1.84M", name="+4%", note="on last month", current=True),
            Sample(label="Chance-weighted", value="€812k", note="closes by 30 Sep"),
            Sample(label="Without a next step", value="7", name="+3", note="opportunities"),
        ),
        tasks=(
            Sample(
                label="Send the final offer to Sigrid", note="Halvorsen Maritime", value=date(2026, 9, 16), state="late"
            ),
            Sample(label="Call Arne about the gateways", note="Halvorsen Maritime", value=date(2026, 9, 17)),
            Sample(label="Prepare the renewal meeting", note="Brightwater Utilities", value=date(2026, 9, 18)),
            Sample(label="Answer the tender questions", note="Deutsche Wasserwerke Süd", value=date(2026, 9, 22)),
        ),
        deals=tuple(deal for deal in deals() if deal.owner == "u1" and deal.stage not in ("won", "lost")),
    )


class PaletteView(msgspec.Struct, frozen=True, kw_only=True):
    groups: tuple[Sample, ...]
    query: str = ""


def palette() -> PaletteView:
    def entry(label: str, note: str, icon: str, shortcut: str = "") -> Sample:
        return Sample(label=label, note=note, icon=icon, href="/patterns/record", shortcut=shortcut)

    return PaletteView(
        groups=(
            Sample(
                label="Records",
                items=(
                    entry("Halvorsen Maritime", "Account", "building-2"),
                    entry("Fleet telematics, phase two", "Opportunity", "circle-dollar-sign"),
                    entry("Sigrid Halvorsen", "Contact", "contact-round"),
                ),
            ),
            Sample(
                label="Do",
                items=(
                    entry("Create an opportunity", "", "plus", "C"),
                    entry("Go to the pipeline", "", "square-kanban", "G P"),
                    entry("Switch to dark", "", "moon"),
                ),
            ),
        )
    )

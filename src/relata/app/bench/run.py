"""One run: build, measure part by part, tear down."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from relata.app.assembly import MAIN, House
from relata.app.bench import (
    altering,
    company,
    costs,
    dashboard,
    duplicates,
    exporting,
    filling,
    finding,
    first_load,
    flows,
    funnels,
    mail,
    many_reports,
    people,
    plans,
    processes,
    reading,
    reports,
    sales,
    screens,
    sorting,
    tenants,
    timeline,
    ui,
    undoing,
    waiting,
    writing,
)
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, Report, at_least
from relata.app.bench.sizes import Options
from relata.app.collector import spare_the_collector
from relata.app.settings import Settings
from relata.engine.storage import embedded

Part = Callable[[Bench], Awaitable[list[Figure]]]
#: In this order: what only reads comes first.
PARTS: dict[str, Part] = {
    "api_read": reading.measure,
    "screens": screens.measure,
    "sorts": sorting.measure,
    "plans": plans.measure,
    "reports": reports.measure,
    "many_reports": many_reports.measure,
    "funnel": funnels.measure,
    "dashboard": dashboard.measure,
    "export": exporting.measure,
    "search": finding.measure,
    "api_write": writing.measure,
    "field": altering.measure,
    "import": filling.measure,
    "ui": ui.measure,
    "flows": flows.measure,
    "mail": mail.measure,
    "sales": sales.measure,
}
#: Only when they are named: one fills an account, one takes minutes, one compares sizes.
LONG: dict[str, Part] = {
    "timeline": timeline.measure,
    "tenants": tenants.measure,
    "costs": costs.measure,
    "waiting": waiting.measure,
    "duplicates": duplicates.measure,
    "undo": undoing.measure,
}


def bench(options: Options, command: str) -> Report:
    """The whole report. Its data lie in a folder of their own, which goes with the run unless `keep` says otherwise."""
    report = Report(options.size, command)
    home = Path(options.home or tempfile.mkdtemp(prefix="relata-bench-", dir="/tmp"))
    is_new = not options.home
    try:
        with embedded.start(home, careless=options.lean) as server:
            asyncio.run(_measure(report, home, server.url, options, is_new=is_new))
        if options.wants("processes"):
            _tell("processes")
            report.figures += processes.measure(home)
        if options.wants("first_load"):
            report.figures += first_load.measure()
    finally:
        if not options.keep and is_new:
            shutil.rmtree(home, ignore_errors=True)
        else:
            _tell(f"the data are in {home}")
    return report


async def _measure(report: Report, home: Path, url: str, options: Options, *, is_new: bool) -> None:
    settings = Settings.from_environment({"RELATA_HOME": str(home), "RELATA_DATABASE_URL": url})
    async with House.of(settings, url) as house:
        if is_new:
            _tell(f"building {options.contacts:,} contacts")
            seconds = await company.build(house, options)
            rows = options.contacts + options.accounts + options.opportunities
            if "search" in seconds:
                report.figures.append(at_least("Search index, built anew", rows / seconds["search"], "records/s", 5000))
        spare_the_collector()  # as in the product's processes
        measured = Bench(house, home, options, await people.sign_in(house, MAIN))
        asked = {**PARTS, **LONG} if options.only else PARTS
        for name, part in asked.items():
            if options.wants(name):
                _tell(name)
                found = await part(measured)
                for figure in found:
                    _tell("  ".join(word for word in figure.line() if word))
                report.figures += found


def _tell(what: str) -> None:
    """Progress on standard error, so that standard output holds the report alone."""
    if not os.environ.get("RELATA_TEST_QUIET"):
        print(f"bench: {what}", file=sys.stderr, flush=True)

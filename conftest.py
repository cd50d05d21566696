"""For the tests of the whole tree, modules' own tests included: shared fixtures, and no silent skips in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

#: How long an example takes says how busy the machine is; only whether it holds counts.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

#: What a page did not show in time is looked for again, from the start: a busy machine's browser misses a moment in
#: some thousand. The summary lists each such test, and one that fails three times has failed.
_AGAIN = pytest.mark.flaky(reruns=2)

#: The files of browser tests that take longest, the longest first.
_LONGEST = ("test_accessibility", "test_every_screen", "test_stored_script", "test_live", "test_behaviours")

pytest_plugins = ("relata.testing.postgres", "relata.testing.house", "relata.testing.browser")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: each waits a quarter of its time for servers, browsers and clocks."""
    return (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with browser tests come last: from its first use, Playwright's event loop runs in our thread until the
    session ends, and no asynchronous test could start its own. Whole files, since several processes take whole files.
    The longest come first among them.
    """
    browsing = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    mixed = sorted({item.name for item in items if item.path in browsing and item.get_closest_marker("asyncio")})
    if mixed:
        raise pytest.UsageError(f"Asynchronous tests stand in files of browser tests: {', '.join(mixed[:5])}")
    items.sort(key=lambda item: _place(item.path) if item.path in browsing else 0)
    for item in items:
        if item.path in browsing:
            item.add_marker(_AGAIN)


def _place(path: Path) -> int:
    """Where a file of browser tests comes: no process is left with a long one while the others have nothing to do."""
    return 1 + (_LONGEST.index(path.stem) if path.stem in _LONGEST else len(_LONGEST))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says so when a run that may skip nothing did."""
    if _skips_are_wrong(terminalreporter):
        terminalreporter.write_line("Tests were skipped, and RELATA_TEST_NO_SKIPS forbids that.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails a run in which a test was skipped, where RELATA_TEST_NO_SKIPS is set: CI has all that tests need."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(reporter, pytest.TerminalReporter)
    if session.exitstatus == pytest.ExitCode.OK and _skips_are_wrong(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


#: The one skip that CI may have: a shallow checkout holds no older version to upgrade from.
_MAY_SKIP = "there is no history of versions here"


def _skips_are_wrong(reporter: pytest.TerminalReporter) -> bool:
    skipped = [one for one in reporter.stats.get("skipped", ()) if _MAY_SKIP not in str(one.longrepr)]
    return bool(os.environ.get("RELATA_TEST_NO_SKIPS") and skipped)

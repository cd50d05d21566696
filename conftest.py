"""For the tests of the whole tree, modules' own tests included: shared fixtures, and no silent skips in CI."""

from __future__ import annotations

import os

import pytest

pytest_plugins = ("relata.testing.postgres", "relata.testing.house", "relata.testing.browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: from its first use, Playwright's event loop runs in our thread until the session ends,
    and no asynchronous test could start its own.
    """
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


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

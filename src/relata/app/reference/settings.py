"""The settings of an installation."""

from __future__ import annotations

from relata.app.reference.markdown import code, table
from relata.app.settings import Settings, describe


def page() -> str:
    """Every setting with its default and help."""
    rows = [(code(line.name), code(line.default), line.help) for line in describe(Settings())]
    return (
        "# Settings\n\nEnvironment variables; `relata settings` shows their values, and `relata doctor` names those "
        f"that nobody reads.\n\n{table(('Variable', 'Default', 'What it is for'), rows)}"
    )

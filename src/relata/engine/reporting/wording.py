"""Labels of what modules ship, in the reader's language. What somebody wrote themselves stays as it is."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.reporting.definition import Definition


def in_words(definition: Definition) -> Definition:
    """The same report with the labels of its groups, figures and prompts translated."""
    return msgspec.structs.replace(
        definition,
        rows=tuple(msgspec.structs.replace(one, label=_words(one.label)) for one in definition.rows),
        columns=tuple(msgspec.structs.replace(one, label=_words(one.label)) for one in definition.columns),
        measures=tuple(msgspec.structs.replace(one, label=_words(one.label)) for one in definition.measures),
        prompts=tuple(msgspec.structs.replace(one, label=_words(one.label)) for one in definition.prompts),
    )


def _words(label: str) -> str:
    return worded(label) if label else ""

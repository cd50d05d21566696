"""Reports as modules declare them. They are data: whoever wants another one copies it."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.wording import in_words
from relata.engine.workspace.workspace import Workspace


class ShippedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report that comes with a module. key: `module.name`. Labels of its groups and figures are translated when they
    are shown."""

    key: str
    label: str
    help: str
    definition: Definition

    @property
    def title(self) -> str:
        """In the reader's language."""
        return worded(self.label)

    @property
    def advice(self) -> str:
        """Likewise."""
        return worded(self.help)

    @property
    def in_words(self) -> Definition:
        """With labels in the reader's language."""
        return in_words(self.definition)


def shipped_reports(work: Workspace) -> tuple[ShippedReport, ...]:
    """Those of the modules that are on, about objects that the reader may read."""
    return tuple(
        one
        for module in work.registry.modules.values()
        for one in module.reports
        if one.definition.object in work.registry.objects
        and work.actor.rights.level(work.registry.get(one.definition.object), "read")
    )

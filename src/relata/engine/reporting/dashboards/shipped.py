"""Dashboards and metrics as modules declare them. They are data: whoever wants another one copies it."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.reporting.dashboards.body import Body
from relata.engine.workspace.workspace import Workspace


class Shipped(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard that comes with a module. needs: objects that its reader must be able to read. roles: those who start
    with it, by name. Its cards' titles are translated when they are shown."""

    key: str
    label: str
    help: str
    body: Body
    needs: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """In the reader's language."""
        return worded(self.label)

    @property
    def advice(self) -> str:
        """Likewise."""
        return worded(self.help)


def shipped(work: Workspace) -> tuple[Shipped, ...]:
    """Those of the modules that are on, as far as their objects are open to the reader."""
    return tuple(
        one
        for module in work.registry.modules.values()
        for one in module.dashboards
        if all(
            name in work.registry.objects and work.actor.rights.level(work.registry.get(name), "read")
            for name in one.needs
        )
    )

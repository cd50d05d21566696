"""Asking for an administrative right: one sentence each, the same for screens, API and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relata.engine.access.rights import PERMISSIONS
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


def require(work: Workspace, permission: str) -> None:
    """Denied unless one of the actor's roles holds the permission."""
    if not work.actor.rights.permits(permission):
        what = PERMISSIONS.get(permission, permission).rstrip(".").lower()
        raise Denied(
            _("Your roles do not allow this: %(what)s.") % {"what": what},
            code=f"denied_{permission}",
            hint=_("Ask an administrator."),
        )


def all_permissions(work: Workspace) -> dict[str, str]:
    """Every permission of this workspace with what it allows: the engine's, then those of the modules that are on."""
    found = dict(PERMISSIONS)
    for module in work.registry.modules.values():
        found.update(module.permissions)
    return found

"""What holds for queues and skills on every path."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.module import Guard
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

MANAGE = "manage_users"


async def check_queue(work: Any, draft: Any) -> None:
    """Who is in a queue, and which team sees what lies in it, decides who manages people."""
    if not work.actor.rights.system and not work.actor.rights.permits(MANAGE):
        raise Denied(
            _("Only who manages people may change queues."), code="denied_manage_users", hint=_("Ask an administrator.")
        )


async def check_skills(work: Any, draft: Any) -> None:
    """Skills decide who gets what, so nobody gives them to themselves."""
    if draft.changed("skills") and not work.actor.rights.system and not work.actor.rights.permits(MANAGE):
        raise Denied(
            _("Only who manages people may change skills."), code="denied_manage_users", hint=_("Ask an administrator.")
        )


GUARDS = (Guard("queue", check_queue), Guard("user", check_skills))

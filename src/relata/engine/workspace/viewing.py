"""Looking at the workspace as a role sees it: never more than one may see oneself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from relata.engine.access.narrowing import narrowed
from relata.engine.access.principals import groups_of
from relata.engine.access.rights import Rights
from relata.engine.metadata.layout import Layout
from relata.engine.workspace.actors import with_roles
from relata.engine.workspace.openings import Keys
from relata.engine.workspace.permissions import require
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


def viewed_as(work: Workspace, role: str = "", draft: Layout | None = None) -> Workspace:
    """The same unit of work as somebody who has this role alone; what the actor may not do themselves stays closed.
    draft: a layout to look at before it is stored. Needs manage_objects, and nothing may be written through it."""
    require(work, "manage_objects")
    actor = work.actor
    if role:
        given = work.registry.roles.get(role)
        if given is None:
            raise NotFound(_("There is no such role."), code="unknown_role")
        rights = Rights(work.registry, [given])
        both = narrowed(actor.rights, rights, lambda *_: True, everything=True, label=role)
        known = work.context.principals
        teams = [known[team] for team in (*actor.teams, *groups_of(actor.rights.roles)) if team in known]
        below = [known[team] for team in actor.below if team in known]
        own = known.get(actor.user) if actor.user else None
        shown = msgspec.structs.replace(both, label=given.label)
        actor = with_roles(actor, work.context, [shown], Keys(own, teams, below))
    drafts = {**work.unit.drafts, **({draft.object: draft} if draft else {})}
    return type(work)(replace(work.unit, actor=actor, drafts=drafts))

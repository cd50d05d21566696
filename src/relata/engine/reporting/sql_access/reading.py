"""As whom an access reads: its person, as narrow as a key of theirs with this role that may only read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.identity.credentials import Credentials
from relata.engine.query.ground import StatementCache
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Reading:
    """person: as they are. narrowed: as the access reads. context: with the keys of now."""

    person: Actor
    narrowed: Actor
    context: WorkspaceContext

    @property
    def rights_of_now(self) -> tuple[object, ...]:
        """Equal where the same rows and columns are read."""
        return (self.narrowed.fingerprint, repr(self.narrowed.parameters()))


async def reader_of(work: Workspace, person: UUID, role: str | None) -> tuple[Reading | None, str]:
    """Who reads, looked up now and not remembered; or why nobody may."""
    if role is not None and role not in work.registry.roles:
        return None, _("The role is gone.")
    connection, space = work.unit.connection, quoted(work.context.schema)
    keys = {one: int(key) for one, key in await connection.fetch(f"select id, key from {space}._principal")}
    context = replace(work.context, statements=StatementCache(), principals=keys)
    shown = Credentials("key", workspace=context.id, user=person, role=role, scopes=("read",))
    actors = ActorCache()
    try:
        whole = await actors.load(connection, context, person, "sql")
        narrowed = await Caller(shown).actor(actors, connection, context, "sql")
    except Denied:
        return None, _("This person does not work here.")
    return Reading(whole, replace(narrowed, via="sql", source={}), context), ""

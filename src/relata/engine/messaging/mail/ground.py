"""What reading mail stands on: the door, the servers, the store of files, and a way to tell people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from relata.engine.fetching.client import Guard
from relata.engine.files.store import FileStore
from relata.engine.messaging.mail.servers import MailServers
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace

#: Tells a person something, in the transaction of the work.
Tell = Callable[[Workspace, UUID, str, AnyTarget | None], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class MailGround:
    """Handed to whoever reads mail; wiring makes it once."""

    door: Door
    servers: MailServers
    store: FileStore
    tell: Tell
    guard: Guard = field(default_factory=Guard)

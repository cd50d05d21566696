"""One request as the handlers of the API see it: who calls, which address, which words; and the way to the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from relata.engine.automation.assignment.administration import AssignmentAdministration
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.files.store import FileStore
from relata.engine.identity.credentials import Credentials
from relata.engine.identity.sealing import NoSealer, Sealer
from relata.engine.jobs.queue import Queue
from relata.engine.metadata.object import Object
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.door import Door
from relata.engine.workspace.warnings import confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound, Unavailable
from relata.foundation.ids import parse_id
from relata.interfaces.http.asgi import Headers, Receive
from relata.interfaces.http.problems import CONFIRM, confirmed_in
from relata.interfaces.http.refusal import Refusal
from relata.interfaces.rest import bodies, parameters

T = TypeVar("T")
Attempt = Callable[[Workspace], Awaitable[T]]


@dataclass(slots=True)
class Call:
    """names: what stood in the variable parts of the path. query, body: as they came, checked by the ground.
    receive: for handlers that read the body themselves. store: where files are kept; None where there are none.
    origin: before links to files. queue: for what follows later; sealer: of secrets that must be read again."""

    door: Door
    credentials: Credentials
    headers: Headers
    names: Mapping[str, str]
    query: bytes
    body: bytes
    receive: Receive
    store: FileStore | None = None
    origin: str = ""
    queue: Queue | None = None
    sealer: Sealer = field(default_factory=NoSealer)

    async def pump(self, work: Workspace) -> None:
        """Flows have something to do."""
        await self.jobs.enqueue(work.unit.connection, PUMP, {"schema": work.context.schema}, key=work.context.schema)

    @property
    def jobs(self) -> Queue:
        """The queue; Unavailable where the installation has none."""
        if self.queue is None:
            raise Unavailable("Nothing can be done later here.", hint="Ask whoever runs this installation.")
        return self.queue

    async def read(self, attempt: Attempt[T]) -> T:
        """`attempt` as the caller, without a transaction: for reads of one statement, or where each may stand alone."""
        return await self.door.run(await self.key(), Caller(self.credentials), attempt, via="api", read_only=True)

    async def write(self, attempt: Attempt[T]) -> T:
        """`attempt` as the caller, in one transaction. It may run again when others got in the way."""
        names = confirmed_in(self.headers.get(CONFIRM.encode()))

        async def meant(work: Workspace) -> T:
            confirm(work.unit, names)
            return await attempt(work)

        return await self.door.run(await self.key(), Caller(self.credentials), meant, via="api")

    async def office(self) -> Administration:
        """The configuration, as the caller."""
        return Administration(self.door, await self.key(), Caller(self.credentials), via="api")

    async def rule_office(self) -> AssignmentAdministration:
        """The assignment rules, as the caller."""
        return AssignmentAdministration(self.door, await self.key(), Caller(self.credentials), via="api")

    async def key(self) -> str:
        workspace = self.credentials.workspace
        if workspace is None:
            raise Denied("You belong to no workspace yet.", code="no_workspace", hint="Ask for an invitation.")
        return await self.door.key_of(workspace)

    def parameters(self, known: Iterable[str] = ()) -> dict[str, str]:
        """The query's parameters; Refusal for one that this address does not know."""
        return parameters.read(self.query, known)

    def readable(self, work: Workspace) -> Object:
        """The object in the path. NotFound where there is none, Denied where the caller may read none of it."""
        return work.readable_object(work.registry.by_path(self.names["plural"]).name)

    def record_id(self, one: Object) -> UUID:
        """The id in the path; what can't be an id is the id of nothing."""
        found = parse_id(self.names["id"])
        if found is None:
            raise NotFound(f"This {one.noun} does not exist.", hint="An id looks like 01939f2e-….")
        return found

    def expected_version(self) -> int | None:
        """The version in If-Match: `"3"`; None where any will do."""
        text = self.headers.get(b"if-match")
        if text is None or text.strip() == "*":
            return None
        number = text.strip().removeprefix("W/").strip('"')
        if not number.isascii() or not number.isdigit() or len(number) > 18:
            raise Refusal(400, "if_match", "If-Match must be one ETag of this record.", hint='Send If-Match: "3".')
        return int(number)

    def values(self) -> dict[str, Any]:
        """The body as a JSON object."""
        self._require_json()
        return bodies.mapping(self.body)

    def shaped(self, shape: type[T]) -> T:
        """The body as a declared shape."""
        self._require_json()
        return bodies.decode(self.body, shape)

    def _require_json(self) -> None:
        kind = (self.headers.get(b"content-type") or "").partition(";")[0].strip().lower()
        if self.body and not (kind.startswith("application/") and kind.endswith("json")):
            raise Refusal(415, "unsupported_media_type", "Only JSON is accepted here.", hint="Send application/json.")

"""What the clients were told: the acknowledged state of every record, and what may or may not have happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

#: In front of the mark of a record that lies in the bin.
GONE = "-"


@dataclass(slots=True)
class Told:
    """One record of one client. Its state is the mark that was written last, with GONE before it in the bin.

    state: what was acknowledged last. maybe: states whose acknowledgement got lost since; each such write was guarded
    by the version, so none can take effect once a later one was acknowledged. version: None when it must be asked for.
    """

    path: str
    id: UUID
    state: str
    version: int | None
    maybe: set[str] = field(default_factory=set)

    @property
    def field(self) -> str:
        """The field that holds the mark."""
        return "next_step" if self.path == "opportunities" else "job_title"

    def acknowledged(self, state: str, version: int | None) -> None:
        """The server said that it is so."""
        self.state, self.version = state, version
        self.maybe.clear()

    def lost(self, state: str) -> None:
        """The answer to a write that leads to this state never came."""
        self.maybe.add(state)
        self.version = None

    def fits(self, seen: str) -> bool:
        """Whether a reader may see this now."""
        return seen == self.state or seen in self.maybe


@dataclass(slots=True)
class Journal:
    """What all clients of a run were told. unsure: marks of creations whose answer never came. together: marks whose
    records were made in one transaction. wrong: what a client saw that can't be. strange: answers that no fault
    explains, counted."""

    records: list[Told] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    together: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    strange: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    lost: int = 0
    acknowledged: int = 0

    def note_strange(self, what: str) -> None:
        """Counts an answer that should not have come."""
        self.strange[what] = self.strange.get(what, 0) + 1

"""One workspace as a process knows it: registry, tables, compiled statements, keys of people and teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

import msgspec

from relata.engine.metadata.fields import ParseContext
from relata.engine.metadata.overlay import Definition
from relata.engine.metadata.registry import Registry
from relata.engine.query.ground import Ground, StatementCache
from relata.engine.secrets.records import Sealer
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

#: The colours that a workspace can have; how each looks in light and dark is for the screens to say.
ACCENTS = ("petrol", "blue", "violet", "magenta", "red", "orange", "green", "graphite")


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a workspace decides once. currency: ISO 4217. region: ISO 3166-1, for phones. zone: IANA. language: IETF.
    hours: when somebody works, for each day from Monday, such as `09:00-17:00`; "" on a day off. accent: of ACCENTS.
    mail_tracking: whether mailboxes may note that their mails are opened and links followed. rehearsal_of: the key of
    the workspace whose masked copy this is, "" for a real one."""

    name: str = "Relata"
    currency: str = "EUR"
    region: str = "DE"
    zone: str = "Europe/Berlin"
    language: str = "en"
    first_weekday: int = 0
    fiscal_month: int = 1
    hours: tuple[str, ...] = ("09:00-17:00",) * 5 + ("", "")
    accent: str = "petrol"
    mail_tracking: bool = False
    rehearsal_of: str = ""


@dataclass
class WorkspaceContext:
    """Immutable but for its caches; a change of the definitions makes a new one."""

    id: UUID
    key: str
    schema: str
    settings: Settings
    registry: Registry
    definitions: tuple[Definition, ...]
    numbers: dict[str, int]
    keys: WorkspaceKeys
    statements: StatementCache = field(default_factory=StatementCache)
    principals: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = Tables(self.registry, self.schema)
        self.ground = Ground(self.registry, self.tables, self.statements)
        self.parsing = ParseContext(self.settings.currency, self.settings.region)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals and opens what the log keeps of persons."""
        return Sealer(self.keys)

    @cached_property
    def holdable(self) -> frozenset[str]:
        """The objects whose records may be held (see `holds`): those with a process of approval, on or off."""
        return frozenset(str(one.body.get("object")) for one in self.of_kind("approval"))

    def of_kind(self, kind: str) -> list[Definition]:
        """The stored definitions of one kind."""
        return [one for one in self.definitions if one.kind == kind]

    async def principal(self, connection: Connection, who: UUID, seen: dict[UUID, int]) -> int:
        """The integer key of a person or team, made on first use; keys never change.

        seen: the transaction's own findings; whoever commits moves them to `principals`, since a key that was made in a
        transaction may still be rolled back.
        """
        known = self.principals.get(who) or seen.get(who)
        if known is None:
            space = quoted(self.schema)
            row = await connection.fetch_one(f"select key from {space}._principal where id = %s", (who,))
            if row is None:
                row = await connection.fetch_one(
                    f"insert into {space}._principal (id) values (%s) on conflict (id) do update set id = excluded.id"
                    " returning key",
                    (who,),
                )
            assert row is not None
            known = seen[who] = row[0]
        return known

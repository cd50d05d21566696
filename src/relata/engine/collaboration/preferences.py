"""How a person wants to be told; whoever has chosen nothing has the defaults that the fields declare."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from relata.engine.collaboration.objects import SETTINGS
from relata.engine.collaboration.quiet import quiet_until
from relata.engine.formula import Binary, Items, Literal, Path
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_DEFAULTS = {field.name: field.default for field in SETTINGS.fields}


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's. zone: IANA. record: None while nothing was chosen. locale: IETF, of the language they read."""

    person: UUID
    zone: str
    email: str
    values: Mapping[str, Any]
    record: Record | None = None
    locale: str = "en"

    def way(self, kind: str) -> str:
        """mail, digest, screen or off."""
        return str(self.values.get(kind) or "screen")

    def held_until(self, kind: str, now: datetime) -> datetime | None:
        """Until when their quiet hours hold it back; a reminder was set for its own time."""
        if kind == "reminder":
            return None
        return quiet_until(now, self.zone, self.values.get("quiet_from"), self.values.get("quiet_until"))

    def follows_when(self, reason: str) -> bool:
        """Whether they want to follow what they are mentioned on, comment on, or are given."""
        return bool(self.values.get(f"follow_{reason}"))

    def wants_digest(self, now: datetime) -> date | None:
        """The day whose mail is due at `now`; None when it is too early or went out."""
        local = now.astimezone(ZoneInfo(self.zone))
        is_due = local.hour >= int(self.values.get("digest_hour") or 0)
        return local.date() if is_due and self.values.get("digested_on") != local.date() else None


async def preferences_of(work: Workspace, people: Collection[UUID]) -> dict[UUID, Preferences]:
    """Of those who work here and are active. work: the system's."""
    persons = [one for one in await work.get_many("user", sorted(people)) if one["status"] == "active"]
    ids = Items(tuple(Literal(str(one.id)) for one in persons))
    chosen = (
        await work.find("notification_settings", Binary("in", Path(("owner",)), ids))
        if persons and "notification_settings" in work.registry.objects
        else []
    )
    by_owner = {record["owner"]: record for record in chosen}
    return {
        one.id: Preferences(
            one.id, one["time_zone"] or work.settings.zone, one["email"] or "",
            by_owner[one.id].values if one.id in by_owner else _DEFAULTS, by_owner.get(one.id),
            one["language"] or work.settings.language,
        )
        for one in persons
    }  # fmt: skip


async def own_preferences(work: Workspace) -> Preferences:
    """Those of whoever is at work."""
    assert work.actor.user is not None
    return (await preferences_of(work.as_system(), [work.actor.user]))[work.actor.user]


async def choose(work: Workspace, values: Mapping[str, Any]) -> None:
    """Change one's own; raises Invalid like every write."""
    record = await work.first("notification_settings", owner=work.actor.user)
    if record is None:
        await work.create("notification_settings", {"owner": work.actor.user, **values})
    else:
        await work.change(record, values)


async def choose_for(work: Workspace, wish: Preferences, values: Mapping[str, Any]) -> None:
    """Note something in a person's settings. work: the system's."""
    if wish.record is None:
        await work.create("notification_settings", {"owner": wish.person, **values})
    else:
        await work.change(wish.record, values)

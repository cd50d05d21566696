"""What is unusual about a sign-in: a device or a network that was not seen before, or a way that nobody travels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from relata.engine.identity import browsers
from relata.engine.identity.alerts.locating import Locator, NoPlaces, is_impossible, network_of
from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection

#: Filled by the wiring with a database of places, where there is one.
LOCATOR: list[Locator] = [NoPlaces()]


async def note(
    connection: Connection,
    account: UUID,
    visitor: Visitor,
    *,
    workspace: UUID | None = None,
    session: UUID | None = None,
) -> None:
    """Remember from where and on what somebody came, with an alert for what is new. The first time is never news."""
    device, network = browsers.device(visitor.user_agent), network_of(visitor.ip)
    rows = await connection.fetch(
        "select device, network, last_at, last_ip from relata.seen_from where account = %s order by last_at desc",
        (account,),
    )
    await connection.execute(
        "insert into relata.seen_from (account, device, network, last_ip) values (%s, %s, %s, %s)"
        " on conflict (account, device, network) do update set last_at = now(), last_ip = excluded.last_ip",
        (account, device, network, visitor.ip[:64]),
    )
    if not rows:
        return
    about: dict[str, Any] = {"account": account, "workspace": workspace, "session": session}
    if device not in {row[0] for row in rows}:
        await raise_alert(connection, "new_device", **about, ip=visitor.ip, device=device, network=network)
    elif network and network not in {row[1] for row in rows}:
        await raise_alert(connection, "new_network", **about, ip=visitor.ip, device=device, network=network)
    await _travel(connection, about, visitor.ip, rows[0][2], rows[0][3])


async def _travel(connection: Connection, about: dict[str, Any], ip: str, last_at: datetime, last_ip: str) -> None:
    here, there = LOCATOR[0].locate(ip), LOCATOR[0].locate(last_ip)
    hours = (datetime.now(UTC) - last_at).total_seconds() / 3600
    if here and there and is_impossible(here, there, hours):
        await raise_alert(
            connection,
            "impossible_travel",
            account=about["account"],
            workspace=about["workspace"],
            session=about["session"],
            ip=ip,
            here=here.name,
            there=there.name,
            minutes=round(hours * 60),
        )

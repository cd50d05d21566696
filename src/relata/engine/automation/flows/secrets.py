"""Secrets that requests of flows carry, by name: written, never read back, opened only as a request goes out, and only
for the one server that each is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from relata.engine.automation.flows.objects import MANAGE
from relata.engine.identity.sealing import Sealer
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,59}$")
_HOST = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$")


@dataclass(frozen=True, slots=True)
class Known:
    """A secret without what it says."""

    name: str
    host: str
    changed_at: datetime


def _place(schema: str, name: str, host: str) -> str:
    return f"flow:{schema}:{name}:{host}"


async def secrets_of(
    database: Database, sealer: Sealer, schema: str, names: Iterable[str], host: str
) -> dict[str, str]:
    """The secrets among these names that are for this server."""
    async with database.read() as connection:
        rows = await connection.fetch(
            f"select name, sealed from {quoted(schema)}._flow_secret where name = any(%s) and host = %s",
            (list(names), host),
        )
    return {name: sealer.unseal(bytes(sealed), _place(schema, name, host)).decode() for name, sealed in rows}


async def known_secrets(connection: Connection, schema: str) -> list[Known]:
    """What the secrets are called, and for which server each is."""
    rows = await connection.fetch(f"select name, host, changed_at from {quoted(schema)}._flow_secret order by name")
    return [Known(*row) for row in rows]


async def keep_secret(work: Workspace, sealer: Sealer, name: str, host: str, text: str) -> None:
    """Set one. Needs manage_flows."""
    require(work, MANAGE)
    host = host.strip().lower()
    problems = []
    if not _NAME.match(name):
        problems.append(Problem("secret_name", _("Letters, digits and underscores."), "name"))
    if not _HOST.match(host):
        problems.append(Problem("secret_host", _("The name of one server, such as api.example.com."), "host"))
    if not text.strip() or len(text) > 10_000 or not text.isprintable():
        problems.append(Problem("secret_text", _("The secret is empty, or holds a line break."), "text"))
    if problems:
        raise Invalid.of(problems)
    sealed = sealer.seal(text.strip().encode(), _place(work.context.schema, name, host))
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._flow_secret (name, host, sealed) values (%s, %s, %s)"
        " on conflict (name) do update set host = excluded.host, sealed = excluded.sealed, changed_at = now()",
        (name, host, sealed),
    )
    await work.log("_flow_secret", work.context.id, "configured", after={"name": name, "host": host})


async def forget_secret(work: Workspace, name: str) -> None:
    """Remove one. Needs manage_flows."""
    require(work, MANAGE)
    await work.unit.connection.execute(
        f"delete from {quoted(work.context.schema)}._flow_secret where name = %s", (name,)
    )
    await work.log("_flow_secret", work.context.id, "configured", before={"name": name})

"""Whole workspaces out and in, for the command."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from relata.app.assembly import House
from relata.app.migrations import MIGRATIONS
from relata.app.preparing import require_current, within
from relata.app.settings import Settings
from relata.engine.transfer.whole.bringing_in import bring_in
from relata.engine.transfer.whole.taking_out import take_out


def export_workspace(settings: Settings, url: str, key: str, file: Path) -> dict[str, Any]:
    """What was written."""

    async def write(house: House) -> dict[str, Any]:
        await require_current(house)
        return asdict(await take_out(house.database, house.ring, house.files, key, file))

    return within(settings, url, write)


def import_workspace(settings: Settings, url: str, file: Path, key: str) -> dict[str, Any]:
    """What arrived. The database is brought to this version first: it may be empty."""

    async def bring(house: House) -> dict[str, Any]:
        await house.migrate()
        return asdict(await bring_in(house.door, house.encrypted_files, MIGRATIONS, file, key))

    return within(settings, url, bring)

"""Work on all attached files at once."""

from __future__ import annotations

from relata.app.assembly import House
from relata.app.preparing import within
from relata.app.settings import Settings
from relata.engine.files.encrypted import encrypt_plain
from relata.foundation.errors import Conflict


def encrypt_files(settings: Settings, url: str) -> int:
    """Encrypt what still lies plain, in every workspace; how many files. Conflict where the settings forbid it."""
    if not settings.encrypt_files:
        raise Conflict(
            "Files are not to be encrypted here.",
            code="encrypt_files",
            hint="Set RELATA_ENCRYPT_FILES to yes first.",
        )

    async def use(house: House) -> int:
        total = 0
        for key in await house.door.keys():
            total += await encrypt_plain(house.encrypted_files, (await house.door.context(key)).schema)
        return total

    return within(settings, url, use)

"""What was refused at the last step stays in the security log although the transaction is rolled back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from relata.engine.identity import security_log
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Database
from relata.foundation.errors import Denied


@asynccontextmanager
async def refusals_logged(database: Database, account: UUID, visitor: Visitor) -> AsyncIterator[None]:
    """Around a transaction: Denied is written down, then raised on."""
    try:
        yield
    except Denied as error:
        async with database.transaction() as connection:
            await security_log.record(connection, "sign_in_denied", account=account, ip=visitor.ip, why=error.code)
        raise

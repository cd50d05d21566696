"""All system migrations of the product, collected from the engine's packages."""

from __future__ import annotations

from relata.engine.access.tables import MIGRATIONS as ACCESS
from relata.engine.history.tables import MIGRATIONS as HISTORY
from relata.engine.identity.tables import MIGRATIONS as IDENTITY
from relata.engine.jobs.tables import MIGRATIONS as JOBS
from relata.engine.storage.migrations import STORAGE, Migration
from relata.engine.transfer.tables import MIGRATIONS as TRANSFER

MIGRATIONS: tuple[Migration, ...] = (*STORAGE, *HISTORY, *ACCESS, *IDENTITY, *JOBS, *TRANSFER)

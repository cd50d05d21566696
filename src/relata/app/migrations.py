"""All system migrations of the product, collected from the packages that own the tables."""

from __future__ import annotations

from relata.engine.access.tables import MIGRATIONS as ACCESS
from relata.engine.automation.assignment.turns import MIGRATIONS as ASSIGNMENT
from relata.engine.automation.capture.tables import MIGRATIONS as CAPTURE
from relata.engine.automation.flows.tables import MIGRATIONS as FLOWS
from relata.engine.automation.webhooks.tables import MIGRATIONS as WEBHOOKS
from relata.engine.files.tables import MIGRATIONS as FILES
from relata.engine.history.tables import MIGRATIONS as HISTORY
from relata.engine.identity.tables import MIGRATIONS as IDENTITY
from relata.engine.jobs.tables import MIGRATIONS as JOBS
from relata.engine.live.tables import MIGRATIONS as LIVE
from relata.engine.matching.tables import MIGRATIONS as MATCHING
from relata.engine.messaging.mail.outgoing.tables import MIGRATIONS as MAIL_OUT
from relata.engine.messaging.mail.tables import MIGRATIONS as MAIL
from relata.engine.messaging.tables import MIGRATIONS as MESSAGING
from relata.engine.reporting.adoption.counting import MIGRATIONS as ADOPTION
from relata.engine.reporting.quality.parts import MIGRATIONS as QUALITY_PARTS
from relata.engine.reporting.quality.trend import MIGRATIONS as QUALITY
from relata.engine.reporting.sql_access.tables import MIGRATIONS as SQL_ACCESS
from relata.engine.search.tables import MIGRATIONS as SEARCH
from relata.engine.secrets.tables import MIGRATIONS as SECRETS
from relata.engine.storage.migrations import STORAGE, Migration
from relata.engine.transfer.bulk.tables import MIGRATIONS as BULK
from relata.engine.transfer.migration.tables import MIGRATIONS as MOVING
from relata.engine.transfer.same_rows import MIGRATIONS as SAME_ROWS
from relata.engine.transfer.tables import MIGRATIONS as TRANSFER
from relata.engine.transfer.wizard.tables import MIGRATIONS as IMPORTS
from relata.engine.workspace.field_reads import MIGRATIONS as FIELD_READS
from relata.engine.workspace.holds import MIGRATIONS as HOLDS
from relata.engine.workspace.merges import MIGRATIONS as MERGES
from relata.interfaces.rest.tables import MIGRATIONS as REST

MIGRATIONS: tuple[Migration, ...] = (
    *STORAGE, *SECRETS, *HISTORY, *ACCESS, *IDENTITY, *JOBS, *MESSAGING, *SEARCH, *FILES, *LIVE, *TRANSFER,
    *BULK, *IMPORTS, *HOLDS, *FLOWS, *REST, *ASSIGNMENT, *WEBHOOKS, *CAPTURE, *MAIL, *MAIL_OUT,
    *MATCHING, *MERGES, *MOVING,
    *SQL_ACCESS, *ADOPTION, *QUALITY, *FIELD_READS, *QUALITY_PARTS, *SAME_ROWS,
)  # fmt: skip

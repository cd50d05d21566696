"""What workers do: number the log and hand it on, keep the search index, run reactions and schedules, end shares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

from relata.app import (
    approving,
    automating,
    importing,
    inviting,
    keeping_quality,
    keeping_snapshots,
    mailing,
    notifying,
    rehearsing,
    reporting,
    seconds,
    sending_mail,
    sql_accesses,
    watching_metrics,
)
from relata.app.anchoring import ANCHOR, ANCHOR_CRON, anchor
from relata.app.assembly import House
from relata.engine.automation.approvals.telling import approving as tell_approvers
from relata.engine.automation.flows.noticing import noticing as noticing_flows
from relata.engine.automation.webhooks.noticing import noticing as noticing_webhooks
from relata.engine.collaboration.noticing import noticing
from relata.engine.collaboration.push import noticing as push_noticing
from relata.engine.files import cleaning, scanning
from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.feed import changes_at
from relata.engine.history.opening import opened
from relata.engine.history.reactions import REACT, reacting
from relata.engine.history.sealing import SealKeeper
from relata.engine.identity.sweeping import sweep
from relata.engine.jobs.attempts import forget_attempts
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.matching import following
from relata.engine.matching import scanning as matching_scans
from relata.engine.messaging.alert_mail import mail_alerts
from relata.engine.messaging.mail.outgoing import bounce_telling
from relata.engine.metadata.registry import Registry
from relata.engine.reporting.sql_access.noticing import noticing as noticing_sql
from relata.engine.search.index import keeping_up
from relata.engine.secrets.workspace_keys import WorkspaceKeys
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables
from relata.engine.transfer.bulk import running as bulk
from relata.engine.transfer.migration import jobs as moving
from relata.engine.transfer.sources import SOURCES
from relata.engine.transfer.wizard import cleaning as old_imports
from relata.engine.transfer.wizard import jobs as imports
from relata.engine.transfer.wizard import together as several_files
from relata.engine.ui.exports import keeping as kept_exports
from relata.engine.ui.exports import running as exports
from relata.engine.workspace.workspace import Workspace

#: A schedule of a module.
SCHEDULED = "scheduled"
#: Takes back what was shared until now.
END_SHARES = "end_shares"
#: Clears away old sessions, tokens and attempts, of the whole database.
SWEEP, SWEEP_CRON = "sweep_identity", "20 3 * * *"
#: Tells people what was unusual about their accounts.
MAIL_ALERTS, MAIL_ALERTS_CRON = "mail_alerts", "* * * * *"

#: A base backup for the archive; the attached files between two of them.
ARCHIVE, ARCHIVE_FILES, ARCHIVE_FILES_CRON = "archive", "archive_files", "*/5 * * * *"


def key_of(schema: str) -> str:
    """A workspace's key from its schema."""
    return schema.removeprefix("w_")


def register(house: House, queue: Queue) -> None:
    """Give the queue its tasks."""
    cleaning.register(queue, house.database, house.files)
    scanning.register(queue, house.database, house.files)
    notifying.register(house, queue)
    approving.register(house, queue)
    automating.register(house, queue)
    inviting.register(house, queue)
    reporting.register(house, queue)
    keeping_snapshots.register(house, queue)
    keeping_quality.register(house, queue)
    watching_metrics.register(house, queue)
    mailing.register(house, queue)
    sending_mail.register(house, queue)
    sql_accesses.register(house, queue)
    rehearsing.register(house, queue)

    @queue.task(REACT)
    async def react(job: Job) -> None:
        schema, feed, name = str(job.args["schema"]), int(job.args["feed"]), job.args["reaction"]

        async def run(work: Workspace) -> None:
            reaction = next((one for one in work.registry.reactions if one.name == name), None)
            connection = work.unit.connection
            found = await opened(connection, schema, work.context.sealer, await changes_at(connection, schema, [feed]))
            if reaction is not None and found and await _first_time(work, f"{name}:{feed}"):
                await reaction.react(work, found[0])

        await house.door.run(key_of(schema), None, run, via="automation")

    house.outbox.register(house.transport)
    bulk.register(queue, house.door)
    following.register(queue, house.door)
    matching_scans.register(queue, house.door)
    imports.register(queue, house.door, house.files)
    several_files.register(queue, house.door, house.files)
    importing.register(house, queue)
    moving.register(queue, house.door, house.files, SOURCES)
    old_imports.register(queue, house.door)
    exports.register(queue, house.door, house.encrypted_files)
    kept_exports.register(queue, house.door, house.encrypted_files)

    @queue.task(SWEEP)
    async def sweep_identity(job: Job) -> None:
        async with house.database.transaction() as connection:
            await sweep(connection)
            await forget_attempts(connection)

    @queue.task(MAIL_ALERTS)
    async def tell(job: Job) -> None:
        await mail_alerts(house.database, house.outbox, house.settings.address)

    @queue.task(ANCHOR)
    async def anchor_history(job: Job) -> None:
        await anchor(house)

    @queue.task(ARCHIVE)
    async def archive(job: Job) -> None:
        await asyncio.to_thread(seconds.keep, house.settings, house.direct_url)

    @queue.task(ARCHIVE_FILES)
    async def archive_files(job: Job) -> None:
        await asyncio.to_thread(seconds.keep_files, house.settings)

    @queue.task(SCHEDULED)
    async def scheduled(job: Job) -> None:
        schema, name = str(job.args["schema"]), job.args["schedule"]

        async def run(work: Workspace) -> None:
            schedule = next((one for one in work.registry.schedules if one.name == name), None)
            if schedule is not None:
                await schedule.run(work)

        await house.door.run(key_of(schema), None, run, via="automation")

    @queue.task(END_SHARES)
    async def end_shares(job: Job) -> None:
        await house.door.run(key_of(str(job.args["schema"])), None, take_back_shares, via="automation")


async def _first_time(work: Workspace, what: str) -> bool:
    """Whether this effect has not been in the database before; noted in the same transaction, so it happens once."""
    rows = await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._done (what) values (%s) on conflict do nothing", (what,)
    )
    return rows == 1


async def take_back_shares(work: Workspace) -> None:
    """End the shares whose time is over, and the access that records inherited from them."""
    rows = await work.unit.connection.fetch(
        f"delete from {quoted(work.context.schema)}._share where until <= now() returning object, record"
    )
    ended: dict[str, set[UUID]] = {}
    for name, record in rows:
        ended.setdefault(name, set()).add(record)
    for name, records in ended.items():
        if name in work.registry.objects:
            await work.sharing.refresh(work.registry.get(name), sorted(records))


async def recurring(house: House) -> Iterable[Recurring]:
    """What recurs at the moment, over all workspaces."""
    found = [
        Recurring("relata", SWEEP, SWEEP_CRON, SWEEP),
        Recurring("relata", MAIL_ALERTS, MAIL_ALERTS_CRON, MAIL_ALERTS),
    ]
    if house.settings.anchors:
        found.append(Recurring("relata", ANCHOR, ANCHOR_CRON, ANCHOR))
    rescan = scanning.RESCAN_CRON if house.settings.virus_scanner else scanning.RELEASE_CRON
    if seconds.is_ours(house.settings, house.direct_url):
        found.append(Recurring("relata", ARCHIVE, house.settings.archive_cron, ARCHIVE))
        found.append(Recurring("relata", ARCHIVE_FILES, ARCHIVE_FILES_CRON, ARCHIVE_FILES))
    for key in await house.door.keys():
        context = await house.door.context(key)
        found.append(Recurring(context.schema, END_SHARES, "* * * * *", END_SHARES))
        found.append(Recurring(context.schema, old_imports.TASK, old_imports.CRON, old_imports.TASK))
        found.append(Recurring(context.schema, kept_exports.TASK, kept_exports.CRON, kept_exports.TASK))
        found.extend(notifying.recurring(context.schema))
        found.extend(automating.recurring(context.schema))
        found.extend(importing.recurring(context.schema))
        found.extend(inviting.recurring(context.schema))
        found.extend(reporting.recurring(context.schema))
        found.extend(keeping_snapshots.recurring(context.schema))
        found.extend(keeping_quality.recurring(context.schema))
        found.extend(watching_metrics.recurring(context.schema))
        found.extend(mailing.recurring(context.schema))
        found.extend(sql_accesses.recurring(context.schema))
        found.append(Recurring(context.schema, cleaning.CLEAN, cleaning.CLEAN_CRON, cleaning.CLEAN))
        found.append(Recurring(context.schema, scanning.RESCAN, rescan, scanning.RESCAN))
        found.extend(Recurring(context.schema, one.name, one.cron, SCHEDULED) for one in context.registry.schedules)
    return found


async def schemas(house: House) -> list[str]:
    """Of all workspaces."""
    return [(await house.door.context(key)).schema for key in await house.door.keys()]


def seal_keeper(house: House) -> SealKeeper:
    """What seals the log of every workspace."""

    async def keys_of(schema: str) -> WorkspaceKeys:
        return (await house.door.context(key_of(schema))).keys

    return SealKeeper(house.database, lambda: schemas(house), keys_of)


def dispatcher(house: House, queue: Queue) -> Dispatcher:
    """The dispatcher with everything that follows from a change."""

    async def registry_of(connection: Connection, schema: str) -> Registry:
        return (await house.door.context(key_of(schema))).registry

    async def tables_of(connection: Connection, schema: str) -> Tables:
        return (await house.door.context(key_of(schema))).tables

    return Dispatcher(
        house.database,
        lambda: schemas(house),
        {
            "reactions": reacting(queue, registry_of),
            "search": keeping_up(tables_of),
            "matching": following.noticing(queue, tables_of),
            "notifications": noticing(queue, registry_of),
            "push": push_noticing.noticing(queue),
            "approvals": tell_approvers(queue),
            "flows": noticing_flows(queue, registry_of),
            "mail": mailing.noticing_addresses(house, queue),
            "mail_bounces": bounce_telling.noticing(queue),
            "webhooks": noticing_webhooks(queue, registry_of),
            "sql_access": noticing_sql(queue),
        },
    )

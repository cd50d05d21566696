"""Everything plugged together: the one place that knows every package. A process makes one House and closes it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from relata.app.master_keys import master_keys
from relata.app.migrations import MIGRATIONS
from relata.app.modules import discover
from relata.app.secret_key import secret_key
from relata.app.settings import Settings
from relata.connectors.imap.server import ImapServers
from relata.connectors.smtp.mailbox import MailboxSender
from relata.connectors.smtp.transport import SmtpTransport
from relata.engine.fetching.addresses import networks_of
from relata.engine.fetching.client import Guard
from relata.engine.files.clamd import Clamd
from relata.engine.files.encrypted import EncryptedStore
from relata.engine.files.s3 import Bucket, S3Store
from relata.engine.files.scanning import ScannedStore
from relata.engine.files.store import DiskStore, FileStore
from relata.engine.identity import memberships, setup
from relata.engine.identity.resolver import Resolver
from relata.engine.identity.sealing import Sealer, SecretBox
from relata.engine.jobs.queue import Queue
from relata.engine.live import presence
from relata.engine.live.audience import Audience
from relata.engine.live.hub import Hub
from relata.engine.messaging.kept import KeepingTransport
from relata.engine.messaging.mail.outgoing.wire import MailboxTransport
from relata.engine.messaging.mail.servers import MailServers
from relata.engine.messaging.message import MailTransport
from relata.engine.messaging.outbox import Outbox
from relata.engine.metadata.module import Module
from relata.engine.secrets import workspace_keys
from relata.engine.secrets.ring import KeyRing
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import migrate_database
from relata.engine.storage.reaching import why_away
from relata.engine.workspace import configure
from relata.engine.workspace.context import Settings as WorkspaceSettings
from relata.engine.workspace.door import Door
from relata.foundation.errors import Conflict, RelataError

#: The workspace of an installation of one's own.
MAIN = "main"


@dataclass
class House:
    """What a process stands on. Open before use, close after."""

    settings: Settings
    database: Database
    modules: tuple[Module, ...]

    @classmethod
    def of(cls, settings: Settings, url: str) -> House:
        """A house over the database at `url`; nothing is connected yet."""
        behind_pooler = settings.direct_database_url not in ("", url)
        database = Database(
            url, pool_size=settings.pool_size, behind_pooler=behind_pooler, replica_url=settings.replica_url
        )
        return cls(settings, database, discover())

    @cached_property
    def door(self) -> Door:
        """The door to all workspaces."""
        return Door(self.database, self.modules, self.ring)

    @cached_property
    def ring(self) -> KeyRing:
        """The master keys."""
        return master_keys(self.settings)

    @cached_property
    def resolver(self) -> Resolver:
        """From cookies and keys to people."""
        return Resolver(self.database)

    @cached_property
    def queue(self) -> Queue:
        """The queue of jobs. A process that does no work gives it no tasks' bodies, only their names (see `tasks`)."""
        return Queue(self.direct_url)

    @property
    def direct_url(self) -> str:
        """The database without a pooler in between."""
        return self.settings.direct_database_url or self.database.url

    @cached_property
    def audience(self) -> Audience:
        """The open screens of this process."""
        hub = Hub(self.database, self.direct_url, notices={presence.CHANNEL: lambda said: self.audience.present(said)})
        return Audience(self.door, hub)

    @cached_property
    def files(self) -> FileStore:
        """Where files are kept, past the virus scanner where there is one."""
        if not self.settings.virus_scanner:
            return self.encrypted_files
        scanner = Clamd.parse(self.settings.virus_scanner)
        return ScannedStore(self.encrypted_files, scanner, holds=self.settings.virus_scanner_away == "hold")

    @cached_property
    def encrypted_files(self) -> EncryptedStore:
        """The same without the scanner."""
        url = self.settings.files_url
        store = S3Store(Bucket.parse(url)) if url else DiskStore(self.settings.home / "files")
        return EncryptedStore(store, self.keys_of, self.settings.encrypt_files)

    async def keys_of(self, schema: str) -> workspace_keys.WorkspaceKeys:
        """The keys of the workspace in a schema, as they are now."""
        async with self.database.read() as connection:
            return await workspace_keys.load(connection, schema, self.ring)

    @cached_property
    def guard(self) -> Guard:
        """What fetches addresses that somebody typed."""
        return Guard(networks_of(self.settings.fetch_networks), self.settings.fetch_http)

    @cached_property
    def mail_servers(self) -> MailServers:
        """What connects to mailboxes."""
        return ImapServers(networks_of(self.settings.fetch_networks), plain=self.settings.fetch_http)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals secrets that must be read again."""
        return SecretBox(secret_key(self.settings))

    @cached_property
    def outbox(self) -> Outbox:
        """Mails on their way."""
        return Outbox(self.database, self.queue, secret_key(self.settings))

    @cached_property
    def transport(self) -> MailTransport:
        """What carries mail: the SMTP server of the settings, else the development mail page."""
        url = self.settings.smtp_url
        return SmtpTransport(url) if url else KeepingTransport(self.database)

    @cached_property
    def mailbox_transport(self) -> MailboxTransport:
        """What hands mail to the servers of mailboxes."""
        return MailboxSender(networks_of(self.settings.fetch_networks))

    async def migrate(self) -> list[str]:
        """Bring the database and every workspace to this version; what was done, in words."""
        done = await migrate_database(self.database, MIGRATIONS)
        for key in await self.door.keys():
            done.extend(await configure.synchronise(self.door, MIGRATIONS, key))
        return done

    async def pending(self) -> list[str]:
        """What `migrate` would do; empty when all is up to date."""
        return await configure.pending(self.door, MIGRATIONS)

    async def applied(self) -> list[str]:
        """The system's steps that this database has had; empty for one where Relata has never been."""
        async with self.database.read() as connection:
            exists = await connection.fetch_one("select to_regclass('relata.migration')::text")
            if exists is None or exists[0] is None:
                return []
            rows = await connection.fetch("select distinct name from relata.migration order by name")
            return [name for (name,) in rows]

    async def setup_link(self) -> str | None:
        """The address at which the first account can be made; None once there is one. A new one at each start."""
        async with self.database.transaction() as connection:
            token = await setup.issue(connection)
        return f"{self.settings.address}/setup/{token}" if token else None

    async def first_setup(self, token: str, company: str, name: str, email: str, password: str) -> None:
        """The first workspace, its administrator and their account: all or nothing but an empty workspace."""
        async with self.database.transaction() as connection:
            await setup.check(connection, token)
        await self.ensure_workspace(MAIN, company)
        async with self.door.open(MAIN, None, via="setup") as work:
            account = await setup.complete(work.unit.connection, token, email, password)
            person = await work.create("user", {"name": name, "email": email, "roles": ["admin"], "status": "active"})
            await memberships.join(work.unit.connection, account, work.context.id, person.id)

    async def ensure_workspace(self, key: str, name: str, **settings: str) -> None:
        """The workspace, made if it is not there."""
        try:
            await configure.create_workspace(self.door, MIGRATIONS, key, WorkspaceSettings(name=name, **settings))  # type: ignore[arg-type]
        except Conflict:
            return

    async def __aenter__(self) -> House:
        await self.database.open()
        return self

    async def __aexit__(self, *failure: object) -> None:
        with contextlib.suppress(RelataError):  # the database may be away by now
            await self.door.flush_reads()
        await self.database.close()


#: A probe that waits longer than whoever asks would look like a dead process.
READY_SECONDS = 2.0
#: Without room for a segment of its log, PostgreSQL stops at the next write.
_ROOM_BYTES = 16 << 20
Readiness = Callable[[], Awaitable[str | None]]


def readiness(house: House) -> Readiness:
    """For /readyz: None when ready, else why not. Migrations never become pending while a process runs, so once is
    enough."""
    known = {"ready": False}

    async def look() -> str | None:
        if not known["ready"]:
            waiting = await house.pending()
            if waiting:
                return f"{len(waiting)} migrations are pending. Run relata migrate."
            known["ready"] = True
        if shutil.disk_usage(house.settings.home).free < _ROOM_BYTES:
            return "The disk of the data folder is full."
        async with house.database.read() as connection:
            await connection.fetch("select 1")
        full = await house.database.lacks_room()
        return full.message if full else None

    async def ask() -> str | None:
        looking = asyncio.create_task(look())
        done, _ = await asyncio.wait({looking}, timeout=READY_SECONDS)
        if done:
            return looking.result()
        looking.cancel()  # and nobody waits for it: a server that says nothing does not answer to a cancellation either
        away = await why_away(house.database.url)
        return away.message if away else "The database does not answer in time."

    return ask

"""Mail under fire: twenty mailboxes are read while workers are killed at random and the server breaks off. Afterwards
the figures of every folder add up, each mail is here once, and what can't be read is put aside and nothing else."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from relata.app import tasks
from relata.app.assembly import MAIN, House
from relata.app.torture.checks import Check
from relata.app.torture.company import Company, found
from relata.app.torture.imap_double import MAILBOXES, SENDER, ImapDouble, different
from relata.app.torture.trial import Verdict, chosen, installation_at, tried, until_done, while_workers_die
from relata.engine.messaging.mail.syncing import SYNC
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

#: Without any progress for so long, what is missing is missing: what a dead worker held is taken up again after a
#: minute and a half, and may die again.
_PATIENCE_SECONDS = 600.0


@dataclass(kw_only=True)
class MailVerdict(Verdict):
    """messages: on the server, in all mailboxes together."""

    messages: int
    asked: int = 0
    stored: int = 0

    def summary(self) -> str:
        return (
            f"{self.messages} messages in {MAILBOXES} mailboxes, {self.seconds:.0f} s, seed {self.seed}:"
            f" {self.kills} workers killed, {self.asked} commands of the server, {self.stored} mails stored"
        )


def torture_mail(*, messages: int, seed: int | None, between_seconds: float, keep: bool) -> MailVerdict:
    """So many messages in all mailboxes together, read in an installation of its own."""
    each = max(10, messages // MAILBOXES)
    verdict = MailVerdict(messages=each * MAILBOXES, seed=chosen(seed))
    return tried("mail", verdict, lambda home: _torture(home, verdict, each, between_seconds), keep=keep)


async def _torture(home: Path, verdict: MailVerdict, each: int, between: float) -> None:
    double = ImapDouble(each, chance=random.Random(verdict.seed))
    server = await asyncio.start_server(double.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, installation_at(home) as house:
        tasks.register(house, house.queue)
        boxes = await _connect(house, await found(house), port)
        async with while_workers_die(house, home, verdict, between):
            await _until_read(house, boxes, verdict)
        verdict.asked, verdict.checks = double.asked, await _checks(house, each, verdict)


async def _connect(house: House, company: Company, port: int) -> list[UUID]:
    async def make(work: Workspace) -> list[UUID]:
        await work.create("contact", {"name": {"first": "Carla", "last": "C"}, "email": SENDER})
        made = [
            await work.create(
                "mailbox",
                {
                    "name": f"Box {box}", "address": f"box{box}@relata.example", "user_name": f"box{box}",
                    "password": "x", "imap_host": "127.0.0.1", "imap_port": port, "imap_security": "none",
                },
            )
            for box in range(MAILBOXES)
        ]  # fmt: skip
        return [one.id for one in made]

    return await house.door.run(MAIN, company.person, make, via="bench")


async def _until_read(house: House, boxes: list[UUID], verdict: MailVerdict) -> None:
    """Has them read until everything is accounted for. The jobs are those that connecting and polling make."""
    schema = quoted((await house.door.context(MAIN)).schema)

    async def look() -> tuple[int, bool]:
        async with house.database.transaction() as connection:
            row = await connection.fetch_one(f"select count(*) from {schema}._mail_message")
            done = int(row[0]) if row else 0
            if done >= verdict.messages and verdict.kills:
                return done, True
            rows = await connection.fetch(
                f"select f.mailbox from {schema}.mail_folder f join {schema}._mail_message s on s.folder = f.id"
                " group by f.mailbox having count(*) >= %s",
                (verdict.messages // MAILBOXES,),
            )
            for box in sorted(set(boxes) - {found for (found,) in rows}):
                await house.queue.enqueue(connection, SYNC, {"workspace": MAIN, "mailbox": box}, key=str(box))
        return done, False

    await until_done(look, every_seconds=3, patience_seconds=_PATIENCE_SECONDS)


async def _checks(house: House, each: int, verdict: MailVerdict) -> list[Check]:
    schema = quoted((await house.door.context(MAIN)).schema)
    async with house.database.read() as connection:
        folders = await connection.fetch(
            "select m.name, count(s.uid), count(s.uid) filter (where s.state = 's'),"
            f" count(s.uid) filter (where s.state = 'a') from {schema}.mailbox m"
            f" left join {schema}.mail_folder f on f.mailbox = m.id"
            f" left join {schema}._mail_message s on s.folder = f.id"
            " group by m.name order by m.name"
        )
        mails = await connection.fetch_one(
            f"select count(*), count(distinct message_id) from {schema}.email where deleted_at is null"
        )
        filed = await connection.fetch_one(
            f"select count(*), count(distinct (email, about)) from {schema}.email_filing where deleted_at is null"
        )
        lost = await connection.fetch_one(
            f"select count(*) from {schema}._mail_message s where s.state = 's' and not exists"
            f" (select from {schema}.email e where e.id = s.email)"
        )
    expected = different(each)
    verdict.stored = int(mails[0]) if mails else 0
    wrong = [
        f"{name}: {total} of {each} are accounted for, {stored} stored, {aside} put aside"
        for name, total, stored, aside in folders
        if (total, stored, aside) != (each, each - 1, 1)
    ]
    doubled = () if mails == (expected, expected) else (f"{mails} mails instead of {expected}",)
    unfiled = () if filed == (expected, expected) else (f"{filed} filings instead of {expected}",)
    return [
        Check("The figures of every folder add up", len(folders), tuple(wrong)),
        Check("Each mail is here once, through however many mailboxes", expected, doubled),
        Check("Each mail stands once on the record of who wrote it", expected, unfiled),
        Check("What counts as stored is there", expected, () if lost and not lost[0] else (f"{lost} are not",)),
    ]

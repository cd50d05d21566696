"""A mailing under fire: its server falls silent after the mail and before its answer, and workers are killed.
Afterwards sent, failed and uncertain add up, and nobody got it twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from relata.app import tasks
from relata.app.assembly import MAIN, House
from relata.app.torture.checks import Check
from relata.app.torture.company import Company, found
from relata.app.torture.smtp_double import SmtpDouble
from relata.app.torture.trial import Verdict, chosen, installation_at, tried, until_done, while_workers_die
from relata.engine.messaging.mail.outgoing import mailings
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_ENDED = ("sent", "failed", "uncertain")
_PATIENCE_SECONDS = 600.0


@dataclass(kw_only=True)
class MailingVerdict(Verdict):
    """states: of the mails in the end. endings: what the server said, or that it fell silent."""

    recipients: int
    states: dict[str, int] = field(default_factory=dict)
    endings: dict[str, int] = field(default_factory=dict)

    def summary(self) -> str:
        return (
            f"{self.recipients} recipients, {self.seconds:.0f} s, seed {self.seed}: {self.kills} workers killed;"
            f" states {self.states}; the server: {self.endings}"
        )


def torture_mailing(*, recipients: int, seed: int | None, between_seconds: float, keep: bool) -> MailingVerdict:
    """A mailing to so many, in an installation of its own."""
    verdict = MailingVerdict(recipients=recipients, seed=chosen(seed))
    return tried("mailing", verdict, lambda home: _torture(home, verdict, between_seconds), keep=keep)


async def _torture(home: Path, verdict: MailingVerdict, between: float) -> None:
    double = SmtpDouble(random.Random(verdict.seed))
    server = await asyncio.start_server(double.talk, "127.0.0.1", 0, limit=10_000_000)
    port = server.sockets[0].getsockname()[1]
    async with server, installation_at(home) as house:
        tasks.register(house, house.queue)
        mailing = await _start(house, await found(house), verdict.recipients, port)
        async with while_workers_die(house, home, verdict, between):
            await _until_ended(house, mailing, verdict)
        verdict.endings, verdict.checks = dict(double.endings), await _checks(house, mailing, verdict, double)


async def _start(house: House, company: Company, recipients: int, port: int) -> UUID:
    rows = [
        {"name": {"last": f"Reader {at}"}, "email": f"r{at}@torture.example", "reference": f"reader-{at}"}
        for at in range(recipients)
    ]

    async def make(work: Workspace) -> UUID:
        outcomes = await work.create_many("contact", rows)
        mailbox = await work.create(
            "mailbox",
            {
                "name": "News", "address": "news@relata.example", "smtp_host": "127.0.0.1", "smtp_port": port,
                "smtp_security": "none", "user_name": "news", "password": "x", "daily_limit": 100_000,
            },
        )  # fmt: skip
        ids = [one.id for one in outcomes if one.id is not None]
        mailing = await mailings.start(
            work, house.queue, work.registry.get("contact"), ids, "", subject="News", body="Good day.",
            mailbox=mailbox.id,
        )  # fmt: skip
        return mailing.id

    return await house.door.run(MAIN, company.person, make, via="bench")


async def _states(house: House, mailing: UUID) -> dict[str, int]:
    schema = quoted((await house.door.context(MAIN)).schema)
    async with house.database.read() as connection:
        rows = await connection.fetch(
            f"select state, count(*) from {schema}.{WRITTEN} where mailing = %s and deleted_at is null group by state",
            (mailing,),
        )
    return {state: int(count) for state, count in rows}


async def _until_ended(house: House, mailing: UUID, verdict: MailingVerdict) -> None:
    async def look() -> tuple[int, bool]:
        verdict.states = await _states(house, mailing)
        done = sum(verdict.states.get(state, 0) for state in _ENDED)
        return done, done >= verdict.recipients and verdict.kills > 0

    await until_done(look, every_seconds=2, patience_seconds=_PATIENCE_SECONDS)


async def _checks(house: House, mailing: UUID, verdict: MailingVerdict, double: SmtpDouble) -> list[Check]:
    schema = quoted((await house.door.context(MAIN)).schema)
    async with house.database.read() as connection:
        rows = await connection.fetch(
            f"select to_addresses, state from {schema}.{WRITTEN} where mailing = %s and deleted_at is null", (mailing,)
        )
        doubled = await connection.fetch(
            f"select message_id, count(*) from {schema}.email where direction = 'out' and deleted_at is null"
            " group by 1 having count(*) > 1"
        )
    states = {to.rpartition("<")[2].rstrip(">"): state for to, state in rows}
    verdict.states = dict(Counter(states.values()))
    ended = sum(verdict.states.get(state, 0) for state in _ENDED)
    missing = () if ended == len(states) == verdict.recipients else (f"{verdict.states} of {verdict.recipients}",)
    twice = [f"{to} got it {count} times" for to, count in double.taken.items() if count > 1]
    unsaid = [f"{to} is called sent" for to, state in states.items() if state == "sent" and not double.said[to]]
    wrong = [
        f"{to} got it and is called failed" for to, state in states.items() if state == "failed" and double.taken[to]
    ]
    silent = [f"{to} got it and is called {states.get(to)}" for to in double.taken if states.get(to) not in _ENDED]
    return [
        Check("Sent, failed and uncertain add up", verdict.recipients, missing),
        Check("Nobody got it twice", len(double.taken), tuple(twice)),
        Check("What is called sent was taken", verdict.states.get("sent", 0), tuple(unsaid)),
        Check("What is called failed reached nobody", verdict.states.get("failed", 0), tuple(wrong + silent)),
        Check("Each mail is once among those of its mailbox", len(rows), tuple(str(one) for one in doubled)),
    ]

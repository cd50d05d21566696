"""The whole product over the test company, with a queue that knows the task of sending, and links in mails."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
import tests.access.conftest as access
from tests.access.conftest import connect

from relata.connectors.smtp.mailbox import MailboxSender
from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.outgoing import sending
from relata.foundation.errors import Expired
from relata.interfaces.web.ground import Web
from relata.testing.house import House

__all__ = ["connect"]


@dataclass
class Links:
    """Knows one token, and what happened with it."""

    happened: list[str] = field(default_factory=list)

    def check_stop(self, token: str) -> None:
        if token != "right":
            raise Expired("This link is not valid.", code="mail_link")

    async def stop(self, token: str) -> None:
        self.check_stop(token)
        self.happened.append("stopped")

    async def opened(self, token: str) -> None:
        self.check_stop(token)
        self.happened.append("opened")

    async def clicked(self, token: str, target: str) -> None:
        self.check_stop(token if target == "https://example.com/" else "")
        self.happened.append("clicked")


@pytest.fixture
def links() -> Links:
    return Links()


@pytest.fixture(autouse=True)
def wired(house: House, links: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `ground_of` makes knows the task and the links."""

    def queue(url: str) -> Queue:
        made = Queue(url)
        sending.register(made, house.door, sending.Ports(MailboxSender(), DiskStore(tmp_path)))
        return made

    monkeypatch.setattr(access, "Queue", queue)
    monkeypatch.setattr(access, "Web", functools.partial(Web, mail_links=links))


async def mailbox_of(house: House, person: UUID, **values: object) -> UUID:
    """A mailbox from which the person writes."""
    async with house.as_person(person) as work:
        given = {"name": "Ada", "address": "ada@relata.example.com", "smtp_host": "mail.example.com", **values}
        return (await work.create("mailbox", given)).id

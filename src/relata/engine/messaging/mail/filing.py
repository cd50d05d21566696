"""On which records a mail shows, and what it tells there: by its addresses, by the filing rules, up to its level.

A filing holds no more than its level lets others know. Where the level becomes less, the filing goes for good, with its
history, and another one takes its place: what is no longer shared is nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail.email_objects import EMAIL_FILING
from relata.engine.messaging.mail.mailbox_objects import FILING_RULE, LEVELS, MAIL_RULE, MAILBOX
from relata.engine.metadata.fields import AnyTarget, Emails, Link
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

#: Records that one mail shows on at most; a list with more addresses is a circular.
MOST_RECORDS = 30
#: Letters of a mail's text that a filing repeats.
_MOST_TEXT = 8000
_NOT_FILED = ("user", MAILBOX)


@dataclass(frozen=True, slots=True)
class ToFile:
    """A mail to be filed. level: what others may know; "nothing" files it nowhere."""

    email: UUID
    addresses: frozenset[str]
    level: str
    values: Mapping[str, Any]
    colleague: UUID | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is decided about senders: for all mailboxes, or for one."""

    by_pattern: Mapping[str, tuple[str, ...]]

    def of(self, addresses: Iterable[str]) -> list[str]:
        """What the rules that fit these addresses say, for a whole address before its domain."""
        found: list[str] = []
        for address in addresses:
            domain = address.rpartition("@")[2]
            found += self.by_pattern.get(address) or self.by_pattern.get(domain) or ()
        return found

    def blocks(self, sender: str) -> bool:
        """Whether mail from this address stays out."""
        return "block" in self.of([sender])

    def level(self, default: str, addresses: Iterable[str]) -> str:
        """What others may know of a mail with these addresses: the least that a rule says."""
        said = [one for one in self.of(addresses) if one in LEVELS]
        return min(said, key=LEVELS.index) if said else default


async def rules_of(work: Workspace, mailbox: UUID) -> Rules:
    """The rules that hold in a mailbox; its own before those for all."""
    own = await work.find(MAIL_RULE, mailbox=mailbox, limit=2000)
    everyone = await work.find(MAIL_RULE, mailbox=None, limit=2000)
    found: dict[str, tuple[str, ...]] = {}
    for rule in (*own, *everyone):
        if rule["pattern"] not in found or rule["mailbox"] == mailbox:
            found[rule["pattern"]] = (*found.get(rule["pattern"], ()), rule["does"])
    return Rules(found)


async def colleagues(work: Workspace) -> frozenset[str]:
    """The addresses of the house: of people who work here, and of mailboxes."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f'select lower(email) from {space}."user" where email is not null union select address from {space}.mailbox'
    )
    return frozenset(address for (address,) in rows)


async def records_of(work: Workspace, addresses: Iterable[str]) -> dict[str, list[AnyTarget]]:
    """The records that carry each address, of every object with a field of e-mail addresses. work: the system's."""
    keys = [(address,) for address in dict.fromkeys(addresses)]
    found: dict[str, list[AnyTarget]] = {}
    for one in work.registry.objects.values():
        names = [field.name for field in one.fields if isinstance(field, Emails)]
        if not keys or one.name in _NOT_FILED:
            continue
        for name in names:
            for (address,), ids in (await work.match(one.name, (name,), keys)).items():
                found.setdefault(address, []).extend(AnyTarget(one.name, each) for each in ids[:5])
    return found


async def beside(work: Workspace, target: AnyTarget) -> list[AnyTarget]:
    """Where mail of a record shows as well, by the filing rules."""
    found: list[AnyTarget] = []
    for rule in await work.find(FILING_RULE, of=target.object, is_active=True, limit=50):
        try:
            found += await _along(work, target, rule)
        except RelataError:  # a rule over what is no longer there files nothing; settings show it
            continue
    return found


async def _along(work: Workspace, target: AnyTarget, rule: Record) -> list[AnyTarget]:
    field = work.registry.get(target.object).field(rule["along"])
    if isinstance(field, Link):
        to = (await work.get(target.object, target.id))[field.name]
        return [AnyTarget(field.to, to)] if to else []
    relation = work.registry.relations[target.object].get(rule["along"])
    if relation is None:
        return []
    records = await work.find(relation.child, rule["where"] or None, limit=10, **{relation.field: target.id})
    return [AnyTarget(relation.child, one.id) for one in records]


async def file(work: Workspace, mails: Sequence[ToFile]) -> int:
    """Show each mail where it belongs; how many filings. work: the system's. Mails that are filed there already stay
    as they are."""
    own = await colleagues(work)
    mails = [one for one in mails if one.level != "nothing"]
    known = await records_of(work, {address for one in mails for address in one.addresses - own})
    nearby: dict[UUID, list[AnyTarget]] = {}
    rows = []
    for one in mails:
        why: dict[UUID, tuple[AnyTarget, str]] = {}
        for address in sorted(one.addresses - own):
            for target in known.get(address, ()):
                why.setdefault(target.id, (target, address))
                if target.id not in nearby:
                    nearby[target.id] = await beside(work, target)
                for other in nearby[target.id]:
                    why.setdefault(other.id, (other, address))
        rows += [_filing(one, target, address) for target, address in list(why.values())[:MOST_RECORDS]]
    return sum(outcome.did == "created" for outcome in await work.create_many(EMAIL_FILING, rows)) if rows else 0


def _filing(one: ToFile, about: AnyTarget, why: str) -> dict[str, Any]:
    rank = LEVELS.index(one.level)
    return {
        "email": one.email,
        "about": about,
        "at": one.values["sent_at"],
        "direction": one.values["direction"],
        "colleague": one.colleague,
        "level": one.level,
        "subject": one.values["subject"] if rank >= LEVELS.index("subject") else None,
        "text": (one.values["text"] or "")[:_MOST_TEXT] or None if one.level == "everything" else None,
        "why": why[:200],
        "owner": None,
        "team": None,
    }

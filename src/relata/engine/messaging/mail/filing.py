"""On which records a mail shows, and what it tells there: by its addresses, by the filing rules, up to its level.

A filing holds no more than its level lets others know. Where the level becomes less, the filing goes for good, with its
history, and another one takes its place: what is no longer shared is nowhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.formula import parse
from relata.engine.messaging.mail.email_objects import EMAIL_FILING
from relata.engine.messaging.mail.mailbox_objects import FILING_RULE, LEVELS, MAIL_RULE, MAILBOX
from relata.engine.metadata.fields import AnyTarget, Emails, Link
from relata.engine.query.request import Query
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


async def beside(work: Workspace, targets: Iterable[AnyTarget]) -> dict[UUID, list[AnyTarget]]:
    """Where mail of each record shows as well, by the filing rules; a few statements for all."""
    by_object: dict[str, list[UUID]] = {}
    for target in targets:
        by_object.setdefault(target.object, []).append(target.id)
    found: dict[UUID, list[AnyTarget]] = {}
    for rule in await work.find(FILING_RULE, is_active=True, limit=200):
        if rule["of"] in by_object:
            with contextlib.suppress(RelataError):  # a rule over what is no longer there files nothing
                for key, other in await _along(work, rule, sorted(set(by_object[rule["of"]]))):
                    found.setdefault(key, []).append(other)
    return found


async def _along(work: Workspace, rule: Record, ids: list[UUID]) -> list[tuple[UUID, AnyTarget]]:
    """From each record to those that the rule's path leads to."""
    field = work.registry.get(rule["of"]).field(rule["along"])
    if isinstance(field, Link):
        records = await work.get_many(rule["of"], ids)
        return [(one.id, AnyTarget(field.to, one[field.name])) for one in records if one[field.name]]
    relation = work.registry.relations[rule["of"]].get(rule["along"])
    if relation is None or not isinstance(work.registry.get(relation.child).field(relation.field), Link):
        return []
    listed = ", ".join(f'"{key}"' for key in ids)
    where = f"{relation.field} in ({listed})" + (f" and ({rule['where']})" if rule["where"] else "")
    rows = await work.query(Query(relation.child, parse(where), fields=("id", relation.field), limit=500))
    return [(row[relation.field], AnyTarget(relation.child, row["id"])) for row in rows.values()]


async def file(work: Workspace, mails: Sequence[ToFile]) -> int:
    """Show each mail where it belongs; how many filings. work: the system's. Mails that are filed there already stay
    as they are."""
    own = await colleagues(work)
    mails = [one for one in mails if one.level != "nothing"]
    known = await records_of(work, {address for one in mails for address in one.addresses - own})
    nearby = await beside(work, [target for found in known.values() for target in found])
    rows = []
    for one in mails:
        why: dict[UUID, tuple[AnyTarget, str]] = {}
        for address in sorted(one.addresses - own):
            for target in known.get(address, ()):
                why.setdefault(target.id, (target, address))
                for other in nearby.get(target.id, ()):
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


async def ensure_rule(work: Workspace, name: str, of: str, along: str, where: str = "") -> None:
    """A filing rule that a module brings along, unless there is one already or somebody has deleted it, or there is
    no mail here."""
    if FILING_RULE not in work.registry.objects:
        return
    row = await work.unit.connection.fetch_one(
        f'select 1 from {quoted(work.context.schema)}.mail_filing_rule where "of" = %s and along = %s', (of, along)
    )
    if row is None:
        await work.create(FILING_RULE, {"name": name, "of": of, "along": along, "where": where or None})

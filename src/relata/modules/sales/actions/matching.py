"""Accounts, contacts and deals that a lead could be, offered when it is converted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.matching.alike import alike
from relata.engine.metadata.module import Suggestion
from relata.engine.query.request import Query, parse_order
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import rules
from relata.modules.sales.contracts import OPPORTUNITY

_MOST = 4


async def suggest(work: Workspace, lead: Record) -> dict[str, Sequence[Suggestion]]:
    """By the field of the command. Contacts by address, number and name; accounts by name, by the contact's, and by the
    domain of the address; open deals of these accounts."""
    contacts = await _contacts(work, lead)
    accounts = await _accounts(work, lead, contacts)
    deals = await _deals(work, list(accounts))
    return {
        "account": await _named(work, ACCOUNT, accounts),
        "contact": await _named(work, CONTACT, contacts),
        "opportunity": await _named(work, OPPORTUNITY, deals),
    }


async def _contacts(work: Workspace, lead: Record) -> dict[UUID, tuple[str, bool]]:
    """With the reason, and whether it is beyond doubt."""
    found: dict[UUID, tuple[str, bool]] = {}
    for name, reason, is_likely in (
        ("email", _("same e-mail address"), True),
        ("phone", _("same phone number"), False),
        ("name", _("same name"), False),
    ):
        for key in await _same(work, CONTACT, name, lead[name]):
            found.setdefault(key, (reason, is_likely))
    typed = {name: lead[name] for name in ("name", "email", "phone") if lead[name]}
    for each in await alike(work, work.registry.get(CONTACT), typed, limit=_MOST):  # mistyped, or a short form
        found.setdefault(each.record, (_("nearly the same"), False))
    return dict(list(found.items())[:_MOST])


async def _accounts(
    work: Workspace, lead: Record, contacts: dict[UUID, tuple[str, bool]]
) -> dict[UUID, tuple[str, bool]]:
    found: dict[UUID, tuple[str, bool]] = {}
    for key in await _same(work, ACCOUNT, "name", lead["company"]):
        found.setdefault(key, (_("same name"), True))
    for contact in await work.get_many(CONTACT, list(contacts)):
        if contact["account"] is not None:
            is_likely = contacts[contact.id][1] and not found
            found.setdefault(contact["account"], (_("where the contact works"), is_likely))
    domain = rules.company_domain(lead["email"][0].value) if lead["email"] else ""
    if domain and len(found) < _MOST:
        where = all_of([parse("account is not null"), Binary("ends", Path(("email",)), Literal(f"@{domain}"))])
        page = await work.query(Query(CONTACT, where, parse_order("-changed_at"), ("account",), 20))
        for row in page.values():
            found.setdefault(row["account"], (_("others there have the same domain"), False))
    return dict(list(found.items())[:_MOST])


async def _deals(work: Workspace, accounts: Sequence[UUID]) -> dict[UUID, tuple[str, bool]]:
    if not accounts:
        return {}
    named = Binary("in", Path(("account",)), Items(tuple(Literal(str(key)) for key in accounts)))
    query = Query(OPPORTUNITY, all_of([named, parse('status = "open"')]), parse_order("close_date"), ("id",), _MOST)
    return {row[0]: (_("open deal"), False) for row in (await work.query(query)).rows}


async def _same(work: Workspace, name: str, field: str, value: Any) -> list[UUID]:
    one = work.registry.get(name)
    known = one.all_fields[field]
    key = key_of(one, (field,), {field: value}) if value else None
    if key is None or not work.actor.readable(one, known):
        return []
    found = await work.match(name, (field,), [key], ignore_case=isinstance(key[0], str))
    return [record for ids in found.values() for record in ids][:_MOST]


async def _named(work: Workspace, name: str, found: dict[UUID, tuple[str, bool]]) -> list[Suggestion]:
    titles = await titles_of(work.unit, {name: set(found)}) if found else {}
    return [
        Suggestion(str(key), titles[name, key], reason, is_likely)
        for key, (reason, is_likely) in found.items()
        if (name, key) in titles
    ]

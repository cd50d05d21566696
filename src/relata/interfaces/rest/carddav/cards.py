"""Contacts as vCards, without what their reader may not see."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import vobject

from relata.engine.formula import Binary, Items, Literal, Path
from relata.engine.query.request import Order, Query
from relata.engine.workspace.workspace import Workspace

#: The scope of a key that opens the address book, and nothing else; the scopes with which it is then read.
SCOPE = "address_book:read"
READS = ("contacts:read", "accounts:read")
OBJECT = "contact"
#: Cards of one address book; telephones get slow before.
MOST = 20_000
_PAGE = 500
_FIELDS = (
    "id", "version", "name", "email", "phone", "job_title", "department", "account.name", "mailing_address", "birthday",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A card without its text. etag: changes when the contact does."""

    id: UUID
    etag: str


async def listed(work: Workspace) -> list[Listed]:
    """All cards of this person, in the order of their ids."""
    return [_listed(work, row) for row in await _rows(work, ("id", "version"), None)]


def state_of(cards: Sequence[Listed]) -> str:
    """What changes when any card comes, goes or changes."""
    digest = hashlib.sha256()
    for one in cards:
        digest.update(f"{one.id}{one.etag}\n".encode())
    return digest.hexdigest()[:32]


async def cards(work: Workspace, ids: Sequence[UUID] | None) -> list[tuple[Listed, str]]:
    """Cards with their texts; None for all, else those among `ids` that this person may see."""
    one = work.registry.get(OBJECT)
    fields = tuple(
        name
        for name in _FIELDS
        if name in ("id", "version") or work.actor.readable(one, one.all_fields[name.split(".")[0]])
    )
    account = work.registry.get("account") if "account" in work.registry.objects else None
    if account is None or not work.actor.rights.level(account, "read") or not _names_accounts(work):
        fields = tuple(name for name in fields if name != "account.name")
    return [(_listed(work, row), card(row)) for row in await _rows(work, fields, ids)]


def _names_accounts(work: Workspace) -> bool:
    account = work.registry.get("account")
    return work.actor.readable(account, account.all_fields["name"])


def _listed(work: Workspace, row: dict[str, Any]) -> Listed:
    """The rights of the reader are part of it: another role shows other fields of the same version."""
    mark = hashlib.sha256(f"{row['version']} {work.actor.rights.fingerprint}".encode()).hexdigest()[:20]
    return Listed(row["id"], f'"{mark}"')


async def _rows(work: Workspace, fields: tuple[str, ...], ids: Sequence[UUID] | None) -> list[dict[str, Any]]:
    work.readable_object(OBJECT)
    found: list[dict[str, Any]] = []
    chunks = [None] if ids is None else [ids[at : at + _PAGE] for at in range(0, len(ids), _PAGE)]
    for chunk in chunks:
        among = None if chunk is None else Binary("in", Path(("id",)), Items(tuple(Literal(str(one)) for one in chunk)))
        after = ""
        while len(found) < MOST:
            page = await work.query(Query(OBJECT, among, (Order(("id",)),), fields, _PAGE, after))
            found.extend(page.values())
            after = page.next
            if not after:
                break
    return found


def card(row: dict[str, Any]) -> str:
    """One card, version 3.0, which every telephone reads."""
    made = vobject.vCard()
    made.add("uid").value = f"urn:uuid:{row['id']}"
    name = row.get("name")
    given, family = _part(name, "first"), _part(name, "last")
    made.add("n").value = vobject.vcard.Name(family=family, given=given, prefix=_part(name, "salutation"))
    made.add("fn").value = " ".join(part for part in (given, family) if part) or _entry(row.get("email")) or "–"
    for at, value in enumerate(_entries(row.get("email"))):
        _typed(made.add("email"), value[1] or "INTERNET", is_first=at == 0).value = value[0]
    for at, value in enumerate(_entries(row.get("phone"))):
        _typed(made.add("tel"), _KINDS.get(value[1].lower(), "WORK"), is_first=at == 0).value = value[0]
    if company := row.get("account.name"):
        made.add("org").value = [str(company), *([row["department"]] if row.get("department") else [])]
    if row.get("job_title"):
        made.add("title").value = row["job_title"]
    if address := row.get("mailing_address"):
        made.add("adr").value = vobject.vcard.Address(
            street=_part(address, "street"), city=_part(address, "city"), region=_part(address, "region"),
            code=_part(address, "postcode"), country=_part(address, "country"),
        )  # fmt: skip
    if row.get("birthday"):
        made.add("bday").value = str(row["birthday"])
    return str(made.serialize())


_KINDS = {"mobile": "CELL", "home": "HOME", "private": "HOME", "fax": "FAX"}


def _typed(line: Any, kind: str, *, is_first: bool) -> Any:
    line.type_param = [kind.upper() if kind.isalnum() else "WORK", *(["PREF"] if is_first else [])]
    return line


def _part(value: Any, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else getattr(value, name, "")
    return str(found or "")


def _entry(value: Any) -> str:
    return next((text for text, _label in _entries(value)), "")


def _entries(value: Any) -> list[tuple[str, str]]:
    return [(_part(one, "value"), _part(one, "label")) for one in value] if isinstance(value, (list, tuple)) else []

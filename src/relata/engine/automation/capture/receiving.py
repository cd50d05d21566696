"""What a stranger sent becomes a record: completed where they are known, made and assigned where they are not.

Everything here runs with every right, on values that the form allows and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.capture.definition import Item, items_of, mail_field
from relata.engine.automation.capture.names import FORM, SUBMISSION, UTM
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.object import Object
from relata.engine.workspace.attempts import attempt
from relata.engine.workspace.matching import key_of
from relata.engine.workspace.reading import read_values
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

#: Of records that have such fields: where the person came from at first, never written again.
_FIRST_TOUCH = (*UTM, "landing_page", "referrer", "first_touch_at")


@dataclass(frozen=True, slots=True)
class Sent:
    """raw: what was filled in, by field. agrees: whether they agreed to what the form asks. touch: UTM and the like, by
    name. params: what the page's address said, for hidden items."""

    raw: Mapping[str, Any]
    agrees: bool = False
    page: str = ""
    referrer: str = ""
    touch: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it. email: whom it came from. submission: what was noted. about: the record; None while the
    address is to be confirmed."""

    submission: UUID
    state: str
    email: str
    about: AnyTarget | None = None


async def published(work: Workspace, form: UUID) -> Record:
    """The form; NotFound where it can't be opened, for whatever reason."""
    try:
        found = await work.get(FORM, form)
    except NotFound:
        found = None
    if found is None or found["state"] != "published" or found["target"] not in work.registry.objects:
        raise NotFound(_("There is no such form."), hint=_("It may have been closed."))
    return found


async def receive(work: Workspace, form: Record, sent: Sent) -> Received:
    """Note what was sent, and make the record of it unless the address must be confirmed first. Invalid, with what is
    wrong at which field."""
    one = work.registry.get(form["target"])
    items = items_of(form["items"])
    raw, email = _checked(work, one, items, form, sent)
    agreed_at = work.clock.now if form["consent"] and sent.agrees else None
    values = {
        "title": form["title"] or form["name"],
        "form": form.id,
        "answers": raw,
        "consent": form["consent"] if agreed_at else None,
        "consent_at": agreed_at,
        "page": sent.page[:500] or None,
        "referrer": sent.referrer[:500] or None,
        **{name: sent.touch.get(name, "")[:120] or None for name in UTM},
    }
    if form["double_opt_in"]:
        made = await work.create(SUBMISSION, {**values, "state": "waiting"})
        return Received(made.id, "waiting", email)
    about, state = await _keep(work, form, one, raw, values, email, first_at=work.clock.now, is_proven=False)
    made = await work.create(SUBMISSION, {**values, "state": state, "about": about})
    return Received(made.id, state, email, about)


async def confirm(work: Workspace, submission: UUID) -> Received:
    """The address is theirs: what was sent counts now. A second time answers what the first time made."""
    found = await work.get_many(SUBMISSION, [submission], lock=True)
    if not found:
        raise NotFound(_("There is nothing to confirm."), hint=_("Send the form again."))
    noted = found[0]
    form = await work.get(FORM, noted["form"])
    one = work.registry.get(form["target"])
    raw = noted["answers"] or {}
    item = mail_field(one, items_of(form["items"]))
    email = _address(read_values(work.unit, one, {item.field: raw.get(item.field)}, trusted=True), item) if item else ""
    if noted["state"] != "waiting":
        return Received(noted.id, noted["state"], email, noted["about"])
    about, state = await _keep(work, form, one, raw, noted.values, email, first_at=noted["created_at"], is_proven=True)
    await work.change(noted, {"state": state, "about": about, "confirmed_at": work.clock.now})
    return Received(noted.id, state, email, about)


def _checked(
    work: Workspace, one: Object, items: tuple[Item, ...], form: Record, sent: Sent
) -> tuple[dict[str, Any], str]:
    """What may be written, as it came, and the address; Invalid with everything that is wrong."""
    raw: dict[str, Any] = {}
    problems = []
    for item in items:
        if item.use == "hidden":
            raw[item.field] = (sent.params.get(item.param) if item.param else None) or item.value
        else:
            raw[item.field] = sent.raw.get(item.field)
            if item.use == "required" and _is_empty(raw[item.field]):
                label = item.label or one.all_fields[item.field].title
                text = _("Fill in: %(label)s.") % {"label": label}
                problems.append(Problem("required", text, item.field))
    raw = {name: value for name, value in raw.items() if not _is_empty(value)}
    values: dict[str, Any] = {}
    try:
        values = read_values(work.unit, one, raw, trusted=True)
    except Invalid as error:
        problems.extend(error.problems)
    if form["consent"] and form["consent_required"] and not sent.agrees:
        problems.append(Problem("required", _("Without your agreement we may not keep this."), "consent"))
    asked = mail_field(one, items)
    email = _address(values, asked) if asked is not None else ""
    if asked is not None and asked.field not in raw and not any(each.field == asked.field for each in problems):
        problems.append(Problem("required", _("Fill in your e-mail address."), asked.field))
    if problems:
        raise Invalid.of(problems)
    return raw, email


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return not any(value.values())
    return value in (None, "", [], (), False)


def _address(values: Mapping[str, Any], item: Item) -> str:
    found = values.get(item.field)
    return str(found[0].value) if found else ""


async def _keep(
    work: Workspace, form: Record, one: Object, raw: Mapping[str, Any], origin: Mapping[str, Any], email: str,
    *, first_at: datetime, is_proven: bool,
) -> tuple[AnyTarget, str]:  # fmt: skip
    """The record and what became of it: made, updated or attached. is_proven: whoever sent it reads this address, so
    what they say counts more than what was known."""
    items = items_of(form["items"])
    values = read_values(work.unit, one, raw, trusted=True)
    item = mail_field(one, items)
    await work.lock(f"form:{one.name}:{email}")  # sent twice at once, the second finds what the first made
    known = await _known(work, one, item.field, values) if item and form["duplicates"] != "new" else None
    touch = _touch(one, origin, first_at)
    if known is None:
        made = await work.create(one.name, {**touch, **values})
        return AnyTarget(one.name, made.id), "made"
    if form["duplicates"] == "update":
        hidden = {item.field for item in items if item.use == "hidden"}
        told = {
            name: value for name, value in values.items()
            if not known[name] or (is_proven and name not in hidden and known[name] != value)
        }  # fmt: skip
        if not any(known[name] for name in touch):
            told = {**touch, **told}
        try:
            async with attempt(work.unit):
                changed = await work.change(known, told)
            if changed.version != known.version:
                return AnyTarget(one.name, known.id), "updated"
        except (Invalid, Conflict):  # a rule of the company forbids it: then it is noted and nothing else
            pass
    return AnyTarget(one.name, known.id), "attached"


async def _known(work: Workspace, one: Object, name: str, values: Mapping[str, Any]) -> Record | None:
    """Who has this address already, the one that was changed last; not what has come to its end."""
    key = key_of(one, (name,), dict(values))
    if key is None:
        return None
    found = (await work.match(one.name, (name,), [key])).get(key, [])
    records = [record for record in await work.get_many(one.name, found) if not _is_over(one, record)]
    return max(records, key=lambda record: record["changed_at"] or record["created_at"], default=None)


def _is_over(one: Object, record: Record) -> bool:
    cycle = one.lifecycle
    return cycle is not None and record[cycle.field] is not None and record[cycle.field] not in cycle.moves


def _touch(one: Object, origin: Mapping[str, Any], first_at: datetime) -> dict[str, Any]:
    """Where somebody came from, as far as the object keeps it."""
    said = {**{name: origin.get(name) for name in UTM}, "landing_page": origin.get("page")}
    said |= {"referrer": origin.get("referrer"), "first_touch_at": first_at}
    return {name: said[name] for name in _FIRST_TOUCH if said[name] and one.field(name) is not None}

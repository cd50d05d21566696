"""Forms that a flow sends to people: filled in once by who is asked, and waited for by the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from relata.engine.automation.flows.form_objects import FORM
from relata.engine.automation.flows.outside import typed
from relata.engine.automation.flows.questions import Question, questions
from relata.engine.formula import TEXT
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _


def asked(record: Record) -> list[Question]:
    """The questions of a form."""
    return questions(record["questions"] or {})


async def form_of(work: Workspace, key: UUID, *, lock: bool = False) -> Record:
    """A form that whoever is at work was sent; NotFound for any other."""
    record = await work.get(FORM, key)
    if record["owner"] != work.actor.user:
        raise NotFound(_("This form was sent to somebody else."))
    return await work.as_system().get(FORM, key, lock=lock)


async def answer(work: Workspace, key: UUID, given: Mapping[str, str]) -> Record:
    """Fill a form in, once. given: texts by name. Invalid with each that does not fit; Conflict for one that waits no
    more."""
    record = await form_of(work, key, lock=True)
    if record["state"] != "waiting":
        raise Conflict(_("This form does not wait any more."), code="form_closed")
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for one in asked(record):
        text = given.get(one.name, "").strip()
        if one.kind == "boolean":
            found[one.name] = text in ("true", "on", "1")
            continue
        if not text:
            found[one.name] = None
            if one.is_needed:
                problems.append(Problem("required", _("Fill this in."), one.name))
            continue
        value = text[:10_000] if one.of is TEXT else _read(work, one, text)
        if value is None or (one.kind == "choice" and value not in one.options):
            problems.append(Problem("invalid_value", _("This does not fit."), one.name))
        found[one.name] = value
    if problems:
        raise Invalid.of(problems)
    values = {"state": "answered", "answered_at": datetime.now(UTC), "answers": found}
    return await work.as_system().change(record, values)


def _read(work: Workspace, one: Question, text: str) -> str | None:
    """As it is kept: what a flow can read again."""
    if one.kind == "datetime" and "+" not in text and not text.endswith("Z"):
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(work.clock.zone))
        except ValueError:
            return None
        text = moment.isoformat()
    if one.kind == "number":
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    return None if typed(text, one.kind) is None else text


def answers_of(record: Record) -> dict[str, object]:
    """What was answered, as values of a flow; empty ones for what was not."""
    kept = record["answers"] or {}
    found: dict[str, object] = {}
    for one in asked(record):
        kind = "text" if one.kind in ("long_text", "choice") else one.kind
        value = kept.get(one.name)
        found[one.name] = None if value is None else typed(value, kind)
    return found


async def close(work: Workspace, keys: list[UUID], state: str) -> None:
    """Forms that wait no more, because their time or their run is over. work: the system's."""
    for record in await work.get_many(FORM, keys):
        if record["state"] == "waiting":
            await work.change(record, {"state": state})

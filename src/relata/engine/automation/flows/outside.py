"""Effects outside: prepared in one transaction, done between two, told in the next. Each execution of a step carries
the same key in every attempt; where the other side can't be asked, an attempt that died in the middle is uncertain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from relata.engine.automation.flows import values
from relata.engine.automation.flows.machine import Machine
from relata.engine.automation.flows.names import RECORD
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.secrets import secrets_of
from relata.engine.automation.flows.steps import Http, Mail
from relata.engine.automation.flows.values import packed
from relata.engine.messaging.mail.outgoing.loops import check_automatic
from relata.engine.messaging.mail.templates.objects import TEMPLATE
from relata.engine.messaging.mail.templates.rendering import letter
from relata.engine.messaging.mail.templates.wording import html_of, text_of
from relata.engine.messaging.message import Message
from relata.foundation.errors import Invalid, RelataError, Unavailable
from relata.foundation.i18n import gettext as _

_SECRET = re.compile(r"\{\{\s*secret\.([A-Za-z0-9_]{1,60})\s*\}\}")
KEY_HEADER = "idempotency-key"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an effect. outcome: done, failed, refused (no further attempt) or uncertain. found: values for the
    steps after it, packed."""

    outcome: str
    code: str = ""
    message: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)


async def prepare(machine: Machine, step: Any) -> dict[str, Any]:
    """What is to be done, as JSON: without secrets, which are only fetched when it goes out."""
    known, names = machine.known, machine.known.names
    if isinstance(step, Mail):
        return await _prepare_mail(machine, step)
    body = {name: _plain(await known.text(values.read(text, names))) for name, text in step.body.items()}
    return {
        "url": str(await known.text(values.read(step.url, names))), "method": step.method,
        "headers": dict(step.headers), "body": body,
    }  # fmt: skip


async def _prepare_mail(machine: Machine, step: Mail) -> dict[str, Any]:
    known, names = machine.known, machine.known.names
    to = str(await known.text(values.read(step.to, names)) or "").strip()
    if step.template:
        words = await _from_template(machine, step.template)
    else:
        subject, text = [str(await known.text(values.read(one, names)) or "") for one in (step.subject, step.text)]
        words = {"subject": subject, "text": text}
    words["subject"] = " ".join(words["subject"].split())[:200]
    Message(to, words["subject"], words["text"])  # Invalid for an address or subject that can't be
    await check_automatic(known.work, to, known.records.get(RECORD))
    return {"to": to, **words}


async def _from_template(machine: Machine, name: str) -> dict[str, str]:
    """The template's words for the record; Invalid where it is gone, or a value is missing."""
    record = machine.known.records.get(RECORD)
    object_name = record[0] if record else ""
    found = await machine.known.work.first(TEMPLATE, name=name, object=object_name, is_archived=False)
    if found is None or record is None:
        message = _("There is no mail template called %(name)s for this record.") % {"name": name[:80]}
        raise Invalid(message, code="unknown_template", field="template", hint=_("Choose another one."))
    made = (await letter(machine.known.work, found, record[1])).complete("template")
    return {"subject": made.subject, "text": text_of(made.body), "html": html_of(made.body)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value)


async def send(ports: Ports, schema: str, step: Any, asked: dict[str, Any], key: str) -> Answer:
    """Do it. Never raises for what the other side does."""
    try:
        if isinstance(step, Mail):
            return await _mail(ports, asked, key)
        return await _http(ports, schema, step, asked, key)
    except Unavailable as error:
        outcome = "uncertain" if error.code == "delivery_uncertain" else "failed"
        return Answer(outcome, error.code, f"{error.message} {error.hint or ''}".strip())
    except RelataError as error:
        return Answer("refused", error.code, f"{error.message} {error.hint or ''}".strip())


async def _mail(ports: Ports, asked: dict[str, Any], key: str) -> Answer:
    if ports.transport is None:
        return Answer("refused", "no_mail", _("Mail can't leave this installation."))
    await ports.transport.send(Message(asked["to"], asked["subject"], asked["text"], asked.get("html"), key))
    return Answer("done", detail={"key": key})


async def _http(ports: Ports, schema: str, step: Http, asked: dict[str, Any], key: str) -> Answer:
    if ports.guard is None:
        return Answer("refused", "no_fetch", _("Nothing can be fetched here."))
    headers = {"accept": "application/json", **await _headers(ports, schema, asked), KEY_HEADER: key}
    body = None
    if asked["method"] != "GET":
        headers.setdefault("content-type", "application/json")
        body = msgspec.json.encode(asked["body"])
    answer = await ports.guard.fetch(
        asked["url"], method=asked["method"], headers=headers, body=body, seconds=step.seconds
    )
    detail = {"status": answer.status, "key": key}
    if answer.status >= 500 or answer.status in (408, 409, 425, 429):
        return Answer(
            "failed", "answer", _("The other server answered %(status)s.") % {"status": answer.status}, detail
        )
    if not answer.is_ok:
        message = _("The other server refused it with %(status)s.") % {"status": answer.status}
        return Answer("refused", "answer", message, detail)
    found = {"status": packed(answer.status), "ok": packed(True)}
    if step.outputs:
        content = answer.json()
        for name, what in step.outputs.items():
            path, _sep, kind = what.rpartition(":")
            found[name] = packed(typed(at_path(content, path), kind))
    return Answer("done", detail=detail, found=found)


async def _headers(ports: Ports, schema: str, asked: dict[str, Any]) -> dict[str, str]:
    """The headers with their secrets; Invalid for one that is not there for this server."""
    given: dict[str, str] = asked["headers"]
    wanted = {name for text in given.values() for name in _SECRET.findall(text)}
    if not wanted or ports.guard is None or ports.database is None:
        return given
    host = ports.guard.parse(asked["url"]).host
    known = await secrets_of(ports.database, ports.sealer, schema, wanted, host)
    if missing := sorted(wanted - known.keys()):
        message = _("There is no secret called %(name)s for %(host)s.") % {"name": missing[0], "host": host}
        raise Invalid(message, code="unknown_secret")
    return {name: _SECRET.sub(lambda found: known[found[1]], text) for name, text in given.items()}


def at_path(content: Any, path: str) -> Any:
    """What stands at a path with dots in JSON; None for nothing."""
    for part in path.split(".") if path else ():
        if isinstance(content, dict):
            content = content.get(part)
        elif isinstance(content, list) and part.isdecimal() and int(part) < len(content):
            content = content[int(part)]
        else:
            return None
    return content


def typed(value: Any, kind: str) -> Any:
    """A value of JSON as the type that the flow promised; None for what does not fit."""
    try:
        match kind:
            case "number":
                found = Decimal(str(value)) if not isinstance(value, bool) else None
                return found if found is not None and found.is_finite() else None
            case "boolean":
                return value if isinstance(value, bool) else None
            case "date":
                return date.fromisoformat(value)
            case "datetime":
                moment = datetime.fromisoformat(value)
                return moment if moment.tzinfo else None
        return value[:10_000] if isinstance(value, str) else None if value is None else str(value)[:10_000]
    except (ValueError, TypeError, InvalidOperation):
        return None

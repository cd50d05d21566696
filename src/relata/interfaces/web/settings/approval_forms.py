"""The form of a process of approval: how it is filled, and what it sent as a definition."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.approvals.administration import names_people
from relata.engine.automation.approvals.process import Approver, Process, Step
from relata.engine.automation.approvals.sentences import Names, approver_words
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id, parse_id
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.settings.frame import Form, last, options

EVENTS = ("on_submit", "on_approve", "on_reject", "on_recall")
#: As far up as the form offers; the API goes further.
_LEVELS = 3


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """One step as its inputs take it. key: before the names of its inputs. errors: what is wrong with it."""

    key: str
    name: str = ""
    approvers: tuple[Option, ...] = ()
    needs: str = "any"
    when: str = ""
    deadline: str = ""
    unit: str = "working_days"
    late: str = "remind"
    escalate: Option | None = None
    source: str = ""
    errors: tuple[str, ...] = ()


class SetForm(msgspec.Struct, frozen=True, kw_only=True):
    """One value that the record gets. on: when."""

    key: str
    on: str = "on_approve"
    field: str = ""
    value: str = ""


def fresh_key() -> str:
    """Before the names of a new row's inputs."""
    return f"k{new_id().hex[-12:]}"


def source_of(one: Object) -> str:
    """Where approvers of an object are looked up."""
    return f"/settings/approvals/approvers?object={one.name}"


def step_forms(
    registry: Registry, one: Object, process: Process, names: Names, errors: dict[int, list[str]]
) -> tuple[StepForm, ...]:
    """The steps as inputs."""
    return tuple(
        _step_form(registry, one, step, names, tuple(errors.get(at, ()))) for at, step in enumerate(process.steps)
    )


def set_forms(process: Process) -> tuple[SetForm, ...]:
    """What is set, as rows."""
    return tuple(
        SetForm(key=fresh_key(), on=event, field=name, value="" if value is None else str(value))
        for event in EVENTS
        for name, value in getattr(process, event).items()
    )


def read_form(form: Form, object_name: str) -> dict[str, Any]:
    """The definition that the form sent; unfit parts are left for the engine to refuse."""
    sets: dict[str, dict[str, Any]] = {event: {} for event in EVENTS}
    for key in form.get("set", []):
        event, name = last(form, f"{key}.on"), last(form, f"{key}.field")
        if event in sets and name:
            sets[event][name] = last(form, f"{key}.value") or None
    return {
        "object": object_name,
        "label": last(form, "label"),
        "help": last(form, "help"),
        "when": last(form, "where"),
        "steps": [_read_step(form, key) for key in form.get("step", [])],
        "locks": last(form, "locks") or "record",
        "locked_fields": form.get("locked_fields", []),
        "by_mail": "by_mail" in form,
        "own": "own" in form,
        "is_active": "is_active" in form,
        **sets,
    }


def approver_options(registry: Registry, one: Object, words: str) -> list[Option]:
    """Managers, roles and fields whose words fit; people and teams are looked up."""
    typed = words.strip().casefold()
    found = [
        *(Approver("manager", level=level) for level in range(1, _LEVELS + 1)),
        *(Approver("role", name=name) for name in registry.roles),
        *(Approver("field", name=field.name) for field in one.all_fields.values() if names_people(field)),
    ]
    shown = [Option(value=encoded(each), label=_capital(approver_words(registry, one, each, {}))) for each in found]
    return [option for option in shown if typed in option.label.casefold()]


def encoded(approver: Approver) -> str:
    """An approver as one value of an input."""
    if approver.kind == "manager":
        return f"manager:{approver.level}"
    return f"{approver.kind}:{approver.who or approver.name}"


def decoded(text: str) -> dict[str, Any] | None:
    """The approver in an input's value; None for nonsense."""
    kind, _colon, rest = text.partition(":")
    if kind in ("person", "team"):
        who: UUID | None = parse_id(rest)
        return {"kind": kind, "who": str(who)} if who else None
    if kind == "manager":
        return {"kind": kind, "level": int(rest)} if rest.isascii() and rest.isdigit() and len(rest) < 3 else None
    return {"kind": kind, "name": rest} if kind in ("role", "field") else None


def event_options() -> tuple[Option, ...]:
    """When values are set."""
    return options(
        (
            ("on_submit", _("When submitted")), ("on_approve", _("When approved")),
            ("on_reject", _("When rejected")), ("on_recall", _("When recalled")),
        )
    )  # fmt: skip


def _step_form(registry: Registry, one: Object, step: Step, names: Names, errors: tuple[str, ...]) -> StepForm:
    def option(approver: Approver) -> Option:
        return Option(value=encoded(approver), label=_capital(approver_words(registry, one, approver, names)))

    return StepForm(
        key=fresh_key(), name=step.name, approvers=tuple(map(option, step.approvers)), needs=step.needs,
        when=step.when, deadline=str(step.deadline or ""), unit=step.unit, late=step.late,
        escalate=option(step.escalate_to) if step.escalate_to else None, source=source_of(one), errors=errors,
    )  # fmt: skip


def _read_step(form: Form, key: str) -> dict[str, Any]:
    deadline = last(form, f"{key}.deadline")
    escalate = decoded(last(form, f"{key}.escalate"))
    return {
        "name": last(form, f"{key}.name")[:120],
        "approvers": [found for text in form.get(f"{key}.approvers", []) if (found := decoded(text))],
        "needs": last(form, f"{key}.needs") or "any",
        "when": last(form, f"{key}.when"),
        "deadline": int(deadline) if deadline.isascii() and deadline.isdigit() and len(deadline) < 7 else 0,
        "unit": last(form, f"{key}.unit") or "hours",
        "late": last(form, f"{key}.late") or "remind",
        **({"escalate_to": escalate} if escalate else {}),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

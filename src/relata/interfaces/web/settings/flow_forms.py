"""The form of a step as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from relata.engine.automation.approvals.process import label_of, of_object
from relata.engine.automation.flows.checking import WAITING_UNITS
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.names import Names, names_by_step
from relata.engine.automation.flows.steps import (
    Act,
    AnyStep,
    Create,
)  # fmt: skip
from relata.engine.automation.flows.wording import unit_words
from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.flow_inputs import VALUE_HELP, Built, Pairs, plain, rows_of
from relata.interfaces.web.settings.flow_kinds import objects_of
from relata.interfaces.web.settings.frame import spoken, text

_FAILING = (
    ("fail", later("The run fails")), ("go_on", later("Go on with the next step")),
    ("rescue", later("Do other steps, then go on")),
)  # fmt: skip
_UNCERTAIN = (
    ("go_on", later("Go on, and show it as uncertain")), ("fail", later("Treat it as failed")),
    ("repeat", later("Send it again; it may arrive twice")),
)  # fmt: skip
_TOKEN_HELP = later("Where a header needs a secret, write {{secret.NAME}}.")


def names_at(work: Workspace, body: Body, step: AnyStep) -> Names:
    """What a step can name."""
    return names_by_step(work.registry, work.actor, body)[step.id]


def known_words(work: Workspace, names: Names) -> tuple[str, ...]:
    """Examples of what can be merged, for the help beside a form."""
    found = [f"person.{field}" for field in ("name", "email")]
    for name, object_name in names.records.items():
        one = work.registry.objects.get(object_name)
        if one is not None and name != "person":
            shown = [field.name for field in one.fields if work.actor.readable(one, field) and not field.hidden]
            found += [f"{name}.{field}" for field in ("id", *shown[:14], "owner")]
    found += [f"{name}.{part}" for name, part in names.values]
    return tuple(found)


def step_form(work: Workspace, body: Body, step: AnyStep, errors: Mapping[str, str]) -> Built:
    """The inputs of a step."""
    names = names_at(work, body, step)
    fields: list[FormField] = []
    pairs: list[Pairs] = []
    records = tuple(Option(value=name, label=_record_label(work, name, one)) for name, one in names.records.items())
    for name in (one.name for one in msgspec.structs.fields(type(step))):
        value = getattr(step, name)
        built = _input(work, step, names, name, value, errors, records)
        if isinstance(built, Pairs):
            pairs.append(built)
        elif built is not None:
            fields.append(built)
    order = ("label", "record", "object", "action", "to", "template", "subject", "title", "text", "url", "method")
    fields.sort(key=lambda one: order.index(one.name) if one.name in order else 90 + (one.name in ("failing", "tries")))
    return Built(fields=tuple(fields), pairs=tuple(pairs))


def _record_label(work: Workspace, name: str, object_name: str) -> str:
    one = work.registry.objects.get(object_name)
    title = one.title if one else object_name
    if name == "record":
        return _("The %(what)s that started it") % {"what": title}
    return _("Who caused it") if name == "person" else f"{name} ({title})"


def _input(
    work: Workspace, step: AnyStep, names: Names, name: str, value: Any, errors: Mapping[str, str],
    records: tuple[Option, ...],
) -> FormField | Pairs | None:  # fmt: skip
    match name:
        case "id" | "rescue" | "then" | "otherwise" | "steps" | "first" | "second" | "third" | "fourth":
            return None
        case "label":
            return text(
                name, _("What people read"), value, errors, max_length=120, help=_("Empty: made from the step.")
            )
        case "record":
            return text(name, _("Record"), value, errors, kind="choice", options=records)
        case "object":
            return text(name, _("Object"), value, errors, kind="choice", options=objects_of(work), required=True)
        case "values" if isinstance(step, Act):
            return Pairs(
                name=name, label=_("What the action asks"), rows=rows_of(value), options=_asked(work, names, step)
            )
        case "values":
            one = _object_of(work, names, step)
            return Pairs(
                name=name, label=_("Values"), rows=rows_of(value), options=_settable(work, one), help=_(VALUE_HELP)
            )
        case "action":
            return text(name, _("Action"), value, errors, kind="choice", options=_actions(work, names, step))
        case "failing":
            return text(name, _("If it fails"), value, errors, kind="choice", options=spoken(_FAILING))
        case "tries":
            return text(name, _("Attempts"), str(value), errors, kind="integer", minimum="1", maximum="10")
        case "unit":
            options = tuple(Option(value=one, label=unit_words(one, 2)) for one in WAITING_UNITS)
            return text(name, _("Unit"), value, errors, kind="choice", options=options)
        case "uncertain":
            return text(
                name, _("If nobody knows whether it went out"), value, errors, kind="choice", options=spoken(_UNCERTAIN)
            )
        case "method":
            options = tuple(Option(value=one, label=one) for one in ("POST", "GET", "PUT", "PATCH", "DELETE"))
            return text(name, _("Method"), value, errors, kind="choice", options=options)
        case "headers":
            return Pairs(name=name, label=_("Headers"), rows=rows_of(value), help=_(_TOKEN_HELP))
        case "body":
            return Pairs(name=name, label=_("JSON to send"), rows=rows_of(value), help=_(VALUE_HELP))
        case "outputs":
            return Pairs(
                name=name, label=_("What to take from the answer"), rows=rows_of(value),
                help=_("A name, and where it stands: data.id:text. Types: text, number, boolean, date, datetime."),
            )  # fmt: skip
        case "fields":
            return Pairs(
                name=name, label=_("What it asks"), rows=rows_of(value),
                help=_("A name, and label:type, with ! behind what is needed: Why?:text! or Size:choice(small|large)."),
            )  # fmt: skip
        case "process":
            return text(
                name,
                _("Approval"),
                value,
                errors,
                kind="choice",
                options=_processes(work, names, step),
                placeholder=_("The first that fits"),
            )
        case "waits":
            return text(name, _("Wait for its end"), value, errors, kind="boolean")
    return plain(name, value, errors)


def _object_of(work: Workspace, names: Names, step: Any) -> Object | None:
    name = step.object if isinstance(step, Create) else names.object_of(step.record)
    return work.registry.objects.get(name or "")


def _settable(work: Workspace, one: Object | None) -> tuple[Option, ...]:
    if one is None:
        return ()
    fields = [
        field for field in one.all_fields.values()
        if not field.system and not field.read_only and work.actor.rights.writable(one, field)
        and (field.stored or field.type_name == "links")
    ]  # fmt: skip
    return tuple(Option(value=field.name, label=field.title) for field in fields)


def _actions(work: Workspace, names: Names, step: Any) -> tuple[Option, ...]:
    found = work.registry.actions.get(names.object_of(step.record) or "", {})
    return tuple(Option(value=one.name, label=one.title) for one in found.values())


def _processes(work: Workspace, names: Names, step: Any) -> tuple[Option, ...]:
    found = of_object(work.context, names.object_of(step.record) or "")
    return tuple(Option(value=name, label=label_of(name, one)) for name, one in found.items())


def _asked(work: Workspace, names: Names, step: Act) -> tuple[Option, ...]:
    object_name = names.object_of(step.record) or ""
    action = work.registry.actions.get(object_name, {}).get(step.action)
    if action is None:
        return ()
    asked = [one.name for one in msgspec.structs.fields(action.command) if one.name != object_name]
    return tuple(Option(value=name, label=name.replace("_", " ").capitalize()) for name in asked)

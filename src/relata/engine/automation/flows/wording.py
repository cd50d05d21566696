"""A flow in plain language: one sentence for all of it, one for each step."""

from __future__ import annotations

from collections.abc import Iterable

from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import (
    Act,
    AnyStep,
    Approve,
    Ask,
    Assign,
    Branch,
    Call,
    Create,
    Delete,
    Fail,
    Find,
    Http,
    Loop,
    Mail,
    Notify,
    Parallel,
    Set,
    Stop,
    Update,
    Wait,
)  # fmt: skip
from relata.engine.automation.flows.triggers import (
    AnyTrigger,
    ButtonTrigger,
    CallTrigger,
    DateTrigger,
    EventTrigger,
    RecordTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    WebhookTrigger,
)  # fmt: skip
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext

_MOST = 4


def sentence(registry: Registry, body: Body) -> str:
    """The whole flow."""
    steps = [step_words(registry, body, step) for step in body.steps]
    shown = [one[:1].lower() + one[1:] for one in steps[:_MOST]]
    if len(steps) > _MOST:
        rest = len(steps) - _MOST
        shown.append(ngettext("%(num)s more step", "%(num)s more steps", rest) % {"num": rest})
    what = _(", then ").join(shown) or _("nothing yet")
    return _("%(when)s: %(what)s.") % {"when": trigger_words(registry, body.trigger), "what": what}


def trigger_words(registry: Registry, trigger: AnyTrigger) -> str:
    """When the flow starts."""
    one = registry.objects.get(trigger.object)
    noun = one.nouns if one else trigger.object
    words = _trigger(trigger, one, noun)
    if trigger.where and not isinstance(trigger, SegmentTrigger):
        words = _("%(when)s and %(condition)s") % {"when": words, "condition": trigger.where}
    return words


def _trigger(trigger: AnyTrigger, one: Object | None, noun: str) -> str:
    match trigger:
        case RecordTrigger():
            return _happening(trigger, one, noun)
        case DateTrigger():
            field = _field(one, trigger.field)
            amount = abs(trigger.amount)
            words = {"num": amount, "unit": unit_words(trigger.unit, amount), "field": field, "what": noun}
            if trigger.amount == 0:
                return _("On the %(field)s of %(what)s") % words
            if trigger.amount < 0:
                return _("%(num)s %(unit)s before the %(field)s of %(what)s") % words
            return _("%(num)s %(unit)s after the %(field)s of %(what)s") % words
        case ScheduleTrigger():
            zone = f" ({trigger.zone})" if trigger.zone else ""
            return _("At the times %(cron)s") % {"cron": trigger.cron + zone}
        case ButtonTrigger():
            return _("When somebody presses “%(label)s”") % {"label": trigger.label or _("Start")}
        case EventTrigger():
            return _("When %(event)s is announced of %(what)s") % {"event": trigger.event, "what": noun}
        case CallTrigger():
            return _("When another flow starts it")
        case SegmentTrigger():
            both = (("enters", _("begin to fulfil")), ("leaves", _("no longer fulfil")))
            happens = _(" or ").join(said for name, said in both if name in trigger.happens)
            condition = trigger.where or "…"
            return _("When %(what)s %(happens)s: %(condition)s") % {
                "what": noun, "happens": happens, "condition": condition,
            }  # fmt: skip
        case WebhookTrigger():
            return _("When a signed request arrives")


def _happening(trigger: RecordTrigger, one: Object | None, noun: str) -> str:
    words = {
        "created": _("are created"), "changed": _("are changed"),
        "deleted": _("are deleted"), "restored": _("are restored"),
    }  # fmt: skip
    happens = _(" or ").join(words[name] for name in trigger.happens if name in words)
    if not trigger.fields:
        return _("When %(what)s %(happens)s") % {"what": noun, "happens": happens}
    fields = _(" or ").join(_field(one, name) for name in trigger.fields)
    found = _("When %(fields)s of %(what)s changes") % {"fields": fields, "what": noun}
    if "changed" not in trigger.happens:
        found = _("When %(what)s with %(fields)s %(happens)s") % {"what": noun, "fields": fields, "happens": happens}
    if trigger.before is not None:
        found = _("%(when)s from “%(value)s”") % {"when": found, "value": _value(one, trigger, trigger.before)}
    if trigger.after is not None:
        found = _("%(when)s to “%(value)s”") % {"when": found, "value": _value(one, trigger, trigger.after)}
    return found


def _value(one: Object | None, trigger: RecordTrigger, value: str) -> str:
    field = one.field(trigger.fields[0]) if one and trigger.fields else None
    option = getattr(field, "option", lambda _name: None)(value)
    return option.title if option is not None else value


def unit_words(unit: str, amount: int) -> str:
    """A unit of time after its number."""
    match unit:
        case "minutes":
            return ngettext("minute", "minutes", amount)
        case "hours":
            return ngettext("hour", "hours", amount)
        case "weeks":
            return ngettext("week", "weeks", amount)
        case "months":
            return ngettext("month", "months", amount)
        case "working_hours":
            return ngettext("working hour", "working hours", amount)
        case "working_days":
            return ngettext("working day", "working days", amount)
    return ngettext("day", "days", amount)


def step_words(registry: Registry, body: Body, step: AnyStep) -> str:
    """What a step does; its own label where it has one."""
    return step.label or _step(registry, body, step)


def _step(registry: Registry, body: Body, step: AnyStep) -> str:
    match step:
        case Create():
            return _("Create %(what)s") % {"what": _noun(registry, step.object)}
        case Update():
            one = registry.objects.get(_object(body, step.record))
            fields = _joined(_field(one, name) for name in step.values)
            return _("Set %(fields)s of %(record)s") % {
                "fields": fields or _("nothing yet"), "record": _record(registry, body, step.record),
            }  # fmt: skip
        case Delete():
            return _("Delete %(record)s") % {"record": _record(registry, body, step.record)}
        case Find():
            return _("Find %(what)s") % {"what": _noun(registry, step.object)}
        case Act():
            action = registry.actions.get(_object(body, step.record), {}).get(step.action)
            words = {"action": action.title if action else step.action, "record": _record(registry, body, step.record)}
            return _("%(action)s: %(record)s") % words
        case Assign():
            return _("Give %(record)s to %(who)s") % {"record": _record(registry, body, step.record), "who": step.to}
        case Notify():
            return _("Tell %(who)s: “%(text)s”") % {"who": step.to, "text": _short(step.text)}
        case Mail():
            said = _short(step.template or step.subject)
            return _("Send a mail to %(who)s: “%(text)s”") % {"who": step.to, "text": said}
        case Wait():
            return _wait(step)
        case Branch():
            return _("If %(condition)s") % {"condition": step.condition}
        case Loop():
            one = registry.objects.get(step.object)
            return _("For each of up to %(num)s %(what)s") % {
                "num": step.limit, "what": one.nouns if one else step.object,
            }  # fmt: skip
        case Call():
            return _("Start the flow “%(name)s”") % {"name": step.flow}
        case Http():
            return _("%(method)s request to %(url)s") % {"method": step.method, "url": _short(step.url)}
        case Parallel():
            return _("At the same time")
        case Approve():
            words = {"record": _record(registry, body, step.record), "process": step.process}
            return (
                _("Ask for approval of %(record)s: %(process)s")
                if step.process
                else _("Ask for approval of %(record)s")
            ) % words
        case Ask():
            return _("Ask %(who)s: “%(text)s”") % {"who": step.to or "…", "text": _short(step.title) or "…"}
        case Set():
            return _("Keep %(value)s as %(name)s") % {"value": _short(step.value), "name": step.id}
        case Stop():
            return _("Stop here")
        case Fail():
            return _("Fail: “%(text)s”") % {"text": _short(step.message)}


def _wait(step: Wait) -> str:
    span = f"{step.amount} {unit_words(step.unit, step.amount)}"
    if step.when:
        return _("Wait until %(condition)s, at most %(span)s") % {"condition": step.when, "span": span}
    if step.until:
        return _("Wait until %(moment)s") % {"moment": step.until}
    return _("Wait %(span)s") % {"span": span}


def _object(body: Body, name: str) -> str:
    if name == "record":
        return body.trigger.object
    if name == "person":
        return "user"
    found = body.by_id.get(name)
    return found.object if isinstance(found, (Create, Find, Loop)) else ""


def _record(registry: Registry, body: Body, name: str) -> str:
    one = registry.objects.get(_object(body, name))
    return _("the %(what)s") % {"what": one.noun} if one and name == "record" else name


def _noun(registry: Registry, name: str) -> str:
    one = registry.objects.get(name)
    return one.noun if one else name or "…"


def _field(one: Object | None, name: str) -> str:
    field = one.field(name) if one else None
    return field.noun if field else name


def _joined(words: Iterable[str]) -> str:
    found = list(words)
    return ", ".join(found[:3]) + (" …" if len(found) > 3 else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


#: Kinds of steps in the order in which people look for them.
KINDS: tuple[type[AnyStep], ...] = (
    Update, Create, Notify, Mail, Assign, Wait, Branch, Parallel, Loop, Find, Approve, Ask, Act, Delete,
    Http, Call, Set, Stop, Fail,
)  # fmt: skip

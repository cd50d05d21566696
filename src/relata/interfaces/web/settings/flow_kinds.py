"""The kinds of steps and triggers, as they are offered, and the objects that they are about."""

from __future__ import annotations

from collections.abc import Mapping

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
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import later
from relata.interfaces.html.view_values import Option

STEP_KINDS: Mapping[str, tuple[type[AnyStep], str, str, str]] = {
    "update": (Update, later("Change a record"), "pencil", later("Give fields other values.")),
    "create": (Create, later("Create a record"), "plus", later("Such as a task.")),
    "notify": (Notify, later("Tell a person"), "bell", later("On the screen, or as they like it.")),
    "mail": (Mail, later("Send a mail"), "mail", later("With values of the record in it.")),
    "assign": (Assign, later("Assign"), "user", later("Give a record to a person.")),
    "wait": (Wait, later("Wait"), "clock", later("For a time, until a date, or until something holds.")),
    "branch": (Branch, later("Branch"), "git-branch", later("Some steps if a condition holds, others if not.")),
    "parallel": (
        Parallel,
        later("At the same time"),
        "split",
        later("Several lanes; the flow goes on when all have ended."),
    ),
    "loop": (Loop, later("Loop"), "repeat", later("The same steps for each record that fits.")),
    "approve": (Approve, later("Ask for approval"), "badge-check", later("The flow goes on by the outcome.")),
    "ask": (Ask, later("Send a form"), "clipboard-list", later("A person fills it in; the flow waits.")),
    "find": (Find, later("Find a record"), "search", later("The first one that fits.")),
    "act": (Act, later("Run an action"), "play", later("What buttons on records do.")),
    "delete": (Delete, later("Delete a record"), "trash-2", later("It goes to the bin.")),
    "http": (Http, later("Ask another server"), "globe", later("An HTTP request, with values of its answer.")),
    "call": (Call, later("Start another flow"), "workflow", later("And wait for its end, if you like.")),
    "set": (Set, later("Keep a value"), "bookmark", later("Under a name, for later steps.")),
    "stop": (Stop, later("Stop"), "square", later("The run ends here, and all is well.")),
    "fail": (Fail, later("Fail"), "circle-alert", later("The run ends here, with a message.")),
}
TRIGGER_KINDS: Mapping[str, tuple[type[AnyTrigger], str]] = {
    "record": (RecordTrigger, later("Something happens to a record")),
    "segment": (SegmentTrigger, later("A record enters or leaves a segment")),
    "event": (EventTrigger, later("An event is announced")),
    "date": (DateTrigger, later("Before or after a date of a record")),
    "schedule": (ScheduleTrigger, later("At certain times")),
    "button": (ButtonTrigger, later("Somebody presses a button")),
    "call": (CallTrigger, later("Another flow starts it")),
    "webhook": (WebhookTrigger, later("A signed request from outside")),
}


def objects_of(work: Workspace) -> tuple[Option, ...]:
    """The objects that this person may see, by label."""
    known = [one for one in work.registry.objects.values() if work.actor.rights.level(one, "read")]
    shown = sorted(known, key=lambda one: (not one.nav, one.title_plural))
    return tuple(Option(value=one.name, label=one.title) for one in shown)

"""What a flow does, as data. A value is a text: `=` before an expression, else words with {{ merge fields }}."""

from __future__ import annotations

import msgspec


class Step(msgspec.Struct, frozen=True, tag_field="do", omit_defaults=True, kw_only=True):
    """What all steps have. id: how later steps name it. failing: what follows a failure: `fail` ends the run, `go_on`
    goes on, `rescue` runs the steps under `rescue` and goes on. tries: attempts in all, with ever longer pauses."""

    id: str
    label: str = ""
    failing: str = "fail"
    tries: int = 3
    rescue: tuple[AnyStep, ...] = ()


class Create(Step, frozen=True, tag="create", omit_defaults=True, kw_only=True):
    """A new record."""

    object: str
    values: dict[str, str] = {}


class Update(Step, frozen=True, tag="update", omit_defaults=True, kw_only=True):
    """Other values for a record. record: its name, such as `record` or the id of an earlier step."""

    record: str = "record"
    values: dict[str, str] = {}


class Delete(Step, frozen=True, tag="delete", omit_defaults=True, kw_only=True):
    """A record goes to the bin."""

    record: str = "record"


class Find(Step, frozen=True, tag="find", omit_defaults=True, kw_only=True):
    """The first record that fits, or nothing. where: over its own fields, with {{ merge fields }} as values."""

    object: str
    where: str = ""
    order: str = ""


class Act(Step, frozen=True, tag="act", omit_defaults=True, kw_only=True):
    """A declared action of an object, such as closing a deal."""

    action: str
    record: str = "record"
    values: dict[str, str] = {}


class Assign(Step, frozen=True, tag="assign", omit_defaults=True, kw_only=True):
    """Another owner. to: an expression that gives a person."""

    to: str
    record: str = "record"


class Notify(Step, frozen=True, tag="notify", omit_defaults=True, kw_only=True):
    """Tell a person, on the screen or as they like it. to: an expression that gives a person."""

    to: str
    text: str


class Mail(Step, frozen=True, tag="mail", omit_defaults=True, kw_only=True):
    """A mail. to: an address. template: the name of a mail template for the record that started the flow; its subject
    and text take the place of the step's own. uncertain: what follows when it may or may not have gone
    out: `go_on`, `fail` or `repeat`."""

    to: str
    subject: str = ""
    text: str = ""
    template: str = ""
    uncertain: str = "go_on"


class Wait(Step, frozen=True, tag="wait", omit_defaults=True, kw_only=True):
    """Go on later. For `amount` units (minutes, hours, working_hours, days, working_days, weeks), or until the moment
    that the expression `until` gives, or until the record meets the condition `when`, at the latest after `amount`;
    then `met` tells whether it did."""

    amount: int = 0
    unit: str = "days"
    until: str = ""
    when: str = ""
    record: str = "record"


class Branch(Step, frozen=True, tag="branch", omit_defaults=True, kw_only=True):
    """Some steps when a condition holds, others when it does not."""

    condition: str
    then: tuple[AnyStep, ...] = ()
    otherwise: tuple[AnyStep, ...] = ()


class Loop(Step, frozen=True, tag="loop", omit_defaults=True, kw_only=True):
    """The steps for each of the records that fit, each under this step's id. limit: at most so many."""

    object: str
    where: str = ""
    order: str = ""
    limit: int = 100
    steps: tuple[AnyStep, ...] = ()


class Call(Step, frozen=True, tag="call", omit_defaults=True, kw_only=True):
    """Another flow, which starts on its own; `waits` until it has ended. flow: its name."""

    flow: str
    record: str = "record"
    waits: bool = False


class Http(Step, frozen=True, tag="http", omit_defaults=True, kw_only=True):
    """A request to another server, with an Idempotency-Key that stays the same when it is repeated. headers: a value
    may name a secret as {{secret.NAME}}. outputs: what is taken from the JSON answer: name to `path:type`."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = {}
    body: dict[str, str] = {}
    outputs: dict[str, str] = {}
    seconds: int = 10


class Parallel(Step, frozen=True, tag="parallel", omit_defaults=True, kw_only=True):
    """Lanes of steps at the same time; the run goes on when all have ended. What a lane makes or finds can be named
    after them, not in another lane."""

    first: tuple[AnyStep, ...] = ()
    second: tuple[AnyStep, ...] = ()
    third: tuple[AnyStep, ...] = ()
    fourth: tuple[AnyStep, ...] = ()


class Approve(Step, frozen=True, tag="approve", omit_defaults=True, kw_only=True):
    """Submit a record for approval and wait for the outcome: `approved`, and `reason`. process: by name; empty for the
    first that fits. amount: wait at most so many units; 0 for as long as it takes."""

    record: str = "record"
    process: str = ""
    comment: str = ""
    amount: int = 0
    unit: str = "days"


class Ask(Step, frozen=True, tag="ask", omit_defaults=True, kw_only=True):
    """A form to a person; the run waits until they have filled it in, at most so long. to: an expression that gives a
    person. fields: name to `label:type`, with `!` behind what must be filled in; `choice(a|b)` offers some texts. Later
    steps name the answers, and whether there are any: `answered`."""

    to: str
    title: str
    text: str = ""
    fields: dict[str, str] = {}
    amount: int = 7
    unit: str = "days"


class Set(Step, frozen=True, tag="set", omit_defaults=True, kw_only=True):
    """A value under this step's id, as `id.value`."""

    value: str


class Stop(Step, frozen=True, tag="stop", omit_defaults=True, kw_only=True):
    """The run ends here, and all is well."""


class Fail(Step, frozen=True, tag="fail", omit_defaults=True, kw_only=True):
    """The run ends here as failed, with these words."""

    message: str


AnyStep = (
    Create | Update | Delete | Find | Act | Assign | Notify | Mail | Wait | Branch | Loop | Call | Http | Set | Stop
    | Fail | Parallel | Approve | Ask
)  # fmt: skip
#: The lanes of a parallel step.
LANES = ("first", "second", "third", "fourth")
#: Whose effect is outside, so that it happens between two transactions.
OUTSIDE = (Mail, Http)

"""Assignment rules: who gets a record, as an administrator declares it. Values only."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from relata.foundation.i18n import gettext as _

WAYS = ("person", "queue", "team", "round_robin", "least_loaded", "table", "expression")
#: Ways that choose one of several people.
POOLS = ("round_robin", "least_loaded")


class Target(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """To whom: a person, a queue or a team."""

    kind: Literal["person", "queue", "team"]
    id: UUID


class Member(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of those who take turns. weight: how many records they get while one of weight 1 gets one."""

    person: UUID
    weight: int = 1


class Row(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A row of a table. when: for each column what its value must be; see `tables.fits`."""

    when: tuple[str, ...]
    to: Target


class AssignmentRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Records of `object` for which `where` holds (empty: all) go where `way` says; the first rule that finds somebody
    decides, in the order of `position`.

    members, team: who takes turns: these, and everybody of this team. open: which records of the object burden their
    owner, for `least_loaded` and `capacity`; empty: all. capacity: who has so many gets no more. skills: an expression
    that gives what the person must know, as a text or list of texts. columns, rows: the table; the first row that fits
    counts. expression: gives the person, such as `account.owner`. fallback: where to when there is nobody.
    by_default: new records are assigned as they come in; else only when somebody asks. response_minutes: working time
    until the first answer; 0: none is asked for. met_by: fields whose change by the new owner is an answer; empty: any,
    and any activity. escalate: what happens when it is late.
    """

    object: str
    label: str = ""
    where: str = ""
    way: Literal["person", "queue", "team", "round_robin", "least_loaded", "table", "expression"] = "round_robin"
    to: Target | None = None
    members: tuple[Member, ...] = ()
    team: UUID | None = None
    open: str = ""
    capacity: int = 0
    skills: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    expression: str = ""
    fallback: Target | None = None
    by_default: bool = True
    is_active: bool = True
    position: int = 0
    response_minutes: int = 0
    met_by: tuple[str, ...] = ()
    escalate: Literal["notify", "manager", "queue"] = "notify"
    escalate_to: UUID | None = None

    @property
    def counts_load(self) -> bool:
        """Whether it must be known how many open records everybody has."""
        return self.way in POOLS and (self.way == "least_loaded" or self.capacity > 0)

    @property
    def expressions(self) -> tuple[str, ...]:
        """Whatever it reads of a record but its condition."""
        texts = (*self.columns, self.skills if self.way in POOLS else "", self.expression)
        return tuple(text for text in texts if text)


def way_label(way: str) -> str:
    """What people call it."""
    return {
        "person": _("One person"),
        "queue": _("A queue"),
        "team": _("A team"),
        "round_robin": _("In turn"),
        "least_loaded": _("Who has least to do"),
        "table": _("By a table"),
        "expression": _("By an expression"),
    }[way]

"""What holds for calendars and absences on every path."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.working_time.calendar import parse_spans, spans_text
from relata.engine.identity.guards import is_zone
from relata.engine.metadata.module import Guard
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

MANAGE = "manage_users"
#: The fields of the days, from Monday.
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


async def check_calendar(work: Any, draft: Any) -> None:
    """A zone that exists, hours that can be read, and one calendar for everybody at most."""
    _require_right(work)
    problems = _wrong_hours(draft, DAYS)
    if draft.changed("zone") and draft["zone"] and not is_zone(draft["zone"]):
        problems.append(
            Problem("unknown_choice", _("There is no such time zone."), "zone", _("Write it as Europe/Berlin."))
        )
    if problems:
        raise Invalid.of(problems)
    if draft.changed("is_default") and draft["is_default"]:
        await work.lock("working_calendar")
        for other in await work.as_system().find("working_calendar", "is_default"):
            if other.id != draft.id:
                await work.as_system().change(other, {"is_default": False})


async def check_holiday(work: Any, draft: Any) -> None:
    """Hours that can be read."""
    _require_right(work)
    if problems := _wrong_hours(draft, ("hours",)):
        raise Invalid.of(problems)


async def check_absence(work: Any, draft: Any) -> None:
    """It ends after it begins, belongs to who is away, and nobody stands in for themselves. Others' absences are for
    who manages people."""
    if draft.is_new and draft["person"] is None and work.actor.user is not None:
        draft.set("person", work.actor.user)
    person = draft["person"]
    if not work.actor.rights.system and person != work.actor.user and not work.actor.rights.permits(MANAGE):
        raise Denied(
            _("Only who manages people may enter absences of others."),
            code="denied_absence",
            hint=_("Ask your manager."),
        )
    problems = []
    first, last = draft["first_day"], draft["last_day"]
    if first is not None and last is not None and last < first:
        problems.append(
            Problem("invalid_value", _("The last day lies before the first one."), "last_day", _("Swap them."))
        )
    if person is not None and draft["deputy"] == person:
        message = "Nobody stands in for themselves."
        problems.append(Problem("invalid_value", message, "deputy", _("Choose somebody else.")))
    if problems:
        raise Invalid.of(problems)
    if person is not None:
        draft.set("owner", person)
        if last is not None and (draft.is_new or draft.changed("person") or draft.changed("last_day")):
            found = await work.as_system().get_many("user", [person])
            draft.set("name", f"{found[0]['name'] if found else '?'}, {last.isoformat()}"[:120])


def _require_right(work: Any) -> None:
    if not work.actor.rights.system and not work.actor.rights.permits(MANAGE):
        raise Denied(
            _("Only who manages people may change working time."),
            code="denied_manage_users",
            hint=_("Ask an administrator."),
        )


def _wrong_hours(draft: Any, names: tuple[str, ...]) -> list[Problem]:
    """What can't be read as hours; what can is written in one way."""
    problems = []
    for name in names:
        if draft.changed(name) and draft[name]:
            try:
                draft.set(name, spans_text(parse_spans(draft[name])) or None)
            except ValueError as error:
                problems.append(Problem("invalid_value", str(error), name, _("Such as 09:00-12:00, 13:00-17:00.")))
    return problems


GUARDS = (Guard("working_calendar", check_calendar), Guard("holiday", check_holiday), Guard("absence", check_absence))

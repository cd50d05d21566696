"""The mail around an invitation: what programs without a calendar show instead of its buttons."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from relata.engine.messaging.message import Message
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking


def invitation(
    to: str, calendar: str, *, subject: str, starts: datetime, ends: datetime, zone: str, of_days: bool, place: str,
    link: str, text: str, host: str, is_over: bool, key: str, language: str, stays: bool = False,
) -> Message:  # fmt: skip
    """calendar: the iTIP part. is_over: it was cancelled. stays: another time was proposed, and refused. key: the same
    for the same state of the same meeting. language: of the host."""
    with speaking(language):
        line = " ".join(subject.split())[:120] or "–"
        head = _("Cancelled: %(what)s") if is_over else _("Invitation: %(what)s")
        if stays and not is_over:
            head = _("At the time as planned: %(what)s")
        said = [line, _when(starts, ends, zone, of_days)]
        said += [place] if place else []
        said += [link] if link and not is_over else []
        said += ["", text.strip()[:5000]] if text.strip() and not is_over else []
        said += ["", host] if host else []
    method = "CANCEL" if is_over else "DECLINECOUNTER" if stays else "REQUEST"
    body = "\n".join(said) + "\n"
    return Message(to, head % {"what": line}, body, key=key, calendar=calendar, method=method)


def answer_to(to: str, calendar: str, *, subject: str, who: str, answer: str, key: str, language: str) -> Message:
    """What one of ours answers to an invitation. calendar: the iTIP part. answer: accepted, tentative, declined, or
    counter for another time."""
    with speaking(language):
        line = " ".join(subject.split())[:120] or "–"
        heads = {
            "accepted": _("Accepted: %(what)s"), "tentative": _("Perhaps: %(what)s"),
            "counter": _("Another time: %(what)s"),
        }  # fmt: skip
        said = {
            "accepted": _("%(who)s comes."), "tentative": _("%(who)s may come."),
            "counter": _("%(who)s would rather come at another time, which the attached calendar says."),
        }  # fmt: skip
        head = heads.get(answer) or _("Declined: %(what)s")
        body = said.get(answer) or _("%(who)s does not come.")
    text = f"{body % {'who': who}}\n"
    return Message(
        to,
        head % {"what": line},
        text,
        key=key,
        calendar=calendar,
        method="COUNTER" if answer == "counter" else "REPLY",
    )


def _when(starts: datetime, ends: datetime, zone: str, of_days: bool) -> str:
    """The time where the meeting is, with the zone's name, so that nobody has to guess."""
    here = ZoneInfo(zone)
    first, last = starts.astimezone(here), ends.astimezone(here)
    if of_days:
        last -= timedelta(days=1)
        return f"{first:%Y-%m-%d}" if first.date() >= last.date() else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} – {until} ({zone})"

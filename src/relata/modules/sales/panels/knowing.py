"""Who of us knows whom: whom to ask before one calls somebody."""

from __future__ import annotations

from uuid import UUID

from relata.engine.formula import Binary, Literal, Path, all_of, any_of, parse
from relata.engine.ui.panels import PanelItem
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.modules.parties.contracts import CONTACT, RELATIONSHIP
from relata.modules.sales.panels.saying import seen
from relata.modules.sales.queries.knowing import MOST_PEOPLE, people_of, ties_with
from relata.modules.sales.rules.knowing import Tie, level, strongest

_SHOWN, _WAYS = 4, 3


async def of_contact(work: Workspace, contact: Record) -> list[PanelItem]:
    """Who of us knows the person, the strongest tie first; where nobody does, whom they are close to that we know."""
    ties = {ours: tie for (ours, _theirs), tie in (await ties_with(work, [contact])).items()}
    known = strongest(ties, work.clock.now, _SHOWN)
    titles = await titles_of(work.unit, {"user": {ours for ours, _tie in known}})
    items = [
        _item(work, _who(work, titles.get(("user", ours), ""), ours), _words(tie), ours, tie) for ours, tie in known
    ]
    met = any(tie.touches for _ours, tie in known)
    return items if met else items + await _ways(work, contact)


async def of_account(work: Workspace, account: Record) -> list[PanelItem]:
    """For each person there whom somebody of us knows: whom to ask."""
    people = await people_of(work, account.id)
    ties, best = await ties_with(work, people), dict[UUID, tuple[UUID, Tie]]()
    now = work.clock.now
    for (ours, theirs), tie in ties.items():
        if theirs not in best or best[theirs][1].strength(now) < tie.strength(now):
            best[theirs] = (ours, tie)
    shown = strongest({theirs: tie for theirs, (_ours, tie) in best.items()}, now, 6)
    titles = await titles_of(
        work.unit, {"user": {best[key][0] for key, _tie in shown}, CONTACT: {key for key, _tie in shown}}
    )
    items = []
    for theirs, tie in shown:
        ours = best[theirs][0]
        who = _who(work, titles.get(("user", ours), ""), ours)
        name = titles.get((CONTACT, theirs), _("Somebody"))
        items.append(_item(work, name, f"{who}: {_words(tie)}", theirs, tie, f"/contacts/{theirs}"))
    return items


async def _ways(work: Workspace, contact: Record) -> list[PanelItem]:
    """Over somebody close to the person: who reports to them or whom they report to, who is related, colleagues."""
    near = await _near(work, contact)
    people = await work.get_many(CONTACT, list(near)[:MOST_PEOPLE])
    met = {pair: tie for pair, tie in (await ties_with(work, people)).items() if tie.touches}
    best: dict[tuple[UUID, UUID], Tie] = {}
    over: set[UUID] = set()
    for pair, tie in strongest(met, work.clock.now, len(met)):
        if pair[1] not in over and len(best) < _WAYS:
            over.add(pair[1])
            best[pair] = tie
    titles = await titles_of(work.unit, {"user": {pair[0] for pair in best}, CONTACT: over})
    return [
        _item(
            work,
            _("%(who)s, through %(person)s")
            % {"who": _who(work, titles.get(("user", ours), ""), ours), "person": titles.get((CONTACT, theirs), "")},
            f"{near[theirs]} · {_words(tie)}",
            ours,
            tie,
            f"/contacts/{theirs}",
        )
        for (ours, theirs), tie in best.items()
    ]


async def _near(work: Workspace, contact: Record) -> dict[UUID, str]:
    """Contacts close to the person, with how they stand to them; the closest first."""
    near: dict[UUID, str] = {}
    if seen(work, contact, "reports_to"):
        near[contact["reports_to"]] = _("manager")
    for one in await work.find(CONTACT, reports_to=contact.id, limit=50):
        near.setdefault(one.id, _("reports to them"))
    if RELATIONSHIP in work.registry.objects and work.actor.rights.level(work.registry.get(RELATIONSHIP), "read"):
        me = Literal(str(contact.id))
        either = any_of([Binary("=", Path((name,)), me) for name in ("person", "other")])
        for one in await work.find(RELATIONSHIP, either, limit=100):
            other = one["other"] if one["person"] == contact.id else one["person"]
            near.setdefault(other, _("knows them"))
    if contact["account"] is not None:
        others = all_of([parse("id is not null"), Binary("!=", Path(("id",)), Literal(str(contact.id)))])
        for one in await work.find(CONTACT, others, account=contact["account"], order="-changed_at", limit=MOST_PEOPLE):
            near.setdefault(one.id, _("same company"))
    return near


def _who(work: Workspace, name: str, ours: UUID) -> str:
    if ours == work.actor.user:
        return _("You")
    return _("Ask %(name)s") % {"name": name or _("somebody")}


def _item(work: Workspace, text: str, note: str, key: UUID, tie: Tie, href: str = "") -> PanelItem:
    """A line with how strong the tie is, and when they last had to do with each other."""
    words = {"strong": _("Strong"), "good": _("Good"), "weak": _("Weak")}
    day = tie.last.date() if tie.last else None
    strength = words[level(tie.strength(work.clock.now))]
    return PanelItem(text=text, note=note, day=day, value=strength, is_person=True, key=str(key), href=href)


def _words(tie: Tie) -> str:
    """What there was: 4 meetings, 2 calls, 12 e-mails."""
    meetings, calls, mails = tie.count("meeting"), tie.count("call"), tie.count("mail_in", "mail_out")
    parts = [
        ngettext("%(num)s meeting", "%(num)s meetings", meetings) % {"num": meetings} if meetings else "",
        ngettext("%(num)s call", "%(num)s calls", calls) % {"num": calls} if calls else "",
        ngettext("%(num)s e-mail", "%(num)s e-mails", mails) % {"num": mails} if mails else "",
    ]
    told = [part for part in parts if part]
    if not told:
        told = [_("works on a deal with them") if "deal" in tie.roles else _("looks after them")]
    return ", ".join(told)

"""Response times: looked at once a minute. An answer in time stops a clock; a late one is escalated, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from relata.engine.automation.assignment.assigning import hand_over
from relata.engine.automation.assignment.rules_of import Named, all_rules
from relata.engine.collaboration.telling import MailNow, tell
from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.metadata.fields import AnyLink
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.rules.assignment import Target
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _

_MOST = 500
#: Giving a record to somebody is no answer.
_NO_ANSWER = ["owner", "team"]
Answers = dict[UUID, datetime]


async def watch(work: Workspace, mail: MailNow) -> int:
    """Stop the clocks that were answered, and escalate those that are late; how many were late. work: the system's."""
    rules = {one.name: one for one in all_rules(work.context)}
    clocks = await work.find("response_clock", "met_at is null and ended_at is null", order="due", limit=_MOST)
    by_object: dict[str, list[Record]] = {}
    for clock in clocks:
        by_object.setdefault(clock["about"].object, []).append(clock)
    late = 0
    for name, group in by_object.items():
        late += await _watch(work, mail, name, group, rules)
    return late


async def _watch(work: Workspace, mail: MailNow, name: str, clocks: Sequence[Record], rules: dict[str, Named]) -> int:
    one, now, late = work.registry.objects.get(name), work.clock.now, 0
    records = (
        {record.id: record for record in await work.get_many(name, [c["about"].id for c in clocks])} if one else {}
    )
    answers = await _answers(work, one, clocks, rules) if one else {}
    for clock in clocks:
        record, rule = records.get(clock["about"].id), rules.get(clock["rule"])
        if clock.id in answers:
            at = answers[clock.id]
            await work.change(clock, {"met_at": at, "missed": clock["missed"] or at > clock["due"]})
        elif record is None or _is_over(record):
            await work.change(clock, {"ended_at": now})
        elif clock["due"] <= now and not clock["missed"]:
            await _escalate(work, mail, clock, record, rule)
            late += 1
    return late


def _is_over(record: Record) -> bool:
    """Whether its life has ended, so that nobody waits for an answer."""
    cycle = record.object.lifecycle
    return cycle is not None and not cycle.moves.get(record[cycle.field])


async def _answers(work: Workspace, one: Object, clocks: Sequence[Record], rules: dict[str, Named]) -> Answers:
    """When each of these was answered, by the clock's id: by the owner's first change, or first activity."""
    found: Answers = {}
    for clock in clocks:
        rule = rules.get(clock["rule"])
        at = await _first_change(work, clock, rule.rule.met_by if rule else ()) if clock["person"] else None
        if at is not None:
            found[clock.id] = at
    open_ = [clock for clock in clocks if clock["person"] and clock.id not in found]
    if open_ and any(not (rule := rules.get(clock["rule"])) or not rule.rule.met_by for clock in open_):
        for relation in work.registry.relations[one.name].values():
            if work.registry.get(relation.child).happening is not None:
                await _activities(work, relation, open_, rules, found)
    return found


async def _first_change(work: Workspace, clock: Record, fields: Iterable[str]) -> datetime | None:
    wanted = list(fields)
    condition = "key = any(%(wanted)s)" if wanted else "key <> all(%(ignored)s)"
    row = await work.unit.connection.fetch_one(
        f"select min(at) from {quoted(work.context.schema)}._change c where record = %(record)s and actor = %(actor)s"
        f" and at > %(started)s and action = 'changed' and exists (select 1 from jsonb_object_keys(c.after) as key"
        f" where {condition})",
        {
            "record": clock["about"].id,
            "actor": clock["person"],
            "started": clock["started"],
            "wanted": wanted,
            "ignored": _NO_ANSWER,
        },
    )
    return row[0] if row else None


async def _activities(
    work: Workspace, relation: Relation, clocks: Sequence[Record], rules: dict[str, Named], found: Answers
) -> None:
    """Activities that these people made on their records."""
    child = work.registry.get(relation.child)
    field, since = child.field(relation.field), min(clock["started"] for clock in clocks)
    records = Items(tuple(Literal(str(clock["about"].id)) for clock in clocks[:200]))
    belongs = Binary("in", Path((relation.field,)), records)
    where = all_of([belongs, parse(f'created_at >= datetime("{since.isoformat()}")')])
    if relation.kind == "links":
        return
    for activity in await work.find(child.name, where, order="created_at", limit=_MOST):
        target = activity[relation.field]
        about = target.id if isinstance(field, AnyLink) and target else target
        for clock in clocks:
            rule = rules.get(clock["rule"])
            is_theirs = about == clock["about"].id and activity["created_by"] == clock["person"]
            if is_theirs and activity["created_at"] >= clock["started"] and not (rule and rule.rule.met_by):
                found[clock.id] = min(found.get(clock.id, activity["created_at"]), activity["created_at"])


async def _escalate(work: Workspace, mail: MailNow, clock: Record, record: Record, rule: Named | None) -> None:
    """Tell who is late and who leads them; or give it to somebody else, as the rule says."""
    titles = await titles_of(work.unit, {record.object.name: [record.id]})
    title = titles.get((record.object.name, record.id)) or record.object.title
    boss = await _manager(work, clock["person"], record)
    way = rule.rule.escalate if rule else "notify"
    told: UUID | None = boss
    if rule is not None and way == "manager" and boss is not None:
        told = boss if await _handed(work, record, rule, Target("person", boss)) else None
    if rule is not None and way == "queue" and rule.rule.escalate_to is not None:
        await _handed(work, record, rule, Target("queue", rule.rule.escalate_to))
    for person in dict.fromkeys(one for one in (clock["person"], boss) if one is not None):
        text = _("No answer in time: %(what)s") % {"what": title}
        await tell(work, mail, person, text, kind="reminder", about=clock["about"])
    await work.change(clock, {"missed": True, "escalated_to": told})


async def _handed(work: Workspace, record: Record, rule: Named, to: Target) -> bool:
    try:
        return await hand_over(work, record, rule, to, "escalated")
    except RelataError:  # a guard of the object: it stays, and both are told
        return False


async def _manager(work: Workspace, person: UUID | None, record: Record) -> UUID | None:
    """Who leads the person, else their team or the record's."""
    found = (await work.get_many("user", [person]))[:1] if person else []
    team = found[0]["team"] if found else record["team"]
    if found and found[0]["manager"]:
        return UUID(str(found[0]["manager"]))
    teams = await work.get_many("team", [team]) if team else []
    leads = teams[0]["manager"] if teams else None
    return leads if leads != person else None

"""Records that may be the same thing, merging them, and taking a merge back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.matching.alike import Alike, alike, ready
from relata.engine.ui.duplicates import in_words
from relata.engine.ui.merging import merge_by
from relata.engine.workspace.merges import Merge
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call


class MergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """others: ids that become this record. choose: by field the id of the record whose value stays. rules: by field how
    it is found: first, newest, oldest, fullest, trusted, longest, largest, smallest, sum or union."""

    others: list[UUID]
    choose: dict[str, str] = {}
    rules: dict[str, str] = {}


class UnmergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """merge: the id of one of the record's merges."""

    merge: UUID


async def find_duplicates(call: Call) -> Answer:
    """Living records that may be what these values describe, the likeliest first, with the reasons; nothing is made."""
    call.parameters()
    values = call.values()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        found = await alike(work, one, ready(work, one, values), limit=10)
        return answers.json({"data": [_shown(each) for each in found]})

    return await call.read(attempt)


def _shown(found: Alike) -> dict[str, Any]:
    reasons = [
        {"field": reason.feature.fields[0], "feature": reason.feature.name, "verdict": said.verdict, "text": said.text}
        for reason in found.reasons
        for said in in_words(found.object, [reason])
    ]
    return {"id": found.record, "title": found.title, "likelihood": round(found.share, 4), "reasons": reasons}


async def list_merges(call: Call) -> Answer:
    """What was merged into the record and stands, the latest first."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        return answers.json({"data": [_merge(each) for each in await work.merges_into(record)]})

    return await call.read(attempt)


def _merge(found: Merge) -> dict[str, Any]:
    return {"id": found.id, "others": found.others, "at": found.at, "by": found.by}


async def merge_records(call: Call) -> Answer:
    """Others become this record; their ids answer with it from then on."""
    call.parameters()
    body = call.shaped(MergeBody)

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await merge_by(work, one, [call.record_id(one), *body.others], body.choose, body.rules)
        return answers.json({"data": [_merge(each) for each in await work.merges_into(record)]})

    return await call.write(attempt)


async def unmerge_records(call: Call) -> Answer:
    """The merge taken back: every record as it was, what was changed since where it belongs."""
    call.parameters()
    body = call.shaped(UnmergeBody)

    async def attempt(work: Workspace) -> Answer:
        one = call.readable(work)
        record = await work.get(one.name, call.record_id(one))
        if body.merge not in {each.id for each in await work.merges_into(record)}:
            raise NotFound("There is no such merge.", code="unknown_merge")
        found = await work.unmerge(body.merge)
        return answers.json({"data": [{"id": each.id, "title": each.title} for each in found]})

    return await call.write(attempt)

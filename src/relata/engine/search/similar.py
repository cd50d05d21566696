"""Finding in spite of a typing mistake, for when nothing has exactly what was typed.

One mistake spoils at most two letters that stand side by side, so what is before and behind them is still in the title:
for each place where it may be, the codes of both ends must be there. Two letters in the wrong order are tried swapped.
The titles that have the codes are compared in full.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from relata.engine.access.actor import Actor
from relata.engine.access.levels import Level
from relata.engine.metadata.object import Object
from relata.engine.query.ground import Ground
from relata.engine.search.filled import filled
from relata.engine.search.hits import Hit, Place, show
from relata.engine.search.indexed import indexed_fields
from relata.engine.search.permitted import permitted
from relata.engine.search.words import codes_for, parse
from relata.engine.storage.database import Connection

#: Shorter words have too little left beside the mistake.
SHORTEST = 5
#: Of a longer word only the beginning is looked for: each letter is a condition more for every object.
LONGEST = 12
#: Titles of one object that are compared.
CANDIDATES = 100
#: How alike each typed word and a word of the title must be, 0-1: one mistake in five letters is 0.8.
ALIKE = 0.74


async def similar(connection: Connection, ground: Ground, actor: Actor, text: str, *, limit: int = 8) -> list[Hit]:
    """Records whose title holds nearly these words, the most alike first; none for words that are too short."""
    words = parse(text).words
    longest = max(words, key=len, default="")
    if len(longest) < SHORTEST:
        return []
    values = dict(actor.parameters())
    branches = []
    for one in await filled(connection, ground.tables):
        title = indexed_fields(one).get(one.title_field)
        if one.personal or title is None or not actor.rights.readable(one, title):
            continue
        if actor.rights.level(one, "read") is not Level.NONE:
            source = (await permitted(connection, ground, actor, one)).entries
            branches.append(_branch(source, one, longest[:LONGEST], values))
    if not branches:
        return []
    rows = await connection.fetch(" union all ".join(branches), values)
    scored = sorted(((_likeness(words, row[2]), row) for row in rows), key=lambda found: -found[0])
    places = [Place(row[0], row[1]) for score, row in scored if score >= ALIKE]
    return await show(connection, ground.tables, actor, places[:limit])


def ends_of(word: str) -> list[tuple[str, str]]:
    """What is left before and behind each pair of letters, where that is enough to look for."""
    ends = [("", word[1:]), *((word[:at], word[at + 2 :]) for at in range(len(word)))]
    return [(left, right) for left, right in ends if len(left) >= 3 or len(right) >= 3]


def _branch(source: str, one: Object, word: str, values: dict[str, object]) -> str:
    ways = []
    for ends in ends_of(word):
        codes = {code for end in ends if len(end) >= 3 for code in codes_for(one.name, one.title_field, end)}
        if 0 < len(ends[0]) < 3:
            codes |= set(codes_for(one.name, one.title_field, ends[0]))
        ways.append(_has(codes, values))
    for at in range(len(word) - 1):
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        ways.append(_has(set(codes_for(one.name, one.title_field, swapped)), values))
    return (
        f"(select '{one.name}', s.record, s.title from {source}"
        f" where ({' or '.join(ways)}) and s.object = '{one.name}' limit {CANDIDATES})"
    )


def _has(codes: set[int], values: dict[str, object]) -> str:
    name = f"s{len(values)}"
    values[name] = sorted(codes)
    return f"s.codes @> %({name})s::integer[]"


def _likeness(words: tuple[str, ...], title: str) -> float:
    """The least alike of the typed words, each beside the word of the title that is nearest to it."""
    parts = title.split()
    return min((max((_ratio(word, part) for part in parts), default=0.0) for word in words), default=0.0)


def _ratio(word: str, part: str) -> float:
    """Also where only the beginning of a word was typed."""
    return max(SequenceMatcher(None, word, found, autojunk=False).ratio() for found in {part, part[: len(word)]})

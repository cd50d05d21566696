"""What a workspace has learned about an object's duplicates, and what it wants to be done with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from relata.engine.matching.model import Model, usual
from relata.engine.matching.shapes import shape_of
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: Bits under which a pair is not even kept, whatever line is drawn.
FLOOR = -3.0
_COLUMNS = (
    "learned_at, asks_from, merges_from, merges, scan, stage, position, total, done, found, merged, started_at,"
    " finished_at, error"
)


_MOST_MODELS = 100
_models: dict[tuple[str, str], tuple[datetime, list[str], Model]] = {}


@dataclass(frozen=True, slots=True)
class State:
    """asks_from, merges_from: lines in bits, from which a pair is shown and from which it is merged without asking, if
    merges says so. scan: "" where there never was one, running, done or failed. position: the number after which it
    goes on."""

    model: Model
    is_learned: bool = False
    asks_from: float = 0.0
    merges_from: float = 12.0
    merges: bool = False
    scan: str = ""
    stage: str = ""
    position: int = 0
    total: int = 0
    done: int = 0
    found: int = 0
    merged: int = 0
    started_at: Any = None
    finished_at: Any = None
    error: str | None = None


async def state_of(connection: Connection, schema: str, one: Object) -> State:
    """The state; the usual model where nothing was learned, or the object was changed since."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from {quoted(schema)}._match_state where object = %(object)s", {"object": one.name}
    )
    features = shape_of(one).features
    if row is None:
        return State(usual(features))
    found = State(usual(features), False, *row[1:])
    model = await _model(connection, schema, one, row[0]) if row[0] is not None else None
    return found if model is None else replace(found, model=model, is_learned=True)


async def _model(connection: Connection, schema: str, one: Object, learned_at: datetime) -> Model | None:
    """What was learned then; large, so each process reads it once. None where the object was changed since."""
    names = names_of(one)
    kept = _models.get((schema, one.name))
    if kept is not None and kept[:2] == (learned_at, names):
        return kept[2]
    row = await connection.fetch_one(
        f"select model from {quoted(schema)}._match_state where object = %(object)s", {"object": one.name}
    )
    if row is None or row[0] is None or row[0].get("features") != names:
        return None
    if len(_models) >= _MOST_MODELS:
        _models.clear()
    model = msgspec.convert(row[0]["model"], Model)
    _models[schema, one.name] = (learned_at, names, model)
    return model


def names_of(one: Object) -> list[str]:
    """What a model was learned for."""
    return [f"{feature.name}:{feature.kind}" for feature in shape_of(one).features]


async def keep_state(connection: Connection, schema: str, one: Object, **values: Any) -> None:
    """Set columns of the state."""
    names = list(values)
    await connection.execute(
        f"insert into {quoted(schema)}._match_state (object, {', '.join(names)})"
        f" values (%(object)s, {', '.join(f'%({name})s' for name in names)})"
        f" on conflict (object) do update set {', '.join(f'{name} = excluded.{name}' for name in names)}",
        {"object": one.name, **values},
    )


async def keep_model(connection: Connection, schema: str, one: Object, model: Model) -> None:
    """Remember what was learned."""
    body = {"features": names_of(one), "model": msgspec.to_builtins(model)}
    await connection.execute(
        f"insert into {quoted(schema)}._match_state (object, model, learned_at)"
        " values (%(object)s, %(model)s::jsonb, clock_timestamp())"
        " on conflict (object) do update set model = excluded.model, learned_at = excluded.learned_at",
        {"object": one.name, "model": msgspec.json.encode(body).decode()},
    )

"""More hands for what is only computing: processes beside this one, none of which knows the database.

They are made for one run and go with it. Where there are few records, one core, or a process that may have no children,
the same is computed in a thread of this one.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from relata.engine.jobs.lifeline import end_with_parent
from relata.engine.matching.keeping import Kept, made, unpacked
from relata.engine.matching.model import Model
from relata.engine.matching.pairs import Pattern
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import Shape, shape_of
from relata.engine.matching.state import FLOOR
from relata.engine.metadata.object import Object

T = TypeVar("T")
#: Records from which processes of their own are worth their start, a second of one core each.
MANY = 30_000
#: Beyond so many PostgreSQL alone has work.
_MOST = 4
#: Whoever clicks comes first.
_NICE = 5

#: A packed record, and those that it is compared with.
Asked = tuple[bytes, list[bytes]]
#: Which of those asked, which of its others, bits, levels.
Scored = tuple[int, int, float, Pattern]


class Hands:
    """Computes for records of one object. Use `with`."""

    def __init__(self, one: Object, records: int) -> None:
        """records: how many there will be, about."""
        cores = min(os.cpu_count() or 1, _MOST)
        #: Whether there are more than this process.
        self.are_many = records >= MANY and cores > 1 and not multiprocessing.current_process().daemon
        self._one = None if self.are_many else one  # processes are told at their start
        #: How much should be under way, so that nobody waits.
        self.depth = cores + 2 if self.are_many else 1
        self._pool: Executor = (
            ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), _begin, (one,))
            if self.are_many
            else ThreadPoolExecutor(1, "matching")
        )

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *failure: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def make(self, rows: Sequence[Sequence[Any]]) -> asyncio.Future[Kept]:
        """`made` of these rows."""
        return self._begun(_make, self._one, rows)

    def score(self, model: bytes, asked: Sequence[Asked]) -> asyncio.Future[list[Scored]]:
        """Those worth being kept. model: as `packed_model` gives it, once for all."""
        return self._begun(_score, self._one, model, asked)

    def _begun(self, function: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, function, *args)


def packed_model(model: Model) -> bytes:
    """A model on its way to other processes, which read it once."""
    return msgspec.msgpack.encode(model)


#: What this process compares, where it is one of several.
_told: list[Object] = []


def _begin(one: Object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, which the one above hears as well
    os.nice(_NICE)
    end_with_parent()
    _told[:] = [one]


@lru_cache(maxsize=4)
def _scorer(shape: Shape, packed: bytes) -> Scorer:
    return Scorer(shape.features, msgspec.msgpack.decode(packed, type=Model))


def _make(one: Object | None, rows: Sequence[Sequence[Any]]) -> Kept:
    return made(one or _told[0], rows)


def _score(of: Object | None, model: bytes, asked: Sequence[Asked]) -> list[Scored]:
    scorer = _scorer(shape_of(of or _told[0]), model)
    prior, found = scorer.model.prior, []
    for at, (packed, others) in enumerate(asked):
        one = unpacked(packed)
        for to, other in enumerate(others):
            pattern = scorer.pattern(one, unpacked(other))
            bits = prior + sum(scorer.parts(pattern, one))
            if bits >= FLOOR:
                found.append((at, to, bits, pattern))
    return found

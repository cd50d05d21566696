"""Python's collector of garbage in processes that stand for as long as the product runs."""

from __future__ import annotations

import gc


def spare_the_collector() -> None:
    """What is loaded now stays, so the collector need not go through it again; and it comes less often: a page
    of two hundred cards makes so many objects that it ran in the middle of it (p95 114 ms, without 74 to 102)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)

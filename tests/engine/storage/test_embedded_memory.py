"""What the embedded server takes of a machine's memory."""

from __future__ import annotations

import pytest

from relata.engine.storage.embedded_memory import memory_here, shared_buffers

GB = 2**30


@pytest.mark.parametrize(("memory", "taken"), [(GB, "128MB"), (8 * GB, "512MB"), (256 * GB, "1024MB")])
def test_it_takes_a_sixteenth_within_bounds(memory: int, taken: str) -> None:
    assert shared_buffers(memory) == taken


def test_this_machine_has_some() -> None:
    assert memory_here() > GB // 4

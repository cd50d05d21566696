"""Writing small files and importing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from relata.engine.transfer.importing import Options, run_import
from relata.engine.transfer.mapping import decode
from relata.engine.transfer.report import Report
from relata.testing.house import House

Import = Callable[..., Awaitable[Report]]


@pytest.fixture
def bring(house: House, tmp_path: Path) -> Import:
    """Import the text of a file with the text of a mapping."""

    async def bring(content: str, mapping: str, *, who: Any = None, **options: Any) -> Report:
        path = tmp_path / "file.csv"
        path.write_text(content, encoding="utf-8", newline="")
        return await run_import(house.door, house.key, who, path, decode(mapping.encode()), Options(**options))

    return bring

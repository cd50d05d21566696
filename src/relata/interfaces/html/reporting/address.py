"""Where the records behind a number are."""

from __future__ import annotations

from typing import Protocol


class Address(Protocol):
    """From the expression that finds records to the address of their list; "" for no link. object_name: whose records,
    "" for those of the report."""

    def __call__(self, where: str, object_name: str = "") -> str: ...

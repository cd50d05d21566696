"""Where the records behind a number are."""

from __future__ import annotations

from collections.abc import Callable

#: From the expression that finds records to the address of their list; "" for no link.
Address = Callable[[str], str]

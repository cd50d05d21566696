"""Logs as lines of JSON. Nobody's data is in them: no query strings, no bodies, no messages of foreign exceptions."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec


class JsonLines(logging.Formatter):
    """One object a line. `extra={"fields": {...}}` adds to it.

    with_messages: the texts of exceptions too, which may carry values; for development.
    """

    def __init__(self, *, with_messages: bool = False) -> None:
        super().__init__()
        self._with_messages = with_messages

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = self._told(record.exc_info[1])
        return msgspec.json.encode(line, enc_hook=str).decode()

    def _told(self, error: BaseException) -> list[dict[str, Any]]:
        """The exception and its causes: type and places, the message only if wanted."""
        found, seen = [], set()
        one: BaseException | None = error
        while one is not None and id(one) not in seen:
            seen.add(id(one))
            frames = traceback.extract_tb(one.__traceback__)
            places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            entry: dict[str, Any] = {"type": type(one).__qualname__, "places": places[-20:]}
            if self._with_messages:
                entry["message"] = str(one)
            found.append(entry)
            one = one.__cause__ or one.__context__
        return found


def configure(level: str = "INFO", *, with_messages: bool = False) -> None:
    """Send all logs to standard error as JSON lines."""
    to = logging.StreamHandler(sys.stderr)
    to.setFormatter(JsonLines(with_messages=with_messages))
    root = logging.getLogger()
    root.handlers[:] = [to]
    root.setLevel(level)

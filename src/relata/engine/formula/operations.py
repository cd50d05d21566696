"""Every operation of the language, by its internal name."""

from __future__ import annotations

from relata.engine.formula.number_operations import NUMBER_OPERATIONS
from relata.engine.formula.operation import OperationRule
from relata.engine.formula.text_operations import TEXT_OPERATIONS
from relata.engine.formula.time_operations import TIME_OPERATIONS

OPERATIONS: dict[str, OperationRule] = NUMBER_OPERATIONS | TEXT_OPERATIONS | TIME_OPERATIONS

"""The functions of the language, by name; `FUNCTIONS` is also what help and completion show."""

from __future__ import annotations

from relata.engine.formula.function import Function
from relata.engine.formula.logic_functions import LOGIC_FUNCTIONS
from relata.engine.formula.number_functions import NUMBER_FUNCTIONS
from relata.engine.formula.text_functions import TEXT_FUNCTIONS
from relata.engine.formula.time_functions import TIME_FUNCTIONS

FUNCTIONS: dict[str, Function] = {
    function.name: function for function in (*LOGIC_FUNCTIONS, *NUMBER_FUNCTIONS, *TEXT_FUNCTIONS, *TIME_FUNCTIONS)
}

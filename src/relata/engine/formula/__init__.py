"""Relata's one expression language: parse, check against a scope, then evaluate in Python or compile to SQL.

    checked = check(parse('stage = "won" and amount > 10000'), scope, expect=BOOLEAN)
    evaluate(checked, record, context)

    key, literals = shape(checked)
    params = Params("f")
    where = compile_sql(checked, columns, params)      # once per key
    params.values(literals, context)                   # every time

The language, from loose to tight: `or`; `and`; `not`; one comparison (`= != < <= > >=`, `in`, `contains`, `starts`,
`ends`, each of the four also with `not` before it, `between x and y`, `is null`, `is not null`); `+ -`; `* /`; a minus
sign; then values: texts in either quotes, numbers, true, false, null, names with dots, calls, parentheses. Words of the
language may be written large; a field with the name of one stands in backticks. FUNCTIONS and SPANS list what can be
called.

* **Booleans have two values.** What meets an empty value is false and its opposite true, so `stage != "won"` includes
  records without a stage. `= null` asks for emptiness, and two empty fields are equal; a literal or me() equals none
  that is empty. Empty are null, the empty text and the empty list. A boolean field may be null, which counts as false.
* **Nothing fails.** What has no result (a division by zero, too large a number, money of two currencies) is null, and
  null makes calculations null. `min`, `max`, `concat` and `coalesce` skip nulls.
* **Numbers** are decimals with 12 places (numbers.py). **Money** compares and calculates within one currency; compared
  with a number, its amount counts. **Texts** are equal when they are the same, ordered by code point, and searched by
  contains, starts and ends without regard to case (text_operations.py); values in lists are found as they are.
* **Dates** are days, datetimes are moments; the day of a moment and the first moment of a day are those of the person's
  zone (time_operations.py, spans.py). A text that is compared with a date or datetime is read as ISO 8601.
* **Links** are compared with ids, or by the title of what they lead to: `account = "Acme"`.
* **Choices** are texts; a literal that is not among them is refused.
"""

from relata.engine.formula.calls import FUNCTIONS
from relata.engine.formula.checker import check
from relata.engine.formula.columns import Columns
from relata.engine.formula.context import EvaluationContext
from relata.engine.formula.evaluate import Values, evaluate
from relata.engine.formula.function import Function
from relata.engine.formula.json_reading import from_json
from relata.engine.formula.json_writing import to_json
from relata.engine.formula.params import Params
from relata.engine.formula.parser import parse
from relata.engine.formula.references import Reading, reading, references, relations
from relata.engine.formula.scope import Many, Ref, Scope, Unknown
from relata.engine.formula.shape import shape
from relata.engine.formula.spans import SPANS
from relata.engine.formula.sql import compile_currency, compile_sql
from relata.engine.formula.sql_types import sql_type
from relata.engine.formula.text import to_text
from relata.engine.formula.tree import (
    All,
    Any,
    Between,
    Binary,
    Call,
    Items,
    Literal,
    Negative,
    Node,
    Not,
    Path,
    all_of,
    any_of,
    negate,
)
from relata.engine.formula.typed import Checked
from relata.engine.formula.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    GEO,
    JSON,
    MONEY,
    NULL,
    NUMBER,
    TEXT,
    Kind,
    Type,
    id_of,
    list_of,
)

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "DURATION",
    "FUNCTIONS",
    "GEO",
    "JSON",
    "MONEY",
    "NULL",
    "NUMBER",
    "SPANS",
    "TEXT",
    "All",
    "Any",
    "Between",
    "Binary",
    "Call",
    "Checked",
    "Columns",
    "EvaluationContext",
    "Function",
    "Items",
    "Kind",
    "Literal",
    "Many",
    "Negative",
    "Node",
    "Not",
    "Params",
    "Path",
    "Reading",
    "Ref",
    "Scope",
    "Type",
    "Unknown",
    "Values",
    "all_of",
    "any_of",
    "check",
    "compile_currency",
    "compile_sql",
    "evaluate",
    "from_json",
    "id_of",
    "list_of",
    "negate",
    "parse",
    "reading",
    "references",
    "relations",
    "shape",
    "sql_type",
    "to_json",
    "to_text",
]

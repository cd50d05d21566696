"""Relata's one expression language: parse, check against a scope, then evaluate in Python or compile to SQL.

checked = check(parse('stage = "won" and amount > 10000'), scope, expect=BOOLEAN)
evaluate(checked, record, context)

key, literals = shape(checked)
params = Params("f")
where = compile_sql(checked, columns, params)      # once per key
params.values(literals, context)                   # every time
"""

from relata.engine.formula.calls import FUNCTIONS
from relata.engine.formula.checker import check
from relata.engine.formula.context import EvaluationContext
from relata.engine.formula.evaluate import Values, evaluate
from relata.engine.formula.function import Function
from relata.engine.formula.json_tree import from_json, to_json
from relata.engine.formula.params import Params
from relata.engine.formula.parser import parse
from relata.engine.formula.references import Reading, reading, references, relations
from relata.engine.formula.scope import Many, Ref, Scope, Unknown
from relata.engine.formula.shape import shape
from relata.engine.formula.spans import SPANS
from relata.engine.formula.sql import Columns, compile_currency, compile_sql, sql_type
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

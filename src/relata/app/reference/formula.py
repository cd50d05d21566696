"""The expression language."""

from __future__ import annotations

from relata.app.reference.markdown import code, table
from relata.engine.formula import FUNCTIONS, SPANS

_HEAD = """# The expression language

One language for filters of lists, the API's `where`, formula fields, roll-ups' conditions, visibility, sharing rules
and segments. It knows the types of the fields, has no side effects, and always ends.

    stage.kind = "won" and amount > 10000 and account.industry in ("software", "retail")
    close_date in next_days(30) and not exists(activities, kind = "call")

* Fields are written as they are called: `amount`, over links `account.owner.name`, parts `amount.currency`.
* Texts stand in quotes, a day as text, `close_date < "2026-12-31"`; numbers have a point; `true`, `false`, `null`.
* Comparisons are `=`, `!=`, `<`, `<=`, `>`, `>=`, `in (…)`, `contains`, `starts`, `ends`, each of the last four also
  with `not` before it, `between … and …`, `is null`, `is not null`. They are joined by `and`, `or` and `not`.
* Calculations are `+`, `-`, `*`, `/`. What has no result, such as a division by zero, is empty.
* A condition is true or false, never unknown. What meets an empty value is false and its opposite true, so
  `stage != "won"` includes records without a stage.
* Links are compared with ids, or by the title of what they lead to: `account = "Kaffeehaus Nord"`.
* A field with the name of a word of the language stands in backticks.

## Functions

"""


def page() -> str:
    """Functions and spans of time."""
    functions = [(code(one.signature), one.help) for _, one in sorted(FUNCTIONS.items())]
    spans = [(code(f"in {name}({'n' if one.counted else ''})"), one.help) for name, one in SPANS.items()]
    return (
        _HEAD + table(("Function", "What it gives"), functions)
        + "\n## Spans of time\n\nIn the time zone of whoever asks.\n\n" + table(("Written", "Means"), spans)
    )  # fmt: skip

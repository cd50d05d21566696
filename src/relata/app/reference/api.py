"""The addresses of the API, out of the very document that it serves."""

from __future__ import annotations

from relata.app.reference.markdown import code, table
from relata.engine.access.actor import Actor
from relata.engine.access.rights import Rights
from relata.engine.metadata.registry import Registry
from relata.foundation.errors import RelataError
from relata.interfaces.http.problems import STATUSES
from relata.interfaces.rest.listing import PARAMETERS
from relata.interfaces.rest.openapi.document import document

_HEAD = """# The API

Below `/api/v1`, with an API key (`Authorization: Bearer rk_…`). `GET /api/v1/openapi.json` is the whole description for
programs, as its reader may use it: with every field, and with the objects of one's own workspace.

## Lists

"""


def page(registry: Registry) -> str:
    """Parameters of lists, every address, and what errors mean."""
    everything = Actor.system(Rights(registry, (), system=True))
    text = _HEAD + table(("Parameter", "What it does"), [(code(name), help) for name, help in PARAMETERS.items()])
    by_tag: dict[str, list[tuple[str, str, str]]] = {}
    for path, methods in document(registry, everything, "Relata")["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                row = (method.upper(), code(path), operation["summary"])
                by_tag.setdefault(operation["tags"][0], []).append(row)
    for tag, rows in by_tag.items():
        text += f"\n## {tag}\n\n{table(('Method', 'Address', 'What it does'), rows)}"
    return f"{text}\n## Errors\n\n{_errors()}"


def _errors() -> str:
    kinds = [kind for kind in STATUSES if kind is not RelataError]
    rows = sorted((str(STATUSES[kind]), (kind.__doc__ or "").partition(" retry_after")[0].strip()) for kind in kinds)
    return (
        "An error is `application/problem+json` with `code` (stable, for programs), `detail` (a sentence), `field` and "
        f"`hint`.\n\n{table(('Status', 'When'), rows)}"
    )

"""The part of the document about many rows at once."""

from __future__ import annotations

from relata.interfaces.rest import bulk, export_jobs
from relata.interfaces.rest.openapi.operations import operation, query_parameters, response
from relata.interfaces.rest.openapi.shapes import READING, WRITING, Schema

_TAG = "Bulk"
_ANY: Schema = {"type": "object"}
_JOB: Schema = {"name": "job", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_EXPORT: Schema = {**_JOB, "name": "export"}
_ROWS: Schema = {
    "type": "object",
    "properties": {"data": {"type": "array", "items": _ANY}, "next": {"type": ["string", "null"]}},
    "required": ["data"],
}


def bulk_paths() -> dict[str, Schema]:
    """By path."""
    plural = {"name": "plural", "in": "path", "required": True, "schema": {"type": "string"}}
    file = {"schema": {"type": "string", "format": "binary"}}
    return {
        "/bulk/{plural}": {
            "post": operation(
                "bulk_upload", _TAG, "Create, change or delete many records by a file",
                {202: response("The job; ask it how far it is.", _ANY)}, WRITING,
                "CSV with a header, or JSON lines; columns are named like fields. A worker writes the rows as an import"
                " does, with its checks; each row that is refused is told, and holds up no other.",
                parameters=query_parameters(bulk.PARAMETERS),
                requestBody={"required": True, "content": {"text/csv": file, "application/octet-stream": file}},
            ),
            "parameters": [plural],
        },
        "/bulk/jobs": {"get": _read("bulk_jobs", "One's jobs, the latest first", _ROWS, bulk.PAGED)},
        "/bulk/jobs/{job}": {"get": _read("bulk_job", "How far a job is", _ANY), "parameters": [_JOB]},
        "/bulk/jobs/{job}/results": {
            "get": _read("bulk_results", "What became of each row that was written", _ROWS, bulk.PAGED),
            "parameters": [_JOB],
        },
        "/bulk/jobs/{job}/unchanged": {
            "get": _read("bulk_unchanged", "Rows in which nothing differed, with their records", _ROWS, bulk.PAGED),
            "parameters": [_JOB],
        },
        "/bulk/jobs/{job}/refused": {
            "get": _read("bulk_refused", "Rows that were refused, with the reasons", _ROWS, bulk.PAGED),
            "parameters": [_JOB],
        },
        "/bulk/jobs/{job}/cancel": {"post": _steer("cancel_bulk", "No further row"), "parameters": [_JOB]},
        "/bulk/jobs/{job}/pause": {"post": _steer("pause_bulk", "No further row until it is resumed"),
                                   "parameters": [_JOB]},
        "/bulk/jobs/{job}/resume": {"post": _steer("resume_bulk", "From where it was"), "parameters": [_JOB]},
        "/bulk/exports": {
            "get": _read("exports_by_server", "One's exports, the latest first", _ROWS, export_jobs.PAGED),
        },
        "/bulk/exports/{export}": {
            "get": _read("export_by_server", "How far an export is", _ANY), "parameters": [_EXPORT],
        },
        "/bulk/exports/{export}/file": {"get": _file(), "parameters": [_EXPORT]},
        "/bulk/exports/{export}/cancel": {
            "post": _steer("cancel_export", "No further page; nothing is kept"), "parameters": [_EXPORT],
        },
    }  # fmt: skip


def _read(name: str, summary: str, found: Schema, parameters: dict[str, str] | None = None) -> Schema:
    more = query_parameters(parameters or {})
    return operation(name, _TAG, summary, {200: response("As asked.", found)}, READING, parameters=more)


def _file() -> Schema:
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    found = {
        200: {**response("The whole file."), "content": content},
        206: {**response("The part that `Range` asks for."), "content": content},
        304: response("Unchanged."),
        410: response("The file is gone: its day is over, or what its owner may see changed."),
        416: response("The file has no such part."),
    }
    return operation(
        "export_file", _TAG, "The file of an export, for a day; with Range, what is missing", found, READING
    )


def _steer(name: str, summary: str) -> Schema:
    return operation(name, _TAG, summary, {200: response("The job.", _ANY)}, WRITING)

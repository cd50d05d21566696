"""The addresses that belong to no object."""

from __future__ import annotations

from relata.interfaces.rest import feed, files, searching
from relata.interfaces.rest.openapi.operations import operation, query_parameters, response, upload
from relata.interfaces.rest.openapi.shapes import READING, WRITING, Schema, json_content, ref

_TAG = "General"
_ANY: Schema = {"type": "object"}
_ID: Schema = {"type": "string", "format": "uuid"}
_TEXT: Schema = {"type": "string"}
_BYTES: Schema = {
    "description": "The file.",
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}
_LINK: Schema = {
    "type": "object",
    "properties": {"url": {"type": "string", "format": "uri"}, "expires_at": {"type": "string", "format": "date-time"}},
    "required": ["url", "expires_at"],
}
_HIT: Schema = {"object": _TEXT, "id": _ID, "title": {"type": ["string", "null"]}, "field": _TEXT, "text": _TEXT}
_CHANGE: Schema = {
    "feed": {"type": "integer"},
    "object": _TEXT,
    "record": _ID,
    "action": _TEXT,
    "at": {"type": "string", "format": "date-time"},
    "actor": {"type": ["string", "null"], "format": "uuid"},
    "via": _TEXT,
    "before": _ANY,
    "after": _ANY,
}


def general_paths() -> dict[str, Schema]:
    """By path."""
    outcomes = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": ref("Outcome")}},
        "required": ["data"],
    }
    body = {"required": True, "content": json_content(ref("BatchBody"))}
    return {
        "/me": {"get": _read("me", "Who I am here")},
        "/metadata": {"get": _read("list_metadata", "Objects, fields, relations, actions, layouts")},
        "/metadata/{plural}": {
            "get": _read("get_metadata", "One object"),
            "parameters": [{"name": "plural", "in": "path", "required": True, "schema": {"type": "string"}}],
        },
        "/search": {"get": _read("search", "Find records by words", searching.PARAMETERS, _rows(_HIT))},
        "/report": {
            "post": operation(
                "answer_report",
                _TAG,
                "The answer of a report",
                {200: response("Heads and cells.", _ANY)},
                READING,
                "Of a kept or shipped report, or of a definition as a report's `body` holds it. Each figure comes with"
                " the condition that finds exactly the records behind it.",
                requestBody={"required": True, "content": json_content(ref("ReportBody"))},
            )
        },
        "/report/changes": {
            "post": operation(
                "answer_changes",
                _TAG,
                "What changed in a report between two days",
                {200: response("Bars that add up, each with its records.", _ANY)},
                READING,
                "Of its first figure, a number of records or a sum.",
                requestBody={"required": True, "content": json_content(ref("ChangesBody"))},
            )
        },
        "/feed": {"get": _read("feed", "Everything that happens, in order", feed.PARAMETERS, _rows(_CHANGE))},
        "/files": {"post": upload("upload_file", _TAG, "A file for a field to name")},
        "/files/{file}": {
            "get": operation(
                "download_file", _TAG, "The bytes of a file", {200: _BYTES, 304: response("Unchanged.")}, READING
            ),
            "delete": operation("delete_file", _TAG, "Remove a file", {204: response("It is gone.")}, WRITING),
            "parameters": [{"name": "file", "in": "path", "required": True, "schema": _ID}],
        },
        "/files/{file}/link": {
            "post": operation(
                "link_file",
                _TAG,
                "A link to a file, for some minutes",
                {201: response("The link, which needs no key.", _LINK)},
                WRITING,
                parameters=query_parameters(files.LINK_PARAMETERS),
            ),
            "parameters": [{"name": "file", "in": "path", "required": True, "schema": _ID}],
        },
        "/openapi.json": {"get": _read("openapi", "This document")},
        "/batch": {
            "post": operation(
                "batch",
                _TAG,
                "Many operations at once",
                {200: response("One outcome an operation.", outcomes)},
                WRITING,
                'In one transaction, or with `"atomic": false` each in its own. `{"$ref": "name"}` stands for the id'
                " of the record that the earlier operation with that `ref` made.",
                requestBody=body,
            )
        },
    }


def _read(name: str, summary: str, parameters: dict[str, str] | None = None, found: Schema = _ANY) -> Schema:
    more = query_parameters(parameters or {})
    return operation(name, _TAG, summary, {200: response("As asked.", found)}, READING, parameters=more)


def _rows(properties: Schema) -> Schema:
    row = {"type": "object", "properties": properties}
    return {"type": "object", "properties": {"data": {"type": "array", "items": row}}, "required": ["data"]}

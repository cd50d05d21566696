"""The schemas that do not depend on a workspace: errors, pages, changes, grants, bodies."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.files.attachments import Attachment
from relata.engine.history.entries import Entry, Provenance
from relata.engine.workspace.explain import Explanation
from relata.engine.workspace.sharing import Grant
from relata.interfaces.http.problems import MEDIA_TYPE, ProblemBody
from relata.interfaces.rest.aggregates import AggregateBody
from relata.interfaces.rest.approvals import SubmitBody
from relata.interfaces.rest.batch import BatchBody, Outcome
from relata.interfaces.rest.duplicates import MergeBody, UnmergeBody
from relata.interfaces.rest.export_jobs import ExportAsked
from relata.interfaces.rest.reporting import ChangesBody, ReportBody
from relata.interfaces.rest.shares import ShareBody

Schema = dict[str, Any]
REF = "#/components/schemas/"

#: Status -> name of the response, and when it comes.
ERRORS = {
    400: ("BadRequest", "The request can't be understood: an unknown parameter, malformed JSON, a broken header."),
    401: ("Unauthenticated", "There is no session and no key, or the key has ended."),
    403: ("Denied", "The object is known, the right is missing."),
    404: ("NotFound", "There is no such object or record, or it is hidden."),
    409: ("Conflict", "The record was changed meanwhile, a value is taken, or the state forbids it."),
    413: ("TooLarge", "The body is too large."),
    414: ("AddressTooLong", "The address is too long; send long filters in a body."),
    415: ("UnsupportedMediaType", "The body is not JSON in UTF-8."),
    422: ("Invalid", "The content does not fit; `errors` says which field and why."),
    429: ("TooMany", "Too many requests, or somebody is changing the same records; try again after `Retry-After`."),
    503: ("Unavailable", "Something that Relata stands on does not answer; try again after `Retry-After`."),
}
READING = (400, 401, 403, 404, 414, 422, 429, 503)
WRITING = (*READING, 409, 413, 415)


def ref(name: str) -> Schema:
    """A reference to a schema."""
    return {"$ref": REF + name}


def fixed_schemas() -> dict[str, Schema]:
    """By name."""
    kinds = (
        ProblemBody,
        Entry,
        Provenance,
        Grant,
        Explanation,
        AggregateBody,
        ReportBody,
        ChangesBody,
        BatchBody,
        Outcome,
        ShareBody,
        SubmitBody,
        MergeBody,
        UnmergeBody,
        Attachment,
        ExportAsked,
    )
    _, found = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
    return {name: _open(schema) if name in ("Entry", "Outcome") else schema for name, schema in found.items()}


def _open(schema: Schema) -> Schema:
    """msgspec writes the defaults of answers down, which OpenAPI reads as the defaults of requests."""
    properties = {
        name: {key: value for key, value in each.items() if key != "default"}
        for name, each in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def error_responses() -> dict[str, Schema]:
    """By name."""
    content = {MEDIA_TYPE: {"schema": ref("ProblemBody")}}
    return {name: {"description": help, "content": content} for name, help in ERRORS.values()}


def json_content(schema: Schema) -> Schema:
    """A body of JSON."""
    return {"application/json": {"schema": schema}}


def page_of(row: Schema, **more: Schema) -> Schema:
    """A page of rows."""
    cursor: Schema = {
        "type": ["string", "null"],
        "description": "Send it as `after`; null where there is nothing more.",
    }
    properties = {"data": {"type": "array", "items": row}, "next": cursor, "previous": cursor, **more}
    return {"type": "object", "properties": properties, "required": ["data"]}

"""The operations on one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.matching.shapes import is_matched
from relata.engine.metadata.module import Action
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.interfaces.rest import exports, files, histories, listing, records, shares
from relata.interfaces.rest.actions import record_field
from relata.interfaces.rest.metadata import permitted_actions
from relata.interfaces.rest.openapi.shapes import ERRORS, READING, REF, WRITING, Schema, json_content, page_of, ref

_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The record's version; send it as If-Match."}}
_LOCATION = {"Location": {"schema": {"type": "string"}, "description": "The new record's address."}}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "example": '"3"',
    "description": "The version that you saw. Another one is a conflict that names the fields that differ.",
}
_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Any text that names this request: repeated within 24 hours, it does its work once.",
}
_WHOLE = ("limit", "before")
_FLAGS = ("deleted",)


def paths_of(registry: Registry, actor: Actor, one: Object) -> dict[str, Schema]:
    """What can be done at the addresses of one object by this actor."""
    several, single = f"/{one.path}", f"/{one.path}/{{id}}"
    found: dict[str, Schema] = {
        several: {"get": _list(one)},
        f"{several}/aggregate": {"post": _aggregate(one)},
        single: {"get": _get(one), "parameters": [_id(one)]},
        f"{single}/history": {"get": _history(one), "parameters": [_id(one)]},
        f"{single}/provenance": {"get": _provenance(one), "parameters": [_id(one)]},
        f"{single}/access": {"get": _access(one), "parameters": [_id(one)]},
        f"{single}/files": {"get": _files(one), "parameters": [_id(one)]},
        f"{single}/shares": {"get": _shares(one), "parameters": [_id(one)]},
        f"{single}/approvals": {"get": _approvals(one), "parameters": [_id(one)]},
    }
    if is_matched(one):
        found[f"{several}/duplicates"] = {"post": _duplicates(one)}
    found[f"{single}/merges"] = {"get": _merges(one), "parameters": [_id(one)]}
    rights = actor.rights
    if rights.permits("export_records"):
        found[f"{several}/export"] = {"get": _export(one), "post": _begin_export(one)}
        found[f"{single}/data"] = {"get": _data(one), "parameters": [_id(one)]}
    if rights.level(one, "change") and rights.level(one, "delete"):
        found[f"{single}/merge"] = {"post": _merge(one), "parameters": [_id(one)]}
        found[f"{single}/unmerge"] = {"post": _unmerge(one), "parameters": [_id(one)]}
    if rights.level(one, "create"):
        found[several]["post"] = _create(one)
    if rights.level(one, "change"):
        found[single]["patch"] = _change(one)
        found[f"{single}/shares"]["post"] = _share(one)
        found[f"{single}/approvals"]["post"] = _submit(one)
        found[f"{single}/files"]["post"] = upload(f"attach_to_{one.name}", one.title_plural, "Attach a file")
        principal = {
            "name": "principal",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        found[f"{single}/shares/{{principal}}"] = {"delete": _unshare(one), "parameters": [_id(one), principal]}
        if rights.permits("see_deleted"):
            found[f"{single}/restore"] = {"post": _restore(one), "parameters": [_id(one)]}
    if rights.level(one, "delete"):
        found[single]["delete"] = _delete(one)
    for action in permitted_actions(registry, rights, one):
        found[f"{single}/actions/{action.name}"] = {"post": _perform(one, action), "parameters": [_id(one)]}
    return found


def operation(
    name: str,
    tag: str,
    summary: str,
    responses: Mapping[int, Schema],
    errors: Iterable[int],
    help: str = "",
    **more: Any,
) -> Schema:
    """One operation. errors: statuses of problems."""
    answered: dict[str, Schema] = {str(status): response for status, response in responses.items()}
    answered |= {str(status): {"$ref": f"#/components/responses/{ERRORS[status][0]}"} for status in errors}
    described = {"description": help} if help else {}
    return {"operationId": name, "tags": [tag], "summary": summary, **described, "responses": answered, **more}


def response(description: str, schema: Schema | None = None, headers: Schema | None = None) -> Schema:
    """One answer."""
    found: Schema = {"description": description}
    if schema is not None:
        found["content"] = json_content(schema)
    if headers:
        found["headers"] = headers
    return found


def query_parameters(declared: Mapping[str, str]) -> list[Schema]:
    """Declared parameters as OpenAPI has them."""
    found = []
    for name, help in declared.items():
        schema: Schema = {"type": "string"}
        if name in _WHOLE:
            schema = {"type": "integer", "minimum": 1}
        elif name in _FLAGS:
            schema = {"type": "boolean"}
        elif name == "as_on":
            schema = {"type": "string", "format": "date"}
        elif name == "count":
            schema = {"type": "string", "enum": ["exact"]}
        found.append({"name": name, "in": "query", "required": False, "schema": schema, "description": help})
    return found


def _id(one: Object) -> Schema:
    schema = {"type": "string", "format": "uuid"}
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": schema,
        "description": f"The id of the {one.noun}.",
    }


def _body(schema: Schema, *, required: bool = True) -> Schema:
    return {"requestBody": {"required": required, "content": json_content(schema)}}


def _list(one: Object) -> Schema:
    total = {"type": "integer", "description": "With count=exact."}
    page = response("A page.", page_of(ref(one.name), total=total))
    parameters = query_parameters(listing.PARAMETERS)
    return operation(
        f"list_{one.path}",
        one.title_plural,
        f"List {one.nouns}",
        {200: page},
        READING,
        one.help,
        parameters=parameters,
    )


def _aggregate(one: Object) -> Schema:
    rows = {"type": "array", "items": {"type": "object"}}
    found = {
        "type": "object",
        "properties": {"data": rows, "complete": {"type": "boolean"}},
        "required": ["data", "complete"],
    }
    return operation(
        f"aggregate_{one.path}",
        one.title_plural,
        f"Figures over {one.nouns}",
        {200: response("One row a group.", found)},
        (*READING, 413, 415),
        "Groups and measures over the records that the same filter would list.",
        **_body(ref("AggregateBody")),
    )


def _get(one: Object) -> Schema:
    found = {200: response("The record.", ref(one.name), _ETAG)}
    return operation(
        f"get_{one.name}",
        one.title_plural,
        f"Get a {one.noun}",
        found,
        READING,
        parameters=query_parameters(records.PARAMETERS),
    )


def _create(one: Object) -> Schema:
    found = {201: response("The new record.", ref(one.name), {**_ETAG, **_LOCATION})}
    return operation(
        f"create_{one.name}",
        one.title_plural,
        f"Create a {one.noun}",
        found,
        WRITING,
        one.help,
        parameters=[_ONCE],
        **_body(ref(f"{one.name}_new")),
    )


def _change(one: Object) -> Schema:
    found = {200: response("The record as it is now.", ref(one.name), _ETAG)}
    return operation(
        f"change_{one.name}",
        one.title_plural,
        f"Change a {one.noun}",
        found,
        WRITING,
        "What is left out stays as it is; null empties.",
        parameters=[_IF_MATCH],
        **_body(ref(f"{one.name}_values")),
    )


def _delete(one: Object) -> Schema:
    return operation(
        f"delete_{one.name}",
        one.title_plural,
        f"Delete a {one.noun}",
        {204: response("It is in the bin.")},
        WRITING,
        "Into the bin, from which it can be restored.",
        parameters=[_IF_MATCH],
    )


def _restore(one: Object) -> Schema:
    found = {200: response("The record.", ref(one.name), _ETAG)}
    return operation(
        f"restore_{one.name}", one.title_plural, f"Restore a {one.noun}", found, WRITING, "Out of the bin."
    )


def _history(one: Object) -> Schema:
    found = {200: response("Changes, newest first.", page_of(ref("Entry")))}
    return operation(
        f"history_of_{one.name}",
        one.title_plural,
        "What happened to it",
        found,
        READING,
        parameters=query_parameters(histories.PARAMETERS),
    )


def _provenance(one: Object) -> Schema:
    rows = {"type": "object", "additionalProperties": ref("Provenance")}
    found = {200: response("By field.", {"type": "object", "properties": {"data": rows}, "required": ["data"]})}
    return operation(f"provenance_of_{one.name}", one.title_plural, "Where each value came from", found, READING)


def _access(one: Object) -> Schema:
    found = {200: response("Every way in.", ref("Explanation"))}
    return operation(
        f"access_to_{one.name}",
        one.title_plural,
        "Why somebody sees it",
        found,
        READING,
        parameters=query_parameters(shares.PARAMETERS),
    )


def _files(one: Object) -> Schema:
    rows = {"type": "array", "items": ref("Attachment")}
    found = {200: response("The files.", {"type": "object", "properties": {"data": rows}, "required": ["data"]})}
    return operation(f"files_of_{one.name}", one.title_plural, "Its files", found, READING)


def upload(name: str, tag: str, summary: str) -> Schema:
    """Taking a file in."""
    given: dict[str, Any] = {
        "name": "name",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
    body = {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
    found = {201: response("What is known of it.", ref("Attachment"))}
    parameters = [{**given, "description": files.PARAMETERS["name"]}]
    return operation(name, tag, summary, found, WRITING, parameters=parameters, requestBody=body)


def _grants() -> Schema:
    return {"type": "object", "properties": {"data": {"type": "array", "items": ref("Grant")}}, "required": ["data"]}


def _shares(one: Object) -> Schema:
    return operation(
        f"shares_of_{one.name}",
        one.title_plural,
        "To whom it was opened",
        {200: response("The grants.", _grants())},
        READING,
    )


def _share(one: Object) -> Schema:
    found = {201: response("The grants, with the new one.", _grants())}
    return operation(
        f"share_{one.name}", one.title_plural, "Open it to a person or team", found, WRITING, **_body(ref("ShareBody"))
    )


def _approvals(one: Object) -> Schema:
    row: Schema = {"type": "object"}
    rows: Schema = {"type": "array", "items": row}
    found: Schema = {"type": "object", "properties": {"data": rows, "processes": rows}, "required": ["data"]}
    answer = {200: response("Its requests, and what it can be submitted to.", found)}
    return operation(f"approvals_of_{one.name}", one.title_plural, "Approvals of it", answer, READING)


def _submit(one: Object) -> Schema:
    answer = {201: response("The request that waits now.", {"type": "object"})}
    return operation(
        f"submit_{one.name}", one.title_plural, "Ask for approval", answer, WRITING, **_body(ref("SubmitBody"))
    )


def _rows() -> Schema:
    rows: Schema = {"type": "array", "items": {"type": "object"}}
    return {"type": "object", "properties": {"data": rows}, "required": ["data"]}


def _export(one: Object) -> Schema:
    rows = {"type": "string"}
    content = {"text/csv": {"schema": rows}, "application/jsonl": {"schema": rows}}
    found = {200: {**response("Every record, streamed."), "content": content}}
    asked = query_parameters(exports.PARAMETERS)
    return operation(f"export_{one.name}", one.title_plural, "Export a list", found, READING, parameters=asked)


def _begin_export(one: Object) -> Schema:
    found = {202: response("The export; ask it how far it is, and fetch its file for a day.", {"type": "object"})}
    body = {"application/json": {"schema": ref("ExportAsked")}}
    return operation(
        f"begin_export_{one.name}", one.title_plural, "Export a list on the server", found, WRITING,
        requestBody={"required": True, "content": body},
    )  # fmt: skip


def _data(one: Object) -> Schema:
    content = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    found = {200: {**response("A ZIP of JSON lines and files."), "content": content}}
    return operation(f"data_of_{one.name}", one.title_plural, "All that is kept of a record", found, READING)


def _duplicates(one: Object) -> Schema:
    body = _body({"type": "object"})
    found = {200: response("The likeliest first, with reasons.", _rows())}
    return operation(f"duplicates_of_{one.name}", one.title_plural, "What may be there already", found, READING, **body)


def _merges(one: Object) -> Schema:
    found = {200: response("The latest first.", _rows())}
    return operation(f"merges_of_{one.name}", one.title_plural, "What was merged into it", found, READING)


def _merge(one: Object) -> Schema:
    found = {200: response("Its merges, the new one first.", _rows())}
    return operation(
        f"merge_{one.name}", one.title_plural, "Merge others into it", found, WRITING, **_body(ref("MergeBody"))
    )


def _unmerge(one: Object) -> Schema:
    found = {200: response("The records that there are again.", _rows())}
    return operation(
        f"unmerge_{one.name}", one.title_plural, "Take a merge back", found, WRITING, **_body(ref("UnmergeBody"))
    )


def _unshare(one: Object) -> Schema:
    return operation(f"unshare_{one.name}", one.title_plural, "Close it again", {204: response("Closed.")}, WRITING)


def _perform(one: Object, action: Action) -> Schema:
    found = {
        200: response("What it came to.", {"type": "object", "properties": {"result": {}}, "required": ["result"]})
    }
    return operation(
        f"{one.name}_{action.name}",
        one.title_plural,
        action.label,
        found,
        WRITING,
        action.help,
        parameters=[_ONCE],
        **_body(ref(command_name(action)), required=False),
    )


def command_name(action: Action) -> str:
    """The name of an action's schema."""
    return f"{action.object}_{action.name}_command"


def command_schemas(action: Action) -> dict[str, Schema]:
    """The action's command without the record, which the address names; and what it refers to."""
    (whole,), found = msgspec.json.schema_components((action.command,), ref_template=REF + "{name}")
    own = found.pop(whole["$ref"].removeprefix(REF)) if "$ref" in whole else whole
    hidden = record_field(action)
    properties = {name: schema for name, schema in own.get("properties", {}).items() if name != hidden}
    required = [name for name in own.get("required", []) if name != hidden]
    schema = {**own, "properties": properties, "required": required, "additionalProperties": False}
    return {**found, command_name(action): schema}

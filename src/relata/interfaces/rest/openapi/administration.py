"""The addresses of the configuration, for who may change it."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.access.rights import Rights
from relata.engine.automation.approvals.process import MANAGE, Process
from relata.engine.automation.flows.objects import MANAGE as MANAGE_FLOWS
from relata.engine.automation.webhooks.objects import MANAGE as MANAGE_WEBHOOKS
from relata.engine.metadata.fields import FIELD_TYPES
from relata.engine.metadata.overlay import Tweak
from relata.engine.rules.assignment import AssignmentRule
from relata.interfaces.rest.administration.approvals import TryBody
from relata.interfaces.rest.administration.assignment import HolidaysBody, OrderBody, RehearsalBody, TrialBody
from relata.interfaces.rest.administration.flow_runs import RUNS, ReplayBody, ReplayManyBody
from relata.interfaces.rest.administration.flows import FlowDaysBody, FlowRecordBody, FlowStateBody
from relata.interfaces.rest.administration.general import AUDIT, KEYS, KeyBody, ModuleBody, SettingsBody
from relata.interfaces.rest.administration.objects import FORCE
from relata.interfaces.rest.administration.quality import BY as QUALITY_BY
from relata.interfaces.rest.administration.roles import RoleBody, SharingRuleBody
from relata.interfaces.rest.administration.rules import EntryBody, RuleRehearsalBody, UniqueBody, ValidationRuleBody
from relata.interfaces.rest.administration.webhooks import DELIVERIES, WebhookBody, WebhookStateBody
from relata.interfaces.rest.openapi.operations import operation, query_parameters, response
from relata.interfaces.rest.openapi.shapes import READING, REF, WRITING, Schema, json_content, ref

_TAG = "Administration"
_ANY: Schema = {"type": "object"}
_ROWS: Schema = {"type": "object", "properties": {"data": {"type": "array", "items": _ANY}}, "required": ["data"]}
_TEXT: Schema = {"type": "string"}
_FIELD: Schema = {
    "type": "object",
    "required": ["type", "name"],
    "additionalProperties": True,
    "description": "A field. Beside these, what its type asks for: options of a choice, `to` of a link, "
    "`expression` of a formula, "
    "`over`, `function`, `field`, `where` of a roll-up, `max_length`, `minimum`, `maximum`, `places`, "
    "`prefix`, `digits`, `stars`.",
    "properties": {
        "type": {"type": "string", "enum": sorted(str(kind.__struct_config__.tag) for kind in FIELD_TYPES)},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "description": "Never changes."},
        "label": _TEXT,
        "help": _TEXT,
        "required": {"type": "boolean"},
        "unique": {"type": "boolean"},
        "indexed": {"type": "boolean"},
        "searchable": {"type": "boolean"},
        "sensitivity": {"type": "string", "enum": ["", "personal", "secret"]},
        "default": {},
    },
}
_OBJECT: Schema = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": True,
    "description": "An object. It gets a field `name` by itself.",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "description": "Never changes."},
        "plural": {"type": "string", "description": "In addresses."},
        "label": _TEXT,
        "plural_label": _TEXT,
        "help": _TEXT,
        "icon": _TEXT,
        "fields": {"type": "array", "items": ref("FieldDefinition")},
    },
}


_FLOW: Schema = {
    "type": "object",
    "required": ["trigger"],
    "additionalProperties": True,
    "description": "What a version says: trigger, steps, limits. Export one to see the form.",
    "properties": {"trigger": {"type": "object", "required": ["on"]}, "steps": {"type": "array", "items": _ANY}},
}
_FLOW_FILE: Schema = {
    "type": "object",
    "required": ["name", "flow"],
    "description": "A flow as a file.",
    "properties": {"relata_flow": {"type": "integer"}, "name": _TEXT, "purpose": _TEXT, "flow": ref("Flow")},
}


def administration_schemas(rights: Rights) -> dict[str, Schema]:
    """The bodies, by name."""
    kinds = (
        Tweak, RoleBody, SharingRuleBody, ModuleBody, SettingsBody, KeyBody, ValidationRuleBody, RuleRehearsalBody,
        EntryBody, UniqueBody, AssignmentRule, OrderBody, TrialBody, RehearsalBody, HolidaysBody, Process, TryBody,
        WebhookBody, WebhookStateBody, FlowStateBody, FlowRecordBody, FlowDaysBody, ReplayBody, ReplayManyBody,
    )  # fmt: skip
    _, found = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
    found |= {"Flow": _FLOW, "FlowFile": _FLOW_FILE}
    return {**found, "FieldDefinition": _FIELD, "ObjectDefinition": _OBJECT}


def administration_paths(rights: Rights) -> dict[str, Schema]:
    """By path: what the caller may see and change of the configuration."""
    found: dict[str, Schema] = {
        "/admin/keys": {
            "get": _read("list_keys", "API keys", KEYS),
            "post": _write("create_key", "Make an API key, in a session", "KeyBody", 201),
        },
        "/admin/keys/{key}/renew": {
            "post": _act("renew_key", "Make the text of an API key anew, in a session"),
            "parameters": [_named("key")],
        },
        "/admin/keys/{key}": {"delete": _remove("revoke_key", "Revoke an API key"), "parameters": [_named("key")]},
    }
    if rights.permits("manage_objects"):
        found |= _objects() | _rules() | _workspace() | _assignment()
    if rights.permits("manage_roles"):
        found |= _roles()
    if rights.permits("manage_users"):
        found["/admin/holidays"] = {"post": _write("enter_holidays", "Take over public holidays", "HolidaysBody")}
    if rights.permits(MANAGE):
        found |= _approvals()
    if rights.permits(MANAGE_WEBHOOKS):
        found |= _webhooks()
    if rights.permits(MANAGE_FLOWS):
        found |= _flows()
    if rights.permits("see_audit"):
        found["/admin/audit"] = {"get": _read("read_audit", "Everything that happened", AUDIT)}
    return found


def _objects() -> dict[str, Schema]:
    name, field = _named("name"), _named("field")
    one = "/admin/objects/{name}"
    return {
        "/admin/objects": {
            "get": _read("list_objects", "All objects"),
            "post": _write("add_object", "Make an object", "ObjectDefinition", 201),
        },
        "/admin/quality/{object}": {
            "get": _read("read_quality", "How good an object's records are", QUALITY_BY, one=True),
            "parameters": [_named("object")],
        },
        one: {
            "get": _read("get_object", "One object", one=True),
            "patch": _write("change_object", "Change labels and looks", "Tweak"),
            "delete": _remove("delete_object", "Delete a custom object with its records"),
            "parameters": [name],
        },
        f"{one}/fields": {
            "get": _read("list_fields", "Fields of an object"),
            "post": _write("add_field", "Add a field", "FieldDefinition", 201),
            "parameters": [name],
        },
        f"{one}/fields/{{field}}": {
            "get": _read("get_field", "One field, and where it is used", one=True),
            "patch": _write("change_field", "Change label, help, options", "Tweak"),
            "put": _write(
                "convert_field", "Change type or definition of a custom field", "FieldDefinition", parameters=FORCE
            ),
            "delete": _remove("delete_field", "Delete a custom field with its values"),
            "parameters": [name, field],
        },
    }


def _rules() -> dict[str, Schema]:
    name, one = _named("name"), "/admin/objects/{name}"
    return {
        f"{one}/rules": {"get": _read("list_rules", "Validation rules of an object"), "parameters": [name]},
        f"{one}/rehearsal": {
            "post": _write("rehearse_rule", "Try a rule over the records that are there", "RuleRehearsalBody"),
            "parameters": [name],
        },
        f"{one}/rules/{{rule}}": {
            "get": _read("get_rule", "One validation rule", one=True),
            "put": _write("put_rule", "Make or replace a validation rule", "ValidationRuleBody"),
            "delete": _remove("delete_rule", "Delete a validation rule"),
            "parameters": [name, _named("rule")],
        },
        f"{one}/entries": {
            "get": _read("list_entries", "What values need"),
            "put": _write("put_entry", "Say what a value needs", "EntryBody"),
            "parameters": [name],
        },
        f"{one}/unique": {
            "get": _read("list_unique", "Fields that are unique together"),
            "post": _write("add_unique", "Make fields unique together", "UniqueBody", 201),
            "parameters": [name],
        },
        f"{one}/unique/{{fields}}": {
            "delete": _remove("delete_unique", "Let records share these values again"),
            "parameters": [name, _named("fields")],
        },
    }


def _assignment() -> dict[str, Schema]:
    place = "/admin/assignment-rules"
    return {
        place: {"get": _read("list_assignment_rules", "Assignment rules")},
        f"{place}/{{name}}": {
            "get": _read("get_assignment_rule", "One assignment rule", one=True),
            "put": _write("put_assignment_rule", "Make or replace an assignment rule", "AssignmentRule"),
            "delete": _remove("delete_assignment_rule", "Delete an assignment rule"),
            "parameters": [_named("name")],
        },
        "/admin/assignment/order": {"put": _write("order_assignment_rules", "Put rules into an order", "OrderBody")},
        "/admin/assignment/try": {"post": _write("try_assignment", "What the rules would do", "TrialBody")},
        "/admin/assignment/rehearse": {
            "post": _write("rehearse_assignment", "What rules would have done", "RehearsalBody")
        },
    }


def _workspace() -> dict[str, Schema]:
    return {
        "/admin/modules": {"get": _read("list_modules", "Modules")},
        "/admin/modules/{name}": {
            "patch": _write("switch_module", "Switch a module on or off", "ModuleBody"),
            "parameters": [_named("name")],
        },
        "/admin/settings": {
            "get": _read("get_settings", "Settings of the workspace", one=True),
            "patch": _write("change_settings", "Change settings", "SettingsBody"),
        },
    }


def _roles() -> dict[str, Schema]:
    name = _named("name")
    return {
        "/admin/roles": {"get": _read("list_roles", "Roles")},
        "/admin/roles/{name}": {
            "get": _read("get_role", "One role", one=True),
            "put": _write("put_role", "Make or replace a role", "RoleBody"),
            "delete": _remove("delete_role", "Delete a role, or take back changes to a shipped one"),
            "parameters": [name],
        },
        "/admin/sharing-rules": {"get": _read("list_sharing_rules", "Sharing rules")},
        "/admin/sharing-rules/{name}": {
            "get": _read("get_sharing_rule", "One sharing rule", one=True),
            "put": _write("put_sharing_rule", "Make or replace a sharing rule", "SharingRuleBody"),
            "delete": _remove("delete_sharing_rule", "Delete a sharing rule"),
            "parameters": [name],
        },
    }


def _approvals() -> dict[str, Schema]:
    one, name = "/admin/approvals/{name}", _named("name")
    return {
        "/admin/approvals": {"get": _read("list_approval_processes", "Processes of approval")},
        one: {
            "get": _read("get_approval_process", "One process", one=True),
            "put": _write("put_approval_process", "Make or replace a process", "Process"),
            "delete": _remove("delete_approval_process", "Remove a process that nothing waits in"),
            "parameters": [name],
        },
        f"{one}/try": {
            "post": _write("try_approval_process", "Who would have to decide about a record", "TryBody"),
            "parameters": [name],
        },
    }


def _webhooks() -> dict[str, Schema]:
    one, key = "/admin/webhooks/{id}", [_named("id")]
    return {
        "/admin/webhooks": {
            "get": _read("list_webhooks", "Webhooks, with their figures"),
            "post": _write("create_webhook", "Make a webhook; its secret is told once", "WebhookBody", 201),
        },
        one: {
            "get": _read("get_webhook", "One webhook", one=True),
            "patch": _write("change_webhook", "Change a webhook", "WebhookBody"),
            "delete": _remove("delete_webhook", "Delete a webhook"),
            "parameters": key,
        },
        f"{one}/state": {
            "put": _write("turn_webhook", "Switch a webhook on or pause it", "WebhookStateBody"), "parameters": key,
        },
        f"{one}/secret": {"post": _act("rotate_webhook_secret", "Change a webhook's secret"), "parameters": key},
        f"{one}/take-over": {"post": _act("take_over_webhook", "See through one's own eyes"), "parameters": key},
        f"{one}/test": {"post": _act("test_webhook", "Send a test", 202), "parameters": key},
        f"{one}/deliveries": {
            "get": _read("list_deliveries", "What a webhook sent", DELIVERIES), "parameters": key,
        },
        "/admin/webhook-deliveries/{id}": {
            "get": _read("get_delivery", "One delivery, with what was sent", one=True), "parameters": key,
        },
        "/admin/webhook-deliveries/{id}/redeliver": {
            "post": _act("redeliver", "Send a delivery again", 202), "parameters": key,
        },
    }  # fmt: skip


def _flows() -> dict[str, Schema]:
    one, run, key = "/admin/flows/{id}", "/admin/flow-runs/{id}", [_named("id")]
    return {
        "/admin/flows": {
            "get": _read("list_flows", "Flows, with their figures"),
            "post": _write("import_flow", "Take in a flow's file, as a draft", "FlowFile", 201),
        },
        one: {"get": _read("get_flow", "One flow and its versions", one=True), "parameters": key},
        f"{one}/versions/{{number}}": {
            "get": _read("export_flow", "A version as a file", one=True), "parameters": [*key, _named("number")],
        },
        f"{one}/draft": {"put": _write("write_flow_draft", "What the next version says", "Flow"), "parameters": key},
        f"{one}/state": {
            "put": _write("turn_flow", "Publish, pause, resume or archive a flow", "FlowStateBody"), "parameters": key,
        },
        f"{one}/why": {"post": _write("explain_flow", "Why it did not run", "FlowRecordBody"), "parameters": key},
        f"{one}/try": {"post": _write("try_flow", "What it would do to a record", "FlowRecordBody"), "parameters": key},
        f"{one}/rehearse": {
            "post": _write("rehearse_flow", "What it would have started on", "FlowDaysBody"), "parameters": key,
        },
        f"{one}/runs": {"get": _read("list_flow_runs", "Runs of a flow", RUNS), "parameters": key},
        f"{one}/replay": {
            "post": _write("replay_flow_runs", "Run all again that failed", "ReplayManyBody", 202), "parameters": key,
        },
        run: {"get": _read("get_flow_run", "One run, step by step", one=True), "parameters": key},
        f"{run}/replay": {
            "post": _write("replay_flow_run", "Run again, from a step", "ReplayBody", 202), "parameters": key,
        },
        f"{run}/stop": {"post": _act("stop_flow_run", "End a run", 204), "parameters": key},
    }  # fmt: skip


def _act(name: str, summary: str, status: int = 200) -> Schema:
    answer = {status: response("Done.") if status == 204 else response("As it is now.", _ANY)}
    return operation(name, _TAG, summary, answer, WRITING)


def _named(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _read(name: str, summary: str, parameters: dict[str, str] | None = None, *, one: bool = False) -> Schema:
    answer = {200: response("As asked.", _ANY if one else _ROWS)}
    return operation(name, _TAG, summary, answer, READING, parameters=query_parameters(parameters or {}))


def _write(name: str, summary: str, body: str, status: int = 200, parameters: dict[str, str] | None = None) -> Schema:
    sent = {"required": True, "content": json_content(ref(body))}
    answer = {status: response("As it is now.", _ANY)}
    return operation(
        name, _TAG, summary, answer, WRITING, requestBody=sent, parameters=query_parameters(parameters or {})
    )


def _remove(name: str, summary: str) -> Schema:
    return operation(name, _TAG, summary, {204: response("It is gone.")}, WRITING)

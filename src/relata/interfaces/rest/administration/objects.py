"""Custom objects and fields: made, changed, converted and deleted while other requests run."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.workspace import overview
from relata.engine.workspace.convertible import Conversion
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

#: Parameters of a change of type.
FORCE = {"force": "true: values that do not fit become empty instead of refusing the change."}


async def list_objects(call: Call) -> Answer:
    """Every object with its whole definition, hidden fields included."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        return answers.json({"data": [_defined(one) for one in overview.objects(work)]})

    return await call.read(attempt)


async def add_object(call: Call) -> Answer:
    """A new custom object. Its records have an address at once."""
    call.parameters()
    made = await (await call.office()).add_object(call.values())
    return answers.json(
        await call.read(lambda work: _later(work, made.name)), 201, ("location", f"/api/v1/admin/objects/{made.name}")
    )


async def get_object(call: Call) -> Answer:
    """One object."""
    call.parameters()
    return answers.json(await call.read(lambda work: _later(work, call.names["name"])))


async def change_object(call: Call) -> Answer:
    """Labels, help, icon, whether it is in the navigation."""
    call.parameters()
    name = call.names["name"]
    await (await call.office()).tweak(_whole(name), call.values())
    return answers.json(await call.read(lambda work: _later(work, name)))


async def delete_object(call: Call) -> Answer:
    """A custom object with all its records. 409 names what still uses it."""
    call.parameters()
    await (await call.office()).delete_object(call.names["name"])
    return answers.empty()


async def list_fields(call: Call) -> Answer:
    """The fields of an object."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        one = overview.configured_object(work, call.names["name"])
        return answers.json({"data": _defined(one)["fields"]})

    return await call.read(attempt)


async def add_field(call: Call) -> Answer:
    """A new custom field of an object."""
    call.parameters()
    name = call.names["name"]
    field = await (await call.office()).add_field(name, call.values())
    return answers.json(await call.read(lambda work: _field_later(work, name, field.name)), 201)


async def get_field(call: Call) -> Answer:
    """One field, with where it is used."""
    call.parameters()
    return answers.json(await call.read(lambda work: _field_later(work, call.names["name"], call.names["field"])))


async def change_field(call: Call) -> Answer:
    """Label, help, options, whether it is required, hidden or indexed."""
    call.parameters()
    name, field = call.names["name"], call.names["field"]
    await (await call.office()).tweak(f"{_whole(name)}.{_whole(field)}", call.values())
    return answers.json(await call.read(lambda work: _field_later(work, name, field)))


async def convert_field(call: Call) -> Answer:
    """Another definition for a custom field, of another type if wanted. 409 lists the values that do not fit."""
    force = parameters.yes(call.parameters(FORCE), "force")
    name, field = call.names["name"], call.names["field"]
    found = await (await call.office()).change_field_type(name, field, call.values(), force=force)
    return answers.json({"field": await call.read(lambda work: _field_later(work, name, field)), **_report(found)})


async def delete_field(call: Call) -> Answer:
    """A custom field with its values. 409 names what still uses it."""
    call.parameters()
    await (await call.office()).delete_field(call.names["name"], call.names["field"])
    return answers.empty()


def _whole(name: str) -> str:
    """A name as it stands in an address; a point would name something else."""
    if "." in name:
        raise NotFound("There is no such object or field.", code="unknown_object")
    return name


def _report(found: Conversion) -> dict[str, Any]:
    return {"converted": found.converted, "emptied": found.failed}


def _defined(one: Object) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(one, enc_hook=str)
    fields = [_field(field) for field in one.fields]
    return {**described, "label": one.title, "plural": one.path, "plural_label": one.title_plural, "fields": fields}


def _field(field: Any) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(field, enc_hook=str)
    return {**described, "label": field.title}


async def _later(work: Workspace, name: str) -> dict[str, Any]:
    return _defined(overview.configured_object(work, name))


async def _field_later(work: Workspace, name: str, field_name: str) -> dict[str, Any]:
    one = overview.configured_object(work, name)
    field = one.field(field_name)
    if field is None:
        raise NotFound(f"{one.title} has no field {field_name[:60]}.", code="unknown_field")
    return {**_field(field), "uses": overview.uses(work, name, field_name)}


ROUTES = (
    Route("GET", "/admin/objects", list_objects),
    Route("POST", "/admin/objects", add_object),
    Route("GET", "/admin/objects/{name}", get_object),
    Route("PATCH", "/admin/objects/{name}", change_object),
    Route("DELETE", "/admin/objects/{name}", delete_object),
    Route("GET", "/admin/objects/{name}/fields", list_fields),
    Route("POST", "/admin/objects/{name}/fields", add_field),
    Route("GET", "/admin/objects/{name}/fields/{field}", get_field),
    Route("PATCH", "/admin/objects/{name}/fields/{field}", change_field),
    Route("PUT", "/admin/objects/{name}/fields/{field}", convert_field),
    Route("DELETE", "/admin/objects/{name}/fields/{field}", delete_field),
)

"""Where SCIM comes in: its errors, its media type, and the way to the endpoints."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import asgi
from litestar.handlers import ASGIRouteHandler

from relata.engine.workspace.door import Door
from relata.foundation.errors import RelataError
from relata.interfaces.http.answers import Answer, send_answer
from relata.interfaces.http.asgi import Receive, Scope, Send
from relata.interfaces.http.bodies import read_whole
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.http.problems import body_of, headers_of
from relata.interfaces.rest.call import Call

if TYPE_CHECKING:
    from relata.interfaces.rest.scim.handlers import Directory

ROOT = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def routes(door: Door, address: str) -> list[ASGIRouteHandler]:
    """The mount. address: where people reach this installation, before what the answers point to."""

    @asgi(ROOT, is_mount=True, copy_scope=False)
    async def scim(scope: Scope, receive: Receive, send: Send) -> None:
        found = await _answer(door, address + ROOT, scope, receive)
        await send_answer(send, found, with_body=scope["method"] != "HEAD")

    return [scim]


async def _directory(root: str) -> Directory:
    """The endpoints. Loading them takes seconds and 70 MB: only where a directory calls, and beside other requests."""
    await asyncio.to_thread(importlib.import_module, "relata.interfaces.rest.scim.handlers")
    from relata.interfaces.rest.scim.handlers import Directory

    return Directory(root)


async def _answer(door: Door, root: str, scope: Scope, receive: Receive) -> Answer:
    try:
        exchange = exchange_of(scope)
        credentials = exchange.credentials.require_known()
        raw = await read_whole(receive, exchange.settings.max_body_bytes) if scope["method"] != "GET" else b""
        call = Call(door, credentials, exchange.headers, {}, scope["query_string"], raw, receive)
    except RelataError as error:
        return _refused(error)
    return await _answered(call, root, scope["method"], scope["path"].removeprefix(ROOT))


async def _answered(call: Call, root: str, method: str, path: str) -> Answer:
    directory = await _directory(root)
    from pydantic import ValidationError
    from scim2_models import Error, SCIMException

    from relata.interfaces.rest.scim.handlers import MethodUnknown

    parts = [part for part in path.split("/") if part]
    try:
        query = dict(parse_qsl(call.query.decode(), keep_blank_values=True))
        body = msgspec.json.decode(call.body) if call.body else None
        status, found, location = await directory.answer(call, method, parts, query, body)
    except MethodUnknown:
        return _error(405, "This address does not know the method.")
    except ValidationError as error:
        told = Error.from_validation_errors(error)[0]
        return _error(int(told.status or 400), told.detail or "This does not fit.", told.scim_type)
    except SCIMException as error:
        return _error(error.status, error.detail, error.scim_type)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _error(400, "The request is not valid JSON.", "invalidSyntax")
    except RelataError as error:
        return _refused(error)
    headers = [("content-type", MEDIA_TYPE), *([("location", location)] if location else [])]
    return Answer(status, headers, b"" if found is None else msgspec.json.encode(found))


def _refused(error: RelataError) -> Answer:
    body = body_of(error, "")
    kind = "uniqueness" if body.code == "not_unique" else "invalidValue" if body.status == 422 else ""
    status = {422: 400}.get(body.status, body.status)
    return _error(status, " ".join(filter(None, (error.message, error.hint))), kind, headers_of(error))


def _error(status: int, detail: str, kind: str | None = "", more: Any = ()) -> Answer:
    told = {"schemas": [_ERROR], "status": str(status), "detail": detail, **({"scimType": kind} if kind else {})}
    return Answer(status, [*more, ("content-type", MEDIA_TYPE)], msgspec.json.encode(told))

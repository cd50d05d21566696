"""All addresses of the API, and the one place where its requests come in."""

from __future__ import annotations

from litestar import asgi
from litestar.handlers import ASGIRouteHandler

from relata.engine.workspace.door import Door
from relata.interfaces.http.answers import Answer, send_answer
from relata.interfaces.http.asgi import Receive, Scope, Send
from relata.interfaces.http.bodies import read_whole
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.rest import (
    actions,
    aggregates,
    batch,
    feed,
    histories,
    listing,
    me,
    metadata,
    records,
    searching,
    shares,
)  # fmt: skip
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.openapi import document
from relata.interfaces.rest.routes import Route, Routes, allowed, pick

#: Where the API lies.
ROOT = "/api/v1"

ROUTES = Routes(
    (
        Route("GET", "/me", me.who_am_i),
        Route("GET", "/metadata", metadata.list_metadata),
        Route("GET", "/metadata/{plural}", metadata.get_metadata),
        Route("GET", "/openapi.json", document.openapi),
        Route("POST", "/batch", batch.run_batch),
        Route("GET", "/search", searching.search_records),
        Route("GET", "/feed", feed.change_feed),
        Route("GET", "/{plural}", listing.list_records),
        Route("POST", "/{plural}", records.create_record),
        Route("POST", "/{plural}/aggregate", aggregates.aggregate_records),
        Route("GET", "/{plural}/{id}", records.get_record),
        Route("PATCH", "/{plural}/{id}", records.change_record),
        Route("DELETE", "/{plural}/{id}", records.delete_record),
        Route("POST", "/{plural}/{id}/restore", records.restore_record),
        Route("POST", "/{plural}/{id}/actions/{action}", actions.run_action),
        Route("GET", "/{plural}/{id}/history", histories.record_history),
        Route("GET", "/{plural}/{id}/provenance", histories.record_provenance),
        Route("GET", "/{plural}/{id}/access", shares.explain_record),
        Route("GET", "/{plural}/{id}/shares", shares.list_shares),
        Route("POST", "/{plural}/{id}/shares", shares.share_record),
        Route("DELETE", "/{plural}/{id}/shares/{principal}", shares.revoke_share),
    )
)


def routes(door: Door) -> list[ASGIRouteHandler]:
    """What the application mounts, on the ground of `interfaces.http`, which brings credentials and answers errors.

    One mount in place of a route per address: objects that are made at run time need no new route, and a request passes
    none of Litestar's reading of parameters.
    """

    @asgi(ROOT, is_mount=True, copy_scope=False)
    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        await send_answer(send, await answer(door, scope, receive), with_body=scope["method"] != "HEAD")

    return [api]


async def answer(door: Door, scope: Scope, receive: Receive) -> Answer:
    """The answer to one request. Raises the kinds of error, for the ground to answer."""
    found, names = ROUTES.find(scope["path"].removeprefix(ROOT))
    if scope["method"] == "OPTIONS":
        return Answer(204, [("allow", allowed(found))], b"")
    route = pick(found, scope["method"])
    scope["path_template"] = ROOT + route.template
    exchange = exchange_of(scope)
    exchange.credentials.require_known()
    body = b"" if route.method == "GET" else await read_whole(receive, exchange.settings.max_body_bytes)
    return await route.handle(Call(door, exchange.credentials, exchange.headers, names, scope["query_string"], body))

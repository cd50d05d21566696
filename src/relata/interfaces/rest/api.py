"""All addresses of the API, and the one place where its requests come in."""

from __future__ import annotations

from litestar import asgi
from litestar.handlers import ASGIRouteHandler

from relata.engine.files.store import FileStore
from relata.engine.identity.sealing import NoSealer, Sealer
from relata.engine.jobs.queue import Queue
from relata.engine.workspace.door import Door
from relata.interfaces.http.answers import Answer, send_answer
from relata.interfaces.http.asgi import Receive, Scope, Send
from relata.interfaces.http.bodies import read_whole
from relata.interfaces.http.exchange import exchange_of
from relata.interfaces.rest import (
    actions,
    aggregates,
    approvals,
    batch,
    bulk,
    duplicates,
    export_jobs,
    exports,
    feed,
    files,
    histories,
    listing,
    me,
    metadata,
    records,
    reporting,
    searching,
    shares,
)  # fmt: skip
from relata.interfaces.rest.administration import ROUTES as ADMINISTRATION
from relata.interfaces.rest.answers import Stream
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
        Route("POST", "/report", reporting.answer_report),
        Route("POST", "/report/changes", reporting.answer_changes),
        Route("GET", "/feed", feed.change_feed),
        Route("POST", "/files", files.upload_file, reads_body=False),
        Route("GET", "/files/{file}", files.download_file),
        Route("DELETE", "/files/{file}", files.delete_file),
        Route("POST", "/files/{file}/link", files.link_file),
        Route("GET", "/bulk/jobs", bulk.list_jobs),
        Route("GET", "/bulk/jobs/{job}", bulk.show_job),
        Route("GET", "/bulk/jobs/{job}/results", bulk.list_results),
        Route("GET", "/bulk/jobs/{job}/unchanged", bulk.list_unchanged),
        Route("GET", "/bulk/jobs/{job}/refused", bulk.list_refused),
        Route("POST", "/bulk/jobs/{job}/cancel", bulk.cancel_job),
        Route("POST", "/bulk/jobs/{job}/pause", bulk.pause_job),
        Route("POST", "/bulk/jobs/{job}/resume", bulk.resume_job),
        Route("GET", "/bulk/exports", export_jobs.list_exports),
        Route("GET", "/bulk/exports/{export}", export_jobs.show_export),
        Route("GET", "/bulk/exports/{export}/file", export_jobs.fetch_export),
        Route("POST", "/bulk/exports/{export}/cancel", export_jobs.cancel_export),
        Route("POST", "/bulk/{plural}", bulk.upload, reads_body=False),
        *ADMINISTRATION,
        Route("GET", "/{plural}", listing.list_records),
        Route("POST", "/{plural}", records.create_record),
        Route("POST", "/{plural}/aggregate", aggregates.aggregate_records),
        Route("GET", "/{plural}/export", exports.export_list),
        Route("POST", "/{plural}/export", export_jobs.begin),
        Route("GET", "/{plural}/{id}/data", exports.export_record),
        Route("GET", "/{plural}/{id}", records.get_record),
        Route("PATCH", "/{plural}/{id}", records.change_record),
        Route("DELETE", "/{plural}/{id}", records.delete_record),
        Route("POST", "/{plural}/{id}/restore", records.restore_record),
        Route("POST", "/{plural}/{id}/actions/{action}", actions.run_action),
        Route("POST", "/{plural}/duplicates", duplicates.find_duplicates),
        Route("GET", "/{plural}/{id}/merges", duplicates.list_merges),
        Route("POST", "/{plural}/{id}/merge", duplicates.merge_records),
        Route("POST", "/{plural}/{id}/unmerge", duplicates.unmerge_records),
        Route("GET", "/{plural}/{id}/history", histories.record_history),
        Route("GET", "/{plural}/{id}/provenance", histories.record_provenance),
        Route("GET", "/{plural}/{id}/files", files.list_files),
        Route("POST", "/{plural}/{id}/files", files.attach_file, reads_body=False),
        Route("GET", "/{plural}/{id}/access", shares.explain_record),
        Route("GET", "/{plural}/{id}/approvals", approvals.list_approvals),
        Route("POST", "/{plural}/{id}/approvals", approvals.submit_record),
        Route("GET", "/{plural}/{id}/shares", shares.list_shares),
        Route("POST", "/{plural}/{id}/shares", shares.share_record),
        Route("DELETE", "/{plural}/{id}/shares/{principal}", shares.revoke_share),
    )
)


def routes(
    door: Door, store: FileStore | None = None, origin: str = "", queue: Queue | None = None,
    sealer: Sealer | None = None,
) -> list[ASGIRouteHandler]:  # fmt: skip
    """What the application mounts, on the ground of `interfaces.http`, which brings credentials and answers errors.

    One mount in place of a route per address: objects that are made at run time need no new route, and a request passes
    none of Litestar's reading of parameters. store: where files are kept; without one there are none. origin: before
    links to them. queue: of what the API lets be done later. sealer: of secrets.
    """
    further = (queue, sealer or NoSealer())

    @asgi(ROOT, is_mount=True, copy_scope=False)
    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        found, with_body = await answer(door, store, scope, receive, origin, further), scope["method"] != "HEAD"
        if isinstance(found, Stream):
            await _send_stream(send, found, with_body=with_body)
        else:
            await send_answer(send, found, with_body=with_body)

    return [api]


async def answer(
    door: Door, store: FileStore | None, scope: Scope, receive: Receive, origin: str = "",
    further: tuple[Queue | None, Sealer] = (None, NoSealer()),
) -> Answer | Stream:  # fmt: skip
    """The answer to one request. Raises the kinds of error, for the ground to answer."""
    found, names = ROUTES.find(scope["path"].removeprefix(ROOT))
    if scope["method"] == "OPTIONS":
        return Answer(204, [("allow", allowed(found))], b"")
    route = pick(found, scope["method"])
    scope["path_template"] = ROOT + route.template
    exchange = exchange_of(scope)
    credentials = exchange.credentials.require_known()
    if route.method != "GET" and route.template.startswith("/admin/"):
        credentials.require_fresh()
    is_read = route.method != "GET" and route.reads_body
    body = await read_whole(receive, exchange.settings.max_body_bytes) if is_read else b""
    return await route.handle(
        Call(door, credentials, exchange.headers, names, scope["query_string"], body, receive, store, origin, *further)
    )


async def _send_stream(send: Send, found: Stream, *, with_body: bool) -> None:
    """The first piece is fetched before the answer starts, so that bytes that are missing are told in words."""
    chunks = found.chunks
    first = await anext(chunks, b"") if with_body else b""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in found.headers]
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    if with_body:
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})

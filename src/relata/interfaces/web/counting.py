"""What requests count as, for the adoption page: once a request, by address and team (see `adoption.counting`)."""

from __future__ import annotations

from typing import Any

from litestar import Request

from relata.engine.reporting.adoption.counting import Usage, opened, saved
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


def count(usage: Usage, request: Request[Any, Any, Any], work: Workspace, error: Invalid | None = None) -> None:
    """A page that was shown, or a form that was saved or sent back."""
    if request.state.get("counted"):
        return
    path = request.url.path
    is_part = request.headers.get("hx-request") and not request.headers.get("hx-boosted")
    if request.method == "GET":
        is_page = not is_part or path.endswith("/new")
        things = opened(work.registry, path, dict(request.query_params)) if is_page else []
    else:
        things = saved(work.registry, path, [one.field or "" for one in error.problems] if error else None)
    if things and work.actor.user is not None:
        request.state.counted = True
        usage.add(work.context.schema, work.actor.main_team, things)

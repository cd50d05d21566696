"""The web application: every interface that speaks HTTP, in one."""

from __future__ import annotations

from litestar import Litestar, get


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """Whether this process lives."""
    return {"status": "ok"}


def create_app() -> Litestar:
    """For one process; settings come from its environment."""
    return Litestar([healthz], openapi_config=None)

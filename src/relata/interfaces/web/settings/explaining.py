"""Why can this person see that record?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.explain import explain_to
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame, text

_PLACE = "/settings/roles"


class ExplainPage(Page, frozen=True, kw_only=True):
    """The question and its answer. verdict: "" before anything was asked."""

    person: FormField
    record: FormField
    verdict: str = ""
    meaning: str = "neutral"
    sentences: tuple[str, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the question."""

    @get("/settings/explain")
    async def page(request: Visit) -> Response[bytes]:
        query = request.query_params

        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_roles")
            user = parse_id(query.get("person", ""))
            name, _colon, key = query.get("record", "").partition(":")
            record = parse_id(key)
            answer: dict[str, Any] = {} if user is None or record is None else await _answer(work, user, name, record)
            view = ExplainPage(
                **frame(web, request, work, _PLACE, _("Why can they see it?")),
                person=text(
                    "person",
                    _("Person"),
                    _chosen(query.get("person", ""), answer.pop("who", "")),
                    kind="link",
                    source="/choose/user",
                    required=True,
                ),
                record=text(
                    "record",
                    _("Record"),
                    _chosen(query.get("record", ""), answer.pop("what", "")),
                    kind="link",
                    source="/choose-any",
                    required=True,
                ),
                **answer,
            )
            return web.page(work, "web/settings/explain.html", view)

        return await web.within(request, build)

    return [page]


async def _answer(work: Workspace, user: UUID, name: str, key: UUID) -> dict[str, Any]:
    record = await work.get(name, key, deleted=None)
    found = await explain_to(work, user, record)
    verb = "sees and may change" if found.sees and found.changes else "sees" if found.sees else "does not see"
    return {
        "who": found.name,
        "what": record.title,
        "verdict": f"{found.name} {verb} {record.title}.",
        "meaning": "good" if found.sees else "neutral",
        "sentences": found.sentences,
    }


def _chosen(value: str, label: str) -> Option | None:
    return Option(value=value, label=label) if value and label else None

"""Capture forms: what they ask, what they say, where they are, and how they do."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.capture.figures import Figures, figures_of
from relata.engine.automation.capture.names import FORM
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.interfaces.http.security_headers import POLICY
from relata.interfaces.web.capture import form_view
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.settings.capture_form import (
    HERE,
    NAMES,
    CaptureFormPage,
    CaptureFormsPage,
    line,
    parts,
    sent,
    starting_items,
    targets,
)
from relata.interfaces.web.settings.frame import Form, Refused, errors_of, frame, last, settled, status_of, text

_MOST = 200


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def overview(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            figures = await figures_of(work)
            errors = errors_of(error)
            found = await work.find(FORM, order="name", limit=_MOST)
            view = CaptureFormsPage(
                **frame(web, request, work, HERE, error=error, known=("name", "target")),
                lines=tuple(line(work, one, web.address, figures) for one in found),
                fields=(
                    text("name", _("Name"), last(form or {}, "name"), errors, required=True, max_length=120),
                    text(
                        "target", _("It makes"), last(form or {}, "target") or _first_target(work),
                        errors, kind="choice", required=True, options=targets(work),
                    ),
                ),
            )  # fmt: skip
            return web.page(work, "web/settings/capture_forms.html", view, status=status_of(error))

        return await web.within(request, build)

    async def editor(
        request: Visit, key: str, form: Form | None = None, error: Refused | None = None
    ) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            record = await work.get(FORM, record_id(key))
            at_items = tuple(one.message for one in error.problems if one.field == "items") if error else ()
            figures = (await figures_of(work)).get(record.id, Figures())
            view = CaptureFormPage(
                **frame(web, request, work, HERE, record["name"], error=error, known=(*NAMES, "items")),
                **parts(work, record, web.address, form, errors_of(error), at_items, figures),
            )
            return web.page(work, "web/settings/capture_form.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(HERE)
    async def page(request: Visit) -> Response[bytes]:
        return await overview(request)

    @post(HERE)
    async def make(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def create(work: Workspace) -> str:
            require(work, "manage_objects")
            one = work.registry.objects.get(last(form, "target"))
            if one is None:
                raise Invalid.of([Problem("required", _("Choose what the form makes."), "target")])
            values = {"name": last(form, "name"), "target": one.name, "items": starting_items(one)}
            return f"{HERE}/{(await work.create(FORM, values)).id}"

        return await settled(
            lambda: web.within(request, create, read_only=False), lambda error: overview(request, form, error)
        )

    @get(f"{HERE}/{{key:str}}")
    async def edit(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await editor(request, key)

    @post(f"{HERE}/{{key:str}}")
    async def save(request: Visit, key: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> str:
            require(work, "manage_objects")
            record = await work.get(FORM, record_id(key))
            await work.change(record, sent(form))
            return f"{HERE}/{record.id}?done=saved"

        return await settled(
            lambda: web.within(request, change, read_only=False), lambda error: editor(request, key, form, error)
        )

    @post(f"{HERE}/{{key:str}}/delete")
    async def delete(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            require(work, "manage_objects")
            await work.delete((FORM, record_id(key)))
            return f"{HERE}?done=deleted"

        return await settled(
            lambda: web.within(request, remove, read_only=False), lambda error: overview(request, None, error)
        )

    async def looked_at(request: Visit, key: str) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_objects")
            form = await work.get(FORM, record_id(key))
            view = await form_view(web, request, work, form, f"{HERE}/{key}/preview")
            policy = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            return web.page(work, "web/capture.html", view, headers={"content-security-policy": policy})

        return await web.within(request, build)

    @get(f"{HERE}/{{key:str}}/preview")
    async def preview(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await looked_at(request, key)

    @post(f"{HERE}/{{key:str}}/preview", status_code=200)
    async def tried(request: Visit, key: FromPath[str]) -> Response[bytes]:
        """Nothing is sent from the preview; it shows itself again."""
        return await looked_at(request, key)

    return [page, make, edit, save, delete, preview, tried]


def _first_target(work: Workspace) -> str:
    return next((one.value for one in targets(work)), "")

"""Trying a flow on a record, why it did not run, its versions, its file, and the secrets of its requests."""

from __future__ import annotations

import difflib
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.automation.flows import keeping, secrets
from relata.engine.automation.flows.definition import Body, encode
from relata.engine.automation.flows.dry_run import Tried, dry_run
from relata.engine.automation.flows.explaining import Finding, why_not
from relata.engine.automation.flows.file import FlowFile, file_of
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.wording import step_words
from relata.engine.workspace.callers import Caller
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.settings.flow_runs import STEP_STATES, ChangeLine, change_lines, facts_of, titles_in
from relata.interfaces.web.settings.flows import PLACE
from relata.interfaces.web.settings.frame import Form, Page, Refused, errors_of, frame, last, settled, status_of, text

SECRETS, IMPORT = "/settings/flow-secrets", "/settings/flow-import"


class TriedStep(msgspec.Struct, frozen=True, kw_only=True):
    """What a step would do."""

    words: str
    state: str
    meaning: str
    message: str
    facts: tuple[tuple[str, str], ...]


class TryPage(Page, frozen=True, kw_only=True):
    """The record to try it on, and what would happen. tried: whether it was tried."""

    record: FormField | None
    action: str
    back: str
    tried: bool = False
    starts: bool = True
    state: str = ""
    meaning: str = ""
    message: str = ""
    steps: tuple[TriedStep, ...] = ()
    changes: tuple[ChangeLine, ...] = ()


class WhyPage(Page, frozen=True, kw_only=True):
    """The record, and what stands between it and the flow."""

    record: FormField
    action: str
    back: str
    findings: tuple[Finding, ...]


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version. difference: lines that differ from the one before it."""

    number: int
    state: str
    by: str
    at: datetime | None
    difference: tuple[str, ...]


class VersionsPage(Page, frozen=True, kw_only=True):
    """All versions, the newest first."""

    versions: tuple[VersionRow, ...]
    base: str


class SecretsPage(Page, frozen=True, kw_only=True):
    """What the secrets are called."""

    secrets: tuple[secrets.Known, ...]
    fields: tuple[FormField, ...]


class ImportPage(Page, frozen=True, kw_only=True):
    """The text of a flow's file."""

    fields: tuple[FormField, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get(f"{PLACE}/{{key:str}}/try")
    async def try_page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            view = await _try_page(web, request, work, record_id(key), None)
            return web.page(work, "web/settings/flow_try.html", view)

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/try", name="run_flow_try")
    async def tried(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, form = record_id(key), await posted(request)
        chosen = parse_id(last(form, "record"))
        body = (await web.within(request, lambda work: keeping.versions(work, flow)))[0].body
        credentials = web.person(request)
        assert credentials.workspace is not None
        found: Tried | Invalid
        if body.trigger.object and chosen is None:
            found = Invalid.of([Problem("required", _("Choose a record to try it on."), "record")])
        else:
            place = await web.door.key_of(credentials.workspace)
            found = await dry_run(web.door, place, Caller(credentials), body, chosen, Ports())

        async def build(work: Workspace) -> Response[bytes]:
            view = await _try_page(web, request, work, flow, chosen, found)
            status = 422 if isinstance(found, Invalid) else 200
            return web.page(work, "web/settings/flow_try.html", view, status=status)

        return await web.within(request, build)

    @get(f"{PLACE}/{{key:str}}/why")
    async def why(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow, chosen = record_id(key), parse_id(request.query_params.get("record"))

        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.flow_of(work, flow)
            body = (await keeping.versions(work, flow))[0].body
            findings = await why_not(work, web.door.actors, flow, chosen) if chosen is not None else []
            view = WhyPage(
                **frame(web, request, work, PLACE, _("Why did %(name)s not run?") % {"name": record["name"]}),
                record=await _chooser(work, body.trigger.object, chosen, {}), action=f"{PLACE}/{flow}/why",
                back=f"{PLACE}/{flow}", findings=tuple(findings),
            )  # fmt: skip
            return web.page(work, "web/settings/flow_why.html", view)

        return await web.within(request, build)

    @get(f"{PLACE}/{{key:str}}/versions")
    async def versions(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)

        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.flow_of(work, flow)
            found = await keeping.versions(work, flow)
            people = await titles_of(work.unit, {"user": [one.published_by for one in found if one.published_by]})
            rows = tuple(
                VersionRow(
                    number=one.number, state=_STATES[one.state](),
                    by=people.get(("user", one.published_by), "") if one.published_by else "", at=one.published_at,
                    difference=difference(older.body if older else None, one.body),
                )
                for one, older in zip(found, (*found[1:], None), strict=True)
            )  # fmt: skip
            view = VersionsPage(
                **frame(web, request, work, PLACE, _("Versions of %(name)s") % {"name": record["name"]}),
                versions=rows, base=f"{PLACE}/{flow}",
            )  # fmt: skip
            return web.page(work, "web/settings/flow_versions.html", view)

        return await web.within(request, build)

    @post(f"{PLACE}/{{key:str}}/versions/{{number:int}}/use")
    async def use(request: Visit, key: FromPath[str], number: FromPath[int]) -> Response[bytes]:
        flow = record_id(key)

        async def run(work: Workspace) -> None:
            await keeping.draft_from(work, flow, (await keeping.version(work, flow, number)).body)

        await web.within(request, run, read_only=False)
        return redirect(f"{PLACE}/{flow}?done=saved")

    @get(f"{PLACE}/{{key:str}}/export")
    async def export(request: Visit, key: FromPath[str]) -> Response[bytes]:
        flow = record_id(key)

        async def build(work: Workspace) -> Response[bytes]:
            record = await keeping.flow_of(work, flow)
            body = (await keeping.versions(work, flow))[0].body
            file = FlowFile(name=record["name"], purpose=record["purpose"] or "", flow=body)
            text_ = msgspec.json.format(msgspec.json.encode(file), indent=2)
            headers = {"content-disposition": f'attachment; filename="flow-{flow}.json"'}
            return Response(text_, media_type="application/json", headers=headers)

        return await web.within(request, build)

    async def ask_import(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await keeping.check_right(work)
            fields = (
                text(
                    "file", _("The file's text"), last(form, "file"), errors_of(error), kind="long_text", wide=True,
                    rows=16, help=_("As the export of a flow gives it. It is kept as a draft."),
                ),
            )  # fmt: skip
            view = ImportPage(
                **frame(web, request, work, PLACE, _("Import a flow"), error=error, known=("file",)), fields=fields
            )
            return web.page(work, "web/settings/flow_import.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(IMPORT)
    async def import_page(request: Visit) -> Response[bytes]:
        return await ask_import(request, {})

    @post(IMPORT, name="import_flow")
    async def import_file(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            found = file_of(last(form, "file"))

            async def make(work: Workspace) -> UUID:
                return (await keeping.make_flow(work, found.name, found.flow, purpose=found.purpose)).id

            return f"{PLACE}/{await web.within(request, make, read_only=False)}?done=created"

        return await settled(attempt, lambda error: ask_import(request, form, error))

    async def ask_secret(request: Visit, form: Form, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            await keeping.check_right(work)
            errors = errors_of(error)
            known = tuple(await secrets.known_secrets(work.unit.connection, work.context.schema))
            fields = (
                text("name", _("Name"), last(form, "name"), errors, required=True, max_length=60),
                text(
                    "host", _("For the server"), last(form, "host"), errors, required=True,
                    help=_("Such as api.example.com; it is sent nowhere else."),
                ),
                text("text", _("Secret"), "", errors, kind="password", required=True, autocomplete="off"),
            )  # fmt: skip
            view = SecretsPage(
                **frame(
                    web, request, work, PLACE, _("Secrets of flows"), error=error, known=("name", "host", "text")
                ),
                secrets=known, fields=fields,
            )  # fmt: skip
            return web.page(work, "web/settings/flow_secrets.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(SECRETS)
    async def secrets_page(request: Visit) -> Response[bytes]:
        return await ask_secret(request, {})

    @post(SECRETS, name="keep_flow_secret")
    async def keep(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def attempt() -> str:
            async def run(work: Workspace) -> None:
                await secrets.keep_secret(work, web.sealer, last(form, "name"), last(form, "host"), last(form, "text"))

            await web.within(request, run, read_only=False)
            return f"{SECRETS}?done=saved"

        return await settled(attempt, lambda error: ask_secret(request, form, error))

    @post(f"{SECRETS}/{{name:str}}/delete")
    async def forget(request: Visit, name: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: secrets.forget_secret(work, name), read_only=False)
        return redirect(f"{SECRETS}?done=removed")

    return [
        try_page, tried, why, versions, use, export, import_page, import_file, secrets_page, keep, forget,
    ]  # fmt: skip


_STATES = {
    "draft": lambda: _("Draft"), "active": lambda: _("Runs now"), "archived": lambda: _("Ran before"),
}  # fmt: skip


def difference(older: Body | None, newer: Body) -> tuple[str, ...]:
    """The lines in which two versions differ, as they stand in files; + for new ones."""
    if older is None:
        return ()
    texts = [
        msgspec.json.format(msgspec.json.encode(encode(one)), indent=2).decode().splitlines() for one in (older, newer)
    ]
    lines = difflib.unified_diff(texts[0], texts[1], n=1, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++")))[:200]


async def _chooser(work: Workspace, object_name: str, chosen: UUID | None, errors: dict[str, str]) -> FormField:
    title = ""
    if chosen is not None and object_name:
        title = (await titles_of(work.unit, {object_name: [chosen]})).get((object_name, chosen), "")
    one = work.registry.objects.get(object_name)
    value = Option(value=str(chosen), label=title or str(chosen)) if chosen is not None else None
    return text(
        "record", one.title if one else _("Record"), value, errors, kind="link", source=f"/choose/{object_name}"
    )


async def _try_page(
    web: Web, request: Visit, work: Workspace, flow: UUID, chosen: UUID | None, found: Tried | Invalid | None = None
) -> TryPage:
    record = await keeping.flow_of(work, flow)
    body = (await keeping.versions(work, flow))[0].body
    error = found if isinstance(found, Invalid) else None
    field = await _chooser(work, body.trigger.object, chosen, errors_of(error)) if body.trigger.object else None
    values = {
        **frame(
            web, request, work, PLACE, _("Try %(name)s") % {"name": record["name"]}, error=error, known=("record",)
        ),
        "record": field, "action": f"{PLACE}/{flow}/try", "back": f"{PLACE}/{flow}",
    }  # fmt: skip
    if not isinstance(found, Tried):
        return TryPage(**values)
    label, meaning = STEP_STATES[found.state]
    steps = []
    for row in found.steps:
        step = body.by_id.get(row.step)
        step_label, step_meaning = STEP_STATES[row.state]
        detail = dict(row.detail or {})
        sent = detail.pop("would_send", None)
        steps.append(
            TriedStep(
                words=step_words(work.registry, body, step) if step else row.step, state=_(step_label),
                meaning=step_meaning, message=row.message, facts=facts_of(detail, sent),
            )
        )  # fmt: skip
    titles = await titles_in(work, found.changes)
    changes = tuple(line for entry in found.changes for line in change_lines(work, entry, titles))
    return TryPage(
        **values, tried=True, starts=found.starts, state=_(label), meaning=meaning, message=found.message,
        steps=tuple(steps), changes=changes,
    )  # fmt: skip

"""The web application: every interface that speaks HTTP, in one ASGI application."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import CacheControlHeader
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router

import relata.interfaces.web
from relata.app import erasures, notifying, sending_mail, tasks
from relata.app.assembly import House, readiness
from relata.app.directory import ByHost, placed
from relata.app.secret_key import secret_key
from relata.app.settings import Settings
from relata.connectors.dns.texts import text_records
from relata.connectors.places.mmdb import PlacesFile
from relata.engine.collaboration.push.keys import PushKey
from relata.engine.identity.alerts import arrivals
from relata.engine.identity.sign_on.openid import OpenId
from relata.interfaces.html.assets import STATIC, Assets
from relata.interfaces.html.environment import create_environment, render
from relata.interfaces.http.asgi import App
from relata.interfaces.http.development_mail import development_mail
from relata.interfaces.http.ground import Ground, Ports, build
from relata.interfaces.http.problems import ProblemBody
from relata.interfaces.http.settings import HttpSettings
from relata.interfaces.rest import api
from relata.interfaces.rest.carddav import mount as carddav
from relata.interfaces.rest.scim import mount as scim
from relata.interfaces.web import (
    account,
    approval_links,
    approvals,
    assignments,
    boards,
    bulk,
    bulk_flows,
    bulk_runs,
    calendar_feeds,
    calendars,
    capture,
    cells,
    columns,
    completing,
    confirming,
    conversations,
    dashboards,
    desks,
    duplicates,
    erasing,
    exporting,
    exports,
    facts,
    figures,
    file_links,
    files,
    filling_in,
    filtering,
    finding,
    focus,
    forms,
    galleries,
    grouping,
    histories,
    home,
    hooks,
    imports,
    lists,
    mail_links,
    maps,
    merges,
    notifications,
    oauth,
    oauth_endpoints,
    packing,
    panels,
    records,
    reports,
    second_step,
    settings,
    sign_on,
    signatures,
    streams,
    team_calendars,
    timelines,
    views,
    writing,
)
from relata.interfaces.web.account import PublicView
from relata.interfaces.web.error_words import heading
from relata.interfaces.web.ground import Web, formatter

#: Built files carry a hash of their content in their name, so they never change.
FOREVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
#: The pages of coming in, before those of work.
_COMING_IN = (home, account, second_step, confirming, sign_on, oauth, oauth_endpoints, approval_links, hooks, capture)


def create_app() -> App:
    """For one web process; settings and the database's address come from its environment."""
    settings = Settings.from_environment(os.environ)
    if settings.places:
        arrivals.LOCATOR[0] = PlacesFile(Path(settings.places))
    own = assemble(House.of(settings, settings.database_url))
    others = {host: partial(_assembled, each) for host, each in placed(settings).items()}
    return ByHost(own, others) if others else own


def _assembled(settings: Settings) -> App:
    return assemble(House.of(settings, settings.database_url))


def assemble(house: House) -> Ground:
    """The application over an unopened house, which it opens and closes with its lifespan."""
    environment = create_environment([Path(relata.interfaces.web.__path__[0]) / "templates"], Assets())
    tasks.register(house, house.queue)
    web = Web(
        house.door, environment, house.settings.address, house.outbox.post, house.first_setup,
        house.files, house.queue, sealer=house.sealer, erasing=erasures.outside(house), live=house.audience,
        files_origin=house.settings.files_origin, openid=OpenId(house.guard),
        stop_mails=lambda token: notifying.stop_mails_of(house, token), text_records=text_records,
        mail_links=sending_mail.MailLinks(house), mail_servers=house.mail_servers,
        push_key=PushKey.of(secret_key(house.settings)).public, guard=house.guard,
    )  # fmt: skip

    def error_page(problem: ProblemBody, is_fragment: bool) -> str:
        view = PublicView(title=heading(problem.status), message=f"{problem.detail} {problem.hint or ''}".strip())
        return render(environment, "web/problem.html" if is_fragment else "web/error.html", view, formatter(None))

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        stop = asyncio.Event()
        async with house:
            live = asyncio.create_task(house.audience.run(stop))
            try:
                yield
            finally:
                stop.set()
                await live

    development = [development_mail(house.database)] if not house.settings.smtp_url else []
    origin = house.settings.files_origin or house.settings.address
    provisioning = scim.routes(house.door, house.settings.address)
    static = create_static_files_router(path="/static", directories=[STATIC], cache_control=FOREVER, name="static")
    ports = Ports(house.resolver, readiness(house), error_page, house.database.usage)
    return build(
        [
            static,
            *development,
            *api.routes(house.door, house.files, origin, house.queue, house.sealer),
            *provisioning,
            *carddav.routes(house.door),
            *handlers(web),
        ],
        http_settings(house.settings),
        ports,
        lifespan=[lifespan],
    )


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The staff application's handlers."""
    return [
        route
        for part in (
            *_COMING_IN, settings, streams, notifications, approvals, filling_in, finding, focus, desks, files,
            file_links, bulk, bulk_flows, bulk_runs, cells, imports, filtering, boards, calendars, galleries, maps,
            signatures, forms, facts, timelines, histories, duplicates, merges, views, columns, completing,
            assignments, panels, figures, grouping, exports, exporting, packing, lists, erasing, records, dashboards,
            reports, writing, mail_links, conversations, calendar_feeds, team_calendars,
        )
        for route in part.routes(web)
    ]  # fmt: skip


def http_settings(settings: Settings) -> HttpSettings:
    """The HTTP side of the settings."""
    return HttpSettings(
        public_url=settings.public_url,
        files_origin=settings.files_origin,
        hosts=(*settings.hosts, settings.host),
        trusted_proxies=settings.trusted_proxies,
        wider_bodies={
            "/files/": 50_000_000, "/write/": 50_000_000, "/import/": 200_000_000, "/settings/packages/": 20_000_000,
            "/api/v1/bulk/": 200_000_000, "/api/v1/": 50_000_000,
        },
        open_metrics=settings.open_metrics,
    )  # fmt: skip

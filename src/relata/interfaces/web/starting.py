"""The first steps in a new workspace: each is ticked by what is really there, and none by being clicked."""

from __future__ import annotations

import msgspec

from relata.engine.identity.preferences import Preferences
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.search.recent import recent
from relata.engine.ui import samples
from relata.engine.workspace.branding import logo_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Web
from relata.interfaces.web.shell import navigable

#: What nobody typed or imported.
_NOT_OWN = ("demo", "setup", "seed", "migration")
#: Objects that are looked at for records of one's own.
_LOOKED = 4


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. help: why."""

    label: str
    help: str
    href: str
    icon: str
    is_done: bool


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """has_sample: whether there is sample data that this person may remove."""

    steps: tuple[Step, ...]
    has_sample: bool

    @property
    def done(self) -> int:
        """How many steps are behind one."""
        return sum(step.is_done for step in self.steps)


async def start_of(web: Web, work: Workspace) -> Start:
    """The steps that this person can take."""
    objects = [one for one in navigable(work) if not one.reference]
    has_sample = await samples.is_there(work)
    steps = []
    if has_sample and objects:
        steps.append(
            Step(
                label=_("Look at the sample data"), help=_("Open a record and see what stands where."),
                href=f"/{objects[0].path}", icon="eye", is_done=await _has_opened(web, work),
            )
        )  # fmt: skip
    makes = next((one for one in objects if work.actor.rights.level(one, "create")), None)
    may_import = work.actor.rights.permits("import_records")
    if makes is not None:
        steps.append(
            Step(
                label=_("Bring in your own records"),
                help=_("Drop the file that you have, or begin with one customer.") if may_import
                else _("Start with one, such as a customer that you talk to this week."),
                href="/import" if may_import else f"/{makes.path}/new", icon=makes.icon,
                is_done=await _has_own(work, objects[:_LOOKED]),
            )
        )  # fmt: skip
    mailbox = work.registry.objects.get(MAILBOX)
    if mailbox is not None and work.actor.rights.level(mailbox, "create"):
        steps.append(
            Step(
                label=_("Connect your mail"), help=_("What you and your customers write stands on their records."),
                href="/settings/mailboxes", icon="mail", is_done=await work.count(MAILBOX) > 0,
            )
        )  # fmt: skip
    if work.actor.rights.permits("manage_users"):
        steps.append(
            Step(
                label=_("Invite a colleague"), help=_("They get a mail and choose a password of their own."),
                href="/settings/people", icon="users", is_done=await _has_company(work),
            )
        )  # fmt: skip
    if work.actor.rights.permits("manage_objects"):
        steps.append(
            Step(
                label=_("Show whose place this is"), help=_("Name, logo, currency and time zone of the workspace."),
                href="/settings/general", icon="building-2", is_done=logo_of(work.context) is not None,
            )
        )  # fmt: skip
    steps.append(
        Step(
            label=_("Make it yours"), help=_("Light or dark, how dates are written, where you start."),
            href="/settings/appearance", icon="palette", is_done=work.actor.preferences != Preferences(),
        )
    )  # fmt: skip
    return Start(steps=tuple(steps), has_sample=has_sample and samples.may_remove(work))


async def _has_own(work: Workspace, objects: list[Object]) -> bool:
    """Whether the latest record of one of them came from a person, a program or an import."""
    for one in objects:
        found = await work.query(
            Query(one.name, order=parse_order("-created_at"), fields=("id", "created_via"), limit=1)
        )
        if any(row["created_via"] not in _NOT_OWN for row in found.values()):
            return True
    return False


async def _has_company(work: Workspace) -> bool:
    found = await work.query(Query("user", fields=("id", "created_via"), limit=200))
    own = [row for row in found.values() if row["created_via"] not in ("demo",) and row["id"] != work.actor.user]
    return any(row["created_via"] != "setup" for row in own)


async def _has_opened(web: Web, work: Workspace) -> bool:
    tables = work.context.tables
    hits = await recent(work.unit.connection, tables, work.actor, limit=1, opened=web.openings.opened)
    return bool(hits)

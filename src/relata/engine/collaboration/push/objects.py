"""The devices on which people are told: ordinary objects, their owner's alone. Where a device is reached is a secret,
since whoever knows it can write there."""

from __future__ import annotations

from typing import Any

from relata.engine.collaboration.objects import NOTIFICATION
from relata.engine.collaboration.push.letters import read
from relata.engine.collaboration.push.sealing import AUTH_BYTES, is_point
from relata.engine.fetching.client import Guard as Fetching
from relata.engine.metadata.fields import Choice, MultiChoice, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.secret_fields import matching
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

DEVICE = "push_device"
#: So many of one person are told; a lost one is forgotten when its service says so.
MOST_DEVICES = 20
_MINE = Grant(read="own", create="own", change="own", delete="own")
_KIND = next(field for field in NOTIFICATION.fields if isinstance(field, Choice) and field.name == "kind")

DEVICE_OBJECT = Object(
    DEVICE,
    label="Device",
    help="A browser or phone that shows its owner's notifications, also while Relata is not open.",
    icon="smartphone",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Text("name", required=True, max_length=60, help="Which one it is, such as Firefox on Linux."),
        Text(
            "endpoint",
            label="Address",
            required=True,
            max_length=2000,
            sensitivity="secret",
            matched=True,
            help="Where its push service is told, as the browser gave it.",
        ),
        Text("public_key", required=True, max_length=100, help="For what is to be read there alone."),
        Text("auth", label="Secret", required=True, max_length=40, sensitivity="secret", help="Likewise."),
        MultiChoice(
            "kinds",
            label="What it shows",
            default=("mention", "assignment", "approval", "reminder"),
            options=_KIND.options,
            help="What you are told by other ways stays as it is.",
        ),
    ),
)


async def check_device(work: Workspace, draft: Draft) -> None:
    """It can be written to, and a browser tells one person: the latest who asked there."""
    if not (draft.is_new or draft.changed("endpoint") or draft.changed("public_key") or draft.changed("auth")):
        return
    try:
        Fetching(http=True).parse(draft["endpoint"] or "")  # whether one may go there is decided when one does
        known = is_point(read(draft["public_key"] or "")) and len(read(draft["auth"] or "")) == AUTH_BYTES
    except (Invalid, ValueError):
        known = False
    if not known:
        raise Invalid(_("The browser did not say how this device is reached."), code="push_device", field="endpoint")
    if draft.is_new and await work.as_system().count(DEVICE, owner=draft["owner"]) >= MOST_DEVICES:
        raise Invalid(
            _("At most %(most)s devices are told.") % {"most": MOST_DEVICES}, code="too_many", hint=_("Remove one.")
        )


async def add_device(work: Workspace, name: str, endpoint: str, public_key: str, auth: str) -> Any:
    """The device of whoever is at work; known under the same address it is renewed, and somebody else's no longer."""
    trusted, values = work.as_system(), {"public_key": public_key, "auth": auth}
    mine = None
    for one in await trusted.get_many(DEVICE, await matching(trusted, DEVICE, "endpoint", endpoint)):
        if one["owner"] == work.actor.user and mine is None:
            mine = one
        else:
            await trusted.delete(one)
    if mine is not None:
        return await work.change((DEVICE, mine.id), values)
    return await work.create(DEVICE, {"name": name[:60], "endpoint": endpoint, "owner": work.actor.user, **values})


GUARDS = (Guard(DEVICE, check_device),)

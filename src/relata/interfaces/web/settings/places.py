"""The pages of the settings: which there are, and which are of use to somebody."""

from __future__ import annotations

import msgspec

from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the settings. needs: the permission without which it is not offered; `everyone` needs none."""

    label: str
    href: str
    icon: str
    help: str
    needs: str = ""
    current: bool = False


class PlaceGroup(msgspec.Struct, frozen=True):
    """Places with a heading."""

    label: str
    items: tuple[Place, ...]


_PERSONAL = (
    Place(
        label=later("Profile"),
        href="/settings/profile",
        icon="circle-user",
        help=later("Your name, phone, language and time zone."),
    ),
    Place(label=later("Password"), href="/settings/password", icon="lock", help=later("Choose another password.")),
    Place(
        label=later("Second factors"),
        href="/settings/second-factors",
        icon="shield-check",
        help=later("A passkey or an app, beside your password."),
    ),
    Place(label=later("Sessions"), href="/settings/sessions", icon="laptop", help=later("Where you are signed in.")),
    Place(
        label=later("Preferences"),
        href="/settings/appearance",
        icon="palette",
        help=later("Light or dark, formats of dates and numbers, where you start, keys."),
    ),
    Place(
        label=later("Notifications"),
        href="/settings/notifications",
        icon="bell",
        help=later("Of what you are told, and how."),
    ),
    Place(
        label=later("Mailboxes"),
        href="/settings/mailboxes",
        icon="inbox",
        help=later("Whose mail comes in here, and what others see of it."),
    ),
    Place(
        label=later("My absence"),
        href="/settings/absence",
        icon="plane",
        help=later("Days on which you are away, and who stands in."),
    ),
    Place(
        label=later("Calendars, phone"),
        href="/settings/connections",
        icon="smartphone",
        help=later("Your meetings and contacts in other programs."),
    ),
    Place(label=later("API keys"), href="/settings/keys", icon="key-round", help=later("Let programs work as you.")),
    Place(
        label=later("Applications"),
        href="/settings/applications",
        icon="plug",
        help=later("What you allowed to work for you, and your own."),
    ),
)
_WORKSPACE = (
    Place(
        label=later("General"),
        href="/settings/general",
        icon="building-2",
        needs="manage_objects",
        help=later("Name, currency, region, time zone."),
    ),
    Place(
        label=later("Exchange rates"),
        href="/settings/rates",
        icon="banknote",
        needs="manage_objects",
        help=later("What other currencies are worth, for totals."),
    ),
    Place(
        label=later("Sending mail"),
        href="/settings/mail-sending",
        icon="send",
        help=later("Whether mail arrives, what is noted of it, who gets no mailings."),
    ),
    Place(
        label=later("Mail templates"),
        href="/settings/mail-templates",
        icon="file-text",
        help=later("Mails to begin with, and words that one writes often."),
    ),
    Place(
        label=later("People"),
        href="/settings/people",
        icon="users",
        needs="manage_users",
        help=later("Who works here, invitations, roles."),
    ),
    Place(
        label=later("Teams"),
        href="/settings/teams",
        icon="network",
        needs="manage_users",
        help=later("Teams and who leads them."),
    ),
    Place(
        label=later("Groups"),
        href="/settings/groups",
        icon="users-round",
        needs="manage_users",
        help=later("What the company's directory keeps here, and the roles it gives."),
    ),
    Place(
        label=later("Roles"),
        href="/settings/roles",
        icon="shield",
        needs="manage_roles",
        help=later("Who may see and do what."),
    ),
    Place(
        label=later("Sharing rules"),
        href="/settings/sharing-rules",
        icon="share-2",
        needs="manage_roles",
        help=later("Open records to people by a condition."),
    ),
    Place(
        label=later("Working time"),
        href="/settings/working-time",
        icon="calendar-clock",
        needs="manage_users",
        help=later("When people work: calendars and holidays."),
    ),
    Place(
        label=later("Assignment"),
        href="/settings/assignment",
        icon="route",
        needs="manage_objects",
        help=later("Who gets new records, and until when an answer is due."),
    ),
    Place(
        label=later("Scoring"),
        href="/settings/scoring",
        icon="gauge",
        needs="manage_objects",
        help=later("Points for what somebody is and does, and the letters that they earn."),
    ),
    Place(
        label=later("Conversion"),
        href="/settings/mappings",
        icon="arrow-left-right",
        needs="manage_objects",
        help=later("Which fields of a lead go to its account, contact and deal."),
    ),
    Place(
        label=later("Capture forms"),
        href="/settings/forms",
        icon="form",
        needs="manage_objects",
        help=later("Pages on which strangers leave their address: on your web site, with consent."),
    ),
    Place(
        label=later("Approvals"),
        href="/settings/approvals",
        icon="badge-check",
        needs="manage_approvals",
        help=later("What must be agreed to, by whom, in which order."),
    ),
    Place(
        label=later("Objects and fields"),
        href="/settings/objects",
        icon="boxes",
        needs="manage_objects",
        help=later("What you keep records of."),
    ),
    Place(
        label=later("Pipelines and stages"),
        href="/settings/boards",
        icon="square-kanban",
        needs="manage_objects",
        help=later("The columns of boards: order, names, probability."),
    ),
    Place(
        label=later("Choice lists"),
        href="/settings/choices",
        icon="list-checks",
        needs="manage_objects",
        help=later("What the fields with options offer."),
    ),
    Place(
        label=later("Flows"),
        href="/settings/flows",
        icon="workflow",
        needs="manage_flows",
        help=later("What happens by itself when something happened."),
    ),
    Place(
        label=later("Webhooks"),
        href="/settings/webhooks",
        icon="webhook",
        needs="manage_webhooks",
        help=later("Other servers that are told what happens here."),
    ),
    Place(
        label=later("Modules"),
        href="/settings/modules",
        icon="puzzle",
        needs="manage_objects",
        help=later("Switch parts of the product on and off."),
    ),
    Place(
        label=later("Packages"),
        href="/settings/packages",
        icon="package",
        needs="manage_roles",
        help=later("The configuration as files: taken along, compared, applied as a whole, rolled back."),
    ),
    Place(
        label=later("All API keys"),
        href="/settings/all-keys",
        icon="key",
        needs="manage_keys",
        help=later("The keys of everybody."),
    ),
    Place(
        label=later("All applications"),
        href="/settings/all-applications",
        icon="blocks",
        needs="manage_keys",
        help=later("Applications that everybody here may allow something."),
    ),
    Place(
        label=later("Views for BI tools"),
        href="/settings/sql-access",
        icon="database",
        needs="manage_roles",
        help=later("Other programs read what a person sees here, with SQL."),
    ),
    Place(
        label=later("Security"),
        href="/settings/security",
        icon="shield-alert",
        needs="manage_users",
        help=later("What was unusual about how people come in."),
    ),
    Place(
        label=later("Coming in"),
        href="/settings/coming-in",
        icon="log-in",
        needs="manage_roles",
        help=later("From which networks, and who needs a second factor."),
    ),
    Place(
        label=later("Sign-on"),
        href="/settings/sign-on",
        icon="key-round",
        needs="manage_roles",
        help=later("Come in by your company's identity provider."),
    ),
    Place(
        label=later("Audit log"),
        href="/settings/audit",
        icon="history",
        needs="see_audit",
        help=later("Everything that happened here."),
    ),
    Place(
        label=later("Jobs"),
        href="/settings/jobs",
        icon="list-ordered",
        needs="see_audit",
        help=later("Background work: what waits, what failed, what recurs."),
    ),
    Place(
        label=later("Personal data"),
        href="/settings/reads",
        icon="eye",
        needs="see_audit",
        help=later("Who read the personal values of whom."),
    ),
    Place(
        label=later("Adoption"),
        href="/settings/adoption",
        icon="chart-line",
        needs="manage_users",
        help=later("What is used and what lies idle, by team and never by person."),
    ),
    Place(
        label=later("Data quality"),
        href="/settings/quality",
        icon="list-checks",
        needs="manage_objects",
        help=later("What records lack, which rules they break, what is old or there twice, and what mends it."),
    ),
    Place(
        label=later("Health"),
        href="/settings/health",
        icon="activity",
        needs="see_audit",
        help=later("The database, the queue and the disk."),
    ),
)

#: The places of the workspace by what one comes for; one that is named nowhere stands in the first group.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("general", "rates", "modules", "packages")),
    (later("People and rights"), ("people", "teams", "groups", "roles", "sharing-rules", "working-time")),
    (later("Records"), ("objects", "boards", "choices", "mappings", "quality")),
    (later("Mail and forms"), ("mail-sending", "mail-templates", "forms")),
    (later("What happens by itself"), ("assignment", "scoring", "approvals", "flows", "webhooks")),
    (later("Other programs"), ("all-keys", "all-applications", "sql-access")),
    (later("Security"), ("coming-in", "sign-on", "security", "audit", "reads")),
    (later("Running it"), ("jobs", "health", "adoption")),
)  # fmt: skip
_PART_OF = {f"/settings/{name}": at for at, (_label, names) in enumerate(_PARTS) for name in names}


def place_at(href: str) -> Place | None:
    """The place of that address."""
    return next((one for one in (*_PERSONAL, *_WORKSPACE) if one.href == href), None)


def groups(work: Workspace, current: str) -> tuple[PlaceGroup, ...]:
    """The places that are of use to this person."""
    found = []
    parts = [(label and _(label), [one for one in _WORKSPACE if _PART_OF.get(one.href, 0) == at])
             for at, (label, _names) in enumerate(_PARTS)]  # fmt: skip
    for label, places in ((_("You"), _PERSONAL), *parts):
        shown = tuple(
            msgspec.structs.replace(one, label=_(one.label), help=_(one.help), current=one.href == current)
            for one in places
            if work.actor.rights.permits(one.needs)
        )
        if shown:
            found.append(PlaceGroup(label or work.settings.name, shown))
    return tuple(found)

"""Views of the sample forms: a record, settings, sign-in."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.interfaces.html.patterns.company import ADDRESS, deals, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import (
    FormField,
    Labelled,
    MoneyText,
    NavGroup,
    NavItem,
    Option,
    PersonName,
    Shell,
)


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    title: str
    sections: tuple[tuple[str, str, tuple[FormField, ...]], ...]
    problems: tuple[Any, ...] = ()
    places: tuple[NavGroup, ...] = ()


_PHONE_LABELS = (Option(value="work", label="Work"), Option(value="mobile", label="Mobile"))


def form_screen() -> FormView:
    return FormView(
        shell=shell("Contacts"),
        title="New contact",
        sections=(
            (
                "Person",
                "",
                (
                    FormField(
                        name="name",
                        label="Name",
                        kind="person_name",
                        required=True,
                        value=PersonName(given="Sigrid", family="Halvorsen"),
                    ),
                    FormField(name="title", label="Job title", value="Chief executive"),
                    FormField(
                        name="account",
                        label="Account",
                        kind="link",
                        source="/patterns/options",
                        required=True,
                        value=Option(value="a1", label="Halvorsen Maritime"),
                        placeholder="Find an account",
                    ),
                    FormField(
                        name="roles",
                        label="Roles",
                        kind="tags",
                        source="/patterns/options",
                        creates=True,
                        value=(Option(value="1", label="Decides"), Option(value="2", label="Signs")),
                    ),
                    FormField(
                        name="emails",
                        label="E-mail",
                        kind="emails",
                        labels=_PHONE_LABELS,
                        value=(Labelled("sigrid@halvorsen.example", "work"),),
                        error="This address belongs to another contact. Merge them or use another address.",
                    ),
                    FormField(
                        name="phones",
                        label="Phone",
                        kind="phones",
                        labels=_PHONE_LABELS,
                        value=(Labelled("+47 55 01 20 30", "work"), Labelled("+47 911 22 333", "mobile")),
                    ),
                ),
            ),
            (
                "Relationship",
                "How we work with this person, and what they have agreed to.",
                (
                    FormField(
                        name="source",
                        label="Source",
                        kind="choice",
                        value="fair",
                        options=(Option(value="fair", label="Trade fair"), Option(value="web", label="Website")),
                    ),
                    FormField(
                        name="budget",
                        label="Budget",
                        kind="money",
                        currencies=("EUR", "NOK", "USD"),
                        value=MoneyText("250,000", "NOK"),
                        help="What they may sign without the board.",
                    ),
                    FormField(name="birthday", label="Birthday", kind="date", value="1974-05-12"),
                    FormField(name="share", label="Share of wallet", kind="percent", value="35"),
                    FormField(name="rating", label="Influence", kind="rating", value=4),
                    FormField(
                        name="mailing",
                        label="May receive the newsletter",
                        kind="boolean",
                        value=True,
                        help="Given on 4 August by form.",
                    ),
                    FormField(name="address", label="Address", kind="address", value=ADDRESS),
                    FormField(name="notes", label="Notes", kind="long_text", placeholder="What should others know?"),
                    FormField(name="file", label="Picture", kind="file", wide=True),
                ),
            ),
        ),
        problems=(Sample(label="", name="emails"),),
    )


_PLACES = (
    NavGroup(
        label="You",
        items=(
            NavItem(label="Profile", href="#", icon="circle-user"),
            NavItem(label="Notifications", href="#", icon="bell"),
        ),
    ),
    NavGroup(
        label="Workspace",
        items=(
            NavItem(label="General", href="#", icon="settings-2", current=True),
            NavItem(label="People", href="#", icon="users", count=12),
            NavItem(label="Roles", href="#", icon="shield-check"),
            NavItem(label="Objects and fields", href="#", icon="blocks"),
            NavItem(label="API keys", href="#", icon="key-round"),
        ),
    ),
)


def settings_screen() -> FormView:
    return FormView(
        shell=shell(),
        title="Workspace",
        places=_PLACES,
        sections=(
            (
                "General",
                "What people and customers see.",
                (
                    FormField(name="name", label="Name", value="Lindqvist & Co", required=True, wide=True),
                    FormField(
                        name="address",
                        label="Web address",
                        value="lindqvist",
                        suffix=".crm.example",
                        wide=True,
                        help="Links that you have shared keep working after a change.",
                    ),
                ),
            ),
            (
                "Region",
                "How dates, numbers and money are written where a person has not chosen.",
                (
                    FormField(
                        name="language",
                        label="Language",
                        kind="choice",
                        value="en",
                        options=(Option(value="en", label="English (United Kingdom)"),),
                    ),
                    FormField(
                        name="zone",
                        label="Time zone",
                        kind="choice",
                        value="b",
                        options=(Option(value="b", label="Europe/Berlin"),),
                    ),
                    FormField(
                        name="currency",
                        label="Currency",
                        kind="choice",
                        value="EUR",
                        options=(Option(value="EUR", label="Euro (EUR)"),),
                    ),
                    FormField(
                        name="week",
                        label="Week starts on",
                        kind="radio",
                        value="mo",
                        options=(Option(value="mo", label="Monday"), Option(value="su", label="Sunday")),
                    ),
                ),
            ),
            (
                "Sign-in",
                "Rules for everyone in this workspace.",
                (
                    FormField(
                        name="second",
                        label="Ask for a second factor",
                        kind="boolean",
                        value=True,
                        wide=True,
                        help="People without one set it up at their next sign-in.",
                    ),
                    FormField(name="expiry", label="Sign out after", kind="integer", value="14", suffix="days"),
                ),
            ),
        ),
    )


class SignInView(msgspec.Struct, frozen=True, kw_only=True):
    csrf: str = "example"
    language: str = "en"
    direction: str = "ltr"
    theme: str = "auto"
    email: str = "mara@lindqvist.example"
    error: str = ""


def sign_in() -> SignInView:
    return SignInView(
        error="That e-mail address and password do not belong together. Try again, or reset the password."
    )


class OptionsView(msgspec.Struct, frozen=True, kw_only=True):
    options: tuple[Option, ...]
    query: str = ""


def options() -> OptionsView:
    """What the server would answer to a combobox."""
    accounts = sorted({deal.account for deal in deals()})[:6]
    return OptionsView(
        options=tuple(Option(value=f"a{n}", label=name, note="Account") for n, name in enumerate(accounts, 1)),
        query="New one",
    )

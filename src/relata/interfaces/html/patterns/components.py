"""The view of the page that shows every component in every state."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.interfaces.html.icons import drawings
from relata.interfaces.html.patterns import forms, lists, records
from relata.interfaces.html.patterns.company import PEOPLE, STAGES, shell
from relata.interfaces.html.patterns.sample import Sample
from relata.interfaces.html.view_values import FormField, Option, Shell

LONG = (
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung and everything else that somebody once "
    "typed into a field because nothing stopped them from doing so"
)


class ComponentsView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    list: lists.ListView
    record: records.RecordView
    board: lists.BoardView
    fields: tuple[FormField, ...]
    samples: tuple[Sample, ...]
    icons: tuple[str, ...]
    problems: tuple[Any, ...]
    long: str = LONG
    stages: dict[str, Option] = msgspec.field(default_factory=lambda: STAGES)
    stage_items: tuple[Sample, ...] = ()


class Problem(msgspec.Struct, frozen=True):
    message: str
    field: str = ""


def components() -> ComponentsView:
    form = forms.form_screen()
    return ComponentsView(
        shell=shell(),
        list=lists.list_screen(),
        record=records.record_screen(),
        board=lists.board_screen(),
        fields=(
            *(field for _, _, fields in form.sections for field in fields),
            FormField(name="datetime", label="Starts", kind="datetime", value="2026-09-17T10:30"),
            FormField(
                name="choices",
                label="Channels",
                kind="choices",
                value=("mail",),
                options=(Option(value="mail", label="E-mail"), Option(value="phone", label="Phone")),
            ),
            FormField(name="code", label="Payload", kind="json", value='{"stage": "won"}'),
            FormField(name="off", label="Not for you", value="You can't change this", disabled=True),
            FormField(name="fixed", label="Number", kind="read_only", value="OP-2026-00118"),
            FormField(name="password", label="Password", kind="password", value="correct horse"),
        ),
        samples=tuple(Sample(label=person, value=key) for key, person in PEOPLE.items()),
        stage_items=(
            Sample(label="Qualify", state="done", post="#"),
            Sample(label="Discover", state="done", post="#"),
            Sample(label="Proposal", state="current"),
            Sample(label="Negotiate", state="ahead", post="#"),
            Sample(label="Won", state="ahead", post="#"),
        ),
        icons=tuple(drawings()),
        problems=(Problem("E-mail is already used by another contact.", "emails"), Problem("Name is missing.", "name")),
    )

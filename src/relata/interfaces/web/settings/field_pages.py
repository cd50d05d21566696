"""The pages of fields as values: the types to choose from, the form of a definition, one field."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.workspace.convertible import Misfit, NotConvertible
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import inline
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings import other_languages
from relata.interfaces.web.settings.field_forms import (
    COLOUR_OPTIONS,
    OptionRow,
    inputs,
    option_rows,
    read_options,
)
from relata.interfaces.web.settings.field_types import BY_TAG, FieldType
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    text,
)

PLACE = "/settings/objects"


class TypesPage(Page, frozen=True, kw_only=True):
    """All types to choose from. href: the form; the type's tag follows."""

    types: tuple[tuple[str, tuple[FieldType, ...]], ...]
    href: str


class Editor(msgspec.Struct, frozen=True, kw_only=True):
    """An expression that is checked as it is typed. object: over whose records; way: formula, condition."""

    field: FormField
    object: str
    way: str


class DefinitionPage(Page, frozen=True, kw_only=True):
    """The form of a definition. rows: the options' editor, or None. misfits: values that would be lost."""

    object: str
    kind: FieldType
    fields: tuple[FormField, ...]
    rows: tuple[OptionRow, ...] | None
    colours: tuple[Option, ...]
    editor: Editor | None
    action: str
    cancel: str
    submit: str
    misfits: tuple[Misfit, ...] = ()
    lost: int = 0
    others: tuple[Option, ...] = ()


class AskedUse(msgspec.Struct, frozen=True, kw_only=True):
    """A report, dashboard, metric or alert that uses a field. href: "" for what has no page of its own."""

    kind: str
    title: str
    href: str = ""


class FieldPage(Page, frozen=True, kw_only=True):
    """One field: what may be changed at any time, its uses, deleting it. asked: what people ask of it, as far as the
    reader sees that; asked_by_others: whether there is more."""

    name: str
    kind: FieldType
    fields: tuple[FormField, ...]
    rows: tuple[OptionRow, ...] | None
    colours: tuple[Option, ...]
    uses: tuple[str, ...]
    custom: bool
    action: str
    editors: tuple[Editor, ...] = ()
    asked: tuple[AskedUse, ...] = ()
    asked_by_others: bool = False


def definition_page(
    web: Web,
    request: Visit,
    work: Workspace,
    one: Object,
    kind: FieldType,
    form: Form,
    error: Refused | None,
    *,
    submit: str,
    action: str,
    cancel: str,
    is_new: bool,
    title: str = "",
    others: tuple[Option, ...] = (),
) -> DefinitionPage:
    """The form of a definition with what is wrong in it, and the values that a change would lose."""
    errors = errors_of(error)
    report = error.report if isinstance(error, NotConvertible) else None
    in_expression = error.message if error and any(problem.position is not None for problem in error.problems) else ""
    fields = inputs(work, one, kind, form, errors, is_new=is_new)
    known = {field.name for field in fields} | {"expression", "where"}
    shown = None if report or in_expression else error
    return DefinitionPage(
        **frame(
            web,
            request,
            work,
            PLACE,
            title or _("New %(label)s: %(objects)s") % {"label": inline(kind.label), "objects": one.nouns},
            error=shown,
            known=known,
        ),
        object=one.name,
        kind=kind,
        fields=fields,
        rows=option_rows(form) if "options" in kind.asks else None,
        colours=COLOUR_OPTIONS,
        editor=_editor(work, one, kind, form, in_expression or errors.get("expression", "") or errors.get("where", "")),
        action=action,
        cancel=cancel,
        submit=submit,
        misfits=tuple(report.misfits[:20]) if report else (),
        lost=report.failed if report else 0,
        others=others,
    )


def _editor(work: Workspace, one: Object, kind: FieldType, form: Form, error: str) -> Editor | None:
    if kind.tag == "formula":
        field = text(
            "expression",
            _("Formula"),
            last(form, "expression"),
            {"expression": error},
            required=True,
            help=_("Such as amount * probability / 100"),
        )
        return Editor(field=field, object=one.name, way="formula")
    if kind.tag == "roll_up":
        relation = work.registry.relations[one.name].get(last(form, "over"))
        field = text(
            "where",
            _("Only those where"),
            last(form, "where"),
            {"where": error},
            help=_('Of the related records, such as stage = "won". Empty: all.'),
        )
        return Editor(field=field, object=relation.child if relation else "", way="condition")
    return None


def tweak_fields(field: Field, form: Form, error: Refused | None) -> tuple[FormField, ...]:
    """What of a field may be changed at any time, as inputs."""
    errors = errors_of(error)
    found = [
        text("label", _("Label"), last(form, "label"), errors, required=True, max_length=120),
        *other_languages.inputs(
            "label", _("Label"), last(form, "label"), field.labels, form, errors, is_own=field.custom
        ),
        text(
            "help",
            _("Help"),
            last(form, "help"),
            errors,
            help=_("One sentence for whoever fills it in."),
            max_length=1000,
            wide=True,
        ),
    ]
    if field.stored:
        found.append(
            text(
                "required",
                _("Required"),
                last(form, "required") == "true",
                errors,
                kind="boolean",
                help=_("A record can't be saved without it."),
            )
        )
        found.append(
            text(
                "indexed",
                _("Fast lists"),
                last(form, "indexed") == "true",
                errors,
                kind="boolean",
                help=_("Sorting and filtering stay quick at any size."),
            )
        )
    found.append(
        text(
            "hidden",
            _("Hidden"),
            last(form, "hidden") == "true",
            errors,
            kind="boolean",
            help=_("Left out of forms and pages; its values stay."),
        )
    )
    return tuple(found)


def condition_editors(one: Object, field: Field, form: Form, error: Refused | None) -> tuple[Editor, ...]:
    """When the field shows, and when it can't be empty."""
    errors = errors_of(error)
    asked = [("visible", _("Shown when"), _('Empty: always. Such as status = "lost"; screens follow while one types.'))]
    if field.stored and not field.system:
        everywhere = _("Empty: as above. It holds on screens, in imports and through the API.")
        asked.append(("required_when", _("Required when"), everywhere))
    return tuple(
        Editor(
            field=text(name, label, last(form, name), errors, help=help),
            object=one.name if at == 0 else "",
            way=name,
        )
        for at, (name, label, help) in enumerate(asked)
    )


def read_tweak(field: Field, form: Form) -> dict[str, Any]:
    """The same as the form sent it, for the engine to judge."""
    found: dict[str, Any] = {
        "label": last(form, "label"),
        "help": last(form, "help"),
        "hidden": last(form, "hidden") == "true",
    }
    if field.stored:
        found |= {"required": last(form, "required") == "true", "indexed": last(form, "indexed") == "true"}
    found |= {name: last(form, name) for name in ("visible", "required_when") if name in form}
    if "options" in BY_TAG[field.type_name].asks:
        kept = {option.value: msgspec.to_builtins(option) for option in getattr(field, "options", ())}
        found["options"] = [{**kept.get(option["value"], {}), **option} for option in read_options(form)]
    return found

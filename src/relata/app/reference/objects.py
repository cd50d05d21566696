"""Modules with their objects, fields and actions; the types of fields."""

from __future__ import annotations

from relata.app.reference.markdown import code, table
from relata.engine.metadata.fields import FIELD_TYPES, AnyLink, Choice, Field, Formula, Link, Links, MultiChoice, RollUp
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry


def page(registry: Registry, module: Module) -> str:
    """One module."""
    depends = f"\n\nNeeds {', '.join(f'[{name}]({name}.md)' for name in module.depends)}." if module.depends else ""
    text = f"# {module.label}\n\n{module.help}{depends}\n"
    for one in module.objects:
        text += _object(registry, registry.get(one.name))
    for extension in module.extensions:
        text += f"\n## Added to {registry.get(extension.object).nouns}\n\n{_fields(extension.fields)}"
    return text


def field_types() -> str:
    """Every type with what one should know."""
    rows = [(code(str(kind.__struct_config__.tag)), (kind.__doc__ or "").strip()) for kind in FIELD_TYPES]
    return f"# Types of fields\n\n{table(('Type', 'What it holds'), rows)}"


def _object(registry: Registry, one: Object) -> str:
    text = f"\n## {one.title}\n\n`{one.name}`, in the API `/api/v1/{one.path}`. {one.help}\n\n{_fields(one.fields)}"
    if one.lifecycle:
        moves = [(code(state), ", ".join(map(code, to))) for state, to in one.lifecycle.moves.items()]
        text += f"\n`{one.lifecycle.field}` begins as `{one.lifecycle.initial}`.\n\n{table(('From', 'To'), moves)}"
    related = registry.relations[one.name].values()
    if related:
        text += f"\nRelated lists: {', '.join(code(relation.name) for relation in related)}.\n"
    actions = registry.actions.get(one.name, {}).values()
    if actions:
        rows = [(code(action.name), action.label, code(action.needs), action.help) for action in actions]
        text += f"\n{table(('Action', 'Label', 'Needs', 'What it does'), rows)}"
    return text


def _fields(fields: tuple[Field, ...]) -> str:
    return table(
        ("Field", "Type", "What it is"), [(code(field.name), field.type_name, _about(field)) for field in fields]
    )


def _about(field: Field) -> str:
    parts = [field.help]
    if field.required:
        parts.append("Required.")
    if field.unique:
        parts.append("Unique.")
    match field:
        case Choice() | MultiChoice():
            parts.append(
                f"One of {', '.join(code(option.value) for option in field.options)}." if field.options else ""
            )
        case Link() | Links():
            parts.append(f"To {code(field.to)}.")
        case AnyLink() if field.to_any:
            parts.append(f"To {', '.join(map(code, field.to_any))}.")
        case Formula():
            parts.append(f"= {code(field.expression)}")
        case RollUp():
            what = (
                f"{field.function} of {field.over}.{field.field}"
                if field.field
                else f"{field.function} of {field.over}"
            )
            parts.append(f"= {code(what + (f' where {field.where}' if field.where else ''))}")
    return " ".join(part for part in parts if part)

"""The Jinja environment of every screen: strict about what is undefined, always escaping, formats and icons at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from gettext import NullTranslations
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

from jinja2 import BaseLoader, BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket

from relata.foundation import i18n
from relata.interfaces.html import formatting
from relata.interfaces.html.assets import Assets
from relata.interfaces.html.compiling import prepare
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.icons import icon
from relata.interfaces.html.initials import colour_of, initials
from relata.interfaces.html.phones import phone
from relata.interfaces.html.rich_text import rich_text

TEMPLATES = Path(__file__).parent / "templates"

_FORMATS = (
    "number percent money own_money compact date day month full_date time datetime relative duration filesize country"
    " sequence".split()
)


class _Compiled(BytecodeCache):
    """Templates compiled once in a process, however many applications it makes; compiling one takes 50 ms."""

    _kept: ClassVar[dict[str, tuple[str, CodeType | None]]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = (bucket.checksum, bucket.code)


def create_environment(
    template_dirs: Iterable[Path] = (),
    assets: Assets | None = None,
    *,
    modules: Mapping[str, Path] | None = None,
    reload: bool = False,
) -> Environment:
    """An environment whose templates see `view`, the filters of `Formatter`, `icon`, `asset` and `_`.

    template_dirs: searched before the shared templates. modules: name -> folder, reached as
    `sales/quote.html`, so that two modules may use the same file name. reload: look for changed files at
    each rendering (development).
    """
    folders = [*map(str, template_dirs), str(TEMPLATES)]
    loaders: list[BaseLoader] = [FileSystemLoader(folders)]
    if modules:
        loaders.append(PrefixLoader({name: FileSystemLoader(str(path)) for name, path in modules.items()}))
    environment = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=reload,
        bytecode_cache=_Compiled(),
        cache_size=-1 if not reload else 400,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext,
        i18n.ngettext,
        newstyle=True,
        pgettext=i18n.pgettext,
        npgettext=i18n.npgettext,
    )
    prepare(environment)
    environment.filters.update({name: _format(name) for name in _FORMATS})
    environment.filters.update(
        initials=initials, colour_of=colour_of, phone=phone, rich_text=rich_text, inline=i18n.inline
    )
    environment.globals.update(icon=icon, asset=assets or Assets())
    return environment


def render(
    environment: Environment,
    template: str,
    view: object,
    formatter: Formatter,
    translations: NullTranslations | None = None,
) -> str:
    """The text of a page or fragment. The template gets `view` and nothing else."""
    with formatting.formatting_with(formatter):
        if translations is None:
            return environment.get_template(template).render(view=view)
        with i18n.translating_with(translations):
            return environment.get_template(template).render(view=view)


def _format(name: str) -> Callable[..., str]:
    method = getattr(Formatter, name)

    def write(value: Any, *args: Any, **kwargs: Any) -> str:
        return str(method(formatting.current(), value, *args, **kwargs))

    return write

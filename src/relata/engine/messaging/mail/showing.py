"""A mail's HTML as it may be shown: cleaned, its styles in one sheet, nothing fetched from elsewhere unless asked for.

It is shown in a frame without script and without an origin; what is cleaned here is what such a frame should not even
see.
"""

from __future__ import annotations

import contextlib
import html as escaping
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import nh3

_TAGS = frozenset(
    "a abbr acronym b bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em font"
    " h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody"
    " td tfoot th thead tr tt u ul var wbr".split()
)
_ALIGN = {"align", "valign", "width", "height", "bgcolor", "dir", "lang", "style"}
_ATTRIBUTES = {
    **dict.fromkeys(_TAGS, _ALIGN),
    "a": _ALIGN | {"href", "title"},
    "img": _ALIGN | {"src", "alt", "title", "border", "hspace", "vspace"},
    "table": _ALIGN | {"border", "cellpadding", "cellspacing"},
    "td": _ALIGN | {"colspan", "rowspan", "nowrap"},
    "th": _ALIGN | {"colspan", "rowspan", "nowrap", "scope"},
    "font": _ALIGN | {"color", "face", "size"},
    "ol": _ALIGN | {"start", "type"},
}
_STYLES = frozenset(
    "background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width border-collapse"
    " border-color border-left border-left-color border-left-style border-left-width border-radius border-right"
    " border-right-color border-right-style border-right-width border-spacing border-style border-top border-top-color"
    " border-top-style border-top-width border-width color display font-family font-size font-style font-variant"
    " font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right"
    " margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top text-align"
    " text-decoration text-indent text-transform vertical-align white-space width word-break".split()
)
#: One tag as the cleaner writes it: names in small letters, values in double quotes.
_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*>')
_STYLE = re.compile(r' style="([^"]*)"')
#: What has no place in a declaration: ends of rules and sheets, imports, addresses.
_UNFIT = re.compile(r"[{}<>@\\]|url\s*\(|expression|/\*", re.IGNORECASE)
_PICTURE = re.compile(r"^data:image/(png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]+$")
_TINY = re.compile(r"^\s*[01](px)?\s*$")


@dataclass(slots=True)
class Shown:
    """html: inert. sheet: its styles. remote: how many pictures would come from elsewhere. trackers: the servers whose
    picture has no size, so that it can only tell somebody that the mail was opened; they are never asked."""

    html: str = ""
    sheet: str = ""
    remote: int = 0
    trackers: set[str] = field(default_factory=set)


def shown(html: str, files: Mapping[str, str], *, pictures: bool = False) -> Shown:
    """The mail as it may be shown. files: where its own pictures are, by content id. pictures: load those from
    elsewhere, too."""
    found = Shown()
    html = _without_trackers(html, found)

    def kept(tag: str, name: str, value: str) -> str | None:
        if name != "src":
            return value
        if value.lower().startswith("cid:"):
            return files.get(value[4:].strip("<> "))
        if _PICTURE.match(value):
            return value
        if urlsplit(value).scheme in ("http", "https"):
            found.remote += 1
            return value if pictures and value.startswith("https:") else None
        return None

    cleaned = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes={name: set(value) for name, value in _ATTRIBUTES.items()},
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=set(_STYLES),
        clean_content_tags={"script", "style", "title", "head", "template", "noscript", "svg", "math"},
    )
    # only pictures may be data; a link to data would be a page of the sender's
    cleaned = re.sub(r' href="\s*(?:data|cid):[^"]*"', "", cleaned, flags=re.IGNORECASE)
    found.html, found.sheet = _with_sheet(cleaned)
    return found


def _without_trackers(html: str, found: Shown) -> str:
    def look(match: re.Match[str]) -> str:
        tag = match.group(0)
        sizes = re.findall(r"\b(?:width|height)\s*[=:]\s*[\"']?\s*([0-9]+(?:px)?)", tag, re.IGNORECASE)
        source = re.search(r"\bsrc\s*=\s*[\"']?(https?:[^\"'\s>]+)", tag, re.IGNORECASE)
        if source and any(_TINY.match(size) for size in sizes):
            with contextlib.suppress(ValueError):
                found.trackers.add((urlsplit(escaping.unescape(source.group(1))).hostname or "")[:253])
            return ""
        return tag

    return re.sub(r"<img\b[^>]{0,5000}>", look, html, flags=re.IGNORECASE)


def _with_sheet(cleaned: str) -> tuple[str, str]:
    """Styles as classes of one sheet, so that the page that shows them needs no inline style."""
    names: dict[str, str] = {}

    def replaced(tag: re.Match[str]) -> str:
        return _STYLE.sub(lambda style: _class(names, escaping.unescape(style.group(1))), tag.group(0))

    text = _TAG.sub(replaced, cleaned)
    return text, "\n".join(f".{name}{{{declarations}}}" for declarations, name in names.items())


def _class(names: dict[str, str], style: str) -> str:
    fit = [one.strip() for one in style.split(";") if one.strip() and not _UNFIT.search(one)]
    if not fit:
        return ""
    declarations = ";".join(fit)
    return f' class="{names.setdefault(declarations, f"s{len(names)}")}"'

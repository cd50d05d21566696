"""The XML of WebDAV, as far as an address book that is only read needs it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from relata.foundation.errors import Invalid

DAV, CARD, CALENDARSERVER = "DAV:", "urn:ietf:params:xml:ns:carddav", "http://calendarserver.org/ns/"
MAX_BYTES = 2_000_000
for _prefix, _space in (("D", DAV), ("C", CARD), ("CS", CALENDARSERVER)):
    ET.register_namespace(_prefix, _space)

Element = ET.Element


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said of one address. found: properties with their values; asked: their names, all that were wanted."""

    href: str
    found: dict[str, Element]
    asked: Sequence[str] = ()
    is_gone: bool = False


def parsed(body: bytes) -> Element | None:
    """The request; None for an empty one. Invalid for what is no XML, or declares entities."""
    if not body.strip():
        return None
    wide = b"\0" in body  # UTF-16, in which the word could hide
    if len(body) > MAX_BYTES or wide or re.search(rb"<!(?:DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise Invalid("This request can't be read.", code="xml", hint="Send plain WebDAV, without entities.")
    try:
        return ET.fromstring(body)  # entities are refused above
    except (ET.ParseError, ValueError, LookupError):
        raise Invalid("This request is not XML.", code="xml") from None


def wanted(request: Element | None) -> tuple[str, ...]:
    """The names of the properties that are asked for; none for all."""
    found = request.find(f"{{{DAV}}}prop") if request is not None else None
    return tuple(one.tag for one in found) if found is not None else ()


def text(name: str, value: str) -> Element:
    """A property with a text."""
    made = ET.Element(name)
    made.text = value
    return made


def holding(name: str, *children: Element) -> Element:
    """A property with others in it."""
    made = ET.Element(name)
    made.extend(children)
    return made


def href(name: str, address: str) -> Element:
    """A property that is an address."""
    return holding(name, text(f"{{{DAV}}}href", address))


def multistatus(answers: Sequence[Answered], *further: Element) -> bytes:
    """The answer: what is there with its value, what is not with 404."""
    root = ET.Element(f"{{{DAV}}}multistatus")
    for one in answers:
        response = ET.SubElement(root, f"{{{DAV}}}response")
        ET.SubElement(response, f"{{{DAV}}}href").text = one.href
        if one.is_gone:
            ET.SubElement(response, f"{{{DAV}}}status").text = "HTTP/1.1 404 Not Found"
            continue
        names = one.asked or tuple(one.found)
        _part(response, [one.found[name] for name in names if name in one.found], "HTTP/1.1 200 OK")
        _part(response, [ET.Element(name) for name in names if name not in one.found], "HTTP/1.1 404 Not Found")
    root.extend(further)
    return written(root)


def written(root: Element) -> bytes:
    """The document."""
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(ET.tostring(root, encoding="utf-8"))


def _part(response: Element, properties: Sequence[Element], status: str) -> None:
    if properties:
        part = ET.SubElement(response, f"{{{DAV}}}propstat")
        ET.SubElement(part, f"{{{DAV}}}prop").extend(properties)
        ET.SubElement(part, f"{{{DAV}}}status").text = status

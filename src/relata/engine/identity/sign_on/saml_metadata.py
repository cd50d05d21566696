"""What a SAML provider publishes about itself, as an administrator pastes it: who it is, where one goes, its keys."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from relata.engine.identity.sign_on import saml
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _

_MD, _DS = "urn:oasis:names:tc:SAML:2.0:metadata", "http://www.w3.org/2000/09/xmldsig#"
_NS = {"m": _MD, "d": _DS}
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


@dataclass(frozen=True, slots=True)
class Described:
    """certificates: PEM, those that sign."""

    issuer: str
    sign_in_url: str
    certificates: tuple[str, ...]


def read(text: str) -> Described:
    """The description in an XML document. Invalid for one that lacks what sign-on needs."""
    try:
        root = saml.parse(text.strip().encode())
    except Denied:
        raise _unfit(_("It can't be read as XML.")) from None
    entity = root if root.tag == f"{{{_MD}}}EntityDescriptor" else None
    role = entity.find("m:IDPSSODescriptor", _NS) if entity is not None else None
    if entity is None or role is None:
        raise _unfit(_("It describes no identity provider."))
    places = role.findall("m:SingleSignOnService", _NS)
    url = next((one.get("Location", "") for one in places if one.get("Binding") == _REDIRECT), "")
    if not url.startswith("https://") or len(url) > 1000:
        raise _unfit(_("It names no https:// address for sign-in by redirect."))
    keys = [one for one in role.findall("m:KeyDescriptor", _NS) if one.get("use") in (None, "signing")]
    found = [cell.text or "" for one in keys for cell in one.findall("d:KeyInfo/d:X509Data/d:X509Certificate", _NS)]
    certificates = tuple(dict.fromkeys(_pem(one) for one in found))[:10]
    if not certificates or not 0 < len(entity.get("entityID", "")) <= 500:
        raise _unfit(_("It holds no certificate, or no name."))
    return Described(entity.get("entityID", ""), url, certificates)


def _pem(text: str) -> str:
    try:
        found = x509.load_der_x509_certificate(base64.b64decode("".join(text.split())))
    except (binascii.Error, ValueError):
        raise _unfit(_("One of its certificates can't be read.")) from None
    return found.public_bytes(Encoding.PEM).decode()


def _unfit(why: str) -> Invalid:
    message = _("This is no description of a SAML provider. %(why)s") % {"why": why}
    return Invalid(message, code="saml_metadata", field="description", hint=_("Paste its federation metadata (XML)."))

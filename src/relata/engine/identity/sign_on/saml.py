"""SAML 2.0, seen from a service provider: the way there, and what comes back, checked.

What counts is only what signxml gives back as signed; nothing else of an answer is ever read, so an element that was
slipped in beside the signed one (wrapping) does not exist for us. Source: SAML core, bindings and profiles 2.0 (OASIS).
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from relata.engine.identity.sign_on.attempts import Attempt, Begun
from relata.engine.identity.sign_on.providers import Provider
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

LEEWAY = timedelta(seconds=120)
MOST_BYTES = 200_000
_P, _A = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
_NS = {"p": _P, "a": _A}
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
#: Under which names providers send what we need; ours first.
_NAMES = {
    "email": ("email", "mail", "urn:oid:0.9.2342.19200300.100.1.3", f"{_CLAIMS}emailaddress"),
    "name": ("name", "displayName", "urn:oid:2.16.840.1.113730.3.1.241",
             "http://schemas.microsoft.com/identity/claims/displayname"),
    "given_name": ("given_name", "givenName", "firstName", "urn:oid:2.5.4.42", f"{_CLAIMS}givenname"),
    "family_name": ("family_name", "sn", "surname", "lastName", "urn:oid:2.5.4.4", f"{_CLAIMS}surname"),
}  # fmt: skip
_GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"
_CONFIGURATION = SignatureConfiguration(
    signature_methods=frozenset(
        {SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
         SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384}
    ),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
)  # fmt: skip


#: Where a signature may stand: of the whole answer, or of its assertion.
_PLACES = ("./", f"./{{{_A}}}Assertion/")


def entity_id(address: str, provider: UUID) -> str:
    """Who we are for a provider: also the address of our description."""
    return f"{address}/sign-in/saml/{provider}"


def way_there(provider: Provider, begun: Begun, address: str, *, again: bool, now: datetime) -> str:
    """The address to send the browser to. again: they have to show anew who they are."""
    request = etree.Element(
        f"{{{_P}}}AuthnRequest", ID=_request_id(begun.nonce), Version="2.0", IssueInstant=_written(now),
        Destination=provider.sign_in_url, ProtocolBinding=_POST, AssertionConsumerServiceURL=answer_address(address),
        nsmap={"samlp": _P, "saml": _A}, **({"ForceAuthn": "true"} if again else {}),
    )  # fmt: skip
    etree.SubElement(request, f"{{{_A}}}Issuer").text = entity_id(address, provider.id)
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(etree.tostring(request)) + packer.flush()
    asked = urlencode({"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": begun.state})
    return f"{provider.sign_in_url}{'&' if urlsplit(provider.sign_in_url).query else '?'}{asked}"


def answer_address(address: str) -> str:
    """Where the provider's form leads."""
    return f"{address}/sign-in/saml"


def description(address: str, provider: UUID) -> bytes:
    """Our own, for a provider that reads it."""
    root = etree.Element(
        "{urn:oasis:names:tc:SAML:2.0:metadata}EntityDescriptor", entityID=entity_id(address, provider),
        nsmap={None: "urn:oasis:names:tc:SAML:2.0:metadata"},
    )  # fmt: skip
    role = etree.SubElement(
        root, "SPSSODescriptor", WantAssertionsSigned="true", AuthnRequestsSigned="false",
        protocolSupportEnumeration=_P,
    )  # fmt: skip
    etree.SubElement(
        role, "AssertionConsumerService", Binding=_POST, Location=answer_address(address), index="0", isDefault="true"
    )
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def redeem(provider: Provider, attempt: Attempt, answer: str, address: str, now: datetime) -> Mapping[str, Any]:
    """What the provider says, as claims that `terms.read_identity` reads. Denied for anything that is not signed by it,
    for us, for this attempt, now. The attempt was used up, so the same answer never serves twice."""
    assertion = _assertion(_signed(provider, answer))
    if _text(assertion.find("a:Issuer", _NS)) != provider.issuer:
        raise _refused(_("It comes from another provider."))
    _check_conditions(assertion, entity_id(address, provider.id), now)
    _check_subject(assertion, attempt, answer_address(address), now)
    name_id = assertion.find("a:Subject/a:NameID", _NS)
    subject = _text(name_id)
    if not subject or name_id is None or name_id.get("Format") == _TRANSIENT:
        raise _refused(_("The provider has to send a lasting name id."))
    said = _attributes(assertion)
    claim = provider.terms.groups_claim
    groups = said.get(claim) or (said.get(_GROUPS) if claim == "groups" else None) or []
    claims: dict[str, Any] = {"sub": subject[:500], claim: groups}
    for wanted, names in _NAMES.items():
        found = next((said[name][0] for name in names if said.get(name)), "")
        if found:
            claims[wanted] = found
    if "email" not in claims and name_id.get("Format") == _EMAIL_FORMAT:
        claims["email"] = subject
    claims["email_verified"] = bool(provider.terms.domains)  # an administrator gave it these to speak for
    statement = assertion.find("a:AuthnStatement", _NS)
    if statement is not None:
        claims["auth_time"] = _read(statement.get("AuthnInstant", "")).timestamp()
    return claims


def parse(data: bytes) -> Any:
    """XML without entities, documents of elsewhere, or bombs; Denied for anything else."""
    if len(data) > MOST_BYTES:
        raise _refused(_("It is too large."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,  # a comment would cut a name in two
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _refused(_("It can't be read.")) from None
    if root.getroottree().docinfo.doctype:
        raise _refused(_("It can't be read."))
    return root


def _signed(provider: Provider, answer: str) -> Any:
    """The element that one of the provider's certificates has signed."""
    try:
        data = base64.b64decode(answer.encode("ascii"), validate=False)
    except (binascii.Error, UnicodeEncodeError):
        raise _refused(_("It can't be read.")) from None
    root = parse(data)
    if root.find(".//a:EncryptedAssertion", _NS) is not None:
        raise _refused(_("It is encrypted; have the provider send it signed alone, over HTTPS."))
    if root.tag == f"{{{_P}}}Response" and root.find(".//a:Assertion", _NS) is None:
        raise _refused(_("You or the provider declined."))
    for place, certificate in product(_PLACES, provider.certificates):
        try:
            found = XMLVerifier().verify(
                root, x509_cert=certificate, expect_config=replace(_CONFIGURATION, location=place)
            )
        except (SignXMLException, ValueError, TypeError, KeyError, etree.LxmlError):
            continue
        if not isinstance(found, list) and found.signed_xml is not None:
            return parse(found.signed_data)
    raise _refused(_("It is not signed by the provider."))


def _assertion(signed: Any) -> Any:
    """The one assertion: signed itself, or in a signed response."""
    if signed.tag == f"{{{_A}}}Assertion":
        return signed
    found = signed.findall("a:Assertion", _NS) if signed.tag == f"{{{_P}}}Response" else []
    if len(found) != 1:
        raise _refused(_("It is not signed by the provider."))
    return found[0]


def _check_conditions(assertion: Any, us: str, now: datetime) -> None:
    conditions = assertion.find("a:Conditions", _NS)
    if conditions is None or not _is_within(conditions, now):
        raise _refused(_("It is not of now; compare the clocks."))
    for restriction in conditions.findall("a:AudienceRestriction", _NS):
        if us not in [_text(one) for one in restriction.findall("a:Audience", _NS)]:
            raise _refused(_("It is meant for somebody else."))
    if conditions.find("a:AudienceRestriction", _NS) is None:
        raise _refused(_("It is meant for somebody else."))


def _check_subject(assertion: Any, attempt: Attempt, here: str, now: datetime) -> None:
    for one in assertion.findall("a:Subject/a:SubjectConfirmation", _NS):
        data = one.find("a:SubjectConfirmationData", _NS)
        if one.get("Method") != _BEARER or data is None or data.get("NotOnOrAfter") is None:
            continue
        fits = data.get("Recipient") == here and data.get("InResponseTo") == _request_id(attempt.nonce)
        if fits and _is_within(data, now):
            return
    raise _refused(_("It does not belong to this sign-in."))


def _is_within(element: Any, now: datetime) -> bool:
    start, end = element.get("NotBefore"), element.get("NotOnOrAfter")
    return (start is None or _read(start) <= now + LEEWAY) and (end is None or now - LEEWAY < _read(end))


def _attributes(assertion: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in assertion.findall("a:AttributeStatement/a:Attribute", _NS):
        values = [text for value in one.findall("a:AttributeValue", _NS) if (text := _text(value))]
        found.setdefault(one.get("Name", ""), []).extend(values)
    return found


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _read(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _refused(_("It can't be read.")) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _request_id(nonce: str) -> str:
    return f"_{nonce}"


def _refused(why: str) -> Denied:
    return Denied(
        _("The answer of the sign-on provider does not hold. %(why)s") % {"why": why}, code="sign_on_saml",
        hint=_("Start again on the sign-in page; if it stays so, tell your administrator."),
    )  # fmt: skip

"""A SAML provider in this process, with a key of its own; everything that it says can be bent."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

ISSUER, URL = "https://id.example.com/saml", "https://id.example.com/sign-in"
_P, _A = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"


class Key:
    """A key with its certificate."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "id.example.com")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, key.public_key(), 7, now - timedelta(1), now + timedelta(365))
        self.certificate = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        self.private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class SamlProvider:
    """said: laid over what is right."""

    def __init__(self) -> None:
        self.key = self.signs_with = Key()
        self.said: dict[str, Any] = {}
        self.signs = "assertion"

    def description(self) -> str:
        """Its federation metadata."""
        body = "".join(self.key.certificate.decode().splitlines()[1:-1])
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}"><IDPSSODescriptor>'
            f'<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
            f"<X509Certificate>{body}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
            f'<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{URL}"/>'
            "</IDPSSODescriptor></EntityDescriptor>"
        )

    def visited(self, location: str, who: str = "grace@example.com") -> tuple[str, Any]:
        """The person signs in here: the state, and the answer as XML."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        request = etree.fromstring(zlib.decompress(base64.b64decode(asked["SAMLRequest"]), -15))
        right = {
            "issuer": ISSUER, "audience": request.findtext(f"{{{_A}}}Issuer"), "to": request.get("ID"),
            "recipient": request.get("AssertionConsumerServiceURL"), "minutes": 0, "format": "persistent",
        }  # fmt: skip
        return asked["RelayState"], self._answer({**right, "email": who, **self.said})

    def _answer(self, said: dict[str, Any]) -> Any:
        root = etree.fromstring(
            f'<samlp:Response xmlns:samlp="{_P}" xmlns:saml="{_A}" ID="_r1" Version="2.0">'
            f"<saml:Issuer>{ISSUER}</saml:Issuer></samlp:Response>"
        )
        assertion = etree.fromstring(self.assertion(said))
        if self.signs == "assertion":
            assertion = self._signed(assertion)
        root.append(assertion)
        return self._signed(root) if self.signs == "response" else root

    def assertion(self, said: dict[str, Any], key: str = "_a1") -> str:
        """What it says of somebody, unsigned."""
        now = datetime.now(UTC) + timedelta(minutes=said["minutes"])
        start, end = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (now - timedelta(minutes=1), now + timedelta(minutes=5)))
        return (
            f'<saml:Assertion xmlns:saml="{_A}" ID="{key}" Version="2.0" IssueInstant="{start}">'
            f"<saml:Issuer>{said['issuer']}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:{said["format"]}">subject-1</saml:NameID>'
            f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData'
            f' Recipient="{said["recipient"]}" InResponseTo="{said["to"]}" NotOnOrAfter="{end}"/>'
            f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}">'
            f"<saml:AudienceRestriction><saml:Audience>{said['audience']}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{start}"/><saml:AttributeStatement>'
            f'<saml:Attribute Name="email"><saml:AttributeValue>{said["email"]}</saml:AttributeValue></saml:Attribute>'
            f'<saml:Attribute Name="displayName"><saml:AttributeValue>Grace Hopper</saml:AttributeValue>'
            f'</saml:Attribute><saml:Attribute Name="groups"><saml:AttributeValue>Engineers</saml:AttributeValue>'
            f"</saml:Attribute></saml:AttributeStatement></saml:Assertion>"
        )

    def _signed(self, element: Any) -> Any:
        signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
        return signer.sign(element, key=self.signs_with.private, cert=self.signs_with.certificate.decode(),
                           reference_uri=element.get("ID"))  # fmt: skip

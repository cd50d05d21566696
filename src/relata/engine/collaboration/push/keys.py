"""As whom an installation speaks to push services (VAPID, RFC 8292): one key, made of the installation's secret, so
that there is nothing more to keep and every process has the same."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from relata.engine.collaboration.push.letters import written

#: The order of P-256's group (FIPS 186-5); a private key is a number below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
#: Services refuse what holds longer than a day.
_HOLDS_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class PushKey:
    """public: as browsers want it, the point in base64url."""

    private: ec.EllipticCurvePrivateKey
    public: str

    @classmethod
    def of(cls, secret: str) -> PushKey:
        """The key that belongs to an installation's secret. With another secret devices have to be added again."""
        drawn = HKDF(SHA256(), 48, None, b"relata web push").derive(secret.encode())
        private = ec.derive_private_key(int.from_bytes(drawn, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cls(private, written(point))

    def authorization(self, endpoint: str, contact: str) -> str:
        """The header for one service. contact: an address of this installation, for the service's operators."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}", "exp": int(time.time()) + _HOLDS_SECONDS, "sub": contact,
        }  # fmt: skip
        pem = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(pem))
        return f"vapid t={token}, k={self.public}"

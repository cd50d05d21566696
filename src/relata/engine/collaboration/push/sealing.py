"""What a device alone can read: Message Encryption for Web Push (RFC 8291) in one record of aes128gcm (RFC 8188)."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relata.foundation.errors import Bug

RECORD_BYTES = 4096
#: What fits: a record less its tag, its end and the head (RFC 8291, 4).
MOST_BYTES = 3993
AUTH_BYTES, POINT_BYTES, SALT_BYTES = 16, 65, 16
_END = b"\x02"


def is_point(public: bytes) -> bool:
    """Whether these bytes are a point of P-256, as devices give theirs."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        return False
    return len(public) == POINT_BYTES


def seal(
    text: bytes, public: bytes, auth: bytes, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """`text`, at most MOST_BYTES, for the device whose key and secret these are. key, salt: made for this one message;
    given in tests alone."""
    if len(text) > MOST_BYTES:
        raise Bug("A message for a device is too long.")
    mine, salt = key or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(SALT_BYTES)
    point = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public))
    secret = _drawn(auth, shared, b"WebPush: info\0" + public + point, 32)
    cipher = AESGCM(_drawn(salt, secret, b"Content-Encoding: aes128gcm\0", 16))
    nonce = _drawn(salt, secret, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return head + cipher.encrypt(nonce, text + _END, None)


def _drawn(salt: bytes, secret: bytes, purpose: bytes, count: int) -> bytes:
    return HKDF(SHA256(), count, salt, purpose).derive(secret)

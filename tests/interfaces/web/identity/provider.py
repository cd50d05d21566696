"""An identity provider in this process, with keys of its own; everything that it says can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

ISSUER = "https://id.example.com"


@dataclass(frozen=True)
class Said:
    """An answer of its."""

    status: int
    body: Any

    @property
    def is_ok(self) -> bool:
        return self.status == 200

    def json(self) -> object:
        return self.body


class Provider:
    """Fills the port of the guarded client. claims: laid over what is right; None takes one away. asked: addresses."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signs_with: Any = self.key
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []
        self.code = ""
        self._sent: dict[str, str] = {}

    async def fetch(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Said:
        self.asked.append(url)
        path = urlsplit(url).path
        if path == "/.well-known/openid-configuration":
            return Said(200, self._metadata())
        if path == "/keys":
            return Said(200, KeySet([self.key]).as_dict(private=False))
        return self._token(dict(headers or {}), (body or b"").decode())

    def visited(self, location: str) -> str:
        """The person signs in here; the path by which their browser goes back."""
        self._sent = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        self.code = f"code-{time.monotonic_ns()}"
        return f"/sign-in/back?code={self.code}&state={self._sent['state']}"

    def rotate(self) -> None:
        """Another key, and the old one is gone."""
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": f"k{time.monotonic_ns()}"})

    def _metadata(self) -> dict[str, Any]:
        known = {
            "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }  # fmt: skip
        return {**known, **self.metadata}

    def _token(self, headers: dict[str, str], body: str) -> Said:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        basic = base64.b64encode(b"relata:hush").decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fits = (
            headers.get("authorization") == f"Basic {basic}"
            and form.get("code") == self.code
            and challenge == self._sent["code_challenge"]
            and form.get("redirect_uri") == self._sent["redirect_uri"]
        )
        self.code = ""
        return Said(200, {"id_token": self._identity(), "access_token": "a"}) if fits else Said(400, {"error": "no"})

    def _identity(self) -> str:
        now = int(time.time())
        right = {
            "iss": ISSUER, "aud": "relata", "sub": "s-1", "exp": now + 300, "iat": now, "nonce": self._sent["nonce"],
            "email": "grace@example.com", "email_verified": True, "name": "Grace Hopper", "auth_time": now,
        }  # fmt: skip
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        if self.signs_with is None:
            head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
            return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}."
        header = {"alg": "HS256" if self.signs_with.key_type == "oct" else "RS256", "kid": self.signs_with.kid}
        return jwt.encode(header, claims, self.signs_with, algorithms=[header["alg"]])

"""OpenID Connect, seen from a relying party: discovery, the way there, and what comes back, checked.

Every address comes from what somebody typed, so all of them are fetched through the guarded client.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from relata.engine.identity.sign_on.attempts import Attempt, Begun
from relata.engine.identity.sign_on.providers import Provider
from relata.foundation.errors import Denied, Unavailable
from relata.foundation.i18n import gettext as _

#: Clocks of two houses differ; an id token is read within seconds of its making.
LEEWAY_SECONDS = 120
#: Nothing that a public key could be mistaken for a shared secret in, and never `none`.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_KEPT_SECONDS, _KEYS_AGAIN_SECONDS = 3600.0, 30.0
_MAX_TOKEN = 100_000


class Answer(Protocol):
    """What a server said."""

    @property
    def is_ok(self) -> bool: ...
    def json(self) -> object: ...


class Fetcher(Protocol):
    """Port: the guarded client."""

    async def fetch(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """One request. Invalid for an address that may not be fetched, Unavailable when nobody answers."""


class NoFetcher:
    """In place of a client where none was given."""

    async def fetch(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Unavailable."""
        raise Unavailable(_("Nothing may be fetched from here."), code="no_fetcher")


class Metadata(msgspec.Struct, frozen=True):
    """What a provider publishes about itself, as far as we need it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class OpenId:
    """Talks to providers, and remembers for an hour what they publish. clock: seconds, monotonic."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._metadata: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def metadata(self, issuer: str, *, fresh: bool = False) -> Metadata:
        """What the issuer publishes; Unavailable where that does not fit. fresh: ask again."""
        known = self._metadata.get(issuer)
        if known is not None and not fresh and known[0] > self._clock():
            return known[1]
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = msgspec.convert(await self._json(address), Metadata)
        except msgspec.ValidationError as error:
            raise _misfit("Its description lacks something that sign-on needs.") from error
        if found.issuer != issuer:  # exact: a description that speaks for another issuer could borrow its keys
            raise _misfit("It calls itself by another name than the issuer that was entered.")
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
        if any(urlsplit(one).scheme != "https" for one in addresses if one):
            raise _misfit("One of its addresses does not begin with https://.")
        if len(self._metadata) > 500:
            self._metadata.clear()
        self._metadata[issuer] = (self._clock() + _KEPT_SECONDS, found)
        return found

    async def keys(self, metadata: Metadata, *, fresh: bool = False) -> KeySet:
        """The issuer's keys. fresh: ask again, though not more often than twice a minute."""
        known = self._keys.get(metadata.issuer)
        now = self._clock()
        if known is not None and now - known[0] < (_KEYS_AGAIN_SECONDS if fresh else _KEPT_SECONDS):
            return known[1]
        try:
            found = KeySet.import_key_set(await self._json(metadata.jwks_uri))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _misfit("Its keys can't be read.") from error
        if len(self._keys) > 500:
            self._keys.clear()
        self._keys[metadata.issuer] = (now, found)
        return found

    def way_there(self, metadata: Metadata, provider: Provider, begun: Begun, redirect_uri: str, *, again: bool) -> str:
        """The address to send the browser to. again: they have to show anew who they are."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if again else {}),
        }
        join = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{join}{urlencode(asked, quote_via=quote)}"

    async def redeem(
        self, provider: Provider, attempt: Attempt, code: str, secret: str, redirect_uri: str, said_issuer: str
    ) -> dict[str, Any]:
        """The claims about who came back with this code. Denied for anything that does not fit together; what exactly
        is for the log and for who tests. said_issuer: the answer's `iss` (RFC 9207), "" for none."""
        metadata = await self.metadata(provider.issuer)
        if said_issuer != metadata.issuer and (said_issuer or metadata.authorization_response_iss_parameter_supported):
            raise _refused("The answer comes from another issuer.")
        answer = await self._exchange(metadata, provider, attempt, code, secret, redirect_uri)
        text = answer.get("id_token")
        if not isinstance(text, str) or len(text) > _MAX_TOKEN:
            raise _refused("The provider gave no identity.")
        claims = await self._checked(metadata, provider, text, attempt.nonce)
        access = answer.get("access_token")
        if "email" not in claims and metadata.userinfo_endpoint and isinstance(access, str):
            claims = {**await self._more(metadata, access, claims["sub"]), **claims}
        return claims

    async def _exchange(
        self, metadata: Metadata, provider: Provider, attempt: Attempt, code: str, secret: str, redirect_uri: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = provider.client_id
            if secret:
                form["client_secret"] = secret
        answer = await self._fetcher.fetch(
            metadata.token_endpoint, method="POST", headers=headers, body=urlencode(form).encode()
        )
        found = answer.json() if answer.is_ok else None
        if not isinstance(found, dict):
            raise _refused("The provider does not accept the code. Are client id, secret and return address right?")
        return found

    async def _checked(self, metadata: Metadata, provider: Provider, text: str, nonce: str) -> dict[str, Any]:
        asked: Any = {
            "iss": {"essential": True, "value": metadata.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            claims = await self._verified(metadata, text)
            jwt.JWTClaimsRegistry(leeway=LEEWAY_SECONDS, **asked).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused("The identity is not signed by the provider, or not meant for us.") from error
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        party = claims.get("azp")
        if (len(audiences) > 1 and party is None) or (party is not None and party != provider.client_id):
            raise _refused("The identity was made for another application.")
        if not 0 < len(claims["sub"]) <= 255 or "\x00" in claims["sub"]:
            raise _refused("The identity has no usable subject.")
        return claims

    async def _verified(self, metadata: Metadata, text: str) -> dict[str, Any]:
        """The claims of a token with a good signature. Keys are exchanged now and then, so an unknown one is asked for
        once more."""
        try:
            return dict(jwt.decode(text, await self.keys(metadata), algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError):
            fresh = await self.keys(metadata, fresh=True)
            return dict(jwt.decode(text, fresh, algorithms=list(ALGORITHMS)).claims)

    async def _more(self, metadata: Metadata, access: str, subject: str) -> dict[str, Any]:
        """What some providers only tell for an access token. It must be about the same person."""
        headers = {"authorization": f"Bearer {access}"}
        answer = await self._fetcher.fetch(metadata.userinfo_endpoint, headers=headers)
        found = answer.json() if answer.is_ok else None
        if not isinstance(found, dict) or found.get("sub") != subject:
            raise _refused("What the provider tells about the person does not fit.")
        return found

    async def _json(self, address: str) -> object:
        answer = await self._fetcher.fetch(address, headers={"accept": "application/json"})
        if not answer.is_ok:
            raise _misfit("It publishes nothing at the address of the issuer.")
        return answer.json()


def _misfit(why: str) -> Unavailable:
    return Unavailable(
        _("This sign-on provider can't be used now. %(why)s") % {"why": why},
        code="provider_misfit",
        hint=_("Check the issuer under Sign-on."),
    )


def _refused(why: str) -> Denied:
    return Denied(
        _("Sign-on did not work. %(why)s") % {"why": why},
        code="sign_on_refused",
        hint=_("Try again, or ask an administrator."),
    )

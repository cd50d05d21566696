"""Signing requests to S3 and what speaks like it: AWS Signature Version 4, as Amazon's reference describes it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

#: The SHA-256 of nothing.
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of a store. region: such as eu-central-1; stores that have none take any."""

    key: str
    secret: str
    region: str

    def sign(
        self,
        method: str,
        host: str,
        path: str,
        query: Sequence[tuple[str, str]],
        headers: Mapping[str, str],
        content_sha256: str,
        now: datetime,
    ) -> dict[str, str]:
        """All headers to send, `headers` among them. path: not yet quoted, as `quoted_path` will. now: in UTC."""
        moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        signed = {
            **{name.lower(): " ".join(value.split()) for name, value in headers.items()},
            "host": host,
            "x-amz-content-sha256": content_sha256,
            "x-amz-date": moment,
        }
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = "\n".join((method, quoted_path(path), quoted_query(query), lines, names, content_sha256))
        scope = f"{day}/{self.region}/s3/aws4_request"
        text = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()))
        key = f"AWS4{self.secret}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        signed["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return signed


def quoted_path(path: str) -> str:
    """As it is signed and sent."""
    return quote(path, safe="/-_.~")


def quoted_query(query: Sequence[tuple[str, str]]) -> str:
    """As it is signed and sent: sorted, everything quoted."""
    return "&".join(sorted(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query))

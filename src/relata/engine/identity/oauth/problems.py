"""What is answered to an application, in the words of RFC 6749."""

from __future__ import annotations

from relata.foundation.errors import RelataError


class OAuthRefused(RelataError):
    """code: `invalid_request`, `invalid_client`, `invalid_grant`, `unauthorized_client`, `unsupported_grant_type`,
    `invalid_scope`, `access_denied`, `unsupported_response_type`."""

    code = "invalid_request"

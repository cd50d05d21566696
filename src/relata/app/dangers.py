"""What keeps Relata from serving other machines: settings that are fine at home and not outside."""

from __future__ import annotations

from urllib.parse import urlsplit

from relata.app.settings import Settings
from relata.foundation.errors import Invalid, Problem

#: Names of this machine, where nobody listens in on the way.
_HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})


def dangers(found: Settings) -> list[Problem]:
    """What must not be as soon as other machines come in: reasons not to start, each with what to do."""
    said: list[Problem] = []

    def refuse(name: str, message: str, hint: str) -> None:
        said.append(Problem("insecure", message, name, f"{hint} For a trial, set RELATA_INSECURE=yes."))

    public = urlsplit(found.public_url)
    is_public = (public.hostname or "") not in _HERE or found.host not in _HERE or bool(found.hosts)
    if not is_public or found.insecure:
        return []
    if public.scheme == "http" and (public.hostname or "") not in _HERE:
        message = "RELATA_PUBLIC_URL begins with http://, so passwords would travel readable."
        hint = "Put a proxy with a certificate before Relata, or set RELATA_TLS_CERTIFICATE."
        refuse("RELATA_PUBLIC_URL", message, hint)
    if found.host not in _HERE and not found.tls_certificate and not found.trusted_proxies:
        message = "RELATA_HOST lets other machines in, and neither a certificate nor a trusted proxy is set."
        refuse("RELATA_HOST", message, "Set RELATA_TLS_CERTIFICATE, or RELATA_TRUSTED_PROXIES to your proxy's address.")
    if found.host in _HERE and public.scheme == "https" and not (found.tls_certificate or found.trusted_proxies):
        message = "RELATA_TRUSTED_PROXIES is not set, so everybody who comes through the proxy looks like this machine."
        refuse("RELATA_TRUSTED_PROXIES", message, "Set it to the proxy's address, such as 127.0.0.1.")
    if not found.smtp_url:
        message = "RELATA_SMTP_URL is not set, so mails with links for passwords would be shown on a page."
        refuse("RELATA_SMTP_URL", message, "Name the server that sends your mail.")
    if len(set(found.secret_key)) < 8 and found.secret_key:
        message = "RELATA_SECRET_KEY can be guessed."
        refuse("RELATA_SECRET_KEY", message, "Use `openssl rand -base64 48`, or unset it: Relata makes one.")
    return said


def refuse_dangers(settings: Settings) -> None:
    """Invalid that names all of them."""
    if found := dangers(settings):
        raise Invalid.of(found)

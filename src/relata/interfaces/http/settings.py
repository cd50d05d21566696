"""What an installation decides about its HTTP side."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class HttpSettings:
    """public_url: how people reach this installation, such as https://crm.example.com; "" on a single machine.
    hosts: further names that it answers to; `*` for any. trusted_proxies: addresses or networks whose X-Forwarded-*
    headers are believed. max_body_bytes: for every path but those in `wider_bodies` (path prefix -> bytes).
    open_metrics: /metrics for everybody, for a scraper elsewhere; otherwise for this machine only.
    sign_in_path: where a browser without session is sent. files_origin: an address that gives out files by signed links
    and nothing else; "" when there is none. forms_from_elsewhere: paths to which other sites have browsers send forms;
    what is done there asks for no session, and for a secret that we gave away ourselves.
    """

    public_url: str = ""
    files_origin: str = ""
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    max_body_bytes: int = 10_000_000
    wider_bodies: Mapping[str, int] = field(default_factory=dict)
    open_metrics: bool = False
    sign_in_path: str = "/sign-in"
    forms_from_elsewhere: frozenset[str] = frozenset({"/sign-in/saml"})

    @cached_property
    def allowed_hosts(self) -> frozenset[str]:
        """Host names, in lower case and without port, that a request may name."""
        public = urlsplit(self.public_url).hostname
        return LOCAL_HOSTS | {name.lower() for name in self.hosts} | ({public} if public else set())

    @cached_property
    def files_host(self) -> str:
        """The name that is for files alone; "" where it is a name of ours besides."""
        name = urlsplit(self.files_origin).hostname or ""
        return "" if name in self.allowed_hosts else name

    @cached_property
    def public_origin(self) -> str:
        """Scheme, host and port of the public address, as browsers write an origin; "" when there is none."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""

    @cached_property
    def is_https(self) -> bool:
        """Whether the public address is."""
        return self.public_url.lower().startswith("https://")

    @cached_property
    def proxies(self) -> tuple[Network, ...]:
        """The trusted ones as networks. ValueError for what is none."""
        return tuple(ipaddress.ip_network(one, strict=False) for one in self.trusted_proxies)

    def body_limit(self, path: str) -> int:
        """Bytes that a request to this path may carry."""
        for prefix, limit in self.wider_bodies.items():
            if path.startswith(prefix):
                return limit
        return self.max_body_bytes

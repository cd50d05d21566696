"""A connection to an address that was checked: the name is looked up once, and not again by a library."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from imapclient import IMAPClient  # type: ignore[import-untyped]  # published without types

from relata.engine.messaging.mail.servers import Account

#: Seconds for a connection, and for each answer.
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0


class _Pinned(imaplib.IMAP4):
    """Speaks with the first of the checked addresses that answers."""

    def __init__(self, account: Account, addresses: Sequence[str], tls: ssl.SSLContext | None) -> None:
        self._account, self._addresses, self._tls = account, addresses, tls
        super().__init__(account.host, account.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        for number, address in enumerate(self._addresses, 1):
            try:
                made = socket.create_connection((address, self._account.port), CONNECT_SECONDS)
                break
            except OSError:
                if number == len(self._addresses):
                    raise
        made.settimeout(ANSWER_SECONDS)
        if self._tls is None:
            return made
        try:
            return self._tls.wrap_socket(made, server_hostname=self._account.host)
        except BaseException:
            made.close()
            raise


class Client(IMAPClient):  # type: ignore[misc]  # published without types
    """An IMAPClient over such a connection; encrypted before anything is said, where the account says so."""

    def __init__(self, account: Account, addresses: Sequence[str], tls: ssl.SSLContext) -> None:
        self._account, self._addresses, self._context = account, addresses, tls
        super().__init__(account.host, account.port, use_uid=True, ssl=False, timeout=ANSWER_SECONDS)
        if account.security == "starttls":
            self.starttls(tls)

    def _create_IMAP4(self) -> Any:  # the library's name
        return _Pinned(self._account, self._addresses, self._context if self._account.security == "tls" else None)

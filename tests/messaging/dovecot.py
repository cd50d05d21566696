"""A real IMAP server for tests: dovecot on a free port of loopback, with a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from imapclient import IMAPClient

DOVECOT = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else "")
#: Whose files the mails are; dovecot refuses to be root for that.
_OWNER = "mail"
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = {home}/passwd
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


def why_not() -> str:
    """Why the tests that need it can't run here; "" where they can."""
    if not DOVECOT:
        return "dovecot-imapd is not installed"
    return "" if os.geteuid() == 0 else "dovecot needs root to become the owner of the mails"


class Dovecot:
    """The server. Its users are user0 to user99, with the password `secret`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        for name in ("run", "state", "mail"):
            (home / name).mkdir()
        shutil.chown(home / "mail", _OWNER, _OWNER)
        # all at once: dovecot sees a change only when a second has passed
        (home / "passwd").write_text("".join(f"user{number}:{{PLAIN}}secret\n" for number in range(100)))
        (home / "dovecot.conf").write_text(_CONFIG.format(home=home, port=self.port, owner=_OWNER))
        for folder in (home, *home.parents):  # the worker processes are other users
            if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o011)

    def start(self) -> None:
        """Until it answers."""
        command = [DOVECOT, "-F", "-c", str(self.home / "dovecot.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((self.home / "log").read_text() if (self.home / "log").exists() else "dovecot is silent")

    def stop(self) -> None:
        """As a server that goes away."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def client(self, user: str, password: str = "secret") -> IMAPClient:
        """As the user's own mail program."""
        found = IMAPClient("127.0.0.1", self.port, ssl=False)
        found.login(user, password)
        return found

    def put(self, user: str, folder: str, *raws: bytes) -> None:
        """Messages into a folder, which is made."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in raws:
                client.append(folder, raw)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

"""A real SMTP server for tests: exim on a free port of loopback, with a queue, mailboxes and bounces of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

EXIM = shutil.which("exim4") or ("/usr/sbin/exim4" if Path("/usr/sbin/exim4").exists() else "")
_OWNER, _RUNS_AS = "mail", "Debian-exim"
_CONFIG = """
primary_hostname = mail.relata.example
spool_directory = {home}/spool
log_file_path = {home}/log/%s
pid_file_path = {home}/spool/exim.pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = check
acl_smtp_data = check
keep_environment =
never_users =
qualify_domain = relata.example
delay_warning =
queue_only
begin acl
check:
  accept
begin routers
gone:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: 550 5.1.1 nobody of that name is here
full:
  driver = redirect
  local_parts = full
  allow_fail
  data = :fail: 552 5.2.2 the mailbox is full
later:
  driver = redirect
  local_parts = later
  allow_defer
  data = :defer: not now
here:
  driver = accept
  local_parts = ada : bea
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = {home}/mail/$local_part_data
  maildir_format
  create_directory
  user = {owner}
  group = {owner}
begin retry
*  *  F,2h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = yes
  server_condition = ${{if and{{{{eq{{$auth2}}{{ada}}}}{{eq{{$auth3}}{{secret}}}}}}}}
  server_set_id = $auth2
"""


def why_not() -> str:
    """Why the tests that need it can't run here; "" where they can."""
    if not EXIM:
        return "exim4-daemon-light is not installed"
    return "" if os.geteuid() == 0 else "exim needs root to become the owner of its queue"


class Exim:
    """The server. Its user is ada, with the password `secret`. Mail to gone@… and full@… comes back, to later@… waits;
    that to ada@… and bea@… lies in folders."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        for name, owner in (("spool", _RUNS_AS), ("log", _RUNS_AS), ("mail", _OWNER)):
            (home / name).mkdir()
            shutil.chown(home / name, owner, owner)
        self.config = home / "exim.conf"
        self.config.write_text(_CONFIG.format(home=home, port=self.port, owner=_OWNER))
        for folder in (home, *home.parents):  # what delivers is another user
            if folder.stat().st_uid == os.geteuid() and str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o011)

    def start(self) -> None:
        """Until it answers."""
        command = [EXIM, "-C", str(self.config), "-bdf"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("".join(one.read_text() for one in (self.home / "log").glob("*")) or "exim is silent")

    def stop(self) -> None:
        """As a server that goes away."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def waiting(self) -> int:
        """Mails in the queue."""
        found = subprocess.run([EXIM, "-C", str(self.config), "-bpc"], capture_output=True, text=True, check=True)
        return int(found.stdout.strip() or 0)

    def got(self, user: str, count: int, seconds: float = 30) -> list[bytes]:
        """The mails in a folder, once there are so many."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # a run of the queue from here: one that the server begins itself may not read a configuration of ours
            subprocess.run([EXIM, "-C", str(self.config), "-qff"], check=True, capture_output=True)
            found = sorted((self.home / "mail" / user / "new").glob("*"))
            if len(found) >= count:
                return [one.read_bytes() for one in found]
            time.sleep(0.05)
        raise AssertionError(f"{user} has no {count} mails: " + (self.home / "log" / "main").read_text()[-3000:])

"""Settings: what an operator may choose, by environment variables RELATA_*. The help texts are the reference."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from relata.foundation.errors import Invalid, Problem

T = TypeVar("T")
PREFIX = "RELATA_"
#: Not for operators: how our processes talk to each other, tests, and finding our own mistakes.
_BESIDE = ("RELATA_DEBUG", "RELATA_DEMO", "RELATA_GATE", "RELATA_SUPERVISED", "RELATA_TEST_")
MASK = "********"


def setting(default: T, read: Callable[[str], T], help: str, *, secret: bool = False) -> T:
    """A field of Settings. read: text to value; raises ValueError with the end of a sentence "NAME must be ..."."""
    found: T = field(default=default, metadata={"read": read, "help": help, "secret": secret})
    return found


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between two others, both allowed."""

    def read(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """Reads one of some words, in any case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text.lower()

    return read


def address(*schemes: str) -> Callable[[str], str]:
    """Reads an address with one of some schemes; a slash at its end is dropped."""

    def read(text: str) -> str:
        if urlsplit(text).scheme not in schemes or "//" not in text:
            raise ValueError(f"an address that begins with {' or '.join(f'{s}://' for s in schemes)}")
        return text.rstrip("/")

    return read


def names(text: str) -> tuple[str, ...]:
    """Reads host names between commas."""
    found = tuple(one.strip().lower() for one in text.split(",") if one.strip())
    if any("/" in one or " " in one or one == "*" for one in found):
        raise ValueError("host names such as crm.example.org, separated by commas")
    return found


def places(text: str) -> tuple[str, ...]:
    """Reads paths, mail and web addresses between commas."""
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    if any(not (one.startswith(("/", "https://")) or (one.startswith("mailto:") and "@" in one)) for one in found):
        raise ValueError(
            "whole paths such as /mnt/elsewhere/anchors, https:// or mailto: addresses, separated by commas"
        )
    return found


def directory(text: str) -> tuple[tuple[str, str], ...]:
    """Reads pairs of a host name and a database's address."""
    found = []
    for entry in re.split(r"[\s,]+", text.strip()):
        host, _, url = entry.partition("=")
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host) or not url.startswith(
            ("postgresql://", "postgres://")
        ):
            raise ValueError("pairs such as north.crm.example=postgresql://host/north, separated by commas")
        found.append((host, url))
    if len({host for host, _ in found}) < len(found) or len({url for _, url in found}) < len(found):
        raise ValueError("pairs in which no host and no database stands twice")
    return tuple(found)


def whole_path(text: str) -> str:
    """Reads one path from the root."""
    if not re.fullmatch(r"/[\w/.\-]+", text):
        raise ValueError("a whole path without spaces, such as /mnt/elsewhere/relata")
    return text.rstrip("/")


def folders(text: str) -> tuple[str, ...]:
    """Reads whole paths between commas."""
    return tuple(whole_path(one.strip()) for one in text.split(",") if one.strip())


def cron(text: str) -> str:
    """Reads five fields of cron."""
    from relata.engine.jobs.cron import is_schedule  # the light process needs it for this alone

    if not is_schedule(text):
        raise ValueError("five fields of cron such as 30 2 * * *")
    return text


def networks(text: str) -> tuple[str, ...]:
    """Reads addresses and networks between commas."""
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in found:
        try:
            ip_network(one, strict=False)
        except ValueError:
            raise ValueError("addresses or networks such as 10.0.0.0/8, separated by commas") from None
    return found


def yes(text: str) -> bool:
    """Reads yes or no."""
    return one_of("1", "true", "yes", "0", "false", "no")(text) in ("1", "true", "yes")


def long_text(length: int) -> Callable[[str], str]:
    """Reads a text of at least so many characters."""

    def read(text: str) -> str:
        if len(text) < length:
            raise ValueError(f"at least {length} characters long")
        return text

    return read


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of this process. A field's variable is RELATA_ and its name in capitals."""

    home: Path = setting(Path("data"), Path, "Folder of the embedded database, files and keys.")
    host: str = setting("127.0.0.1", str, "Address to listen on; 0.0.0.0 for all, behind a proxy that speaks HTTPS.")
    port: int = setting(8000, whole(1, 65535), "Port of the web application.")
    public_url: str = setting(
        "", address("http", "https"), "Address under which people reach Relata, for links in mails; else host and port."
    )
    hosts: tuple[str, ...] = setting(
        (),
        names,
        "Further host names that people reach Relata by, separated by commas; requests for others are refused.",
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), networks, "Addresses or networks of proxies whose X-Forwarded headers are believed, separated by commas."
    )
    open_metrics: bool = setting(False, yes, "Whether /metrics answers other machines than this one.")
    database_url: str = setting(
        "",
        address("postgresql", "postgres"),
        "PostgreSQL 15 or newer to use instead of the embedded one, such as postgresql://user:secret@host/name.",
        secret=True,
    )
    direct_database_url: str = setting(
        "",
        address("postgresql", "postgres"),
        "The same database without a pooler in between, for what needs a session of its own (LISTEN, workers).",
        secret=True,
    )
    databases: tuple[tuple[str, str], ...] = setting(
        (),
        directory,
        "Further databases that the same processes serve, by the host name that leads there, such as "
        "north.crm.example=postgresql://host/north, separated by commas or spaces. Each is a whole of its own, with "
        "accounts, keys and files that no other knows.",
        secret=True,
    )
    replica_url: str = setting(
        "",
        address("postgresql", "postgres"),
        "A streaming replica of the same database, for what only reads. It is asked where it has everything that was "
        "saved until then, the database itself otherwise; one that is away changes nothing.",
        secret=True,
    )
    pool_size: int = setting(8, whole(1, 1000), "Most connections to the database of one process.")
    workers: int = setting(1, whole(1, 256), "Web processes; one or two for each core.")
    secret_key: str = setting(
        "",
        long_text(32),
        "Signs cookies and links; the same for every machine. Made in the home folder when it is not set.",
        secret=True,
    )
    master_keys: str = setting(
        "",
        long_text(32),
        "Keys that all other keys are wrapped under, `name:base64` each, the newest first, separated by commas; the "
        "same for every machine. Kept in the file master.keys of the home folder when they are not set.",
        secret=True,
    )
    master_keys_command: str = setting(
        "", str, "Command that prints the master keys, such as a key manager's; run once by each process."
    )
    anchors: tuple[str, ...] = setting(
        (),
        places,
        "Where the seal of the history is noted every hour, outside the database: paths, mailto: addresses "
        "and https:// addresses that take a POST of text, separated by commas. `relata verify --anchors FILE` "
        "compares.",
    )
    files_url: str = setting(
        "",
        address("s3", "s3+http"),
        "Bucket for attached files instead of the home folder, such as s3://KEY:SECRET@s3.example.org/bucket/folder"
        "?region=eu-central-1 (s3+http:// without encryption on the way). `relata backup` does not hold its content.",
        secret=True,
    )
    files_origin: str = setting(
        "",
        address("https", "http"),
        "Address of its own for attached files, such as https://crm-files.example.org, which leads here too: it knows "
        "no session, so what a file could do there reaches nothing.",
    )
    encrypt_files: bool = setting(
        True,
        yes,
        "Whether attached files are encrypted before they are stored, under the master keys. What lies there already "
        "is read on; `relata files encrypt` encrypts it.",
    )
    virus_scanner: str = setting(
        "",
        address("clamd", "unix"),
        "ClamAV's daemon, which looks at every file that arrives, such as clamd://localhost:3310 or "
        "unix:///run/clamav/clamd.ctl; infected files are refused.",
    )
    virus_scanner_away: str = setting(
        "refuse",
        one_of("refuse", "hold"),
        "What happens to files while the scanner does not answer: refuse, or hold (kept, and given to nobody before it "
        "was asked).",
    )
    places: str = setting(
        "",
        whole_path,
        "File that says where network addresses are, in the MaxMind DB format, such as GeoLite2-City.mmdb or "
        "dbip-city-lite.mmdb: sign-ins from two places between which nobody travels so fast are told.",
    )
    archive: str = setting(
        "",
        whole_path,
        "Folder on another disk to which the embedded database sends its log and base backups, so that any second can "
        "be brought back with `relata recover`.",
    )
    archive_days: int = setting(14, whole(1, 3650), "How many days the archive reaches back.")
    archive_cron: str = setting(
        "30 2 * * *", cron, "When a new base backup goes to the archive, as five fields of cron, in UTC."
    )
    tls_certificate: str = setting(
        "", whole_path, "File with the certificate and its chain, where Relata speaks HTTPS itself, without a proxy."
    )
    tls_key: str = setting("", whole_path, "File with the certificate's key, readable by Relata alone.")
    insecure: bool = setting(
        False, yes, "Start also where passwords would travel without encryption, or mails be shown; for trials alone."
    )
    import_folders: tuple[str, ...] = setting(
        (),
        folders,
        "Folders of the server from which administrators may have files imported on a schedule, separated by commas; "
        "none without it.",
    )
    fetch_networks: tuple[str, ...] = setting(
        (),
        networks,
        "Addresses or networks inside the house that addresses typed by people may lead to, such as that of an own "
        "sign-on server; everything that is not public is refused otherwise.",
    )
    fetch_http: bool = setting(
        False, yes, "Whether addresses typed by people may begin with http://, where everybody on the way can read."
    )
    smtp_url: str = setting(
        "",
        address("smtp", "smtps"),
        "Server that sends mail, such as smtps://user:secret@host:465; without it mails are shown, not sent.",
        secret=True,
    )
    log_level: str = setting(
        "info", one_of("debug", "info", "warning", "error"), "How much is logged: debug, info, warning, error."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings of a process. Raises Invalid that names every wrong value, never its content."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for each in fields(cls):
            name = variable(each)
            text = environment.get(name, "").strip()
            if not text:
                continue
            try:
                values[each.name] = each.metadata["read"](text)
            except ValueError as error:
                problems.append(Problem("setting", f"{name} must be {error}.", field=name))
        found = cls(**values)
        if found.host in ("0.0.0.0", "::") and not found.public_url and not found.hosts:
            message = "RELATA_PUBLIC_URL or RELATA_HOSTS must be set where RELATA_HOST serves other machines."
            problems.append(Problem("setting", message, "RELATA_PUBLIC_URL", "Say by which name people reach Relata."))
        if bool(found.tls_certificate) != bool(found.tls_key):
            message = "RELATA_TLS_CERTIFICATE and RELATA_TLS_KEY belong together."
            problems.append(Problem("setting", message, "RELATA_TLS_KEY", "Set both, or neither."))
        if problems:
            raise Invalid.of(problems)
        return found

    @property
    def address(self) -> str:
        """Where people reach this installation: the public address, else this machine and port."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url or f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as it is shown: the values of secrets are masked."""

    name: str
    value: str
    default: str
    help: str
    is_set: bool


def describe(settings: Settings) -> list[SettingLine]:
    """Every setting with its value, default and help."""
    return [_line(settings, each) for each in fields(Settings)]


def _line(settings: Settings, each: Field[Any]) -> SettingLine:
    if each.default is MISSING:
        raise TypeError(f"{each.name} needs a default")
    value = getattr(settings, each.name)
    shown = MASK if value and each.metadata["secret"] else _text(value)
    return SettingLine(variable(each), shown, _text(each.default), each.metadata["help"], value != each.default)


def _text(value: Any) -> str:
    """As it would stand in the environment."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


def variable(each: Field[Any]) -> str:
    """The environment variable of a field."""
    return PREFIX + each.name.upper()


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Variables RELATA_* that mean nothing, each with the setting that was perhaps meant."""
    known = [variable(each) for each in fields(Settings)]
    unknown = [n for n in environment if n.startswith(PREFIX) and n not in known and not n.startswith(_BESIDE)]
    return {name: next(iter(difflib.get_close_matches(name, known, 1)), None) for name in sorted(unknown)}

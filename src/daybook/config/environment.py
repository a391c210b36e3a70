"""Reads the environment, typed, and says in one go what is missing or wrong. Only `settings.py` uses it.

Every variable is described in docs/operations.md; a test compares the two.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from daybook.config import logging, proxies
from daybook.kit import clock
from daybook.ledgers.ledger import Address
from daybook.ledgers.registry import LEDGERS, USUAL
from daybook.secrets.keyring import KeyRing, KeyRingError

POSTGRESQL = frozenset({"postgresql", "postgres", "pgsql"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TLS = ("starttls", "tls", "none")
SHORTEST_TOKEN = 20
REAL_API = LEDGERS[USUAL].addresses[Address.API]
"""Anything else is a simulator, or stands before the real one."""
OF_LEDGERS: Mapping[str, str] = {
    address.variable(each.name): usual for each in LEDGERS.values() for address, usual in each.addresses.items()
}
"""Variables that say where a ledger lives, and where it lives without them: drawn from the ledgers' rows."""
VARIABLES = (
    "DATABASE_URL",
    "DAYBOOK_SECRET_KEY",
    "DAYBOOK_ENCRYPTION_KEYS",
    "DAYBOOK_PUBLIC_URL",
    "DAYBOOK_TRUSTED_PROXIES",
    "DAYBOOK_CLOCK",
    "DAYBOOK_LOOK_AFTER_SECONDS",
    "DAYBOOK_CALL_TIMEOUT_SECONDS",
    "DAYBOOK_KEEP_DELIVERIES_DAYS",
    "DAYBOOK_KEEP_CLOSED_YEARS",
    "DAYBOOK_FILES_ROOT",
    "DAYBOOK_FEEDS_REACH_NEIGHBOURS",
    "DAYBOOK_FILES_REACH_NEIGHBOURS",
    "DAYBOOK_STATE_FOLDER",
    "DAYBOOK_LOG_FORMAT",
    "DAYBOOK_METRICS_TOKEN",
    "DAYBOOK_SESSION_IDLE_HOURS",
    "DAYBOOK_SESSION_DAYS",
    "DAYBOOK_SMTP_HOST",
    "DAYBOOK_SMTP_PORT",
    "DAYBOOK_SMTP_USER",
    "DAYBOOK_SMTP_PASSWORD",
    "DAYBOOK_SMTP_TLS",
    "DAYBOOK_MAIL_FROM",
    *OF_LEDGERS,
)


class EnvironmentIncompleteError(ImproperlyConfigured):
    """The environment lacks or mistypes something; the message names each variable and the cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says, checked."""

    database_url: str
    secret_key: str
    encryption_keys: str
    public_url: str
    trusted_proxies: tuple[proxies.Network, ...]
    ledgers: Mapping[str, str]
    """Where each ledger lives, by the variable's name."""
    pace: clock.Pace
    """How fast time passes."""
    look_after_seconds: int
    call_timeout_seconds: int
    keep_deliveries_days: int
    keep_closed_years: int
    files_root: str
    """Empty: no order files are put into folders of this machine."""
    feeds_reach_neighbours: bool
    """Addresses that people type for feeds may lead into Daybook's own network, and need no TLS."""
    files_reach_neighbours: bool
    """The servers that order files are put on may lie in Daybook's own network."""
    state_folder: str
    """Empty: no marker is kept outside of the database."""
    log_format: str
    metrics_token: str
    """Empty: nobody is told any figures at /metrics."""
    session_idle_hours: int
    session_days: int
    smtp_host: str
    """Empty: no mail is sent."""
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: str
    mail_from: str


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the checked environment. Raises EnvironmentIncompleteError with one line for each fault."""
    faults: list[str] = []
    environment = Environment(
        database_url=_database(environ, faults),
        secret_key=_required(environ, "DAYBOOK_SECRET_KEY", "50 random characters", faults),
        encryption_keys=_keys(environ, faults),
        public_url=_base(environ, "DAYBOOK_PUBLIC_URL", "http://localhost:8000", faults),
        trusted_proxies=_proxies(environ, faults),
        ledgers={name: _base(environ, name, usual, faults) for name, usual in OF_LEDGERS.items()},
        pace=_pace(environ, faults),
        look_after_seconds=_seconds(environ, "DAYBOOK_LOOK_AFTER_SECONDS", 120, faults),
        call_timeout_seconds=_seconds(environ, "DAYBOOK_CALL_TIMEOUT_SECONDS", 60, faults),
        keep_deliveries_days=_number(environ, "DAYBOOK_KEEP_DELIVERIES_DAYS", 30, "days", faults),
        keep_closed_years=_number(environ, "DAYBOOK_KEEP_CLOSED_YEARS", 7, "years", faults, most=100),
        files_root=_folder(environ, "DAYBOOK_FILES_ROOT", faults),
        feeds_reach_neighbours=_one_of(environ, "DAYBOOK_FEEDS_REACH_NEIGHBOURS", ("no", "yes"), faults) == "yes",
        files_reach_neighbours=_one_of(environ, "DAYBOOK_FILES_REACH_NEIGHBOURS", ("no", "yes"), faults) == "yes",
        state_folder=_folder(environ, "DAYBOOK_STATE_FOLDER", faults),
        log_format=_one_of(environ, "DAYBOOK_LOG_FORMAT", logging.FORMATS, faults),
        metrics_token=_metrics_token(environ, faults),
        session_idle_hours=_number(environ, "DAYBOOK_SESSION_IDLE_HOURS", 12, "hours", faults),
        session_days=_number(environ, "DAYBOOK_SESSION_DAYS", 14, "days", faults),
        smtp_host=environ.get("DAYBOOK_SMTP_HOST", ""),
        smtp_port=_number(environ, "DAYBOOK_SMTP_PORT", 587, "", faults, most=65535),
        smtp_user=environ.get("DAYBOOK_SMTP_USER", ""),
        smtp_password=environ.get("DAYBOOK_SMTP_PASSWORD", ""),
        smtp_tls=_tls(environ, faults),
        mail_from=_mail_from(environ, faults),
    )
    if faults:
        raise EnvironmentIncompleteError("\n".join(faults))
    return environment


def unknown(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the names that look like Daybook's variables and are none: most are mistyped, and would do nothing."""
    return tuple(sorted(name for name in environ if name.startswith("DAYBOOK_") and name not in VARIABLES))


def meant(name: str) -> str:
    """Return the variable that somebody probably meant by `name`, or ""."""
    return next(iter(difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.85)), "")


def _folder(environ: Mapping[str, str], name: str, faults: list[str]) -> str:
    text = environ.get(name, "").rstrip("/")
    if environ.get(name) and (not text.startswith("/") or ".." in text.split("/")):
        faults.append(f"{name}: the absolute path of a folder other than /, without .., such as /srv/order-files")
    return text


def _database(environ: Mapping[str, str], faults: list[str]) -> str:
    """The URL may hold a password: only its scheme is repeated."""
    text = _required(environ, "DATABASE_URL", "postgresql://user@host/name", faults)
    scheme, separator, _ = text.partition("://")
    if text and (not separator or scheme not in POSTGRESQL):
        given = f"{scheme}://" if separator else "none"
        faults.append(f"DATABASE_URL wants a PostgreSQL, postgresql://user@host/name; its scheme is {given}")
    return text


def _proxies(environ: Mapping[str, str], faults: list[str]) -> tuple[proxies.Network, ...]:
    text = environ.get("DAYBOOK_TRUSTED_PROXIES", "")
    try:
        return proxies.networks(text)
    except ValueError as error:
        faults.append(f"DAYBOOK_TRUSTED_PROXIES wants addresses or networks such as 127.0.0.1,10.0.0.0/8: {error}")
        return ()


def _pace(environ: Mapping[str, str], faults: list[str]) -> clock.Pace:
    """A clock that runs fast is for a trial against a simulator: the real ledger's time passes as everybody's."""
    try:
        pace = clock.read_pace(environ.get("DAYBOOK_CLOCK", ""))
    except ValueError:
        faults.append("DAYBOOK_CLOCK wants a whole number and a moment, such as 20@2026-11-20T12:00:00Z")
        return clock.REAL
    called = {name: usual for name, usual in OF_LEDGERS.items() if not name.endswith("_LINK_BASE")}
    hosts = {urlsplit(environ.get(name) or usual).hostname for name, usual in called.items()}
    if not pace.is_real and not hosts <= LOOPBACK:
        faults.append("DAYBOOK_CLOCK is for trials against a simulator on this machine; leave it out")
    return pace


def _one_of(environ: Mapping[str, str], name: str, values: tuple[str, ...], faults: list[str]) -> str:
    """The first value is the default."""
    text = environ.get(name) or values[0]
    if text not in values:
        faults.append(f"{name} wants {' or '.join(values)}, not {text!r}")
        return values[0]
    return text


def _required(environ: Mapping[str, str], name: str, example: str, faults: list[str]) -> str:
    if not environ.get(name):
        faults.append(f"{name} is not set; it wants, for example, {example}")
    return environ.get(name, "")


def _keys(environ: Mapping[str, str], faults: list[str]) -> str:
    text = _required(environ, "DAYBOOK_ENCRYPTION_KEYS", "the line that `daybook secrets new-key` prints", faults)
    if text:
        try:
            KeyRing.parse(text)
        except KeyRingError as error:
            faults.append(str(error))
    return text


def _base(environ: Mapping[str, str], name: str, default: str, faults: list[str]) -> str:
    """Plain http is for loopback only: tokens travel there."""
    text = environ.get(name) or default
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        faults.append(f"{name} wants a URL such as {default}, not {text!r}")
    elif parts.path.strip("/") or parts.query:
        faults.append(f"{name} takes no path: {text!r} should end after the host")
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
        faults.append(f"{name} may use plain http only to this machine; use https for {parts.hostname}")
    return text.rstrip("/")


def _seconds(environ: Mapping[str, str], name: str, default: int, faults: list[str]) -> int:
    return _number(environ, name, default, "seconds", faults)


def _number(  # one for each part of the sentence
    environ: Mapping[str, str], name: str, default: int, unit: str, faults: list[str], *, most: int = 100_000
) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:9]) <= most or len(text) > 9:
        what = f"a whole number of {unit}" if unit else "a whole number"
        faults.append(f"{name} wants {what}, from 1 to {most}, not {text!r}")
        return default
    return int(text)


def _tls(environ: Mapping[str, str], faults: list[str]) -> str:
    """`none` is for a mail server on this machine: passwords and links would travel in the open."""
    text = environ.get("DAYBOOK_SMTP_TLS") or "starttls"
    if text not in TLS:
        faults.append(f"DAYBOOK_SMTP_TLS wants one of {', '.join(TLS)}, not {text!r}")
    elif text == "none" and environ.get("DAYBOOK_SMTP_HOST", "") not in {"", *LOOPBACK}:
        faults.append("DAYBOOK_SMTP_TLS may be none only for a mail server on this machine")
    return text


def _metrics_token(environ: Mapping[str, str], faults: list[str]) -> str:
    """It is sent in a header, and guards figures of all companies: long, and of characters that a header may hold."""
    text = environ.get("DAYBOOK_METRICS_TOKEN", "")
    is_usable = text.isascii() and text.isprintable() and " " not in text and len(text) >= SHORTEST_TOKEN
    if text and not is_usable:
        faults.append(f"DAYBOOK_METRICS_TOKEN wants at least {SHORTEST_TOKEN} letters and digits, without blanks")
    return text


def _mail_from(environ: Mapping[str, str], faults: list[str]) -> str:
    text = environ.get("DAYBOOK_MAIL_FROM", "")
    if environ.get("DAYBOOK_SMTP_HOST") and "@" not in text:
        faults.append("DAYBOOK_MAIL_FROM wants the address that mails come from, say daybook@example.com")
    return text

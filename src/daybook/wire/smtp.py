"""Mail to one server: a mail is handed over once, and how far that came is said exactly.

Nothing is repeated here. Until the server has heard the end of the mail nothing is delivered (RFC 5321, 4.1.1.4 and 6.1):
what fails before is not sent; what fails from the first byte of the mail on, with no answer, nobody knows.
"""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from daybook.wire import said
from daybook.wire.errors import LoginRefused, NotSent, OutcomeUnknown, Refused, WireError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FAILURES = (OSError, smtplib.SMTPException, UnicodeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where to, and as whom."""

    host: str
    port: int = 587
    security: str = "starttls"
    """`starttls`, `tls` or `none`, which only a server on this machine may have."""
    username: str = ""
    password: str = field(default="", repr=False)
    calls_itself: str = "localhost.localdomain"
    """How we greet the server; looked up nowhere, since looking may take minutes."""


@dataclass(frozen=True, slots=True)
class MailPatience:
    """How long to wait, in seconds."""

    connect: float = 15.0
    answer: float = 60.0


@dataclass(eq=False)
class AddressRefused(Refused):
    """The server does not take the address that the mail is for; nothing of the mail was shown to it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The server has taken the mail, and answers for it now."""

    words: str
    """The server's own: some name their id of the mail."""
    refused: tuple[str, ...] = ()
    """Addresses of copies that it does not take."""


class SmtpSession:
    """Hands mails to one server over one connection, which is made at the first. For one thread and one batch; close it."""

    def __init__(self, server: MailServer, patience: MailPatience | None = None) -> None:
        self._server = server
        self._patience = patience or MailPatience()
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the server; without waiting for its goodbye."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(*_FAILURES):
                smtp.close()

    def check(self) -> None:
        """Connect and log in, and send nothing. Raises NotSent, LoginRefused, Refused."""
        self._opened()

    def send(self, sender: str, to: str, copies: Sequence[str], mail: bytes) -> Taken:
        """Hand over one mail, once. Raises a WireError; where the connection is lost, the next mail makes another."""
        smtp = self._opened()
        refused = self._say_for_whom(smtp, sender, to, copies)
        try:
            code, words = smtp.docmd("DATA")
        except _FAILURES as error:
            self.close()
            raise NotSent(said.of(error)) from None
        if code != 354:
            self.close()
            raise _said_no(code, words)
        return Taken(self._hand_over(smtp, mail), tuple(refused))

    def _hand_over(self, smtp: smtplib.SMTP, mail: bytes) -> str:
        """Send the mail itself. From its first byte on only an answer tells what became of it."""
        try:
            smtp.send(_with_end(mail))
            code, words = smtp.getreply()
        except _FAILURES as error:
            self.close()
            raise OutcomeUnknown(said.of(error)) from None
        if not 200 <= code < 300:
            self.close()
            raise _said_no(code, words)
        return _text(words)

    def _say_for_whom(self, smtp: smtplib.SMTP, sender: str, to: str, copies: Sequence[str]) -> list[str]:
        """Return the copies that are not taken."""
        refused: list[str] = []
        try:
            code, words = smtp.mail(sender)
            if code != 250:
                raise _said_no(code, words)
            code, words = smtp.rcpt(to)
            if code >= 500:
                raise AddressRefused(_text(words), code)
            if code not in {250, 251}:
                raise _said_no(code, words)
            for copy in copies:
                code, _ = smtp.rcpt(copy)
                refused += [] if code in {250, 251} else [copy]
        except WireError:
            self._begin_anew(smtp)
            raise
        except _FAILURES as error:
            self.close()
            raise NotSent(said.of(error)) from None
        return refused

    def _begin_anew(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except _FAILURES:
            self.close()

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None:
            made: list[smtplib.SMTP] = []
            try:
                self._smtp = self._begun(made)
            except smtplib.SMTPAuthenticationError as error:
                _leave(made)
                raise LoginRefused(said.of(error), error.smtp_code) from None
            except smtplib.SMTPNotSupportedError as error:
                _leave(made)
                raise Refused(said.of(error)) from None
            except _FAILURES as error:
                _leave(made)
                raise NotSent(said.of(error)) from None
        return self._smtp

    def _begun(self, made: list[smtplib.SMTP]) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.security == "none" and server.host not in LOOPBACK:
            raise smtplib.SMTPNotSupportedError("Without encryption mail goes only to a server on this machine.")
        smtp: smtplib.SMTP
        if server.security == "tls":
            smtp = smtplib.SMTP_SSL(local_hostname=server.calls_itself, timeout=self._patience.connect, context=context)
        else:
            smtp = smtplib.SMTP(local_hostname=server.calls_itself, timeout=self._patience.connect)
        made.append(smtp)
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - the name that its certificate must have
        code, words = smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.username:
            smtp.login(server.username, server.password)
        if smtp.sock is not None:
            smtp.sock.settimeout(self._patience.answer)
        return smtp


def _with_end(mail: bytes) -> bytes:
    """Return the mail as it goes over the line: dots doubled at the beginnings of lines, the end behind it."""
    lines = mail.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _said_no(code: int, words: bytes) -> WireError:
    """4xx: not now; 5xx: never so (RFC 5321, 4.2.1)."""
    return Refused(_text(words), code) if code >= 500 else NotSent(_text(words), code)


def _leave(made: list[smtplib.SMTP]) -> None:
    for smtp in made:
        with suppress(*_FAILURES):
            smtp.close()


def _text(words: bytes) -> str:
    return words.decode(errors="replace")[:500]

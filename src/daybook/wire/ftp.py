"""Files on an FTP server, in the open or over TLS: each ask is carried out once, and an answer or one exact error comes back.

Nothing is repeated here. Over TLS the server is known by a certificate that the machine's authorities vouch for, or by the
one certificate that a person confirmed. FTP itself has no rename that never overwrites, so we look before (RFC 959).
"""

import ftplib
import hashlib
import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from posixpath import basename, join
from types import TracebackType
from typing import Any, Self

from daybook.wire import said
from daybook.wire.asks import (
    Changed,
    Content,
    FileAnswer,
    FileAsk,
    FileThere,
    Get,
    Gone,
    List,
    Listing,
    Made,
    MakeFolder,
    NameTaken,
    Put,
    Rename,
    Renamed,
    Stored,
    TooLarge,
)
from daybook.wire.errors import Full, HostKeyChanged, LoginRefused, NotSent, OutcomeUnknown, Refused, WireError

MOST_FILES = 100_000
"""In one folder; more are not listed: somebody must tidy up first."""
_NO_ROOM = {"452", "552"}
"""RFC 959, 4.2.2: no room; the quota is used up."""
_NOT_TAKEN = {"500", "502", "504"}
"""The server does not know the command."""
_BY_TLS = {"ftps", "ftps_implicit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpServer:
    """Where to, as whom, and whom to expect there."""

    host: str
    port: int = 21
    username: str
    password: str = field(default="", repr=False)
    security: str = "ftps"
    """`ftp`: in the open; `ftps`: TLS after AUTH TLS (RFC 4217); `ftps_implicit`: TLS from the first byte, port 990."""
    certificate: str = ""
    """`SHA256:...` of the certificate that a person confirmed; "": one that the machine's authorities vouch for."""

    @property
    def is_secret(self) -> bool:
        """Return whether what is sent can be read by nobody on the way."""
        return self.security in _BY_TLS


@dataclass(frozen=True, slots=True)
class FtpPatience:
    """How long to wait, in seconds."""

    connect: float = 15.0
    answer: float = 60.0
    """For one answer, and for each piece of a file."""
    whole: float = 600.0
    """For the way in, or one ask, as a whole: a server may send each piece in time, and never come to an end."""


class _Implicit(ftplib.FTP_TLS):
    """TLS from the first byte on."""

    def __init__(self, **options: Any) -> None:
        self._plain: Any = None
        super().__init__(**options)

    @property
    def sock(self) -> Any:
        return self._plain

    @sock.setter
    def sock(self, opened: Any) -> None:
        is_open = opened is not None and not isinstance(opened, ssl.SSLSocket)
        self._plain = self.context.wrap_socket(opened, server_hostname=self.host) if is_open else opened


class _Plain(ftplib.FTP):
    """Tells which data connection it opened last."""

    moving: Any = None

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[Any, int | None]:
        self.moving, size = super().ntransfercmd(cmd, rest)
        return self.moving, size


class _Kept(ftplib.FTP_TLS):
    """Data connections go on with the session of the control connection: servers such as vsftpd ask for that."""

    moving: Any = None

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[Any, int | None]:
        self.moving, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - over TLS
        if getattr(self, "_prot_p", False):
            session = getattr(self.sock, "session", None)
            self.moving = self.context.wrap_socket(self.moving, server_hostname=self.host, session=session)
        return self.moving, size


class _KeptImplicit(_Implicit, _Kept):
    """Both."""


class FtpSession:
    """Carries asks to one server over one connection, which is made at the first. For one thread and one batch; close it."""

    def __init__(self, server: FtpServer, patience: FtpPatience | None = None) -> None:
        self._server = server
        self._patience = patience or FtpPatience()
        self._ftp: ftplib.FTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the server; without waiting for its goodbye."""
        ftp, self._ftp = self._ftp, None
        if ftp is not None:
            with suppress(OSError, EOFError, *_ALL):
                ftp.close()

    def ask(self, ask: FileAsk) -> FileAnswer:
        """Carry out one ask, once. Raises a WireError; where the connection is lost, the next ask makes another."""
        ftp = self._opened()
        try:
            with _ended_after(self._patience.whole, [ftp]):
                return _answer(ftp, ask)
        except ftplib.error_perm as error:
            raise (Full if _code(error) in _NO_ROOM else Refused)(said.of(error)) from None
        except (OSError, EOFError, *_ALL) as error:
            self.close()
            if isinstance(ask, Put) and not isinstance(error, TimeoutError):
                self._tidy_up(ask.path)
            if isinstance(error, ftplib.error_temp) and _code(error) in _NO_ROOM:
                raise Full(said.of(error)) from None
            raise (NotSent if isinstance(ask, List | Get) else OutcomeUnknown)(said.of(error)) from None

    def _tidy_up(self, path: str) -> None:
        """Take away, over a new connection, what may be half there; where that does not work it does no harm either."""
        with suppress(WireError, OSError, EOFError, *_ALL):
            _forget(self._opened(), path)

    def _opened(self) -> ftplib.FTP:
        if self._ftp is None:
            self._ftp = connected(self._server, self._patience)
        return self._ftp


def connected(server: FtpServer, patience: FtpPatience) -> ftplib.FTP:
    """Return a connection that is logged in. Raises NotSent, LoginRefused, HostKeyChanged, Refused."""
    made: list[ftplib.FTP] = []
    try:
        with _ended_after(patience.whole, made):
            return _log_in(server, patience, made)
    except ssl.SSLCertVerificationError as error:
        shown = fetch_certificate(server, patience)
        raise HostKeyChanged(said.of(error), expected=server.certificate, found=shown) from None
    except ftplib.error_perm as error:
        _leave(made)
        raise (LoginRefused if _code(error) == "530" else Refused)(said.of(error)) from None
    except WireError:
        _leave(made)
        raise
    except (OSError, EOFError, UnicodeError, *_ALL) as error:
        _leave(made)
        raise NotSent(said.of(error)) from None


def fetch_certificate(server: FtpServer, patience: FtpPatience) -> str:
    """Return the fingerprint of the certificate that the server shows, `SHA256:...`; nothing is sent to it. Raises NotSent."""
    made: list[ftplib.FTP] = []
    try:
        with _ended_after(patience.whole, made):
            ftp = _begin(server, patience, _unverified(), made)
            if isinstance(ftp, ftplib.FTP_TLS) and server.security == "ftps":
                ftp.auth()
            return _fingerprint(ftp)
    except (OSError, EOFError, UnicodeError, *_ALL) as error:
        raise NotSent(said.of(error)) from None
    finally:
        _leave(made)


def _log_in(server: FtpServer, patience: FtpPatience, made: list[ftplib.FTP]) -> ftplib.FTP:
    context = _unverified() if server.certificate else ssl.create_default_context()
    ftp = _begin(server, patience, context, made)
    if isinstance(ftp, ftplib.FTP_TLS):
        if server.security == "ftps":
            ftp.auth()
        found = _fingerprint(ftp)
        if server.certificate and found != server.certificate:
            raise HostKeyChanged("Another certificate.", expected=server.certificate, found=found)
    ftp.login(server.username, server.password)
    if isinstance(ftp, ftplib.FTP_TLS):
        ftp.prot_p()
    ftp.voidcmd("TYPE I")
    if ftp.sock is not None:
        ftp.sock.settimeout(patience.answer)
    ftp.timeout = patience.answer
    return ftp


def _begin(server: FtpServer, patience: FtpPatience, context: ssl.SSLContext, made: list[ftplib.FTP]) -> ftplib.FTP:
    """Return a connection on which the server has said hello, and nothing was said of us."""
    ftp: ftplib.FTP
    if server.security == "ftp":
        ftp = _Plain(timeout=patience.connect, encoding="utf-8")  # a person chose it, and was warned
    else:
        kind = _KeptImplicit if server.security == "ftps_implicit" else _Kept
        ftp = kind(timeout=patience.connect, context=context, encoding="utf-8")
    made.append(ftp)
    ftp.connect(server.host, server.port)
    return ftp


def _unverified() -> ssl.SSLContext:
    """The certificate is compared by us, with the one that a person confirmed."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _fingerprint(ftp: ftplib.FTP) -> str:
    shown = ftp.sock.getpeercert(binary_form=True) if isinstance(ftp.sock, ssl.SSLSocket) else None
    if not shown:
        raise ssl.SSLError("The server shows no certificate.")
    return "SHA256:" + hashlib.sha256(shown).digest().hex(":").upper()  # as openssl says it


def _leave(made: list[ftplib.FTP]) -> None:
    for ftp in made:
        with suppress(OSError, EOFError, *_ALL):
            ftp.close()


@contextmanager
def _ended_after(seconds: float, connections: list[ftplib.FTP]) -> Iterator[None]:
    """End from outside what takes longer altogether, whatever comes on the connections meanwhile. Raises TimeoutError."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        for each in [opened for ftp in connections for opened in (getattr(ftp, "moving", None), ftp.sock) if opened]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, EOFError, *_ALL) as error:
        if is_late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def _answer(ftp: ftplib.FTP, ask: FileAsk) -> FileAnswer:
    match ask:
        case Put():
            return _put(ftp, ask)
        case Rename():
            return _rename(ftp, ask)
        case List():
            return Listing(tuple(_files(ftp, ask.folder)))
        case Get():
            return _get(ftp, ask)
        case MakeFolder():
            return _make(ftp, ask.path)
        case _:
            raise TypeError(f"no ask of this wire: {ask}")


def _put(ftp: ftplib.FTP, put: Put) -> FileAnswer:
    """STOR overwrites: what has the name already is left alone."""
    if _size(ftp, put.path) is not None:
        return NameTaken()
    try:
        ftp.storbinary(f"STOR {put.path}", io.BytesIO(put.content))
    except (ftplib.error_perm, ftplib.error_temp):
        _forget(ftp, put.path)
        raise
    size = _size(ftp, put.path)
    if size is None:
        return Gone()
    if size != len(put.content):
        _forget(ftp, put.path)
        raise OutcomeUnknown(f"The server counts {size} of {len(put.content)} bytes.")
    return Stored(size)


def _forget(ftp: ftplib.FTP, path: str) -> None:
    """Take away what is not whole, where the server lets us; nobody has been told of it."""
    with suppress(OSError, EOFError, *_ALL):
        ftp.delete(path)


def _rename(ftp: ftplib.FTP, rename: Rename) -> FileAnswer:
    if _size(ftp, rename.new_path) is not None:  # most servers' rename overwrites
        return NameTaken()
    if _size(ftp, rename.path) is None:
        return Gone()
    ftp.rename(rename.path, rename.new_path)
    return Renamed()


class _TooMuchError(Exception):
    """More came than was asked for."""


def _get(ftp: ftplib.FTP, get: Get) -> FileAnswer:
    before = _size(ftp, get.path)
    if before is None:
        return Gone()
    if before > get.most:
        return TooLarge(before)
    found = bytearray()

    def keep(piece: bytes) -> None:
        found.extend(piece)
        if len(found) > get.most:
            raise _TooMuchError

    try:
        ftp.retrbinary(f"RETR {get.path}", keep)
    except _TooMuchError:
        ftp.close()  # what else it sends is not listened to; the next ask makes another connection
        raise OSError("The file grew beyond what is read.") from None
    return Content(bytes(found)) if _size(ftp, get.path) == before == len(found) else Changed()


def _make(ftp: ftplib.FTP, path: str) -> FileAnswer:
    try:
        ftp.mkd(path)
    except ftplib.error_perm:
        ftp.cwd(path)  # it is there, or else this is refused too
    return Made()


def _size(ftp: ftplib.FTP, path: str) -> int | None:
    """Return how large a file is by the server's count; None: it is not there. Raises ftplib.Error."""
    try:
        ftp.voidcmd("TYPE I")  # a listing leaves it at text, in which some servers count nothing
        return ftp.size(path)
    except ftplib.error_perm as error:
        if _code(error) not in {"550", *_NOT_TAKEN}:
            raise
    folder, name = path[: -len(basename(path))] or "/", basename(path)
    return next((each.size for each in _files(ftp, folder) if each.name == name), None)


def _files(ftp: ftplib.FTP, folder: str) -> Iterator[FileThere]:
    try:
        listed = list(_counted(lambda: iter(ftp.mlsd(folder, ["type", "size", "modify"]))))
    except ftplib.error_perm as error:
        if _code(error) not in _NOT_TAKEN:
            raise
        yield from _by_name(ftp, folder)
        return
    for name, facts in listed:
        if facts.get("type", "file").lower() in {"cdir", "pdir"} or name in {".", ".."}:
            continue
        is_file = facts.get("type", "file").lower() == "file"
        yield FileThere(name, _number(facts.get("size", "")) if is_file else None, _moment(facts.get("modify", "")))


def _by_name(ftp: ftplib.FTP, folder: str) -> Iterator[FileThere]:
    """Servers without MLSD tell the names alone; each file's size is asked for where it is needed."""
    names: list[str] = []
    try:
        ftp.cwd(folder)
        names = ftp.nlst()
    except ftplib.error_perm as error:
        if _code(error) != "550" or "no files" not in str(error).lower():  # so some servers say of an empty folder
            raise
    for name in names[:MOST_FILES]:
        size: int | None = None
        with suppress(ftplib.error_perm):
            ftp.voidcmd("TYPE I")
            size = ftp.size(join(folder, basename(name)))
        yield FileThere(basename(name), size)


def _counted(listing: Callable[[], Iterator[tuple[str, dict[str, str]]]]) -> Iterator[tuple[str, dict[str, str]]]:
    for count, each in enumerate(listing()):
        if count > MOST_FILES:
            raise Refused(f"The folder holds more than {MOST_FILES:,} files.")
        yield each


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _moment(text: str) -> int | None:
    """Return seconds since 1970 of YYYYMMDDHHMMSS in UTC (RFC 3659, 2.3)."""
    try:
        return int(datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


_ALL = (ftplib.Error,)


def _code(error: Exception) -> str:
    return str(error)[:3]

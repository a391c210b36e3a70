"""A real FTP server (pyftpdlib) in a thread, in the open or over TLS, with switches for what real ones do to their clients."""

import datetime as dt
import errno
import os
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

with warnings.catch_warnings():  # it stands on asyncore, which Python has given up
    warnings.simplefilter("ignore", DeprecationWarning)
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import FTPHandler, ThrottledDTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "daybook", "open sesame"


@dataclass
class Switches:
    """What goes wrong. All off: a server that behaves."""

    room: int | None = None
    """Bytes that the disk still takes."""
    breaks_after_rename: bool = False
    """It renames, and the connection breaks before the answer."""
    forgets_to_rename: bool = False
    """It says that it has, and has not."""
    breaks_in_store: bool = False
    hangs_in: str = ""
    """It says nothing for long on this command."""
    without_mlsd: bool = False
    drips: int = 0
    """Bytes a second of a file in the open; 0: as fast as it can."""
    collected: list[str] = field(default_factory=list)
    reader: bool = False
    """Whoever collects takes each finished file in the moment it is there."""


@dataclass
class RunningFtp:
    port: int
    root: Path
    switches: Switches

    def there(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir())


def certificate(folder: Path, name: str = "ftp") -> Path:
    """Write a certificate that nobody vouches for, with its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def _handler(switches: Switches, secure: Path | None) -> type[FTPHandler]:  # noqa: C901 - one thing to go wrong after the other
    base = TLS_FTPHandler if secure is not None else FTPHandler

    class Room(AbstractedFS):
        def open(self, filename, mode):
            opened = super().open(filename, mode)
            if "w" not in mode:
                return opened
            write = opened.write

            class Limited:
                name, closed = opened.name, False

                def write(self, data):
                    if switches.room is not None:
                        if switches.room < len(data):
                            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                        switches.room -= len(data)
                    return write(data)

                def close(self):
                    self.closed = True
                    opened.close()

                def __getattr__(self, which):
                    return getattr(opened, which)

            return Limited()

    class Dripping(ThrottledDTPHandler):
        def __init__(self, sock, cmd_channel):
            self.write_limit = switches.drips
            super().__init__(sock, cmd_channel)

    class Handler(base):  # type: ignore[misc,valid-type]
        abstracted_fs = Room
        authorizer = DummyAuthorizer()
        use_sendfile = False
        auth_failed_timeout = 0
        proto_cmds = {
            name: facts for name, facts in base.proto_cmds.items() if not (switches.without_mlsd and name == "MLSD")
        }

        def pre_process_command(self, line, cmd, arg):
            if switches.hangs_in and cmd == switches.hangs_in:
                time.sleep(3)
            if switches.without_mlsd and cmd == "MLSD":
                self.respond("500 What is that?")
                return
            super().pre_process_command(line, cmd, arg)

        def ftp_RNTO(self, path):  # noqa: N802 - theirs
            if switches.forgets_to_rename:
                self.respond("250 Renaming ok.")
                return None
            if not switches.breaks_after_rename:
                done = super().ftp_RNTO(path)
            else:
                self.fs.rename(self._rnfr, path)
                done = None
                self.close()
            if switches.reader and Path(path).exists():
                switches.collected.append(Path(path).name)
                Path(path).unlink()
            return done

        def ftp_STOR(self, file, mode="w"):  # noqa: N802 - theirs
            if switches.breaks_in_store:
                self.close()
                return None
            return super().ftp_STOR(file, mode)

    if secure is None:
        Handler.dtp_handler = Dripping
    else:
        Handler.certfile = str(secure)
        Handler.tls_control_required = True
        Handler.tls_data_required = True
    return Handler


@contextmanager
def ftp_server(root: Path, secure: Path | None = None) -> Iterator[RunningFtp]:
    """Have a server of one folder; `secure`: the certificate with its key, for TLS."""
    switches = Switches()
    handler = _handler(switches, secure)
    handler.authorizer.add_user(USER, PASSWORD, str(root), perm="elradfmw")
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            loop.loop(timeout=0.05, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield RunningFtp(server.address[1], root, switches)
    finally:
        over.set()
        thread.join(timeout=10)

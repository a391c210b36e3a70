"""Files on an SFTP server: each ask is carried out once, and an answer or one exact error comes back.

Nothing is repeated here. The server is known by the one key that a person confirmed; nothing is read from the machine's
own SSH settings, agent, keys or known hosts. Speaks version 3 of the protocol, whose plain rename never overwrites.
"""

import asyncio
import stat
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh

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
from daybook.wire.ssh_keys import HOST_KEY_KINDS, read_public_key

MOST_FILES = 100_000
"""In one folder; more are not listed: somebody must tidy up first."""
PIECE = 32 * 1024
"""Bytes of one write, which every server takes. One after the other, so that a file has no holes when it breaks off."""
_CLOSING_SECONDS = 2.0

_NOT_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_NO_ROOM = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded, asyncssh.SFTPFailure)
"""While writing: OpenSSH says no more than "Failure" of a full disk and of a quota."""
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)

asyncssh.set_log_level("WARNING")  # it would log hosts, users and paths of each connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to, as whom, and whom to expect there."""

    host: str
    port: int = 22
    username: str
    host_key: str
    """The public key that a person confirmed, in one line of OpenSSH's form."""
    private_key: str = field(repr=False)
    password: str = field(default="", repr=False)
    """Only for servers that take no keys, or want both."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    connect: float = 15.0
    """For the whole way from the name look-up to the open session."""
    answer: float = 60.0
    """For one ask as a whole; while a file is fetched, for each piece of it."""
    whole: float = 600.0
    """For fetching one file as a whole."""


@dataclass(slots=True)
class _Progress:
    """How far a file that is being fetched has come."""

    pieces: int = 0


class SftpSession:
    """Carries asks to one server over one connection, which is made at the first. For one thread and one batch; close it.

    Between two asks nothing is read: a server that hears nothing for minutes may have hung up by the next.
    """

    def __init__(self, server: Server, patience: Patience | None = None) -> None:
        self._server = server
        self._patience = patience or Patience()
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sftp")
        self._connection: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the server."""
        try:
            self._run(self._leave())
        finally:
            self._thread.submit(self._runner.close).result()
            self._thread.shutdown()

    def ask(self, ask: FileAsk) -> FileAnswer:
        """Carry out one ask, once. Raises a WireError; where the connection is lost, the next ask makes another."""
        return self._run(self._carried(ask))

    def _run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Wait for it in a thread of its own: the caller's may run an event loop already."""
        return self._thread.submit(self._runner.run, doing).result()

    async def _carried(self, ask: FileAsk) -> FileAnswer:
        sftp = await self._opened()
        try:
            progress = _Progress()
            return await self._in_time(_answer(sftp, ask, progress), progress)
        except (asyncssh.Error, OSError, EOFError) as error:
            if isinstance(error, asyncssh.SFTPError) and not isinstance(error, _LOST):
                raise Refused(said.of(error)) from None
            await self._leave()
            failure = NotSent if isinstance(ask, List | Get) else OutcomeUnknown
            raise failure(said.of(error)) from None

    async def _in_time(self, answering: Coroutine[None, None, FileAnswer], progress: _Progress) -> FileAnswer:
        """Wait for an answer, longer while pieces of a file come. Raises TimeoutError.

        What hangs is ended by leaving the server: merely cancelled, the library would ask once more and wait for that.
        """
        task = asyncio.ensure_future(answering)
        now = asyncio.get_running_loop().time
        ends, before = now() + self._patience.whole, -1
        while before != progress.pieces and now() < ends:
            before = progress.pieces
            await asyncio.wait({task}, timeout=min(self._patience.answer, ends - now()))
            if task.done():
                return task.result()
        await self._leave()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise TimeoutError

    async def _opened(self) -> asyncssh.SFTPClient:
        if self._sftp is None or self._connection is None or self._connection.is_closed():
            await self._leave()
            owner = _Expecting(read_public_key(self._server.host_key))
            try:
                async with asyncio.timeout(self._patience.connect):
                    self._connection = await asyncssh.connect(client_factory=lambda: owner, **_options(self._server))
                    self._sftp = await self._connection.start_sftp_client(sftp_version=3)
            except (asyncssh.Error, OSError, EOFError, UnicodeError, OverflowError) as error:
                await self._leave()
                raise _never_reached(error, owner) from None
        return self._sftp

    async def _leave(self) -> None:
        connection, self._connection, self._sftp = self._connection, None, None
        if connection is not None:
            connection.abort()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await connection.wait_closed()


class _Expecting(asyncssh.SSHClient):
    """Knows the server by one key, and remembers which one it showed."""

    def __init__(self, expected: asyncssh.SSHKey) -> None:
        self.expected = expected
        self.shown: asyncssh.SSHKey | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        del host, addr, port
        self.shown = key
        return bool(key == self.expected)


def _options(server: Server) -> dict[str, object]:
    """Return the options of a connection on which nothing but `server` has a say."""
    kind = read_public_key(server.host_key).sig_algorithms
    first = [each.decode() for each in kind if each.decode() in HOST_KEY_KINDS]
    return {
        "host": server.host,
        "port": server.port,
        "username": server.username,
        "client_keys": [asyncssh.import_private_key(server.private_key)],
        "password": server.password or None,
        "preferred_auth": ["publickey", "password", "keyboard-interactive"] if server.password else ["publickey"],
        "known_hosts": ([], [], []),  # nobody but `_Expecting` decides
        "server_host_key_algs": [*first, *(each for each in HOST_KEY_KINDS if each not in first)],
        "config": None,
        "agent_path": None,
        "gss_host": None,
        "x509_trusted_certs": None,
    }


def _never_reached(error: Exception, owner: _Expecting) -> WireError:
    """Return what a connection that did not come about stands for."""
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and owner.shown is not None:
        expected, found = owner.expected.get_fingerprint(), owner.shown.get_fingerprint()
        return HostKeyChanged(said.of(error), expected=expected, found=found)
    if isinstance(error, asyncssh.PermissionDenied):
        return LoginRefused(said.of(error))
    is_refusal = isinstance(error, asyncssh.SFTPError | asyncssh.ChannelOpenError | asyncssh.KeyExchangeFailed)
    return Refused(said.of(error)) if is_refusal and not isinstance(error, _LOST) else NotSent(said.of(error))


async def _answer(sftp: asyncssh.SFTPClient, ask: FileAsk, progress: _Progress) -> FileAnswer:
    match ask:
        case Put():
            return await _put(sftp, ask)
        case Rename():
            return await _rename(sftp, ask)
        case List():
            return Listing(tuple([each async for each in _files(sftp, ask.folder)]))
        case Get():
            return await _get(sftp, ask, progress)
        case MakeFolder():
            return await _make(sftp, ask.path)


async def _put(sftp: asyncssh.SFTPClient, put: Put) -> FileAnswer:
    try:
        file = await sftp.open(put.path, "xb", block_size=None)
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
        if await _is_there(sftp, put.path):
            return NameTaken()
        raise
    try:
        for start in range(0, len(put.content), PIECE):
            await file.write(put.content[start : start + PIECE])
        await _to_disk(file)
        await file.close()
    except asyncssh.SFTPError as error:
        if isinstance(error, _LOST):
            raise
        with suppress(asyncssh.SFTPError):
            await file.close()
        await _forget(sftp, put.path)
        raise (Full if isinstance(error, _NO_ROOM) else Refused)(said.of(error)) from None
    return await _confirmed(sftp, put)


async def _confirmed(sftp: asyncssh.SFTPClient, put: Put) -> FileAnswer:
    """Return how large the file is by the server's count; where that is not what was written, the outcome is unknown."""
    try:
        size = (await sftp.lstat(put.path)).size
    except _NOT_THERE:
        return Gone()
    if size != len(put.content):
        await _forget(sftp, put.path)
        raise OutcomeUnknown(f"The server counts {size} of {len(put.content)} bytes.")
    return Stored(size)


async def _to_disk(file: asyncssh.SFTPClientFile) -> None:
    with suppress(asyncssh.SFTPOpUnsupported):  # then its answer to the closing must do
        await file.fsync()


async def _forget(sftp: asyncssh.SFTPClient, path: str) -> None:
    """Take away what is not whole, where the server lets us; nobody has been told of it."""
    with suppress(asyncssh.SFTPError):
        await sftp.remove(path)


async def _rename(sftp: asyncssh.SFTPClient, rename: Rename) -> FileAnswer:
    if await _is_there(sftp, rename.new_path):  # there are servers whose plain rename overwrites all the same
        return NameTaken()
    try:
        await sftp.rename(rename.path, rename.new_path)
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists, *_NOT_THERE):
        if await _is_there(sftp, rename.new_path):
            return NameTaken()
        if not await _is_there(sftp, rename.path):
            return Gone()
        raise
    return Renamed()


async def _get(sftp: asyncssh.SFTPClient, get: Get, progress: _Progress) -> FileAnswer:
    try:
        before = await sftp.lstat(get.path)
        if before.permissions is not None and not stat.S_ISREG(before.permissions):
            raise Refused("This is no plain file.")
        if before.size is not None and before.size > get.most:
            return TooLarge(before.size)
        content = await _read(sftp, get, progress)
        after = await sftp.lstat(get.path)
    except _NOT_THERE:
        return Gone()
    if len(content) > get.most:
        return TooLarge(len(content))
    is_still = (before.size, before.mtime) == (after.size, after.mtime) and after.size in {None, len(content)}
    return Content(content) if is_still else Changed()


async def _read(sftp: asyncssh.SFTPClient, get: Get, progress: _Progress) -> bytes:
    """Return the file's bytes, one more than is wanted at most."""
    found = bytearray()
    async with sftp.open(get.path, "rb", block_size=None) as file:
        while len(found) <= get.most and (piece := await file.read(PIECE)):
            found += piece.encode() if isinstance(piece, str) else piece
            progress.pieces += 1
    return bytes(found)


async def _make(sftp: asyncssh.SFTPClient, path: str) -> FileAnswer:
    if not await _is_there(sftp, path):
        await sftp.mkdir(path)
    return Made()


async def _is_there(sftp: asyncssh.SFTPClient, path: str) -> bool:
    try:
        await sftp.lstat(path)
    except _NOT_THERE:
        return False
    return True


async def _files(sftp: asyncssh.SFTPClient, folder: str) -> AsyncIterator[FileThere]:
    count = 0
    async for entry in sftp.scandir(folder.encode()):  # as bytes: names of strangers need not be UTF-8
        name = entry.filename.decode(errors="replace") if isinstance(entry.filename, bytes) else entry.filename
        if name in {".", ".."}:
            continue
        count += 1
        if count > MOST_FILES:
            raise Refused(f"The folder holds more than {MOST_FILES:,} files.")
        is_folder = entry.attrs.permissions is not None and stat.S_ISDIR(entry.attrs.permissions)
        yield FileThere(name, None if is_folder else entry.attrs.size, entry.attrs.mtime)

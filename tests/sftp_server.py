"""A real SFTP server (asyncssh) in a thread, with switches for everything that real ones do to their clients."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

USER = "daybook"


@dataclass
class Switches:
    """What goes wrong. All off: a server that behaves."""

    silent: bool = False
    """It takes the connection and says nothing."""
    hangs_in: str = ""
    """It never answers to this: write, rename, scandir."""
    breaks_in: str = ""
    """It breaks off the connection at this."""
    room: int | None = None
    """Bytes that the disk still takes; then it says "Failure", as OpenSSH does."""
    read_only: bool = False
    overwrites: bool = False
    """Its plain rename overwrites, as some servers' does."""
    forgets_to_rename: bool = False
    """It says that it renamed, and did not."""
    loses_answer_to_rename: bool = False
    """It renames, and the connection breaks before the answer."""
    reader: bool = False
    """Whoever collects takes each .xml in the moment it is there."""
    greedy_reader: bool = False
    """Takes each file in the moment it is closed, whatever its name."""
    slow: float = 0
    """Seconds that each piece of a file takes to be read."""
    unreadable: str = ""
    """What ends the name of files that may not be read."""
    unmovable: str = ""
    """What ends the name of files that may not be renamed."""
    keeps_back: int = 0
    """Bytes of each file that never arrive on the disk."""


@dataclass
class SftpServer:
    port: int
    host_key: str
    root: Path
    switches: Switches
    collected: list[bytes]
    authorized: list[str]
    _world: "_World"
    _loop: asyncio.AbstractEventLoop
    _acceptor: asyncssh.SSHAcceptor

    def change_host_key(self) -> str:
        """Answer with another key from now on; return its public half."""
        key = asyncssh.generate_private_key("ssh-ed25519")
        self._acceptor.update(server_host_keys=[key])
        return key.export_public_key().decode().strip()

    def reset(self) -> None:
        self._loop.call_soon_threadsafe(self._world.end_waiting)
        self.switches.__dict__.update(Switches().__dict__)
        self.collected.clear()
        for path in self.root.iterdir():
            path.unlink()


class _Door(asyncssh.SSHServer):
    def __init__(self, authorized: list[str], switches: Switches) -> None:
        self.authorized, self.switches = authorized, switches

    def connection_made(self, conn):
        self.conn = conn

    async def begin_auth(self, username):
        return True

    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return username == USER and password == "correct horse"

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        return username == USER and key.export_public_key().decode().split()[1] in self.authorized


class _World:
    def __init__(self, root: Path) -> None:
        self.root, self.switches = root, Switches()
        self.collected: list[bytes] = []
        self.authorized: list[str] = []
        self.sessions: list[_Files] = []
        self.patience_ends = asyncio.Event()

    def end_waiting(self) -> None:
        """Let go of whatever hangs."""
        self.patience_ends.set()
        self.patience_ends = asyncio.Event()

    def collect(self, pattern: str) -> None:
        for path in sorted(self.root.glob(pattern)):
            self.collected.append(path.read_bytes())
            path.unlink()


class _Files(asyncssh.SFTPServer):
    def __init__(self, chan, world: _World) -> None:
        self.world, self.switches = world, world.switches
        self.opened = []
        world.sessions.append(self)
        super().__init__(chan, chroot=str(world.root).encode())

    def exit(self):
        """Close what a connection that broke off left open; nobody else does, until somebody clears the garbage away."""
        for each in self.opened:
            each.close()

    async def _trouble(self, step):
        hangs, breaks = self.switches.hangs_in == step, self.switches.breaks_in == step
        if hangs:  # until another test has set the switches anew: it must not find this one's step done
            await self.world.patience_ends.wait()
        if breaks:
            self.channel.get_connection().abort()
        if hangs or breaks:
            raise asyncssh.SFTPFailure("Nobody is there to hear this")

    async def open(self, path, pflags, attrs):
        if self.switches.read_only and pflags & asyncssh.FXF_WRITE:
            raise asyncssh.SFTPPermissionDenied("Permission denied")
        self._refuse(self.switches.unreadable, path)
        self.opened.append(super().open(path, pflags, attrs))
        return self.opened[-1]

    def _refuse(self, ending: str, path: bytes) -> None:
        if ending and path.decode().endswith(ending):
            raise asyncssh.SFTPPermissionDenied("Permission denied")

    async def read(self, file_obj, offset, size):
        await asyncio.sleep(self.switches.slow)
        return super().read(file_obj, offset, size)

    async def write(self, file_obj, offset, data):
        await self._trouble("write")
        room = self.switches.room
        if room is not None and offset + len(data) > room:
            raise asyncssh.SFTPFailure("Failure")
        kept = data[: len(data) - self.switches.keeps_back]
        super().write(file_obj, offset, kept)
        return len(data)

    def close(self, file_obj):
        super().close(file_obj)
        if self.switches.greedy_reader:
            self.world.collect("*")

    async def rename(self, oldpath, newpath):
        await self._trouble("rename")
        self._refuse(self.switches.unmovable, oldpath)
        if self.switches.forgets_to_rename:
            return
        if self.switches.overwrites:
            os.replace(self.map_path(oldpath), self.map_path(newpath))  # noqa: PTH105 - bytes
        else:
            super().rename(oldpath, newpath)
        if self.switches.reader:
            self.world.collect("*.xml")
        if self.switches.loses_answer_to_rename:
            self.channel.get_connection().abort()

    async def scandir(self, path):
        await self._trouble("scandir")
        async for each in super().scandir(path):
            yield each


async def _listen(world: _World, key: asyncssh.SSHKey) -> tuple[asyncssh.SSHAcceptor, asyncio.Server, int]:
    """Start the server, and before it a gate that can be silent."""
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[key],
        server_factory=lambda: _Door(world.authorized, world.switches),
        sftp_factory=lambda chan: _Files(chan, world),
        allow_scp=False,
        gss_host=None,
    )
    behind = acceptor.get_port()

    async def gate(reader, writer):
        if world.switches.silent:
            await reader.read()
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))

    server = await asyncio.start_server(gate, "127.0.0.1", 0)
    return acceptor, server, server.sockets[0].getsockname()[1]


async def _pipe(reader, writer) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@contextmanager
def sftp_server(root: Path) -> Iterator[SftpServer]:
    world = _World(root)
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor, gate, port = asyncio.run_coroutine_threadsafe(_listen(world, key), loop).result(10)
    try:
        public = key.export_public_key().decode().strip()
        yield SftpServer(port, public, root, world.switches, world.collected, world.authorized, world, loop, acceptor)
    finally:

        async def stop() -> None:
            world.end_waiting()
            gate.close()
            acceptor.close()
            tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in world.sessions:
                each.exit()

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()

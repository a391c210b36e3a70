"""Files in a folder of this machine, below a root that the operator has allowed: each ask is carried out once.

Every step goes from the root down, folder by folder, and through no link: what lies outside cannot be reached, whatever
is changed in the meantime. What was written is on the disk before it is answered.
"""

import contextlib
import ctypes
import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

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
from daybook.wire.errors import Full, NotSent, OutcomeUnknown, Refused, WireError

MODE = 0o640
"""Of new files: orders tell who bought what. The group is the folder's (set-group-id), so the reader's user may be in it."""
FOLDER_MODE = 0o750
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAID_NO = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR, errno.ENAMETOOLONG,
    errno.EINVAL,
}  # fmt: skip
_NO_REPLACE = 1
"""RENAME_NOREPLACE (renameat2(2))."""
_NOT_OFFERED = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}
"""By this kernel or this file system (some network shares)."""
_renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
"""Linux's rename that never overwrites; Python has none."""


def look_and_rename(old: str, new: str, source: int, target: int) -> None:
    """Rename where the system offers no better: nothing keeps the name free between the look and the renaming."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(new, dir_fd=target, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(old, new, src_dir_fd=source, dst_dir_fd=target)


def rename_once(old: str, new: str, source: int, target: int) -> None:
    """Give the file its new name in one step of the system, and only where nothing has it. Raises OSError.

    Not by a link and an unlinking: killed in between, both names would stand, and the reader could be served twice.
    """
    if _renameat2 is None:
        return look_and_rename(old, new, source, target)
    if _renameat2(source, os.fsencode(old), target, os.fsencode(new), _NO_REPLACE) == 0:
        return None
    error = ctypes.get_errno()
    if error in _NOT_OFFERED:
        return look_and_rename(old, new, source, target)
    raise OSError(error, os.strerror(error))


Renaming = Callable[[str, str, int, int], None]


class FolderSession:
    """Carries asks to the folders below `root`, an absolute path; `..`, links and paths outside are refused."""

    def __init__(self, root: str, renaming: Renaming = rename_once) -> None:
        self._root = root
        self._rename_file = renaming

    def ask(self, ask: FileAsk) -> FileAnswer:
        """Carry out one ask, once. Raises a WireError."""
        try:
            match ask:
                case Put():
                    return self._put(ask)
                case Rename():
                    return self._rename(ask)
                case List():
                    with self._opened(PurePosixPath(ask.folder)) as folder:
                        return Listing(tuple(_files(folder)))
                case Get():
                    return self._get(ask)
                case MakeFolder():
                    return self._make(PurePosixPath(ask.path))
        except OSError as error:
            raise _meaning(error, ask) from error

    def _put(self, put: Put) -> FileAnswer:
        path = PurePosixPath(put.path)
        with self._opened(path.parent) as folder:
            try:
                file = os.open(path.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE, dir_fd=folder)
            except FileExistsError:
                return NameTaken()
            _write_out(file, put.content, path.name, folder)
            os.fsync(folder)
            return _confirmed(path.name, folder, len(put.content))

    def _rename(self, rename: Rename) -> FileAnswer:
        old, new = PurePosixPath(rename.path), PurePosixPath(rename.new_path)
        with self._opened(old.parent) as source, self._opened(new.parent) as target:
            try:
                self._rename_file(old.name, new.name, source, target)
            except FileExistsError:
                return NameTaken()
            except FileNotFoundError:
                return Gone()
            os.fsync(target)
            return Renamed()

    def _get(self, get: Get) -> FileAnswer:
        path = PurePosixPath(get.path)
        with self._opened(path.parent) as folder:
            try:
                file = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            except FileNotFoundError:
                return Gone()
            with os.fdopen(file, "rb") as opened:
                before = os.fstat(opened.fileno())
                if not stat.S_ISREG(before.st_mode):
                    raise Refused("This is no plain file.")
                if before.st_size > get.most:
                    return TooLarge(before.st_size)
                content = opened.read(get.most + 1)
                after = os.fstat(opened.fileno())
                is_still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
                return Content(content) if is_still and len(content) == after.st_size else Changed()

    def _make(self, path: PurePosixPath) -> FileAnswer:
        with self._opened(path.parent) as folder, contextlib.suppress(FileExistsError):
            os.mkdir(path.name, FOLDER_MODE, dir_fd=folder)
        with self._opened(path):
            return Made()

    @contextlib.contextmanager
    def _opened(self, path: PurePosixPath) -> Iterator[int]:
        """Open a folder below the root, step by step; none of the steps may be a link."""
        with contextlib.ExitStack() as opened:
            folder = _open(self._root, _FOLDER, None, opened)
            for step in _steps(self._root, path):
                folder = _open(step, _FOLDER | os.O_NOFOLLOW, folder, opened)
            yield folder


def is_below(root: str, path: str) -> bool:
    """Tell whether an absolute path lies in `root` or below it by its text alone, without `..`."""
    try:
        _steps(root, PurePosixPath(path))
    except Refused:
        return False
    return True


def _steps(root: str, path: PurePosixPath) -> tuple[str, ...]:
    """Return the folders between the root and a path. Raises Refused."""
    if not path.is_absolute() or ".." in path.parts or "\0" in str(path) or not path.is_relative_to(root):
        raise Refused(f"The folder does not lie below {root}, which the operator has allowed.")
    return path.relative_to(root).parts


def _open(name: str, flags: int, parent: int | None, opened: contextlib.ExitStack) -> int:
    folder = os.open(name, flags, dir_fd=parent)
    opened.callback(os.close, folder)
    return folder


def _write_out(file: int, content: bytes, name: str, folder: int) -> None:
    """Write everything to the disk and close; what was half written is taken away again."""
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        finally:
            os.close(file)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise


def _confirmed(name: str, folder: int, length: int) -> FileAnswer:
    try:
        size = os.stat(name, dir_fd=folder, follow_symlinks=False).st_size
    except FileNotFoundError:
        return Gone()
    if size != length:
        raise OutcomeUnknown(f"The file has {size} of {length} bytes.")
    return Stored(size)


def _files(folder: int) -> Iterator[FileThere]:
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # the reader took it in between
                found = entry.stat(follow_symlinks=False)
                size = found.st_size if stat.S_ISREG(found.st_mode) else None
                yield FileThere(os.fsencode(entry.name).decode(errors="replace"), size, int(found.st_mtime))


def _meaning(error: OSError, ask: FileAsk) -> WireError:
    """Return what a failure of the system stands for."""
    words = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return Full(words)
    if error.errno in _SAID_NO:
        return Refused(words)
    return NotSent(words) if isinstance(ask, List | Get) else OutcomeUnknown(words)

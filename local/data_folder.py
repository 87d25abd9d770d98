"""The folder of a local server's data: its owner's alone, and held by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class UnusableFolder(Exception):
    """The data folder cannot be used; the text says why in one line."""


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Make the folder if need be (0700) and hold it until the end of the block.

    Raises:
        UnusableFolder: it cannot be made, read or written, or another process holds it.

    """
    with _locked(_opened(folder), folder):
        yield folder


def write_private(path: Path, text: str) -> None:
    """Replace a file (0600): after a crash it holds the old text or the new one, never a part."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    # A rename outlives a power cut only when the folder itself has been written.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        os.listdir(folder)
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnusableFolder(f"The data folder {folder} cannot be used: {error.strerror}.") from error


@contextmanager
def _locked(descriptor: int, folder: Path) -> Iterator[None]:
    try:
        # The kernel drops this lock when the process ends, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UnusableFolder(f"The data folder {folder} is in use by another process.") from error
    finally:
        os.close(descriptor)

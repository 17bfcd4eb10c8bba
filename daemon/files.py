"""Files that are replaced whole: whoever reads one meanwhile has the old one or the new one, as after a power cut."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_whole(
    path: Path, content: bytes, *, mode: int = 0o600, like: os.stat_result | None = None,
    changed: float | None = None, before: Callable[[], object] | None = None,
) -> None:  # fmt: skip
    """Put ``content`` in the file's place at once. Raises `OSError`; then what was there is there.

    ``like`` gives owner and mode of another file, else the mode is ``mode``; ``changed`` is the file's time of change,
    in seconds since 1970. ``before`` is called when the new file is written, and may still refuse by raising.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write_new(partial, content, mode=mode, like=like)
        if changed is not None:
            os.utime(partial, (changed, changed))
        if before is not None:
            before()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    _settle(path.parent)


def write_new(
    path: Path, content: bytes, *, mode: int = 0o600, like: os.stat_result | None = None, most: int = 0o7777
) -> None:
    """A file that must not be there yet; nobody else can read it before it has its mode. Raises `OSError`.

    ``most`` are the bits that the mode of another file may give it.
    """
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "wb") as out:
            out.write(content)
            if like is not None:
                if (like.st_uid, like.st_gid) != (os.fstat(out.fileno()).st_uid, os.fstat(out.fileno()).st_gid):
                    os.fchown(out.fileno(), like.st_uid, like.st_gid)
                mode = like.st_mode & most
            os.fchmod(out.fileno(), mode)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:  # a full disk: half a file would be taken for one
        path.unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Let the names of files survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)

"""The daemons that run with a configuration file on this machine: found by other commands, and told to read it anew.

Each keeps a small file open and locked for as long as it lives, in a folder that only its user can write to: its
process and how its last reload went. A lock ends with its process, whatever ends that; a file without one is of a
daemon that was killed.
"""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from daemon.config import SYSTEM

WITHIN = 60.0  # seconds for an answer: ten thousand sources take some, and a daemon may be starting
LOOK_EVERY = 0.05  # seconds
MOST = 1_000_000  # bytes of what a daemon tells: problems of a configuration are a few hundred lines at most


class Outcome(msgspec.Struct, frozen=True):
    """How a daemon's last reload went. ``problems``: why it was not taken. ``waits``: parts that wait for a restart."""

    pid: int
    reloads: int = 0
    problems: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()


class Record:
    """What this daemon tells of itself, from `open` to `close`."""

    def __init__(self, config: Path, env: Mapping[str, str] = os.environ) -> None:
        self._config, self._env = config, env
        self._path = Path()
        self._outcome, self._file = Outcome(os.getpid()), -1

    def open(self) -> None:
        """Raises `OSError` where there is no folder for it: another user's may stand in its place."""
        folder = next(_folders(self._config, self._env), None)
        if folder is None:
            raise FileNotFoundError("there is no folder that only this user can write to")
        self._path = folder / f"{_name(self._config)}-{os.getpid()}.json"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._write()

    def reloaded(self, problems: Sequence[str], waits: Sequence[str]) -> None:
        """A reload is over."""
        self._outcome = Outcome(os.getpid(), self._outcome.reloads + 1, tuple(problems), tuple(waits))
        if self._file >= 0:
            with suppress(OSError):  # a full disk; whoever waits gives up in time
                self._write()

    def close(self) -> None:
        """Be found no longer."""
        if self._file >= 0:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._file)
            self._file = -1

    def _write(self) -> None:
        told = msgspec.json.encode(self._outcome)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, told, 0)


def reload(config: Path, within: float = WITHIN, env: Mapping[str, str] = os.environ) -> list[Outcome]:
    """Have every daemon that runs with the file read it anew; how that went, nothing where none runs.

    One that does not answer in so many seconds, or ends meanwhile, has a problem that says so. Raises
    `PermissionError` for a daemon of another user.
    """
    asked = [(path, before) for path, before in _running(config, env) if before.pid != os.getpid()]
    for _, before in asked:
        with suppress(ProcessLookupError):
            os.kill(before.pid, signal.SIGHUP)
    end = time.monotonic() + within
    return [_answer(path, before, end) for path, before in asked]


def daemons(config: Path, env: Mapping[str, str] = os.environ) -> list[int]:
    """The processes of the daemons that run with the file."""
    return [outcome.pid for _, outcome in _running(config, env)]


def _answer(path: Path, before: Outcome, end: float) -> Outcome:
    while time.monotonic() < end:
        now = _read(path)
        if now is not None and now.reloads > before.reloads:
            return now
        if not _is_alive(path):
            return Outcome(before.pid, problems=(f"the daemon (process {before.pid}) ended meanwhile; see its log",))
        time.sleep(LOOK_EVERY)
    return Outcome(before.pid, problems=(f"the daemon (process {before.pid}) has not answered yet; see its log",))


def _running(config: Path, env: Mapping[str, str]) -> Iterator[tuple[Path, Outcome]]:
    for folder in _folders(config, env):
        for path in sorted(folder.glob(f"{_name(config)}-*.json")):
            with _opened(path) as file:
                outcome = _told(file)
                if outcome is not None and _is_its(file, outcome.pid) and _locked(file):
                    yield path, outcome


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The file, to look at; -1 for anything but a file: whoever owns the folder may have put it there."""
    file = -1
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            file = -1
    except OSError:
        file = -1
    try:
        yield file
    finally:
        if file >= 0:
            os.close(file)


def _read(path: Path) -> Outcome | None:
    with _opened(path) as file:
        return _told(file)


def _told(file: int) -> Outcome | None:
    """What the file says; None for what is being written just now, too."""
    try:
        return msgspec.json.decode(os.pread(file, MOST, 0), type=Outcome)
    except (OSError, msgspec.DecodeError):
        return None


def _is_alive(path: Path) -> bool:
    with _opened(path) as file:
        return _locked(file)


def _locked(file: int) -> bool:
    if file < 0:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _is_its(file: int, pid: int) -> bool:
    """Whether the file is of the user whose process it names: nobody has root signal a process of somebody else's.

    One's own need no look: the kernel lets nobody else be signalled, and a unit's ProtectProc= hides them.
    """
    try:
        owner = os.fstat(file).st_uid
        return owner == os.geteuid() != 0 or owner == Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return False


def _folders(config: Path, env: Mapping[str, str]) -> Iterator[Path]:
    """Where a daemon's file may be, its own place first: what systemd gives, the user's, that of the file's owner."""
    given = env.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    if given:
        yield Path(given)
    if config.absolute() == SYSTEM and given != "/run/bantin" and _is_folder("/run/bantin"):
        yield Path("/run/bantin")
    own = env.get("XDG_RUNTIME_DIR", "")
    if own and _is_folder(own):
        yield Path(own) / "bantin"
    owners = [os.geteuid()]
    with suppress(OSError):
        owners.append(config.stat().st_uid)
    for user in dict.fromkeys(owners):
        if str(own) != f"/run/user/{user}" and _is_folder(f"/run/user/{user}"):
            yield Path(f"/run/user/{user}/bantin")
        folder = Path(tempfile.gettempdir()) / f"bantin-{user}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True) if user == os.geteuid() else None
            found = folder.lstat()
            if found.st_uid == user and not found.st_mode & 0o022:
                yield folder


def _is_folder(path: str) -> bool:
    """Whether it is one that can be seen: ProtectHome= of a unit closes those of users (`Path.is_dir` would raise)."""
    return os.path.isdir(path)  # noqa: PTH112


def _name(config: Path) -> str:
    return blake2b(os.fsencode(config.resolve()), digest_size=8).hexdigest()

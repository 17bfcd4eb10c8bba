"""A PostgreSQL server of the tests' own: Debian's package, in a folder of its own, reached through a socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

MISSING = "PostgreSQL is not installed: apt-get install postgresql"
_PLACES = "/usr/lib/postgresql"  # Debian's: the programs are not on the PATH


def programs() -> Path | None:
    """The folder of initdb and postgres, the newest; None where there is none."""
    versions = sorted(Path(_PLACES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A running server. It refuses to be root's, so root starts it as another user."""

    def __init__(self, folder: Path, programs: Path, settings: tuple[str, ...] = ()) -> None:
        self.folder, self.programs, self.settings = folder, programs, settings
        self._numbers = count(1)
        self._as: dict[str, object] = {}
        if os.geteuid() == 0:
            user = next(pwd.getpwnam(name) for name in ("postgres", "nobody") if _known(name))
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def make(self) -> None:
        """Make its files."""
        self._run("initdb", "-D", "data", "-U", "bantin", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-k {self.folder} -c listen_addresses= {' '.join(f'-c {item}' for item in self.settings)}"
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-t", "60", "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it: ``fast`` ends its connections first, ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", "data", "-m", how, "-w", "stop", check=False)

    def new_url(self, template: str = "template1") -> str:
        """The URL of a new database."""
        name = f"test{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://bantin@/{name}?host={self.folder}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for a statement."""
        done = self._run("psql", "-h", str(self.folder), "-U", "bantin", "-AtXqc", statement, database)
        return done.stdout.strip()

    def run(self, program: str, *args: str) -> None:
        """Run one of PostgreSQL's programs as the server's owner, who finds it without being told where."""
        self._run(program, "-h", str(self.folder), "-U", "bantin", *args)

    def _run(self, program: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        path = self.programs / program
        # pg_ctl's server keeps its outputs open: what it says goes to a file, and psql's answer is read from there.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [path, *args], cwd=self.folder, stdout=said, stderr=subprocess.STDOUT, check=False, **self._as
            )  # type: ignore[call-overload]
            said.seek(0)
            text = said.read()
        if check and done.returncode:
            raise RuntimeError(f"{program}: {text}")
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A server for the while; by default without waiting for the disk, which a test machine would only wear out."""
    found = programs()
    assert found is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="bantin-pg-"))  # a socket's path must be short
    running = Server(folder, found, settings or ("fsync=off", "full_page_writes=off", "max_connections=60"))
    try:
        running.make()
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True

"""Commands of other users than the one that the service runs as, with the kernel's own say on what they may."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.conftest import NOW, Clock
from tests.daemon.commands import TOML, Run
from tests.samples import commit, make_entry

SERVICE, STRANGER = 61_234, 65_534  # users that own nothing else

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@contextmanager
def being(user: int) -> Iterator[None]:
    """This process may what that user may."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@pytest.fixture
def home() -> Iterator[Path]:
    """The service's folder, as systemd makes it, where everybody may come by."""
    folder = Path(tempfile.mkdtemp(prefix="bantin-"))
    folder.chmod(0o755)
    state = folder / "state"
    state.mkdir(mode=0o700)
    os.chown(state, SERVICE, SERVICE)
    (folder / "bantin.toml").write_text(TOML + f'[state]\nurl = "sqlite:///{state}/bantin.db"\n', "utf-8")
    (folder / "bantin.toml").chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def owners(folder: Path) -> dict[str, int]:
    """Whose each file is."""
    return {path.name: path.stat().st_uid for path in folder.iterdir()}


def test_what_root_makes_is_the_services(home: Path) -> None:
    """After a `sudo bantin poll` the service could not write to its own database."""
    state = home / "state"
    made = SqlStore(f"sqlite:///{state}/bantin.db", Clock())
    upgrade(made.engine, version="test")
    made.sync({"ttv": 600.0}, {})
    commit(made, [make_entry(1)])
    made.backup(state / "copy.db")
    assert owners(state) == dict.fromkeys(["bantin.db", "bantin.db-wal", "bantin.db-shm", "copy.db"], SERVICE)
    made.close()
    with being(SERVICE):
        service = SqlStore(f"sqlite:///{state}/bantin.db", Clock())
        commit(service, [make_entry(2)])
        assert service.total(["ttv"]) == 2
        service.close()


def test_what_root_made_before_is_given_back(home: Path) -> None:
    """A database of root's, made by an older version, would stay closed to the service."""
    state = home / "state"
    made = SqlStore(f"sqlite:///{state}/bantin.db", Clock())
    upgrade(made.engine, version="test")
    os.chown(state / "bantin.db", 0, 0)
    SqlStore(f"sqlite:///{state}/bantin.db", Clock()).close()
    assert owners(state)["bantin.db"] == SERVICE
    made.close()


def test_nothing_else_of_roots_is_given_away(home: Path) -> None:
    """The service's user could have root hand over any file of the machine, by a link in the database's place."""
    secret, state = home / "secret", home / "state"
    secret.write_bytes(b"")
    (state / "linked.db").symlink_to(secret)
    os.link(secret, state / "named.db")
    for name in ("linked.db", "named.db"):
        SqlStore(f"sqlite:///{state}/{name}", Clock()).close()
    assert secret.stat().st_uid == 0


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_who_may_not_read_the_database_is_told_of_sudo(run: Run, home: Path, closed: str) -> None:
    """An operator would be told that there is no database, and make a second one."""
    with SqlStoreIn(home / "state"):
        if closed == "file":
            (home / "state").chmod(0o755)
        assert "cannot be read" not in run("status", "--config", home / "bantin.toml").err
        with being(STRANGER):
            said = run("status", "--config", home / "bantin.toml")
    assert said.status == 1
    assert "bantin.db: cannot be read (Permission denied); it is another user's" in said.err
    assert "sudo bantin status" in said.err


def test_who_may_not_read_the_configuration_is_told_of_sudo(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator would be told that there is no configuration, and make a second one."""
    home.chmod(0o700)
    with being(STRANGER):
        said = run("check", "--config", home / "bantin.toml")
        monkeypatch.setattr(sys.modules["daemon.config.load"], "SYSTEM", home / "bantin.toml")
        found = run("articles", "--since", "2 d")
    assert (said.status, found.status) == (2, 2)
    assert f"sudo bantin check --config {home}/bantin.toml" in said.err
    assert f"{home}/bantin.toml: cannot be read: Permission denied; it is another user's" in found.err
    assert "sudo bantin articles --since '2 d'" in found.err


class SqlStoreIn:
    """The service's database, with one story, while it is entered."""

    def __init__(self, folder: Path) -> None:
        self._store = SqlStore(f"sqlite:///{folder}/bantin.db", Clock(NOW))

    def __enter__(self) -> None:
        upgrade(self._store.engine, version="test")
        self._store.sync({"ttv": 600.0}, {})
        commit(self._store, [make_entry(1)])

    def __exit__(self, *_: object) -> None:
        self._store.close()

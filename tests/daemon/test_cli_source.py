"""``bantin source remove`` and ``rename``: the file, the database, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.cli import sources
from daemon.config import load
from feeds.errors import StateError
from state.sql import SqlStore
from tests.conftest import Clock
from tests.daemon.commands import HOOK, TOML, Run
from tests.samples import commit, make_entry

FEED = '[[feed]]\nid = "all"\nsources = ["other", "ttv"]  # both\n'


def test_rename(run: Run, filled: SqlStore, file: Path) -> None:
    """A new id would lose the stories, or the feeds and webhooks that name the source."""
    file.write_text(TOML + HOOK + 'feeds = ["ttv"]\n' + FEED)
    before = file.read_text()
    done = run("source", "rename", "ttv", "tinh", "--config", file)
    assert done.status == 0, done.err
    assert "2 stories are tinh's now" in done.out
    assert "no daemon runs with it" in done.out
    config = load(file)
    assert [source.id for source in config.sources] == ["tinh", "other"]
    assert config.endpoints[0].feeds == ("tinh",)
    assert file.read_text() == before.replace('"ttv"', '"tinh"')
    assert filled.renamed() == {"ttv": "tinh"}
    assert len(filled.entries(["tinh"], 10)) == 2
    back = run("source", "rename", "tinh", "ttv", "--config", file, "--json").json
    assert (back["stories"], back["kept"]) == (2, f"{file}.bak.2")
    assert file.read_text() == before


def test_rename_where_a_channel_names_it(run: Run, filled: SqlStore, file: Path) -> None:
    """The new id would leave a configuration with which bantin does not start."""
    file.write_text(TOML + '[[channel]]\nid = "c"\nurl = "json://a.example/"\nfeeds = ["ttv"]\n')
    assert run("source", "rename", "ttv", "tinh", "--config", file).status == 0
    assert load(file).endpoints[0].feeds == ("tinh",)


def test_pause_and_resume(run: Run, filled: SqlStore, file: Path, clock: Clock) -> None:
    """A site that is being rebuilt would have to be taken out, with its feed, and put back from memory."""
    before = file.read_text()
    done = run("source", "pause", "ttv", "--config", file)
    assert (done.status, "no daemon runs with it" in done.out) == (0, True)
    config = load(file)
    assert [source.enabled for source in config.sources] == [False, True]
    assert config.feed("ttv") is not None
    clock.go_on(hours=2)
    filled.sync({source.id: 600.0 for source in config.sources if source.enabled}, {})
    assert [claim.state.id for claim in filled.claim_polls("tests", 5, 60)] == ["other"]
    assert "paused" in run("status", "--config", file).out
    assert "already" in run("source", "pause", "ttv", "--config", file).out
    assert run("source", "resume", "ttv", "--config", file, "--json").json["paused"] is False
    assert file.read_text() == before
    assert run("source", "pause", "nobody", "--config", file).status == 2


def test_rename_before_there_is_a_database(run: Run, file: Path, tmp_path: Path) -> None:
    """Someone who sets bantin up would have to start it before they may choose another id."""
    done = run("source", "rename", "ttv", "tinh", "--config", file)
    assert done.status == 0, done.err
    assert "the database does not know ttv yet" in done.out
    assert not (tmp_path / "bantin.db").exists()
    assert load(file).source("tinh")


def test_rename_that_the_database_refuses(run: Run, filled: SqlStore, file: Path) -> None:
    """File and database would name the source differently, and all its stories would be new again."""
    commit(filled, [make_entry(7)], source="other")
    before = file.read_text()
    file.write_text(before.replace('"other"', '"third"'))  # by hand: stories of other are in the database still
    now = file.read_text()
    refused = run("source", "rename", "ttv", "other", "--config", file)
    assert (refused.status, refused.out) == (1, "")
    assert "has stories of a source 'other' already" in refused.err
    assert "is as it was" in refused.err
    assert file.read_text() == now
    assert [path.name for path in file.parent.glob("bantin.toml*")] == ["bantin.toml"]
    assert filled.renamed() == {}


def test_rename_under_a_poll(
    run: Run, filled: SqlStore, file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy daemon would make the command fail at once, or it would wait for ever for one that hangs."""
    monkeypatch.setattr(sources, "PATIENCE", 0.0)
    before = file.read_text()
    with SqlStoreNow(file) as now:
        now.claim_source("daemon", "ttv", 60)
        refused = run("source", "rename", "ttv", "tinh", "--config", file)
        assert refused.status == 1
        assert "is polling 'ttv' just now; try again in a minute" in refused.err
        assert file.read_text() == before
        monkeypatch.setattr(sources, "PATIENCE", 30.0)
        monkeypatch.setattr(sources.time, "sleep", lambda _: now.release("daemon"))
        assert run("source", "rename", "ttv", "tinh", "--config", file).status == 0


def test_rename_whose_answer_is_lost(run: Run, filled: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file would be put back although the database has the new id, and the next poll find everything new."""
    rename = SqlStore.rename_source

    def and_be_gone(self: SqlStore, old: str, new: str) -> int:
        rename(self, old, new)
        raise StateError("server", "closed the connection", "try again")

    monkeypatch.setattr(SqlStore, "rename_source", and_be_gone)
    lost = run("source", "rename", "ttv", "tinh", "--config", file)
    assert lost.status == 1
    assert "closed the connection" in lost.err
    assert load(file).source("tinh")
    assert filled.renamed() == {"ttv": "tinh"}


class SqlStoreNow:
    """The store of the file's configuration by the real clock, as the daemon has it."""

    def __init__(self, file: Path) -> None:
        self.store = SqlStore(load(file).database)

    def __enter__(self) -> SqlStore:
        return self.store

    def __exit__(self, *_: object) -> None:
        self.store.close()


def test_rename_that_was_begun_by_hand(run: Run, filled: SqlStore, file: Path) -> None:
    """Who edited the file first, or lost power in between, could not give the stories to the new id any more."""
    file.write_text(file.read_text().replace('"ttv"', '"tinh"'))
    done = run("source", "rename", "ttv", "tinh", "--config", file)
    assert done.status == 0, done.err
    assert "has tinh already" in done.out
    assert "2 stories are tinh's now" in done.out
    again = run("source", "rename", "ttv", "tinh", "--config", file)
    assert again.status == 2
    assert "no source 'ttv'" in again.err


def test_wrong_names(run: Run, filled: SqlStore, file: Path) -> None:
    """A mistyped id would rename nothing and say that all is well, or make a file that does not load."""
    before = file.read_text()
    for words, said in (
        (("rename", "ttx", "new"), "no source 'ttx'"),
        (("rename", "ttv", "Mới"), "use a-z, 0-9 and -"),
        (("rename", "ttv", "other"), "names a feed of"),
        (("rename", "ttv", "ttv"), "names a feed of"),
        (("remove", "ttx"), "there are: ttv, other"),
    ):
        wrong = run("source", *words, "--config", file)
        assert (wrong.status, wrong.out) == (2, ""), words
        assert said in wrong.err
    assert file.read_text() == before
    assert filled.renamed() == {}


def test_remove_and_put_back(run: Run, filled: SqlStore, file: Path) -> None:
    """A source that is taken out would cost its stories, or someone would believe so."""
    file.write_text(TOML + HOOK + FEED)
    before = file.read_text()
    done = run("source", "remove", "ttv", "--config", file)
    assert done.status == 0, done.err
    assert "its 2 stories stay in the database: put the same id back" in done.out
    assert "answers 404" in done.out
    config = load(file)
    assert [source.id for source in config.sources] == ["other"]
    assert config.feeds[-1].sources == ("other",)
    assert 'sources = ["other"]  # both' in file.read_text()
    assert len(filled.entries(["ttv"], 10)) == 2
    (file.parent / "bantin.toml.bak").replace(file)
    assert file.read_text() == before
    assert run("source", "remove", "other", "--config", file, "--json").json["stories"] == 1


def test_remove_what_others_name_alone(run: Run, file: Path) -> None:
    """A webhook would suddenly hear of everything, or the daemon refuse its configuration."""
    file.write_text(TOML + HOOK + 'feeds = ["ttv"]\n[[feed]]\nid = "f"\nsources = ["ttv"]\n')
    before = file.read_text()
    refused = run("source", "remove", "ttv", "--config", file)
    assert (refused.status, refused.out) == (2, "")
    assert "only 'ttv' is named by [[feed]] f, [[webhook]] hook; name another there" in refused.err
    assert file.read_text() == before


def test_remove_the_last(run: Run, file: Path) -> None:
    """The last source could not be taken out, or a damaged database would keep it in."""
    file.parent.joinpath("bantin.db").write_bytes(b"this is no database" * 100)
    for name in ("ttv", "other"):
        assert run("source", "remove", name, "--config", file).status == 0
    assert load(file).sources == ()
    assert run("check", "--config", file).status == 0

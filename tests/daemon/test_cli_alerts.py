"""``bantin deliveries retry|drop`` and ``bantin notify``: putting alerts right, and trying endpoints out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Signer

from daemon.demo.receiver import Receiver
from daemon.demo.serve import serve
from feeds.model import Attempt, Event, Verdict
from state.sql import SqlStore
from tests.conftest import NOW
from tests.daemon.commands import SECRET, Run
from tests.samples import commit, make_entry

OTHER = "whsec_b3RoZXItc2VjcmV0LW9mLXRoZS1uZXdzcm9vbQ=="


@contextmanager
def receiving(*secrets: str) -> Iterator[tuple[Receiver, str]]:
    """A receiver in a thread of its own, and its address: commands have loops of their own."""
    receiver, ready, done = Receiver(*secrets), threading.Event(), asyncio.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    async def run() -> None:
        async with serve(receiver.app) as url:
            address.append(url)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[run()])
    thread.start()
    ready.wait(20)
    try:
        yield receiver, f"{address[0]}hook"
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(20)
        loop.close()


def pointed(file: Path, url: str, *lines: str) -> None:
    """The configuration's webhook at this address, with more lines."""
    text = file.read_text().partition("[[webhook]]")[0]
    more = "\n".join(lines)
    hook = f'[[webhook]]\nid = "hook"\nurl = "{url}"\nsecret = "{SECRET}"\n{more}\n'
    file.write_text(f"{text}\n{hook}")


def dead(store: SqlStore) -> int:
    """Give up the delivery that waits."""
    (due,) = store.claim_deliveries("tests", "hook", 1, 60)
    store.record([(due, Attempt(at=NOW, status=500), Verdict(state="dead"))])
    return due.id


def states(run: Run, file: Path) -> list[str]:
    return [row["state"] for row in run("deliveries", "list", "--config", file, "--json").json]


def test_what_was_given_up_is_tried_anew(run: Run, filled: SqlStore, file: Path) -> None:
    """After a night without its receiver a newsroom could not get that night's alerts."""
    number = dead(filled)
    assert states(run, file) == ["dead", "delivered"]
    said = run("deliveries", "retry", "--dead", "--config", file)
    assert (said.status, "1 delivery to be tried anew at once" in said.out) == (0, True)
    assert states(run, file) == ["pending", "delivered"]
    assert run("deliveries", "drop", number, "--config", file, "--json").json == {"changed": 1}
    assert states(run, file) == ["dropped", "delivered"]
    assert run("deliveries", "retry", number, "--config", file).status == 0
    assert run("deliveries", "drop", "--to", "hook", "--config", file, "--json").json == {"changed": 1}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["retry"], 2, "--dead, --to ENDPOINT or --since TIME"),
        (["drop"], 2, "which ones?"),
        (["retry", 1, "--dead"], 2, "not both"),
        (["retry", 99], 1, "no delivery 99"),
        (["retry", "--to", "nobody"], 2, "there are: hook"),
        (["drop", "--since", "never"], 2, "write"),
    ],
)
def test_what_is_unclear_changes_nothing(
    run: Run, filled: SqlStore, file: Path, words: list[object], status: int, said: str
) -> None:
    """A mistyped option would drop every alert that waits."""
    found = run("deliveries", *words, "--config", file)
    assert found.status == status
    assert said in found.err
    assert states(run, file) == ["pending", "delivered"]


def test_a_sample_is_sent_and_the_answer_shown(run: Run, file: Path) -> None:
    """An operator would have to wait for news to learn that the secret is wrong."""
    with receiving(SECRET) as (receiver, url):
        pointed(file, url)
        good = run("notify", "test", "hook", "--config", file)
        assert (good.status, "HTTP 204" in good.out) == (0, True)
        assert receiver.got[0][1]["type"] == "article.published"
    with receiving(OTHER) as (_, url):
        pointed(file, url)
        bad = run("notify", "test", "hook", "--config", file, "--json")
        assert (bad.status, bad.json["accepted"], bad.json["status"]) == (1, False, 400)
    wrong = run("notify", "test", "nobody", "--config", file)
    assert (wrong.status, "there are: hook" in wrong.err) == (2, True)


def test_two_secrets_sign_while_one_is_changed(run: Run, file: Path) -> None:
    """Alerts would be refused between the change of a secret here and there."""
    (file.parent / "new").write_text(OTHER)
    (file.parent / "old").write_text(SECRET)
    for known in (SECRET, OTHER):
        with receiving(known) as (receiver, url):
            pointed(file, url)
            file.write_text(file.read_text().replace(f'secret = "{SECRET}"', 'secret_file = ["new", "old"]'))
            assert run("notify", "test", "hook", "--config", file).status == 0
            assert receiver.refused == 0


def test_a_disabled_endpoint_is_put_back(run: Run, filled: SqlStore, file: Path) -> None:
    """A receiver that was mended would need a new address to get alerts again."""
    notice = Event(id="evt_off", type="endpoint.disabled", created=NOW, payload=b"{}")
    filled.disable("hook", "it answered 410 Gone", NOW, notice, [])
    said = run("notify", "enable", "hook", "--config", file)
    assert (said.status, "enabled; 1 waiting" in said.out) == (0, True)
    again = run("notify", "enable", "hook", "--config", file)
    assert "was not disabled" in again.out


def test_a_preview_says_what_would_be_sent_and_why_not(run: Run, filled: SqlStore, file: Path) -> None:
    """An editor would find out only tomorrow that her rule lets nothing through."""
    commit(filled, [make_entry(7, title="Cầu Hàm Rồng đóng cửa")])
    pointed(file, "https://hook.example/", 'include = ["hàm rồng"]')
    rows = run("notify", "preview", "hook", "--since", "2026-11-01", "--config", file, "--json").json
    sent = [row["title"] for row in rows if row["why_not"] is None]
    assert sent == ["Cầu Hàm Rồng đóng cửa"]
    assert {row["why_not"] for row in rows if row["title"] not in sent} == {"include is not found in it"}
    shown = run("notify", "preview", "hook", "--since", "2026-11-01", "--config", file)
    assert f"1 of {len(rows)} events" in shown.err


def test_what_is_sent_can_be_seen_as_it_is_worded(run: Run, filled: SqlStore, file: Path) -> None:
    """An operator could not see what a template makes of an alert before its readers do."""
    (file.parent / "own.j2").write_text("event {{ type }}!")
    pointed(file, "https://hook.example/", 'body = "own.j2"')
    assert "event 1!" in run("deliveries", "show", 1, "--config", file).out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[[channel]]\nid = "c"\nurl = "nope://x"', "apprise cannot use this address of nope://"),
        ('[[channel]]\nid = "c"\nurl = "json://news.example/"\nbody = "bad.j2"', "division"),
        ('[[channel]]\nid = "c"\nurl = "json://news.example/"\nbody = "none.j2"', "none.j2 cannot be read"),
        ('[[channel]]\nid = "c"', "neither is there"),
        ('[[channel]]\nid = "c"\nurl = "x"', "is no address of a service"),
        ('[[channel]]\nid = "c"\nurl = "json://x/"\ndigest = "often"', '"daily 07:30"'),
        ('[[channel]]\nid = "c"\nurl = "json://x/"\nquiet = "22:00"', '"22:00-06:30"'),
        ('[[channel]]\nid = "c"\nurl = "json://x/"\nrate = "many"', '"30/h"'),
        ('[[channel]]\nid = "c"\nurl = "json://x/"\nchanges = ["body"]', "body"),
        ('[[channel]]\nid = "c"\nurl = "json://x/"\ninclude = ["("]', "no regular expression"),
    ],
)
def test_check_finds_what_cannot_work(run: Run, file: Path, table: str, said: str) -> None:
    """A channel that can never send anything would be found out when the first alert is missed."""
    (file.parent / "bad.j2").write_text("{{ 1 / 0 }}")
    file.write_text(f"{file.read_text()}\n{table}\n")
    found = run("check", "--config", file)
    assert found.status == 2
    assert said in found.err


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('events = ["source.failing"]\ninclude = ["a"]', "include is about stories"),
        ('events = ["article.published"]\nchanges = ["title"]', "changes is about article.revised"),
        ('events = ["source.failing"]\nmerge = true', "merge is about article.published"),
        ('include = ["a"]\nexclude = ["a"]', "in include and in exclude"),
        ("events = []", "it gets nothing"),
    ],
)
def test_check_warns_of_rules_that_never_match(run: Run, file: Path, lines: str, said: str) -> None:
    """A desk would wait for alerts that its own rules keep from it."""
    pointed(file, "https://hook.example/", lines)
    found = run("check", "--config", file)
    assert found.status == 0
    assert said in found.err


def test_a_signed_body_of_ones_own_verifies(run: Run, file: Path) -> None:
    """A receiver could not tell a body in its own form from a forged one."""
    (file.parent / "own.j2").write_text('{"told": {{ headline | tojson }}}')
    with receiving(SECRET) as (receiver, url):
        pointed(file, url, 'body = "own.j2"')
        assert run("notify", "test", "hook", "--config", file).status == 0
    assert receiver.got[0][1] == {"told": receiver.got[0][1]["told"]}
    assert Signer(SECRET)

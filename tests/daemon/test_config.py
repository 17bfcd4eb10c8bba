"""The configuration: what every key means, and what is said of every fault."""

from __future__ import annotations

import base64
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daemon.cli.configure import EXAMPLE
from daemon.config import SYSTEM, Config, ConfigError, default_user_agent, find, load, parse, split_listen
from daemon.config.hints import size_of
from tests.costs import times_as_dear

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef").decode()
HERE = Path("/somewhere/bantin.toml")

MINIMAL = """
[[source]]
id = "ttv"
urls = ["https://news.example/list"]
"""
WEBHOOK = f"""
[[webhook]]
id = "hook"
url = "https://hooks.example/in"
secret = "{SECRET}"
"""


def config(text: str, file: Path = HERE, **env: str) -> Config:
    """The configuration of a text, with nothing in the environment but ``env``."""
    return parse(text, file, env)


def faults(text: str, file: Path = HERE, **env: str) -> list[str]:
    """What is said of a configuration that must not be accepted."""
    with pytest.raises(ConfigError) as caught:
        parse(text, file, env)
    lines = str(caught.value).splitlines()
    assert lines == [f"{file}: {problem}" for problem in caught.value.problems]
    return list(caught.value.problems)


def test_defaults() -> None:
    """A short configuration would mean something else than the documentation says."""
    found = config(MINIMAL)
    assert found.database == "sqlite:////somewhere/bantin.db"
    assert found.keep_days == 0
    assert (found.server.listen, found.server.public_url, found.server.token) == ("127.0.0.1:8711", "", "")
    fetch = found.fetch
    assert fetch.user_agent == default_user_agent()
    assert (fetch.timeout, fetch.max_bytes, fetch.host_interval) == (20.0, 8_000_000, 1.0)
    assert (fetch.robots, fetch.allow_networks) == (True, ())
    [source] = found.sources
    assert (source.id, source.title, source.urls) == ("ttv", "ttv", ("https://news.example/list",))
    assert (source.kind, source.interval, source.timezone, source.language) == ("auto", 600.0, "UTC", None)
    assert (source.site, source.include, source.exclude) == ("", (), ())
    assert (source.full_text, source.announce_backlog) == (True, False)
    assert source.recheck == (900.0, 3600.0, 14400.0, 86400.0, 259200.0, 604800.0)
    [feed] = found.feeds
    assert (feed.id, feed.title, feed.sources, feed.entries) == ("ttv", "ttv", ("ttv",), 100)
    assert found.endpoints == ()


def test_every_key() -> None:
    """A key of the reference would be read and then have no effect."""
    found = config(
        f"""
[server]
listen = "unix:/run/bantin/http.sock"
public_url = "https://feeds.example.org/news"
token = "s3cret"
[state]
url = "sqlite:////var/lib/b.db"
keep_days = 30
[fetch]
user_agent = "me/1"
timeout = "1.5m"
max_bytes = "500KB"
host_interval = "250ms"
robots = false
allow_networks = ["127.0.0.0/8", "fd00::/8"]
[defaults]
interval = "1h"
timezone = "Europe/Berlin"
language = "de"
recheck = ["2h", "30m"]
[[source]]
id = "a"
urls = ["https://a.example/"]
[[source]]
id = "b-2"
title = "B"
urls = ["https://b.example/", "https://b.example/two", "https://b.example/"]
kind = "listing"
interval = "5m"
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
site = "vccorp"
include = ["x"]
exclude = ["y"]
full_text = false
announce_backlog = true
recheck = []
[[feed]]
id = "both"
title = "Both"
sources = ["a", "b-2"]
include = ["in"]
exclude = ["out"]
entries = 7
[[feed]]
id = "second"
sources = ["b-2"]
[[webhook]]
id = "hook"
url = "https://hooks.example/in"
secret = "{SECRET}"
events = ["source.failing"]
feeds = ["both", "a"]
"""
    )
    assert (found.server.listen, found.server.token) == ("unix:/run/bantin/http.sock", "s3cret")
    assert found.server.public_url == "https://feeds.example.org/news/"
    assert (found.database, found.keep_days) == ("sqlite:////var/lib/b.db", 30)
    fetch = found.fetch
    assert (fetch.user_agent, fetch.timeout, fetch.max_bytes, fetch.host_interval) == ("me/1", 90.0, 500_000, 0.25)
    assert fetch.robots is False
    assert fetch.allow_networks == (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
    a, b = found.sources
    assert (a.interval, a.timezone, a.language, a.recheck) == (3600.0, "Europe/Berlin", "de", (1800.0, 7200.0))
    assert (b.title, b.kind, b.interval, b.timezone) == ("B", "listing", 300.0, "Asia/Ho_Chi_Minh")
    assert b.urls == ("https://b.example/", "https://b.example/two")
    assert (b.language, b.site, b.include, b.exclude) == ("vi", "vccorp", ("x",), ("y",))
    assert (b.full_text, b.announce_backlog, b.recheck) == (False, True, ())
    assert [feed.id for feed in found.feeds] == ["a", "b-2", "both", "second"]
    both, second = found.feeds[2:]
    assert (both.title, both.sources, both.include, both.exclude) == ("Both", ("a", "b-2"), ("in",), ("out",))
    assert (both.entries, both.language, second.language) == (7, None, "vi")
    [hook] = found.endpoints
    assert (hook.id, hook.url, hook.secrets) == ("hook", "https://hooks.example/in", (SECRET,))
    assert (hook.events, hook.feeds) == (("source.failing",), ("both", "a"))
    assert found.audience.feeds == found.feeds
    assert found.source("b-2") is b
    assert found.feed("both") is both
    assert found.source("none") is found.feed("none") is None


def test_a_webhook_hears_of_new_and_revised_stories_by_default() -> None:
    """A webhook without events would get nothing, or removals that it did not ask for."""
    [hook] = config(MINIMAL + WEBHOOK).endpoints
    assert hook.events == ("article.published", "article.revised")
    assert hook.feeds == ()
    assert SECRET not in repr(hook)


# -- faults: one key wrong each; the line must name the key, what was found, and what is allowed


@pytest.mark.parametrize(
    ("table", "key", "known"),
    [
        ("sorce = 1", "sorce", "source"),
        ("[server]\nlissten = 1", "lissten", "listen"),
        ("[state]\nkeepdays = 1", "keepdays", "keep_days"),
        ("[fetch]\ntime_out = 1", "time_out", "timeout"),
        ("[defaults]\nintervall = 1", "intervall", "interval"),
        ("[[source]]\nid='x'\nurls=['https://x.example/']\nincludes = []", "includes", "include"),
        ("[[feed]]\nid='f'\nsources=['ttv']\nentrys = 1", "entrys", "entries"),
        (f"{WEBHOOK}secretfile = 'x'", "secretfile", "secret_file"),
    ],
)
def test_unknown_key(table: str, key: str, known: str) -> None:
    """A misspelt key would be ignored in silence, or people would not learn how it is spelled."""
    [line] = faults(f"{table}\n{MINIMAL}")
    assert f'unknown key "{key}"; did you mean "{known}"?' in line


def test_unknown_key_like_no_other() -> None:
    """Someone who made a key up would not learn which there are."""
    [line] = faults("[state]\nzzzzzz = 1")
    assert line == '[state] unknown key "zzzzzz"; allowed: url, password_file, keep_days'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[server]\nlisten = 8711", '[server] listen is 8711; write a text such as "127.0.0.1:8711"'),
        ("[server]\ntoken = true", "[server] token is true; write a text in quotes"),
        ("[state]\nkeep_days = '3'", '[state] keep_days is "3"; write a whole number'),
        ("[state]\nkeep_days = true", "[state] keep_days is true; write a whole number"),
        ("[fetch]\nrobots = 'yes'", '[fetch] robots is "yes"; write true or false'),
        ("[fetch]\ntimeout = 20", '[fetch] timeout is 20; write a text such as "20s"'),
        ("[fetch]\nallow_networks = '::/0'", 'allow_networks is "::/0"; write a list of texts, such as ["…"]'),
        ("[fetch]\nallow_networks = [1]", "allow_networks is a list with 1 in it; write a list of texts"),
        ("[defaults]\ninterval = 2026-11-21", 'interval is "2026-11-21"; write a text such as "10m"'),
        ("[defaults.timezone]\na = 1", 'timezone is a table; write a text such as "UTC"'),
        ("[source]\nid = 'x'", "source is a table; write [[source]] on a line of its own"),
        ("[[server]]\ntoken = 'x'", "server is a list with a table in it; write [server] on a line of its own"),
        ("fetch = 5", "fetch is 5; write [fetch] on a line of its own"),
        ("[[source]]\nid = 'x'\nurls = 'https://x.example/'", '(x): urls is "https://x.example/"; write a list'),
        ("[[source]]\nid = 5\nurls = ['https://x.example/']", "[[source]] number 1: id is 5; write a text in quotes"),
        (f"{MINIMAL}kind = 'fed'", '[[source]] number 1 (ttv): kind is "fed"; did you mean "feed"?'),
        (f"{MINIMAL}kind = 'qqqq'", 'kind is "qqqq"; write auto, feed, sitemap, listing'),
        (f"{MINIMAL}full_text = 1", "full_text is 1; write true or false"),
        (f"{MINIMAL}recheck = '1h'", 'recheck is "1h"; write a list of texts'),
        (f"{MINIMAL}interval = []", "interval is a list; write a text in quotes"),
    ],
)
def test_wrong_type(text: str, line: str) -> None:
    """Someone who forgot the quotes or the brackets would not be told where."""
    [said] = faults(text)
    assert line in said


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[server]\nlisten = '8711'", "[server] listen", '"127.0.0.1:8711"'),
        ("[server]\nlisten = 'localhost:²'", "[server] listen", '"127.0.0.1:8711"'),
        ("[server]\nlisten = 'localhost:99999'", "[server] listen", '"127.0.0.1:8711"'),
        ("[server]\nlisten = 'unix:relative'", "[server] listen", '"unix:/run/'),
        ("[server]\npublic_url = 'feeds.example.org'", "[server] public_url", '"feeds.example.org" is no web address'),
        ("[server]\npublic_url = 'https://a.example/?x=1'", "[server] public_url", "without ? and #"),
        ("[server]\ntoken = 'a b'", "[server] token", "without spaces"),
        ("[state]\nurl = 'bantin.db'", "[state] url", "sqlite:///bantin.db"),
        ("[state]\nurl = 'sqlite:///'", "[state] url", "sqlite:///bantin.db"),
        ("[state]\nurl = 'sqlite:///a?b'", "[state] url", "without ?"),
        ('[state]\nurl = "sqlite:///a\\u0000b"', "[state] url", "control characters"),
        ("[state]\nurl = 'postgresql://localhost'", "[state] url", "USER@HOST:PORT/NAME"),
        ("[state]\nurl = 'postgresql://localhost:port/bantin'", "[state] url", "USER@HOST:PORT/NAME"),
        ("[state]\nurl = 'mysql://localhost/bantin'", "[state] url", "postgresql://"),
        ("[websub]\nhub = 'https://hub.example/'", "[websub] hub", "needs [server] public_url"),
        ("[server]\npublic_url = 'https://f.example/'\n[websub]\nhub = 'hub'", "[websub] hub", "no web address"),
        ("[publish]\ndirectory = 'public'", "[publish] directory", "needs [server] public_url"),
        ("[state]\nkeep_days = -1", "[state] keep_days", "is -1; write at least 0"),
        ("[fetch]\ntimeout = '20'", "[fetch] timeout", 'is "20"; write "90s"'),
        ("[fetch]\ntimeout = '0s'", "[fetch] timeout", "at least 1s"),
        ("[fetch]\nhost_interval = '-1s'", "[fetch] host_interval", 'is "-1s"'),
        ("[fetch]\nmax_bytes = '8 megabytes'", "[fetch] max_bytes", '"500KB" or "8MB"'),
        ("[fetch]\nmax_bytes = '10B'", "[fetch] max_bytes", "1KB to 1GB"),
        (f"[fetch]\nmax_bytes = '{'9' * 5000}'", "[fetch] max_bytes", "1KB to 1GB"),
        ("[fetch]\nuser_agent = 'bản tin'", "[fetch] user_agent", "ASCII"),
        ('[fetch]\nuser_agent = "a\\r\\nb: c"', "[fetch] user_agent", "ASCII"),
        ("[fetch]\nallow_networks = ['10.0.0.1/8']", "[fetch] allow_networks", "host bits set"),
        ("[fetch]\nallow_networks = ['localhost']", "[fetch] allow_networks", '"192.168.1.0/24"'),
        ("[defaults]\ninterval = 'often'", "[defaults] interval", '"10m"'),
        ("[defaults]\ninterval = '800d'", "[defaults] interval", "at most 366d"),
        ("[defaults]\ntimezone = 'Asia/Hanoi'", "[defaults] timezone", "unknown time zone"),
        ("[defaults]\ntimezone = 'Asia/Ho_Chi_Min'", "[defaults] timezone", 'did you mean "Asia/Ho_Chi_Minh"?'),
        ("[defaults]\ntimezone = '../../etc/passwd'", "[defaults] timezone", "unknown time zone"),
        ("[defaults]\nrecheck = ['1h', 'soon']", "[defaults] recheck", 'is "soon"'),
        ("[[source]]\nid='a'", "[[source]] number 1 (a): urls", "is empty; give at least one address"),
        ("[[source]]\nurls=['https://a.example/']", "[[source]] number 1: id", 'is ""; use a-z, 0-9 and -'),
        ("[[source]]\nid='A_b'\nurls=['https://a.example/']", "[[source]] number 1 (A_b): id", 'is "A_b"; use a-z'),
        (f"[[source]]\nid='{'a' * 65}'\nurls=['https://a.example/']", ": id", "at most 64"),
        ("[[source]]\nid='a'\nurls=['ftp://a.example/']", "(a): urls", '"ftp://a.example/" is no web address'),
        ("[[source]]\nid='a'\nurls=['https://u:p@a.example/']", "(a): urls", "without a password"),
        (f"{MINIMAL}interval = ''", "(ttv): interval", 'is ""'),
        (f"{MINIMAL}timezone = ''", "(ttv): timezone", 'is ""'),
        (f"{MINIMAL}include = ['(']", "(ttv): include", '"(" is no regular expression'),
        (f"{MINIMAL}exclude = ['((((a{{100}}){{100}}){{100}}){{100}})']", "(ttv): exclude", "is too large"),
        (f"{MINIMAL}include = ['{'|'.join(f'word{n}' for n in range(2_000))}']", "(ttv): include", "is too large"),
        (f"{MINIMAL}exclude = ['a{{99999999999999999999}}']", "(ttv): exclude", "is no regular expression"),
        (f"{MINIMAL}recheck = ['0s']", "(ttv): recheck", "at least 1s"),
        (f"{MINIMAL}[[feed]]\nid='f'\nsources=[]", "[[feed]] number 1 (f): sources", "name at least one source"),
        (f"{MINIMAL}[[feed]]\nid='f'\nsources=['ttx']", "(f): sources", 'source; did you mean "ttv"?'),
        (f"{MINIMAL}[[feed]]\nid='f'\nsources=['ttv']\nentries=0", "(f): entries", "is 0; write at least 1"),
        (f"{MINIMAL}[[feed]]\nid='f'\nsources=['ttv']\ninclude=['[']", "(f): include", "regular expression"),
        (f"{MINIMAL}[[feed]]\nid='ttv'\nsources=['ttv']", "(ttv): id", "a source's own feed"),
        (f"{WEBHOOK}events=['article.publish']", "(hook): events", 'did you mean "article.published"?'),
        (f"{WEBHOOK}feeds=['qqq']\n{MINIMAL}", "(hook): feeds", "no such feed; there are: ttv"),
        (f"{WEBHOOK}feeds=['qqq']", "(hook): feeds", "there are: none"),
        (f"[[webhook]]\nid='h'\nsecret='{SECRET}'", "[[webhook]] number 1 (h): url", "no web address"),
        ("[[webhook]]\nid='h'\nurl='https://h.example/'", "(h): secret", "neither is there; give one of them"),
        (f"{WEBHOOK}secret_file='x'", "(hook): secret", "both are there; give one of them"),
        (WEBHOOK.replace(SECRET, "whsec_c2hvcnQ="), "(hook): secret", "at least 16 bytes in base64"),
        (WEBHOOK.replace(SECRET, "whsec_!!" + SECRET[6:]), "(hook): secret", "in base64"),
        (WEBHOOK.replace(SECRET, SECRET[6:]), "(hook): secret", "whsec_"),
        (WEBHOOK.replace(f'secret = "{SECRET}"', "secret_file = 'x'"), "(hook): secret_file", "/somewhere/x"),
        (WEBHOOK.replace(f'secret = "{SECRET}"', 'secret_file = "a\\u0000b"'), "(hook): secret_file", "cannot be read"),
        (f"{MINIMAL}{MINIMAL}", "[[source]]", '"ttv" is there twice'),
        (f"{WEBHOOK}{WEBHOOK}", "[[webhook]]", '"hook" is there twice'),
        (MINIMAL + '[[feed]]\nid="f"\nsources=["ttv"]\n' * 2, "[[feed]]", '"f" is there twice'),
    ],
)  # fmt: skip
def test_wrong_value(text: str, key: str, said: str) -> None:
    """A fault would be told without its key or without what is allowed, or the daemon would start with it."""
    [line] = faults(text)
    assert key in line
    assert said in line.partition(key)[2]


def test_all_faults_are_told_at_once() -> None:
    """People would mend one fault only to be told the next."""
    lines = faults(
        """
colour = "red"
[fetch]
robots = 1
timeout = "soon"
[defaults]
interval = "never"
[[source]]
id = "A"
urls = ["nowhere"]
kind = "lists"
[[source]]
id = "b"
urls = []
[[feed]]
id = "f"
sources = ["c"]
"""
    )
    places = ["colour", "robots", "timeout", "interval", "(A): id", "urls", "kind", "(b): urls", "(f): sources"]
    assert len(lines) == len(places)
    for place in places:
        assert any(place in line for line in lines), place


def test_a_secret_is_never_told() -> None:
    """A secret with a typing error would end up in the journal."""
    for wrong in ("whsec_AAAABBBB", "hunter2hunter2"):
        [line] = faults(WEBHOOK.replace(SECRET, wrong))
        assert wrong not in line


# -- files


def test_secret_files(tmp_path: Path) -> None:
    """systemd's LoadCredential= would be ignored, or a secret beside the configuration not found."""
    text = WEBHOOK.replace(f'secret = "{SECRET}"', 'secret_file = "hook.secret"')
    beside, given_over = tmp_path / "etc", tmp_path / "credentials"
    other = "whsec_" + base64.b64encode(b"another secret of 29 bytes").decode()
    for folder, secret in ((beside, SECRET), (given_over, other)):
        folder.mkdir()
        (folder / "hook.secret").write_text(f" {secret}\n")
    file = beside / "bantin.toml"
    assert config(text, file).endpoints[0].secrets == (SECRET,)
    assert config(text, file, CREDENTIALS_DIRECTORY=str(given_over)).endpoints[0].secrets == (other,)
    assert config(text, file, CREDENTIALS_DIRECTORY=str(tmp_path)).endpoints[0].secrets == (SECRET,)
    (beside / "hook.secret").write_bytes(b"\xff\xfe")
    assert "not a text" in faults(text, file)[0]
    (beside / "hook.secret").write_text("nothing of use")
    assert "whsec_ followed by" in faults(text, file)[0]
    (beside / "hook.secret").unlink()
    [line] = faults(text, file)
    assert f"{beside / 'hook.secret'} cannot be read: No such file" in line


def test_state_directory(tmp_path: Path) -> None:
    """The service would write its database beside the configuration, in /etc."""
    file = tmp_path / "bantin.toml"
    assert config("", file).database == f"sqlite:///{tmp_path}/bantin.db"
    assert config("", file, STATE_DIRECTORY="/var/lib/bantin:/var/lib/more").database == (
        "sqlite:////var/lib/bantin/bantin.db"
    )
    assert config("[state]\nurl='sqlite:////a.db'", file, STATE_DIRECTORY="/s").database == "sqlite:////a.db"


def test_the_services_database_is_found_without_systemd() -> None:
    """An operator's `bantin status` would know nothing of the service, and `bantin poll` make a second database."""
    found = config("", SYSTEM)
    assert found.database == "sqlite:////var/lib/bantin/bantin.db"
    assert config("", SYSTEM, STATE_DIRECTORY="/elsewhere").database == "sqlite:////elsewhere/bantin.db"
    assert config("", SYSTEM.with_name("other.toml")).database == "sqlite:////etc/bantin/bantin.db"


def test_where_the_file_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another configuration than the one in this folder would be used."""
    work, home = tmp_path / "work", tmp_path / "home"
    mine, theirs = home / ".config" / "bantin" / "bantin.toml", tmp_path / "xdg" / "bantin" / "bantin.toml"
    for file in (mine, theirs):
        file.parent.mkdir(parents=True)
    work.mkdir()
    monkeypatch.chdir(work)
    env = {"HOME": str(home)}
    with pytest.raises(ConfigError, match="not found") as caught:
        find(None, env)
    for part in ("bantin.toml", str(mine), "/etc/bantin/bantin.toml", "bantin init"):
        assert part in str(caught.value)
    mine.write_text("")
    theirs.write_text("")
    assert find(None, env) == mine
    assert find(None, env | {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}) == theirs
    (work / "bantin.toml").write_text("")
    assert find(None, env) == Path("bantin.toml")
    assert find(Path("other.toml"), env) == Path("other.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing, binary or broken file would end in a traceback."""
    file = tmp_path / "bantin.toml"
    cases = [
        (None, "No such file"),
        (b"title = '\xff'", "is not UTF-8 (byte 9)"),
        (b"[server\n", "is not valid TOML: "),
        (b"a = 1\na = 2\n", "is not valid TOML: "),
        (b"a = " + b"[" * 5000, "is not valid TOML: "),
        (b"a = " + b"9" * 5000, "is not valid TOML: "),
    ]
    for body, said in cases:
        if body is not None:
            file.write_bytes(body)
        with pytest.raises(ConfigError) as caught:
            load(file, {})
        assert str(caught.value).startswith(f"{file}: ")
        assert said in str(caught.value)
    with pytest.raises(ConfigError, match="directory"):
        load(tmp_path, {})


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """A file saved by an editor on Windows would be refused."""
    file = tmp_path / "bantin.toml"
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert [source.id for source in load(file, {}).sources] == ["ttv"]


def test_the_example_is_good(tmp_path: Path) -> None:
    """What bantin init writes would not start, not even with its comments made use of."""
    found = load(EXAMPLE, {})
    assert [source.id for source in found.sources] == ["ttv"]
    (tmp_path / "newsroom.secret").write_text(SECRET)
    lines = []
    for line in EXAMPLE.read_text("utf-8").splitlines():
        option = line.removeprefix("# ")
        lines.append(option if "=" in option or option.startswith("[") else line)
    full = parse("\n".join(lines), tmp_path / "bantin.toml", {})
    assert [feed.id for feed in full.feeds] == ["ttv", "chuyen-doi-so"]
    assert [hook.id for hook in full.endpoints] == ["newsroom", "chat"]
    bare = [line for line in lines if line.startswith(("[[source]]", 'id = "ttv"', "urls"))]
    least = parse("\n".join(bare[:3]), tmp_path / "bantin.toml", {})
    assert (found.server, found.fetch, found.keep_days) == (least.server, least.fetch, least.keep_days)


@pytest.mark.parametrize(
    ("listen", "means"),
    [
        ("127.0.0.1:8711", ("127.0.0.1", 8711)),
        ("[::1]:80", ("::1", 80)),
        ("localhost:0", ("localhost", 0)),
        ("::1:80", None), (":80", None), ("80", None), ("[]:80", None), ("a:b", None), ("a:-1", None), ("a b:1", None),
        ("a:٣", None), ("http://a:80", None),
    ],
)  # fmt: skip
def test_split_listen(listen: str, means: tuple[str, int] | None) -> None:
    """The daemon would listen somewhere else than told."""
    assert split_listen(listen) == means


# -- anything at all

KEYS = st.sampled_from(
    ["server", "state", "fetch", "defaults", "source", "feed", "webhook", "listen", "public_url", "token", "url",
     "keep_days", "user_agent", "timeout", "max_bytes", "host_interval", "robots", "allow_networks", "interval",
     "timezone", "language", "recheck", "id", "title", "urls", "kind", "site", "include", "exclude", "full_text",
     "announce_backlog", "sources", "entries", "secret", "secret_file", "events", "feeds", "nonsense"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["", "a", "ttv", "10m", "1e9d", "8MB", "UTC", "Asia", "https://a.example/", "http://[::1", "[", "(?P<", "[[a]",
     "whsec_", SECRET, "127.0.0.1:80", "unix:/x", "sqlite:///x", "10.0.0.0/8", "feed", "article.published", ".", "/"]
)  # fmt: skip
SCALARS = st.one_of(WORDS, st.text(max_size=12), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes())


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in value) + '"'
        case dict():
            return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case int() | float():
            return repr(value)
    return str(value.isoformat())


VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
TABLES = st.dictionaries(KEYS, VALUES, max_size=8)
FILES = st.dictionaries(KEYS, TABLES | st.lists(TABLES, max_size=3) | VALUES, max_size=5)


@given(st.text() | FILES.map(lambda file: "\n".join(f"{toml(key)} = {toml(value)}" for key, value in file.items())))
@example("server." + "a." * 3000 + "b = 1")
@example("a = " + "{a=" * 400)
def test_anything_gives_a_configuration_or_its_faults(text: str) -> None:
    """Some odd file would crash the daemon at a reload instead of being refused."""
    try:
        found = parse(text, HERE, {})
    except ConfigError as error:
        assert error.problems
        assert all(problem.strip() for problem in error.problems)
    else:
        assert found.database.startswith("sqlite:////")


def many(sources: int, *, known: bool) -> str:
    """A configuration with as many merged feeds and webhooks as sources."""
    tables = []
    for n in range(sources):
        tables.append(f'[[source]]\nid = "s{n}"\nurls = ["https://s{n}.example/"]\n')
        tables.append(f'[[feed]]\nid = "f{n}"\nsources = ["{"s" if known else "unknown"}{n}"]\n')
        tables.append(
            f'[[webhook]]\nid = "h{n}"\nurl = "https://h{n}.example/"\nsecret = "{SECRET}"\nfeeds = ["f{n}"]\n'
        )
    return "".join(tables)


def test_thousands_of_feeds(tmp_path: Path) -> None:
    """A reload of an aggregator's configuration would keep its daemon from everything else for seconds."""
    file = tmp_path / "bantin.toml"
    assert times_as_dear(lambda text: parse(text, file, {}), many(4_000, known=True), many(250, known=True)) < 50
    assert len(config(many(300, known=True), file).endpoints) == 300


def test_a_hundred_faults_are_enough(tmp_path: Path) -> None:
    """One wrong search-and-replace would fill the terminal with millions of names, after minutes."""
    told = faults(many(3_000, known=False), tmp_path / "bantin.toml")
    assert len(told) == 101
    assert told[0].startswith(
        '[[feed]] number 1 (f0): sources names "unknown0", and there is no such source; there are: s0, '
    )
    assert told[0].endswith("s19, and 2980 more")
    assert told[-1] == "and perhaps more: mend these first"


@pytest.mark.parametrize(
    ("pattern", "size"),
    [("abc", 3), (r"\d{4}-\d{2}", 7), ("(ab){3}", 9), ("((a{10}){10}){10}", 1110), (r"[({a]{5}\{9}", 10), ("a{,9}", 1)],
)
def test_size_of_an_expression(pattern: str, size: int) -> None:
    """Thirty characters would take two gigabytes to prepare, at every start."""
    assert abs(size_of(pattern) - size) <= 8


def test_a_hundred_years_are_kept() -> None:
    """A number of days beyond the calendar would end every night's tidying in an error."""
    days = config(f"{MINIMAL}[state]\nkeep_days = 4000000").keep_days
    assert datetime.now(UTC) - timedelta(days=days) > datetime(1900, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('id = "a"\nurls = ["https://a.example/"]', "is [[source]] missing above?"),
        ('[defaults]\nurls = ["https://a.example/"]', '[defaults] unknown key "urls"; is [[source]] missing above?'),
        ('[fetch]\nsecret_file = "a"', "is [[webhook]] missing above?"),
        ("robots = false", 'unknown key "robots"; it belongs in [fetch]'),
        ('[fetch]\ntimeuot = "1s"', 'did you mean "timeout"?'),
        ('[defaults]\ninterval = "5 minutes"', 'is "5 minutes"; did you mean "5m"?'),
        ('[defaults]\ninterval = "2 giờ"', 'did you mean "2h"?'),
        ('[defaults]\ninterval = "10 phút"', 'did you mean "10m"?'),
    ],
)
def test_what_was_meant_is_guessed(text: str, said: str, tmp_path: Path) -> None:
    """Whoever forgets a table's header, or writes a duration in words, would be told a list of keys instead."""
    with pytest.raises(ConfigError) as refused:
        parse(text, tmp_path / "bantin.toml")
    assert said in str(refused.value)


def test_languages_by_name_and_sources_in_the_house(tmp_path: Path) -> None:
    """A source would be without its language, or refused at each poll, and check had called all of it good."""
    text = '[[source]]\nid = "a"\nurls = ["http://192.168.1.5/"]\nlanguage = "Vietnamese"\n'
    hints = parse(text, tmp_path / "bantin.toml").hints
    assert any('did you mean "vi"?' in hint for hint in hints)
    assert any("192.168.1.5 is in a network that is refused; list it in [fetch]" in hint for hint in hints)


def test_browser(tmp_path: Path) -> None:
    """A browser would start at the wrong place, or a typing error in its table be passed over."""
    page = '[[source]]\nid = "a"\nurls = ["http://a.example/"]\nrender = "always"\n'
    found = parse('[browser]\ncommand = "chromium"\ntimeout = "10s"\nat_once = 99\n' + page, tmp_path / "bantin.toml")
    assert (found.browser.command, found.browser.timeout, found.browser.at_once) == ("chromium", 10.0, 20)
    assert found.browser.sandbox
    assert found.sources[0].render == "always"
    assert not parse(page, tmp_path / "bantin.toml").browser.configured
    for wrong, word in (
        ('command = "a"\nurl = "ws://127.0.0.1:9222"', "both"), ('url = "127.0.0.1:9222"', "ws://"),
        ("at_once = 0", "at_once"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=word):
            parse(f"[browser]\n{wrong}\n{page}", tmp_path / "bantin.toml")
    with pytest.raises(ConfigError, match="render"):
        parse(page.replace("always", "sometimes"), tmp_path / "bantin.toml")

"""``bantin opml import``: what a reader exports becomes sources, and nothing else in the file changes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daemon.config import load, parse
from daemon.config.edit import add_tables
from feeds.errors import OpmlError
from feeds.model import FeedSpec
from feeds.reading.documents.opml import MAX_OUTLINES, Subscription, new_id, read_opml
from feeds.reading.text import printable, squeeze
from feeds.writing.opml import render
from tests.daemon.commands import HOOK, TOML, Run

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
  <outline text="Tin tức">
    <outline text="Địa phương"><outline type="rss" text="Báo Đồng Nai" xmlUrl="https://dongnai.example/rss" /></outline>
    <outline type="rss" text="ignored" title="Báo &#34;Đồng&#34; Nai" xmlUrl="https://dongnai.example/2.rss"/>
  </outline>
  <outline text="A page" htmlUrl="https://page.example/news"/>
  <outline text="日本" xmlurl="https://www.nihon.example/feed"/>
  <outline text="There already" xmlUrl="https://other.example"/>
  <outline text="Twice" xmlUrl="https://dongnai.example/rss"/>
  <outline text="Script" xmlUrl="javascript:alert(1)"/>
  <outline text="Mine" xmlUrl="http://127.0.0.1:8711/feeds/ttv.atom?token=a%26b"/>
  <outline text="ttv" xmlUrl="https://ttv.example/rss"/>
</body></opml>
"""


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    """A list with folders, odd entries and doubles."""
    (tmp_path / "feeds.opml").write_text(LIST, "utf-8")
    return tmp_path / "feeds.opml"


def test_import(run: Run, file: Path, opml: Path) -> None:
    """Someone who comes from a reader would have to write a table for each subscription, or lose their comments."""
    file.write_text("# mine\n" + TOML + HOOK + "# the end")
    before = file.read_bytes()
    done = run("opml", "import", opml, "--config", file)
    assert done.status == 0, done.err
    assert file.read_bytes().startswith(before)
    assert Path(f"{file}.bak").read_bytes() == before
    assert "added 5 sources" in done.out
    assert "no daemon runs with it" in done.out
    assert [(source.id, source.title, source.urls[0], source.kind) for source in load(file).sources[2:]] == [
        ("bao-dong-nai", "Báo Đồng Nai", "https://dongnai.example/rss", "feed"),
        ("bao-dong-nai-2", 'Báo "Đồng" Nai', "https://dongnai.example/2.rss", "feed"),
        ("a-page", "A page", "https://page.example/news", "auto"),
        ("nihon-example", "日本", "https://www.nihon.example/feed", "feed"),
        ("ttv-2", "ttv", "https://ttv.example/rss", "feed"),
    ]
    for name, why in (
        ("There already", "watched already, as other"), ("Twice", "watched already, as bao-dong-nai"),
        ("Script", "no web address"), ("Mine", "a feed of this bantin itself"),
    ):  # fmt: skip
        assert any(name in line and why in line for line in done.err.splitlines()), name
    again = run("opml", "import", opml, "--config", file)
    assert again.status == 0
    assert "there is nothing to add" in again.out
    assert not Path(f"{file}.bak.2").exists()


def test_dry_run(run: Run, file: Path, opml: Path) -> None:
    """Someone who only wants to see what would come would have it already."""
    before = file.read_bytes()
    shown = run("opml", "import", opml, "--dry-run", "--config", file)
    assert "bao-dong-nai: Báo Đồng Nai (feed, https://dongnai.example/rss)" in shown.out
    assert "would add 5 sources" in shown.out
    found = run("opml", "import", opml, "--dry-run", "--json", "--config", file).json
    assert (found["dry_run"], found["kept"], len(found["skipped"])) == (True, None, 4)
    assert found["added"][2] == {
        "id": "a-page", "title": "A page", "urls": ["https://page.example/news"], "kind": "auto",
    }  # fmt: skip
    assert file.read_bytes() == before
    done = run("opml", "import", opml, "--json", "--config", file).json
    assert done["added"] == found["added"]
    assert done["kept"] == f"{file}.bak"


def outlines(count: int) -> str:
    """A list of so many entries."""
    return (
        "<opml><body>" + "".join(f'<outline xmlUrl="http://x.example/{n}"/>' for n in range(count)) + "</body></opml>"
    )


LAUGHS = '<!DOCTYPE opml [<!ENTITY a "haha"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
FILE = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body><outline text="&a;"/></body></opml>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is not well-formed XML"),
        (b"[[source]]\nid = 1", "is not well-formed XML"),
        (b"<opml><body><outline>", "is not well-formed XML"),
        (b"<opml><body><outline text='&a;'/></body></opml>", "is not well-formed XML"),
        (b"<rss version='2.0'><channel/></rss>", "is no OPML: it begins with <rss>"),
        (LAUGHS.encode(), "has a document type"),
        (FILE.encode(), "has a document type"),
        (LIST.encode("utf-16"), "is in UTF-16"),
        (LIST.encode("utf-16-be"), "is in UTF-16"),
        (LIST.encode("utf-32"), "is in UTF-16 or UTF-32"),
        (LIST.replace("UTF-8", "UTF-7").encode(), "says that it is in UTF-7"),
        (LIST.replace("UTF-8", "punycode").encode(), "says that it is in punycode"),
        (LIST.replace("UTF-8", "iso-8859-99").encode(), "says that it is in iso-8859-99, which is unknown"),
        (LIST.encode().replace(b"Mine", b"\xff"), "is not UTF-8 (byte"),
        (f"<opml><body>{'<outline>' * 5000}{'</outline>' * 5000}</body></opml>".encode(), "is not well-formed XML"),
        (outlines(MAX_OUTLINES + 1).encode(), "has 5001 outlines; 5000 at most"),
        (b"<opml>" + b" " * 5_000_000 + b"</opml>", "is longer than 5 MB"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_hostile_files(run: Run, file: Path, tmp_path: Path, body: bytes, why: str) -> None:
    """A file from anywhere would fill the memory, read other files, or end in a traceback."""
    hostile, before = tmp_path / "hostile.opml", file.read_bytes()
    hostile.write_bytes(body)
    refused = run("opml", "import", hostile, "--config", file)
    assert (refused.status, refused.out) == (1, "")
    assert f"{hostile}: {why}" in refused.err
    assert len(refused.err) < 500 + len(str(hostile))
    assert file.read_bytes() == before


def test_files_that_cannot_be_read(run: Run, file: Path, tmp_path: Path) -> None:
    """Someone who mistypes a name would get a traceback."""
    for path in (tmp_path / "none.opml", tmp_path):
        refused = run("opml", "import", path, "--config", file)
        assert (refused.status, refused.out) == (1, "")
        assert f"{path}: cannot be read" in refused.err


def test_other_encodings_and_old_versions(run: Run, file: Path, tmp_path: Path) -> None:
    """The list of an old reader would be refused, or its names come out wrong."""
    old = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<OPML version="1.1"><body><outline text="Café" xmlUrl="http://c.example/"/></body></OPML>'
    for body in (old.encode("latin-1"), b"\xef\xbb\xbf" + LIST.encode(), b"\n" + outlines(3).encode()):
        (tmp_path / "a.opml").write_bytes(body)
        assert run("opml", "import", tmp_path / "a.opml", "--dry-run", "--config", file).status == 0
    (tmp_path / "a.opml").write_bytes(old.encode("latin-1"))
    assert "cafe: Café" in run("opml", "import", tmp_path / "a.opml", "--config", file).out


def test_a_configuration_that_cannot_be_added_to(run: Run, file: Path, opml: Path) -> None:
    """Who writes sources as a list of inline tables would have a file that is no TOML any more."""
    file.write_text('source = [{id = "a", urls = ["https://a.example/"]}]\n')
    refused = run("opml", "import", opml, "--config", file)
    assert refused.status == 1
    assert "edit it by hand; the file is as it was" in refused.err
    assert load(file).source("a")


def test_as_many_as_are_allowed(run: Run, file: Path, tmp_path: Path) -> None:
    """A great list would take minutes."""
    (tmp_path / "many.opml").write_text(outlines(MAX_OUTLINES))
    found = run("opml", "import", tmp_path / "many.opml", "--config", file, "--json").json
    assert len(found["added"]) == MAX_OUTLINES
    assert len(load(file).sources) == MAX_OUTLINES + 2


TITLES = st.text(max_size=200)


@given(
    titles=st.lists(TITLES, max_size=8),
    ending=st.sampled_from(["", "\n", "# end", "\r\n", '[server]\r\nlisten="[::1]:1"']),
)
@example(titles=['"""', "'''\\", "]] # \x7f\x00\u2028", "İı", "\ud800", "đ" * 100, "đ" * 100], ending="\r\n# x")
def test_what_is_exported_is_imported(titles: list[str], ending: str) -> None:
    """Someone who moves from one bantin to another would lose feeds, their names, or the configuration."""
    specs = [FeedSpec(id=f"f{n}", title=title, sources=("x",)) for n, title in enumerate(titles)]
    found = read_opml(render(specs, base="https://f.example/", query="?token=a%26b"), "x.opml")
    assert [(one.title, one.is_feed) for one in found] == [(squeeze(printable(title)), True) for title in titles]
    assert [one.url for one in found] == [f"https://f.example/feeds/{spec.id}.atom?token=a%26b" for spec in specs]
    taken: set[str] = set()
    added = []
    for one in found:
        name = new_id(one, taken)
        assert name not in taken
        taken.add(name)
        added.append({"id": name, "title": one.title, "urls": [one.url], "kind": "feed"})
    text = add_tables(ending, "source", added)
    assert text.startswith(ending)
    assert tomllib.loads(text).get("source", []) == added
    config = parse(text, Path("bantin.toml"), {})
    assert [source.title or source.id for source in config.sources] == [one["title"] or one["id"] for one in added]


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: LIST.encode()[:-30] + tail))
def test_any_bytes(body: bytes) -> None:
    """A damaged file would end in a traceback."""
    try:
        found = read_opml(body, "x.opml")
    except OpmlError as error:
        assert str(error).startswith("x.opml: ")
        assert "\n" not in str(error)
    else:
        assert all(isinstance(one, Subscription) for one in found)


def test_folders_become_tags(run: Run, file: Path, tmp_path: Path) -> None:
    """A reader's folders would be lost on the way in, or a source in two of them be there once only in one."""
    one = '<outline text="A" xmlUrl="https://a.example/"/>'
    text = f'<opml><body><outline text="Tin"><outline text="Nhà">{one}</outline></outline>{{}}</body></opml>'
    (tmp_path / "f.opml").write_text(text.format(f'<outline text="Khác">{one}</outline>'), "utf-8")
    assert run("opml", "import", tmp_path / "f.opml", "--config", file).status == 0
    assert load(file).sources[-1].tags == ("Tin/Nhà", "Khác")
    assert run("opml", "export", "--config", file).out.count('text="A"') == 2

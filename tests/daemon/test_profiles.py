"""Site profiles from their files: ours and the user's, in worker processes and in commands."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from daemon.config import ConfigError, load
from daemon.profiles import load_profiles
from daemon.reading.reader import Reader
from feeds.errors import ProfileError
from feeds.model import Page
from feeds.reading.article.extract import extract_article
from tests.conftest import NOW, LiveSite
from tests.daemon.commands import Run

CONFIG = '[[source]]\nid = "a"\nurls = ["https://a.example/"]\n'
RULES = '[[layout]]\n[layout.article]\ntitle = "h2"\n'
BROKEN = '[[layout]]\n[layout.article]\ntitle = "h2["\n'
URL = "https://news.example/tin-1-100100.htm"
STORY = "<p>Sáng nay, lễ hội đua thuyền truyền thống của xã đã khai mạc với sự tham gia của nhiều đội.</p>" * 6


def write(folder: Path, name: str, text: str) -> None:
    """Put a profile beside the configuration."""
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "profiles" / name).write_text(text, "utf-8")


def names(folder: Path | None) -> list[str]:
    """The profiles that there are, in their order."""
    return [profile.name for profile in load_profiles(folder)]


def test_ours_are_there_and_good() -> None:
    """The profiles that come with bantin would be missing from the package, or broken."""
    assert names(None) == names(Path("/none")) == ["vccorp"]


def test_the_users_win(tmp_path: Path) -> None:
    """A user could not correct a profile of ours without waiting for the next version."""
    write(tmp_path, "b.toml", RULES)
    write(tmp_path, "a.toml", f'name = "vccorp"\nmarkup = "p"\n{RULES}')
    write(tmp_path, "notes.txt", "[")
    assert names(tmp_path / "profiles") == ["vccorp", "b"]
    assert load_profiles(tmp_path / "profiles")[0].markup == "p"


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """A file in another encoding, or a second profile of one name, would be passed over in silence."""
    write(tmp_path, "a.toml", RULES)
    write(tmp_path, "b.toml", f'name = "a"\n{RULES}')
    with pytest.raises(ProfileError, match=r'b\.toml: name is "a", as in another file'):
        names(tmp_path / "profiles")
    (tmp_path / "profiles" / "b.toml").write_bytes(b"# \xff")
    with pytest.raises(ProfileError, match=r"b\.toml: is not UTF-8 \(byte 2\)"):
        names(tmp_path / "profiles")
    (tmp_path / "profiles" / "b.toml").unlink()
    (tmp_path / "profiles" / "b.toml").mkdir()
    with pytest.raises(ProfileError, match=r"b\.toml: cannot be read: Is a directory"):
        names(tmp_path / "profiles")
    with pytest.raises(ProfileError, match=r"a\.toml: cannot be read: Not a directory"):
        names(tmp_path / "profiles" / "a.toml")


def test_our_profile_of_a_publishing_system() -> None:
    """On sites of that system the source of a story would be missing, and other stories would stand in its text."""
    other = "Đọc thêm: một câu chuyện khác của hôm qua, dài hơn nhiều so với một tiêu đề."
    related = f"<div type=RelatedOneNews class=VCSortableInPreviewMode><p>{other}</p></div>"
    html = (
        "<html lang=vi><head><title>Lễ hội đua thuyền</title></head><body><h1>Lễ hội đua thuyền</h1>"
        f"<div data-role=content>{STORY}{related}</div><p class=source data-field=source> Báo Sông Lam</p>"
    )
    article = extract_article(html, URL, profiles=load_profiles(None))
    assert article.credit == "Báo Sông Lam"
    assert "Đọc thêm" not in article.body_text
    assert "Sáng nay" in article.body_text


def test_a_broken_profile_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    """The daemon would start without the profile that someone wrote, or a reload would lose the sources."""
    (tmp_path / "bantin.toml").write_text(CONFIG + 'site = "own"\n')
    with pytest.raises(ConfigError, match=r'site names "own", and there is no such site profile; there are: vccorp'):
        load(tmp_path / "bantin.toml")
    write(tmp_path, "own.toml", BROKEN)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "bantin.toml")
    [problem] = caught.value.problems
    assert problem.startswith(
        f'{tmp_path}/profiles/own.toml: [[layout]] number 1: article.title "h2[" is no CSS selector'
    )
    write(tmp_path, "own.toml", RULES)
    config = load(tmp_path / "bantin.toml")
    assert [profile.name for profile in config.profiles] == ["own", "vccorp"]
    assert config.sources[0].site == "own"


async def test_workers_read_by_profiles(tmp_path: Path) -> None:
    """Profiles would be checked, and then not used by the daemon."""
    write(tmp_path, "own.toml", 'hosts = ["news.example"]\n' + RULES)
    write(tmp_path, "asked.toml", '[[layout]]\n[layout.article]\ntitle = "h3"\n[layout.list]\nitem = "h3"\n')
    reader = Reader(workers=1, profiles=load_profiles(tmp_path / "profiles"))
    html = f"<title>Một</title><h1>Một</h1><h2>Tiêu đề hai</h2><h3><a href=/b>Tiêu đề ba</a></h3><div>{STORY}</div>"
    page = Page(url=URL, body=html.encode(), content_type="text/html; charset=utf-8")
    try:
        assert (await reader.article(page, None, NOW)).title == "Tiêu đề hai"
        assert (await reader.article(page, None, NOW, "asked")).title == "Tiêu đề ba"
        (teaser,) = await reader.teasers(page, "listing", None, NOW, "asked")
        assert (teaser.title, teaser.url) == ("Tiêu đề ba", "https://news.example/b")
        assert await reader.profile(page) == "own"
        assert await reader.profile(page, "asked") == "asked"
        assert await reader.profile(Page(url="https://x.example/", body=b"<p>")) is None
    finally:
        reader.close()


def test_check_and_run_refuse_a_broken_profile(run: Run, file: Path) -> None:
    """A mistake in a selector would be found weeks later, in a feed."""
    write(file.parent, "own.toml", BROKEN)
    for words in (["check"], ["run"], ["poll"], ["extract", __file__, "--url", URL]):
        refused = run(*words, "--config", file)
        assert refused.status == 2, words
        assert f'{file.parent}/profiles/own.toml: [[layout]] number 1: article.title "h2["' in refused.err
    checked = run("check", "--config", file, "--json")
    assert checked.status == 2
    assert "article.title" in checked.json["problems"][0]


async def test_preview_says_which_profile_was_used(run: Run, file: Path, live_site: LiveSite) -> None:
    """The author of a profile could not tell whether it is used at all."""
    [_, address, _] = live_site.lists()
    ours = await asyncio.to_thread(run, "preview", address, "--config", file)
    assert "Read with the site profile vccorp (the story)." in ours.out
    write(file.parent, "vccorp.toml", "[[layout]]")
    plain = await asyncio.to_thread(run, "preview", address, "--config", file)
    assert "Read without a site profile." in plain.out
    write(file.parent, "own.toml", '[[layout]]\n[layout.article]\nremove = ["aside"]\n')
    words = ["preview", address, "--config", file]
    shown = await asyncio.to_thread(run, *words, "--site", "own")
    assert "Read with the site profile own (the list), own (the story)." in shown.out
    found = await asyncio.to_thread(run, *words, "--site", "own", "--json")
    assert (found.json["profile"], found.json["profiles"]) == ("own", {"list": "own", "story": "own"})
    text = (
        file.read_text("utf-8")
        .replace("https://other.example/", address)
        .replace("[[webhook]]", 'site = "own"\n[[webhook]]')
    )
    file.write_text(text, "utf-8")
    assert (await asyncio.to_thread(run, *words, "--json")).json["profile"] == "own"
    unknown = await asyncio.to_thread(run, *words, "--site", "none")
    assert unknown.status == 2
    assert "--site: no site profile 'none'; there are: own, vccorp" in unknown.err

"""The languages of the pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.web.pages.language import LANGUAGES, Language, choose
from tests.daemon.test_article_page import PATH
from tests.daemon.test_pages import client, page, texts

__all__ = ["client"]  # the fixture

TEMPLATES = sorted((Path(__file__).parents[2] / "daemon" / "web" / "pages" / "templates").glob("*.html"))
VI, EN = LANGUAGES["vi"], LANGUAGES["en"]


def keys(language: Language) -> set[str]:
    """The texts of a language; "one" may be missing where a language has no such form."""
    return {key for key in language.texts if not key.endswith(".one")}


def places(text: str) -> set[str]:
    """What is filled in into a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_language_has_every_text(code: str) -> None:
    """Readers of that language would meet an error page instead of a sentence, or one that leaves something out."""
    language = LANGUAGES[code]
    assert keys(language) == keys(EN)
    for key in keys(EN) - {"time.date", "time.day"}:
        assert places(language.texts[key]) == places(EN.texts[key]), key
    assert len(language.texts["time.months"].split()) == 12


def test_every_text_of_the_templates_is_known_and_used() -> None:
    """A page would fail in every language, or translators would work on sentences that nobody sees."""
    templates = "".join(file.read_text("utf-8") for file in TEMPLATES)
    modules = "".join(file.read_text("utf-8") for file in (TEMPLATES[0].parents[1]).glob("*.py"))
    used = set(re.findall(r'say\("([\w.]+\w)"', templates))
    counted = set(re.findall(r'count\("([\w.]+)"', templates + modules))
    assert used <= keys(EN)
    assert {f"{key}.other" for key in counted} <= keys(EN)
    prefixes = ("time.", "error.", "story.", "sources.", "source.", "advice.", "changes.")  # their ends are made
    made = {key for key in keys(EN) if key.startswith(prefixes) or key in ("name", "thousands")}
    rest = keys(EN) - used - {f"{key}.other" for key in counted} - made
    assert all(f'"{key}"' in modules for key in rest), rest


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_no_text_stands_in_a_template(file: Path) -> None:
    """A sentence would stay English on a Vietnamese page."""
    bare = re.sub(r"<code>[^{]*</code>|<bdi>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", file.read_text("utf-8"), flags=re.S)
    spoken = re.findall(r'(?:aria-label|placeholder|alt)="([^"]*)"', bare)
    seen = re.sub(r"<[^>]*>", "", bare, flags=re.S).replace("bantin", "").replace('dir="auto" lang=""', "")
    assert not re.search(r"[^\W\d_]", seen + "".join(spoken)), seen


@pytest.mark.parametrize(
    ("asked", "accept", "code"),
    [
        (None, "", "en"),
        (None, "vi", "vi"),
        (None, "vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        (None, "en;q=0.5, vi ; q=0.9", "vi"),
        (None, "fr, de;q=0.9", "en"),
        (None, "fr,vi;q=0.1", "vi"),
        (None, "vi;q=0,en;q=0.1", "en"),
        (None, "vi;q=0", "en"),
        (None, "*", "en"),
        (None, "vi;q=x,*;q=nan", "en"),
        ("vi", "en", "vi"),
        ("xx", "vi", "vi"),
        ("../en", "", "en"),
    ],
)
def test_the_language_is_chosen(asked: str | None, accept: str, code: str) -> None:
    """People would be shown a language that their browser says they do not read."""
    assert choose(asked, accept).code == code


@given(st.text(max_size=200), st.text(max_size=10))
def test_whatever_a_browser_sends(accept: str, asked: str) -> None:
    """A browser with an odd header would get an error instead of a page."""
    assert choose(asked, accept).code in LANGUAGES


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_times_can_be_said(code: str) -> None:
    """Some time of the day or the year would end in an error."""
    language, now = LANGUAGES[code], datetime(2026, 11, 21, tzinfo=UTC)
    for seconds in (0, 1, 59.6, 3600, 86_400, 86_400 * 400):
        assert language.ago(now - timedelta(seconds=seconds), now)
        assert language.until(now + timedelta(seconds=seconds), now)
    assert len({language.day(date(2026, month, 3)) for month in range(1, 13)}) == 12


def test_numbers_and_plurals() -> None:
    """People would read "1 stories", or a million without a place to rest the eye."""
    assert [EN.count("home.stories", number) for number in (0, 1, 2)] == ["0 stories", "1 story", "2 stories"]
    assert EN.count("home.stories", 1_234_567) == "1,234,567 stories"
    assert VI.count("home.stories", 1_234_567) == "1.234.567 bài"
    assert VI.count("home.fails", 1) == "Đang gặp lỗi"
    assert VI.moment(datetime(2026, 11, 21, 7, 5)) == "07:05, 21/11/2026"


@pytest.mark.parametrize("path", ["/", "/feeds/ttv/", "/search?q=lang", "/search", PATH])
async def test_pages_speak_vietnamese(client: httpx.AsyncClient, path: str) -> None:
    """Vietnamese readers would get English pages, or lose their language at the next link, or caches would mix both."""
    answer = await client.get(path, headers={"accept-language": "vi-VN,vi;q=0.9,en;q=0.8"})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == "vi"
    assert "Accept-Language" in answer.headers["vary"]
    assert '<html lang="vi">' in answer.text
    assert "Chuyển đến nội dung" in answer.text
    assert "lang=vi" in answer.text  # the way to it
    found = await page(client, f"{path}{'&' if '?' in path else '?'}lang=vi")
    assert found.css_first("html").attributes["lang"] == "vi"
    for node in found.css("main a[href], header .name a"):
        href = node.attributes["href"] or ""
        if not re.search(r"^https:|^#|feeds/\w+\.\w+$|opml", href):
            assert "lang=vi" in href, href
    assert found.css_first('input[name="lang"]').attributes["value"] == "vi"
    assert texts(found, ".languages a[aria-current]") == ["Tiếng Việt"]

"""Rules of the article reader with a number in them: an invented page on either side of each border."""

from __future__ import annotations

import pytest

from feeds.errors import ReadError
from feeds.model import Article
from feeds.reading.article.extract import extract_article

URL = "https://paper.example/news/the-ferry-returns-to-the-lake-123456.html"
SENTENCES = [
    "The old ferry crossed the lake again on Monday after eleven years at the shipyard.",
    "Hundreds of people stood at the landing stage, and the town band played in the rain.",
    "The mayor said that the boat had carried her to school every morning as a child.",
    "Two engineers had rebuilt the engine from drawings that they found in a cellar.",
    "A ticket costs as much as it did in the year in which the ferry was taken out of service.",
    "The first trip took nineteen minutes, three less than the timetable of that year allows.",
    "In winter the boat will stay in the harbour, for the ice on the lake is too thick for it.",
    "The school on the other shore has asked for two more trips in the early morning hours.",
]


def prose(count: int, begin: int = 0) -> list[str]:
    """So many sentences, none of them twice."""
    return [f"{SENTENCES[n % 8]} That was told by witness number {n}." for n in range(begin, begin + count)]


def read(body: str, head: str = "") -> Article:
    title = "The ferry returns to the lake"
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
        f"<article><h1>{title}</h1>{body}</article></body></html>"
    )
    return extract_article(page, URL)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize(("sentences", "is_table"), [(4, True), (7, False)])
def test_a_cell_with_much_prose_is_layout(sentences: int, is_table: bool) -> None:
    """A story laid out with a table would be published as one, or a table of long notes lose its rows."""
    row = f"<tr><td>{' '.join(prose(sentences))}</td><td>{' '.join(prose(2, 20))}</td></tr>"
    found = read(f"{paragraphs(*prose(8, 40))}<table>{row}<tr><td>Ice</td><td>Thick</td></tr></table>")
    assert ("<table" in found.content_html) is is_table
    assert "witness number 1." in found.body_text


@pytest.mark.parametrize(("before", "ends"), [(1, False), (6, True)])
def test_a_label_ends_the_story_when_enough_was_told(before: int, ends: bool) -> None:
    """Readers' comments would be the end of the story, or a quiz on top of it its only part."""
    told, after = prose(before), prose(8, 20)
    found = read(paragraphs(*told, "Comments", *after))
    assert ("witness number 27." not in found.body_text) is ends
    assert "witness number 0." in found.body_text


@pytest.mark.parametrize(("width", "is_picture"), [(150, False), (399, False), (400, True)])
def test_a_portrait_is_no_picture_of_the_story_until_it_is_large(width: int, is_picture: bool) -> None:
    """The face of whoever wrote it would stand in every feed, or a portrait's own story be without its picture."""
    portrait = f'<div class="headshot"><img src="/face.jpg" width="{width}" height="{width}" alt=""></div>'
    found = read(portrait + paragraphs(*prose(8)))
    assert (any("face.jpg" in image.url for image in found.images)) is is_picture


@pytest.mark.parametrize(("sentences", "stub"), [(4, True), (20, False)])
def test_a_long_body_behind_a_paywall_is_whole(sentences: int, stub: bool) -> None:
    """A story that is sent along whole for search engines would be marked as cut, or three sentences pass for it."""
    locked = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
        '"headline": "The ferry returns to the lake", "isAccessibleForFree": false}</script>'
    )
    assert read(paragraphs(*prose(sentences)), locked).truncated is stub


@pytest.mark.parametrize(("levels", "is_lead"), [(4, True), (9, False)])
def test_a_lead_stands_near_the_body(levels: int, is_lead: bool) -> None:
    """A lead beside the headline would be lost, or a text from the far end of the page come before the story."""
    lead = "<p>Eleven years at the shipyard have come to an end, and the whole town was there to see it.</p>"
    body = f"<div>{'<div>' * levels}{paragraphs(*prose(9))}{'</div>' * levels}</div>"
    found = extract_article(
        '<!doctype html><html lang="en"><head><title>The ferry returns to the lake</title></head><body>'
        f'<div><h1>The ferry returns to the lake</h1><div class="lead">{lead}</div></div>{body}</body></html>',
        URL,
    )
    assert ("Eleven years at the shipyard have" in found.body_text) is is_lead


@pytest.mark.parametrize(("words", "is_story"), [(7, False), (16, True)])
def test_a_long_line_is_prose_though_no_sentence_ends_in_it(words: int, is_story: bool) -> None:
    """A poem or a list of winners would be no article, or a menu of short lines pass for one."""
    line = "ferry lake harbour engine school winter ticket morning drawing cellar shore landing stage rain band mayor"
    lines = "".join(f"<div>{' '.join(line.split()[:words])} {n}</div>" for n in range(14))
    page = f"<!doctype html><html><head><title>The ferry returns</title></head><body><div>{lines}</div></body></html>"
    try:
        found = extract_article(page, URL).body_text
    except ReadError:
        found = ""
    assert ("ferry lake harbour" in found) is is_story


@pytest.mark.parametrize(("sentences", "kept"), [(2, False), (6, True)])
def test_a_setting_with_a_good_part_of_the_prose_is_the_storys_own(sentences: int, kept: bool) -> None:
    """The second half of a story that is set otherwise would be left out, or a box of another story's lines stay."""
    box = f'<div class="note"><p class="small">{"</p><p class=small>".join(prose(sentences, 60))}</p></div>'
    story = [f'<p class="text">{told}</p>' for told in prose(14)]
    news = '{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "The ferry returns to the lake"}'
    head = f'<script type="application/ld+json">{news}</script>'
    found = read(f'<div class="column">{"".join(story[:7])}{box}{"".join(story[7:])}</div>', head)
    assert ("witness number 60." in found.body_text) is kept


@pytest.mark.parametrize(
    "line",
    ["Sign up for our letter", "Related articles", "Most read today", "Share", "Đăng ký nhận tin mỗi sáng", "Anzeige"],
)
def test_lines_that_label_other_things_are_no_part_of_the_story(line: str) -> None:
    """ "Sign up for our newsletter" would stand between the paragraphs of every story of the site."""
    found = read(paragraphs(*prose(4), line, *prose(4, 20)))
    assert line not in found.body_text
    assert "witness number 3." in found.body_text
    assert "witness number 20." in found.body_text


def test_a_line_that_is_said_in_the_story_stays() -> None:
    """Lists of labels that grow would take sentences out of stories."""
    line = "Sign up for the ferry at the town hall before the end of the month, the mayor told every family."
    assert line in read(paragraphs(*prose(4), line, *prose(4, 20))).body_text

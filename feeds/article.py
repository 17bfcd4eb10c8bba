"""Read one story from its page."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from feeds.errors import NotAnArticleError
from feeds.model import Article
from feeds.reading.article_survey import survey
from feeds.reading.body import find_story
from feeds.reading.dom import parse
from feeds.reading.html_out import content
from feeds.reading.metadata import Metadata
from feeds.reading.page_dates import find_dates
from feeds.reading.structured import json_ld

UTC = ZoneInfo("UTC")


def extract_article(html: str, url: str, *, timezone: ZoneInfo = UTC, now: datetime | None = None) -> Article:
    """Read the story of a page.

    Raises NotAnArticleError: the page has none.
    """
    tree = parse(html)
    nodes = json_ld(tree)
    told = Metadata(tree, url, nodes)
    dates = find_dates(tree, url, nodes=nodes, timezone=timezone, language=told.language, now=now)
    story = find_story(survey(tree), told.title, told.descriptions, heading=told.heading, news=told.is_news)
    body = content(story.blocks, told.url)
    if not body.text:
        raise NotAnArticleError(url, "no text of an article in it")
    return Article(
        url=told.url,
        title=told.title,
        summary=story.lead or next(iter(told.descriptions), None),
        authors=told.authors,
        published=dates.published,
        modified=dates.modified,
        language=told.language,
        section=told.section,
        tags=told.tags,
        images=body.images,
        credit=story.credit,
        content_html=body.html,
        body_text=body.text,
        next_page=told.next_page,
    )

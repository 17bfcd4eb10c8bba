"""Read one story from its page: `extract_article`.

The page is parsed once, and one pass over it sorts what all steps need. Its head says who, when and about what; a
survey of where its prose lies finds the box that holds the story; the blocks of that box, less what is not the story,
are written out as clean HTML and as text. Every step takes values and returns values: no socket, file, clock or
environment.
"""

from __future__ import annotations

from datetime import datetime
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from feeds.errors import NotAnArticleError
from feeds.model import Article
from feeds.reading.article_images import lead_image
from feeds.reading.article_kind import is_list, is_truncated
from feeds.reading.article_pages import find_next_page
from feeds.reading.article_survey import survey
from feeds.reading.body import find_story
from feeds.reading.dom import parse
from feeds.reading.html_out import content
from feeds.reading.metadata import Metadata
from feeds.reading.page_dates import PageDates, find_dates
from feeds.reading.page_scan import Scan
from feeds.reading.structured import json_ld


def extract_article(html: str, url: str, *, timezone: ZoneInfo | None = None, now: datetime | None = None) -> Article:
    """Read the story of a page.

    ``url`` is the address that answered. ``timezone`` is the source's, for times that the page writes without one;
    ``now`` is when the page was fetched, for times such as "two hours ago" (without it those are left out).

    Raises NotAnArticleError: the page holds no story (a login page, a list, an error page with status 200).
    """
    tree = parse(html)
    page = Scan(tree)
    nodes = json_ld(tree, page.named["script"])
    told = Metadata(page, url, nodes)
    dates = find_dates(
        tree, url, page=page, head=told.head, nodes=nodes, timezone=timezone, language=told.language, now=now
    )
    found = survey(page)
    story = find_story(found, told.title, told.descriptions, heading=told.heading, news=told.is_news)
    body = content(story.blocks, told.url)
    if not body.text:
        raise NotAnArticleError(url, "no text of an article in it")
    if is_list(found, told, story.prose, url):
        raise NotAnArticleError(url, "a list of other stories")
    if not told.title:
        raise NotAnArticleError(url, "no title in it")
    return Article(
        url=told.url,
        title=told.title,
        summary=story.lead or next(iter(told.descriptions), None),
        authors=told.authors,
        published=_on_its_clock(dates.published, dates),
        modified=_on_its_clock(dates.modified, dates),
        language=told.language,
        section=told.section,
        tags=told.tags,
        images=body.images or lead_image(told.head, url),
        credit=story.credit,
        content_html=body.html,
        body_text=body.text,
        truncated=is_truncated(told, body.text),
        next_page=find_next_page(told.head, url),
    )


def _on_its_clock(moment: datetime | None, dates: PageDates) -> datetime | None:
    """The same instant, with the offset of the clock that the page's readers see: that decides which day it was."""
    if moment is None or dates.offset is None:
        return moment
    return moment.astimezone(fixed_zone(dates.offset))

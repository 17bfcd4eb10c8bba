"""Read one story from its page: `extract_article`.

The page is parsed once, and one pass over it sorts what all steps need. Its head says who, when and about what; a
survey of where its prose lies finds the box that holds the story; the blocks of that box, less what is not the story,
are written out as clean HTML and as text. Every step takes values and returns values: no socket, file, clock or
environment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from datetime import timezone as fixed_zone
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborNode

from feeds.errors import NotAnArticleError
from feeds.languages import LANGUAGES, code_of
from feeds.model import Article, Media
from feeds.reading.article.blocks import outline
from feeds.reading.article.body import Story, find_story, given_story
from feeds.reading.article.continued import find_next_page
from feeds.reading.article.gates import gate_of
from feeds.reading.article.html_out import content
from feeds.reading.article.images import lead_image, posters
from feeds.reading.article.kind import is_list, is_truncated, says_so
from feeds.reading.article.metadata import Metadata
from feeds.reading.article.seen import EACH_OF_ROW, GALLERY, ROW, SHORT, seen_story, tell_captions, told_around
from feeds.reading.article.survey import Survey, survey, weight
from feeds.reading.bylines import people
from feeds.reading.dates.pages import PageDates, find_dates
from feeds.reading.media import find
from feeds.reading.media.page import Frame
from feeds.reading.page.dom import base_of, parse
from feeds.reading.page.page import Scan
from feeds.reading.page.structured import Node, json_ld
from feeds.reading.sites.answers import ArticleAnswers
from feeds.reading.sites.profiles import AS_GENERIC, Profile, choose
from feeds.reading.state.scripts import values
from feeds.reading.state.stories import own_story

BUILT = 400  # characters of prose; of fewer the page may be one that scripts build, and its story in their data


def extract_article(
    html: str,
    url: str,
    *,
    timezone: ZoneInfo | None = None,
    now: datetime | None = None,
    profiles: Sequence[Profile] = (),
    site: str = "",
) -> Article:
    """Read the story of a page.

    ``url`` is the address that answered. ``timezone`` is the source's, for times that the page writes without one;
    ``now`` is when the page was fetched, for times such as "two hours ago" (without it those are left out).
    ``profiles`` are consulted for sites that need one; ``site`` names the one that the source asks for.

    Raises NotAnArticleError: the page holds no story (a login page, a list, an error page with status 200).
    """
    tree = parse(html)
    given = ArticleAnswers(tree, (choose(profiles, url, tree, site) or AS_GENERIC).article)
    page = Scan(tree)
    nodes = json_ld(tree, page.named["script"])
    base = base_of(tree, url)
    told, dates = _about(page, url, nodes, base, given, timezone, now)
    found = survey(page)
    story = _story(found, told, given)
    if story.prose < BUILT and (built := _built(page, nodes, told.title, url)) is not None:
        node, html_of_it = built
        story, printed = _of_state(html_of_it, story), story
        if story is not printed:  # what the data say of it, the page as a rule says nowhere else
            told, dates = _about(page, url, [*nodes, node], base, given, timezone, now)
    code = code_of(told.language)
    prose = story.prose
    media, story = _media(page, html, told, nodes, story, found, url, base)
    captions_are_text = code is not None and LANGUAGES[code].captions_are_text
    body = content(story.blocks, base, captions_are_text=captions_are_text)
    shows, gate = bool(media) or len(body.images) >= GALLERY, gate_of(page.tree, told.title, body.text)
    if (not body.text and not shows) or (not prose and shows and (gate or not says_so(told, url))):
        raise NotAnArticleError(url, "no text of an article in it")
    if not given.body and is_list(found, told, story.prose, url):
        raise NotAnArticleError(url, "a list of other stories")
    if not told.title:
        raise NotAnArticleError(url, "no title in it")
    return Article(
        url=told.url,
        title=told.title,
        summary=given.summary or story.lead or next(iter(told.descriptions), None),
        authors=people(given.authors, told.site_names) or told.authors or people(story.signed),
        published=_on_its_clock(dates.published, dates),
        modified=_on_its_clock(dates.modified, dates),
        language=told.language,
        section=told.section,
        tags=given.tags or told.tags,
        images=body.images or lead_image(told.head, base) or posters(media),
        credit=given.credit or story.credit,
        content_html=body.html,
        body_text=body.text,
        truncated=is_truncated(told, body.text),
        next_page=find_next_page(told.head, url),
        utc_label=dates.utc_label,
        stated=dates.stated if dates.published is not None else None,
        gate=gate,
        media=media,
    )


def _story(found: Survey, told: Metadata, given: ArticleAnswers) -> Story:
    """The story where the site's profile says that it is, if there is text; else where the page's prose is."""
    if given.body:
        story = given_story(found, given.body, told.title, told.descriptions)
        if any(block.text for block in story.blocks):
            return story
    return find_story(found, told.title, told.descriptions, heading=told.heading, news=told.is_news)


def _media(
    page: Scan, html: str, told: Metadata, nodes: list[Node], story: Story, found: Survey, url: str, base: str
) -> tuple[tuple[Media, ...], Story]:
    """The story's recordings; and the story, where it is mostly they, or pictures, that tell it."""
    short = sum(weight(block.text) for block in story.blocks if block.prose) < SHORT
    if not short:
        tell_captions(story.blocks, least=ROW, each=EACH_OF_ROW)
    signs = find.signs(page, html, told, nodes)
    if not short and not any(signs):
        return (), story
    frame = Frame(page.tree, story.box, told.heading, url, base)
    media: tuple[Media, ...] = ()
    shown: list[LexborNode] = []
    if any(signs):
        media, shown = find.find_media(page, html, told, nodes, frame, url, base, files=signs.files)
    if not short:
        return media, story
    seen = seen_story(found, told.heading, shown, frame, told.title)
    if media or sum(block.image is not None for block in seen.blocks) >= GALLERY:
        story = told_around(story, seen, told)
    return media, story


def _about(
    page: Scan, url: str, nodes: list[Node], base: str, given: ArticleAnswers, timezone: ZoneInfo | None,
    now: datetime | None,
) -> tuple[Metadata, PageDates]:  # fmt: skip
    """What the page says of its story, and when; what the site's profile says counts for more."""
    told = Metadata(page, url, nodes, base)
    if given.title:
        told.title, told.heading = given.title, given.heading
    dates = find_dates(
        page.tree, url, page=page, head=told.head, nodes=nodes, timezone=timezone, language=told.language, now=now
    )
    return told, given.dated(dates, url, timezone=timezone, language=told.language, now=now)


def _built(page: Scan, nodes: list[Node], title: str, url: str) -> tuple[Node, str] | None:
    """The page's own story as its data have it: in JSON-LD, whose ``articleBody`` is plain text, or in the state."""
    return own_story([nodes, *values(page.named["script"])], title, urlsplit(url).path)


def _of_state(html: str, printed: Story) -> Story:
    """The story that the page's data tell, where it is longer than the one in the markup, that scripts would fill."""
    root = parse(html).body
    blocks = [block for block in outline(root, Survey()) if block.text or block.image] if root is not None else []
    told = Story(blocks)
    return told if told.prose > 2 * printed.prose else printed


def _on_its_clock(moment: datetime | None, dates: PageDates) -> datetime | None:
    """The same instant, with the offset of the clock that the page's readers see: that decides which day it was."""
    if moment is None or dates.offset is None:
        return moment
    return moment.astimezone(fixed_zone(dates.offset))

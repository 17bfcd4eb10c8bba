"""Read a list of stories: the home or section page of any news site in, its teasers out.

How it is done, in the order of the code below (docs/explanation/reading-lists.md says why):

1. the page is laid out flat, so that a subtree is a range of numbers (`lists.outline`);
2. its links are put together by address: a picture and a headline that lead to one story are one (`lists.links`);
3. around the links of each address that may be a story, the widest part of the page that speaks of it alone is its box
   (`lists.boxes`);
4. headline, time, summary and picture are read from the boxes (`lists.fields`);
5. the addresses are weighed, each on its own evidence and on that of its kin, and the stories kept (`lists.evidence`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from feeds.model import Teaser
from feeds.reading import urls
from feeds.reading.dates.parse import parse_date
from feeds.reading.dates.zones import infer_zone
from feeds.reading.listing.boxes import boxes
from feeds.reading.listing.data import Told, linked_stories, state_stories
from feeds.reading.listing.evidence import Candidate, address_points, stories
from feeds.reading.listing.fields import Fields, Reading, read_box, repeats
from feeds.reading.listing.flat import Outline, outline
from feeds.reading.listing.images import Pictures
from feeds.reading.listing.lines import word_count
from feeds.reading.listing.links import Target, targets
from feeds.reading.page.dom import attribute, base_of, parse
from feeds.reading.sites.answers import cut, linked, read_items
from feeds.reading.sites.profiles import AS_GENERIC, ListRules, Profile, choose

LABEL = 5.0  # points that such a name costs, as much as being the next page of a list
LABELLED = 3  # links of one text to one address: a section's name stands in every card, a headline in two at most
FEW = 3  # as few stories in the markup as these mean that scripts build the page
NOTHING = Told("", None, None, None)


def find_teasers(
    html: str,
    url: str,
    *,
    timezone: ZoneInfo | None = None,
    now: datetime | None = None,
    profiles: Sequence[Profile] = (),
    site: str = "",
) -> list[Teaser]:
    """Every story that the page announces, in page order, each once; empty where it announces none.

    ``timezone`` is that of times which name none; without it the page's country or language decides, else UTC.
    ``now`` is when the page was fetched, aware: without it, times such as "2 hours ago" are None.
    ``profiles`` are consulted for sites that need one; ``site`` names the one that the source asks for.
    """
    url = urls.absolute("", url) or url  # hosts as they are asked: "xn--…" for "новости.рф"
    tree = parse(html)
    rules = (choose(profiles, url, tree, site, "list") or AS_GENERIC).list
    cut(tree, rules.remove)
    base = _base(tree, html, url)
    ignored = linked(tree, rules.ignore, base)
    found = _items(tree, rules, url, base, timezone, now) or _stories(tree, html, url, base, timezone, now)
    return [teaser for teaser in found if teaser.url not in ignored] if ignored else found


def _base(tree: LexborHTMLParser, html: str, url: str) -> str:
    """The address to which the page's links are relative; only what stands before the body is asked for one."""
    if html.find("<base", 0, html.find("<body")) < 0:
        return url
    return base_of(tree, url)


def _items(
    tree: LexborHTMLParser, rules: ListRules, url: str, base: str, timezone: ZoneInfo | None, now: datetime | None
) -> list[Teaser]:
    """The stories in the items that the site's profile tells of, none where it tells of none."""
    language = attribute(tree.root, "lang")
    zone = timezone or infer_zone(urls.host(url), language)

    def read(fragment: str) -> list[Teaser]:
        page = outline(parse(fragment))
        told = _candidates(page, targets(page, url, base), base, zone, now, language)
        return [_teaser(one.target.address.url, one.fields, NOTHING) for one in told if one.title]

    def time(text: str) -> datetime | None:
        moment = parse_date(text, timezone=zone, language=language, now=now)
        return moment.at if moment is not None else None

    return read_items(tree, rules, base, read, time)


def _stories(
    tree: LexborHTMLParser, html: str, url: str, base: str, timezone: ZoneInfo | None, now: datetime | None
) -> list[Teaser]:
    """The stories of a page as its own evidence tells."""
    page = outline(tree)
    if not page.tags:
        return []
    language = attribute(tree.root, "lang")
    zone = timezone or infer_zone(urls.host(url), language)
    data = linked_stories(tree, page.scripts, url, zone)
    candidates = _candidates(page, targets(page, url, base), base, zone, now, language)
    for candidate in candidates:
        candidate.witness = candidate.target.address.url in data
    told = _once(stories(page, candidates))
    if len(told) < FEW:
        state = state_stories(tree, html, url, zone)
        data |= state if len(state) >= FEW else {}
    return _teasers(told, data)


def _candidates(
    page: Outline, found: list[Target], base: str, zone: ZoneInfo, now: datetime | None, language: str | None
) -> list[Candidate]:
    """All addresses with what is known of them: those that may be stories are read, the others are kin to compare."""
    for target in found:
        target.points = address_points(target) - LABEL * _is_label(page, target)
    likely = [target for target in found if _may_be_story(page, target)]
    links = sorted([(link, number) for number, target in enumerate(likely) for link in target.links])
    by_number = boxes(page, links)
    pictures = Pictures(page, base, [story[0] for story in by_number.values()])
    reading = Reading(page, pictures, timezone=zone, now=now, language=language)
    read = {id(target): [read_box(reading, box) for box in by_number[number]] for number, target in enumerate(likely)}
    return [_candidate(target, read.get(id(target)) or [_unread(page, target)]) for target in found]


def _candidate(target: Target, told: list[Fields]) -> Candidate:
    return Candidate(target, told, told[0].title or next((fields.title for fields in told if fields.title), ""))


def _may_be_story(page: Outline, target: Target) -> bool:
    """A quick look, so that section links do not stand between stories when their boxes are drawn."""
    address = target.address
    if target.variant or (address.other and address.words < 5) or _is_label(page, target):
        return False
    return target.points >= 1.0 or any(word_count(page.text_of(link)) >= 4 for link in target.links)


def _is_label(page: Outline, target: Target) -> bool:
    """Whether the same words lead there from several cards, as to their section."""
    if target.address.id or len(target.links) < LABELLED:  # a story may be among the news, the most read and the best
        return False
    texts = Counter(text for link in target.links if (text := page.text_of(link)))
    return any(times >= LABELLED for times in texts.values())


def _unread(page: Outline, target: Target) -> Fields:
    return Fields(max(map(page.text_of, target.links), key=len))


def _once(found: list[Candidate]) -> dict[str, list[Fields]]:
    """What is told of each story, by address: one headline above one slug is one story whatever its number."""
    told: dict[str, list[Fields]] = {}
    first: dict[tuple[str, str], str] = {}
    for candidate in found:
        address = candidate.target.address
        title = candidate.title
        url = first.setdefault((title, address.slug), address.url) if address.slug else address.url
        if title:
            told.setdefault(url, []).extend(candidate.fields)
    return told


def _teasers(told: dict[str, list[Fields]], data: dict[str, Told]) -> list[Teaser]:
    """The stories of the markup, completed by the data; where there are next to none, those of the data."""
    titled = {url: said for url, said in data.items() if said.title}
    if len(told) < FEW <= len(titled):
        return [
            Teaser(url=url, title=said.title, published=said.published, summary=said.summary, image=said.image)
            for url, said in titled.items()
        ]
    return [_teaser(url, fields, data.get(url, NOTHING)) for url, fields in told.items()]


def _teaser(url: str, told: list[Fields], said: Told) -> Teaser:
    """One teaser from all boxes of a story: the best headline, and of the rest the first that is told."""
    best = told[0]
    if len(told) > 1:
        best = max(told, key=lambda fields: (bool(fields.title), not fields.told, fields.heading))
    published, image = best.published, best.image
    summary = None if repeats(best.summary, best.title) else best.summary
    for fields in told:
        published = published or fields.published
        summary = summary or (None if repeats(fields.summary, best.title) else fields.summary)
        image = image or fields.image
    return Teaser(
        url=url,
        title=best.title,
        published=published or said.published,
        summary=summary or said.summary,
        image=image or said.image,
        reckoned=published is not None and any(fields.reckoned for fields in told if fields.published == published),
    )

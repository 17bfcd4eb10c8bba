"""Walls: pages that stand before a story, with status 200. They are no reads, and no stories.

A page of a story that is not read yet has to bear out what the list announced, by its headline, its lead or its text;
that is asked first, for everything else has exceptions:

1. A page that bears out the headline or the lead, and does not look like a gate, is the story.
2. A page that looks like a gate (`feeds.reading.article.gates`) is one, unless its text bears out the lead: gates
   quote headlines, and not leads.
3. A page of another site is the story where it bears it out: feeds lead through services, sites to their consent.
4. A page whose text several stories of one poll share word for word, under different headlines, is a wall. So is the
   address to which several were led, unless it bears out the headline that led there.
5. A page that bears out neither, where the list said enough to tell, is a wall, unless it is made like a story: with a
   time of its own, and a text of some length. Lists promise more than headlines keep.

What is a wall is a failed look: the story is published from its teaser, marked, with the reason, and asked for again. A
story whose page was read before has to be borne out by what it told then, but for rule 5: another text under the same
address is `identity`'s rule 4.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from feeds.characters import nfc
from feeds.deciding.identity import key
from feeds.deciding.passing import lasting
from feeds.model import Article, Look, Story, Teaser
from feeds.reading import urls

FEW = 3  # words of a headline that are worth a judgement
HALF = 0.5  # of a headline's words that the page's headline or text has
ALIKE = 0.8  # of the words, where one page is the page of several stories: of one of them it may be
LEAD = 0.4  # of a lead's pairs of words that the text has: leads are reworded
SHORT = 600  # characters: several stories of one poll may share a text of a sentence ("as agencies report")

MOST = 2 / 3  # of the letters of a headline's words, where they stand anywhere on the page
ENOUGH = 6  # pairs of words that are worth a judgement
MAX_SAID = 20_000  # characters of a text that are looked at: a story bears out its headline before

_TAG = re.compile("<[^<>]*>")
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")


def without_walls(looks: Sequence[Look], articles: Mapping[str, Article]) -> list[Look]:
    """The looks; those that met a wall failed, with the reason. ``articles`` are known texts, by entry id."""
    bodies = ["" if look.article is None else _body(look.article) for look in looks]
    announced: dict[str, set[str]] = {}  # the headlines under which a text was read
    for look, body in zip(looks, bodies, strict=True):
        if look.article is not None:
            told = _told(look, articles)
            announced.setdefault(body, set()).add(told.title.casefold() if told is not None else look.url)
    led = Counter(_place(look) for look in looks if look.article is not None and _led_away(look))
    return [
        _judged(look, articles, led, shared=len(announced.get(body, ())) > 1)
        for look, body in zip(looks, bodies, strict=True)
    ]


def _judged(look: Look, articles: Mapping[str, Article], led: Counter[str], *, shared: bool) -> Look:
    article = look.article
    if article is None or look.outcome != "read":
        return look
    known = look.story is not None and not look.story.partial
    why = wall(
        article,
        _told(look, articles),
        shared=shared,
        led=_led_away(look) and led[_place(look)] > 1,
        abroad=look.final_url is not None and not urls.same_site(look.final_url, look.url),
        known=known,
    )
    if why is None:
        return look
    return msgspec.structs.replace(look, outcome="failed", article=None, validators=None, cause=why)


def wall(
    article: Article,
    told: Teaser | Article | None,
    *,
    shared: bool = False,
    led: bool = False,
    abroad: bool = False,
    known: bool = False,
) -> str | None:
    """Why the page is not the story that ``told`` announces, or told before (``known``); None where it is."""
    if told is None and abroad:
        return "its address leads to another site"
    if told is None:
        return f"its page asks for {article.gate}" if article.gate else None
    said = _words(f"{article.title}\n{article.summary or ''}\n{article.body_text[:MAX_SAID]}")
    headline, lead = _bears_headline(told, article, said), _bears_lead(told, said)
    if article.gate and not lead:
        return f"its page asks for {article.gate}"
    if shared and _share(set(_words(told.title)), set(_words(article.title))) < ALIKE:
        return "its page says the same as the pages of other stories"
    if headline or lead:
        return None
    if abroad:
        return "its address leads to another site, to a page that does not tell what the list announces"
    if led:
        return "its address leads to a page that others led to as well"
    made_like_one = article.published is not None and len(article.body_text) >= SHORT
    if _says_enough(told) and not made_like_one and not known:
        return "its page does not tell what the list announces"
    return None


def _told(look: Look, articles: Mapping[str, Article]) -> Teaser | Article | None:
    """What is known of the look's story without its page: its text where it was read before, else what lists said."""
    before = _told_before(look.story, articles)
    known = look.story is not None and not look.story.partial
    return (before if known else look.teaser) or before or look.teaser


def _told_before(story: Story | None, articles: Mapping[str, Article]) -> Article | None:
    """What the list said of a story that was published from its teaser."""
    return articles.get(story.entry_id) if story is not None else None


def _says_enough(told: Teaser | Article) -> bool:
    return len(set(_words(told.title))) >= FEW


def _bears_headline(told: Teaser | Article, article: Article, said: list[str]) -> bool:
    """Whether half of the announced words are in the page's headline, or most of them in all that it says."""
    announced = _words(told.title)
    if not announced:
        return False
    if _share(set(announced), set(_words(article.title))) >= HALF:
        return True
    weight = sum(len(word) for word in set(announced) & set(said)) / sum(map(len, set(announced)))
    pairs = _pairs(announced)
    return weight >= MOST or (len(pairs) > 1 and len(pairs & _pairs(said)) >= HALF * len(pairs))


def _bears_lead(told: Teaser | Article, said: list[str]) -> bool:
    """Whether the page has what is known of the story besides its headline."""
    text = _pairs(said)
    lead = _pairs(_words(told.summary or ""))
    if len(lead) >= ENOUGH and len(lead & text) >= LEAD * len(lead):
        return True
    html = _TAG.sub(" ", (told.content_html or "")[:MAX_SAID]) if isinstance(told, Teaser) else told.body_text
    body = _pairs(_words(html[:MAX_SAID]))
    return len(body) >= ENOUGH and len(body & text) >= LEAD * min(len(body), len(text))


def _body(article: Article) -> str:
    """The text by which two pages are seen to be one; a short one is its own page's, unless it is a gate's."""
    text = lasting(article.body_text[:MAX_SAID])
    return text if len(text) > SHORT or article.gate else f"{text}\0{article.url}"


def _led_away(look: Look) -> bool:
    return look.final_url is not None and key(look.final_url) != key(look.url)


def _place(look: Look) -> str:
    """Where the look was led, whatever the address carries along."""
    return key(look.final_url or look.url).partition("?")[0]


def _words(text: str) -> list[str]:
    return _WORD.findall(nfc(text).casefold())


def _pairs(words: Sequence[str]) -> set[tuple[str, str]]:
    return set(itertools.pairwise(words))


def _share(a: set[str], b: set[str]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0

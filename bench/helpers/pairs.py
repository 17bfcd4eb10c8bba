"""Pairs of invented articles, and whether they are one story. The same for the same seed.

Half 0 is for choosing thresholds, half 1 is kept back: its topics, sentence patterns and forms are others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bench.helpers.forms import FORMS, Filler, Form
from bench.helpers.prose import TONGUES, Story, Writer
from feeds.model import Article

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SPACED = ("vi", "vi", "vi", "en", "en", "en", "de")
OTHERS = ("de", "ja", "zh")


class Pair(NamedTuple):
    """Two articles of two sources; ``same`` is the answer."""

    kind: str
    half: int
    same: bool
    one: Article
    other: Article


def labelled(seed: int = 1) -> list[Pair]:
    """All pairs of both halves."""
    return [pair for half in (0, 1) for pair in _half(half, random.Random(seed * 2 + half))]


def _half(half: int, chance: random.Random) -> Iterator[Pair]:
    for kind, (make, same, count) in _KINDS.items():
        for _ in range(count):
            one, other = make(chance, half)
            yield Pair(kind, half, same, one, other)


Two = tuple[Article, Article]


def _article(title: str, paragraphs: list[str], lead: str | None, at: datetime, site: str) -> Article:
    text = "\n\n".join(paragraphs)
    return Article(url=f"https://{site}.example/1", title=title, summary=lead, body_text=text, published=at)


def _told(story: Story, chance: random.Random, site: str, hours: float = 12) -> Article:
    """As its first site tells it; some sites repeat the lead in the text."""
    at = NOON + timedelta(hours=chance.uniform(0, hours))
    lead = [story.lead] if chance.random() < 0.7 else []
    return _article(story.title, [*lead, *story.paragraphs], story.lead, at, site)


def _story(chance: random.Random, half: int, languages: tuple[str, ...] = SPACED, **fixed: int) -> tuple[Writer, Story]:
    writer = Writer(chance, chance.choice(languages), half)
    return writer, writer.story(**fixed)


# -- the same story


def _light(chance: random.Random, half: int, languages: tuple[str, ...] = SPACED) -> Two:
    _, story = _story(chance, half, languages)
    one = _told(story, chance, "a")
    text = _edited(one.body_text, story.language, chance, chance.uniform(0.005, 0.035))
    if chance.random() < 0.3:
        blocks = text.split("\n\n")
        blocks.pop(chance.randrange(len(blocks)))
        text = "\n\n".join(blocks)
    return one, _article(story.title, [text], story.lead, NOON + timedelta(hours=chance.uniform(0, 30)), "b")


def _light_others(chance: random.Random, half: int) -> Two:
    return _light(chance, half, OTHERS)


def _copied(chance: random.Random, half: int, languages: tuple[str, ...] = SPACED, keep: float = 0.6) -> Two:
    """Agency text on another site: another headline, lead and byline, its own quotes and house style, a cut end."""
    writer, story = _story(chance, half, languages)
    one = _told(story, chance, "a")
    tongue = TONGUES[story.language]
    sentences = _sentences(story)
    kept = sentences[: max(1, round(len(sentences) * chance.uniform(keep, 1)))]
    if chance.random() < 0.3 and len(kept) > 6:
        del kept[chance.randrange(len(kept))]
    text = tongue.space.join(kept)
    if chance.random() < 0.5:
        for mine, theirs in chance.sample(tongue.house, 2):
            text = text.replace(mine, theirs)
    text = _edited(_requoted(text, chance), story.language, chance, chance.choice((0, 0, 0.01, 0.02)))
    bylines = tongue.bylines.split("|")
    lead = [writer.lead()] * (chance.random() < 0.6)
    lead += [writer.sentence()] * (chance.random() < 0.3)
    parts = [*lead, text, *([chance.choice(bylines)] if chance.random() < 0.6 else [])]
    if chance.random() < 0.4:
        parts.insert(0, chance.choice(bylines))
    return one, _article(writer.title(), parts, None, NOON + timedelta(hours=chance.uniform(0, 40)), "b")


def _copied_others(chance: random.Random, half: int) -> Two:
    return _copied(chance, half, OTHERS)


def _shortened(chance: random.Random, half: int) -> Two:
    """Agency text of which the other site keeps a third to two thirds."""
    writer = Writer(chance, chance.choice(SPACED), half)
    story = writer.story(sentences=chance.randint(16, 34))
    one = _told(story, chance, "a")
    sentences = _sentences(story)
    kept = sentences[: round(len(sentences) * chance.uniform(0.36, 0.66))]
    parts = [story.lead, TONGUES[story.language].space.join(kept)]
    return one, _article(writer.title(), parts, None, NOON + timedelta(hours=chance.uniform(0, 24)), "b")


def _updated(chance: random.Random, half: int) -> Two:
    """The number of the event has grown and a paragraph came; the rest of the text stayed."""
    writer = Writer(chance, chance.choice(SPACED), half)
    story = writer.story(sentences=chance.randint(12, 34))
    one = _told(story, chance, "a")
    grown = story.number + chance.randint(1, 9)
    blocks = [block.replace(f" {story.number} ", f" {grown} ") for block in (story.lead, *story.paragraphs)]
    if chance.random() < 0.6:  # a second number too, somewhere in the text
        where = chance.randrange(1, len(blocks))
        blocks[where] = _renumbered(blocks[where], chance)
    for _ in range(chance.randint(1, 2)):
        new = " ".join(writer.sentence() for _ in range(chance.randint(1, 2)))
        blocks.insert(chance.randint(1, len(blocks)), new)
    title = writer.title() if chance.random() < 0.5 else f"{_renumbered(story.title, chance)} ({grown})"
    return one, _article(title, blocks, None, NOON + timedelta(hours=chance.uniform(1, 30)), "b")


def _running(chance: random.Random, half: int) -> Two:
    """A running story some hours on: another headline, one to three paragraphs more, one written anew, grown numbers.

    The paragraph that is written anew tells of the same people and places; the lead is one in a third of them.
    """
    writer = Writer(chance, chance.choice((*SPACED, *OTHERS)), half)
    story = writer.story(sentences=chance.randint(8, 22))
    one = _told(story, chance, "a")
    space = TONGUES[story.language].space
    blocks = one.body_text.split("\n\n")
    blocks[0 if chance.random() < 0.35 else chance.randrange(len(blocks))] = space.join(
        writer.sentence() for _ in range(chance.randint(1, 4))
    )
    for _ in range(chance.choice((0, 0, 1, 2))):
        where = chance.randrange(len(blocks))
        blocks[where] = _renumbered(blocks[where], chance)
    for _ in range(chance.randint(1, 3)):
        new = space.join(writer.sentence() for _ in range(chance.randint(1, 4)))
        blocks.insert(0 if chance.random() < 0.3 else chance.randint(0, len(blocks)), new)
    at = NOON + timedelta(hours=chance.uniform(1, 36))
    return one, _article(writer.title(), blocks, writer.lead(), at, "b")


def _form_copied(chance: random.Random, half: int) -> Two:
    """One bulletin on two sites: a form, but the same one."""
    form = _any_form(chance, half)
    title, lines = Filler(form, chance, chance).report(all_lines=False)
    one = _article(title, lines, None, NOON, "a")
    lines = [_requoted(line, chance) for line in lines]
    if chance.random() < 0.5:
        lines.pop()
    if form.language in TONGUES:
        byline = chance.choice(TONGUES[form.language].bylines.split("|"))
        lines.insert(chance.choice((0, len(lines))), byline)
    title = lines[0][:60] if chance.random() < 0.5 else title
    return one, _article(title, lines, None, NOON + timedelta(hours=chance.uniform(0, 8)), "b")


# -- not the same


def _form_tight(chance: random.Random, half: int) -> Two:
    """The same form with the same words: only what is filled in differs."""
    form = _any_form(chance, half)
    wording = chance.random()
    return _two_reports(form, chance, random.Random(wording), random.Random(wording), True)


def _form_loose(chance: random.Random, half: int) -> Two:
    """The same form, but the wording differs here and there."""
    form = _any_form(chance, half)
    return _two_reports(form, chance, chance, chance, False)


def _form_few(chance: random.Random, half: int) -> Two:
    """The same form, of which little more than the headline is filled in otherwise: nine words of ten are the same."""
    form, seed, share = _any_form(chance, half), chance.random(), chance.uniform(0.15, 0.6)
    title, lines = Filler(form, random.Random(seed), random.Random(1)).report()
    second, others = Filler(form, random.Random(seed), random.Random(1), chance, share).report()
    later = timedelta(days=chance.choice((0, 1, 2)), hours=1)
    return _article(title, lines, None, NOON, "a"), _article(second, others, None, NOON + later, "b")


def _same_topic(chance: random.Random, half: int) -> Two:
    """Two reporters at one event: the same people, places and numbers in their own words."""
    writer = Writer(chance, chance.choice((*SPACED, *OTHERS)), half)
    return _told(writer.story(), chance, "a"), _told(writer.story(), chance, "b")


def _unrelated(chance: random.Random, half: int) -> Two:
    language = chance.choice((*SPACED, *OTHERS))
    one, other = Writer(chance, language, half).story(), Writer(chance, language, half).story()
    return _told(one, chance, "a"), _told(other, chance, "b")


def _follow_up(chance: random.Random, half: int) -> Two:
    """The next day's story, with the background of yesterday's at its end."""
    writer = Writer(chance, chance.choice(SPACED), half)
    first, second = writer.story(sentences=chance.randint(14, 24)), writer.story(sentences=chance.randint(14, 24))
    background = _sentences(first)[: chance.randint(4, 7)]
    later = second._replace(paragraphs=[*second.paragraphs, " ".join(background)])
    return _told(first, chance, "a"), _told(later, chance, "b", hours=30)


def _round_up(chance: random.Random, half: int) -> Two:
    """The briefs of the day, one of which is a story of its own elsewhere."""
    language = chance.choice(SPACED)
    briefs = [Writer(chance, language, half).story(sentences=chance.randint(6, 9)) for _ in range(chance.randint(5, 6))]
    blocks = [" ".join([brief.lead, *brief.paragraphs]) for brief in briefs]
    return _told(chance.choice(briefs), chance, "a"), _article(f"{NOON:%d.%m.}", blocks, None, NOON, "b")


def _shared_end(chance: random.Random, half: int) -> Two:
    """Two stories of one campaign or firm: both end with the same paragraphs about it."""
    language = chance.choice(SPACED)
    one, other = (Writer(chance, language, half, 0).story(sentences=chance.randint(4, 12)) for _ in range(2))
    about = Writer(chance, language, half, 0).paragraphs(chance.randint(6, 24))
    return (
        _told(one._replace(paragraphs=one.paragraphs + about), chance, "a"),
        _told(other._replace(paragraphs=other.paragraphs + about), chance, "b"),
    )


def _same_frame(chance: random.Random, half: int) -> Two:
    """Two notices of one office: the same paragraphs before and after, and what it is about between them."""
    language = chance.choice((*SPACED, *OTHERS))
    frame = Writer(chance, language, 1 - half).paragraphs(chance.randint(6, 20))  # of no event of theirs
    one, other = (Writer(chance, language, half, 0).story(sentences=chance.randint(2, 8)) for _ in range(2))
    at = chance.randint(1, max(1, len(frame) - 1))
    return (
        _told(one._replace(paragraphs=[*frame[:at], *one.paragraphs, *frame[at:]]), chance, "a"),
        _told(other._replace(paragraphs=[*frame[:at], *other.paragraphs, *frame[at:]]), chance, "b"),
    )


# -- how


def _any_form(chance: random.Random, half: int) -> Form:
    return chance.choice([form for form in FORMS if form.half == half])


def _two_reports(form: Form, chance: random.Random, one: random.Random, other: random.Random, every: bool) -> Two:
    title, lines = Filler(form, random.Random(chance.random()), one).report(every)
    second, others = Filler(form, random.Random(chance.random()), other).report(every)
    days = chance.choice((0, 0, 1, 2))
    return (
        _article(title, lines, None, NOON, "a"),
        _article(second, others, None, NOON + timedelta(days=days, hours=1), "b"),
    )


def _sentences(story: Story) -> list[str]:
    ends = ("。",) if not TONGUES[story.language].space else (". ",)
    found: list[str] = []
    for block in story.paragraphs:
        for end in ends:
            found += [part + end.strip() for part in block.removesuffix(end.strip()).split(end)]
    return found


def _edited(text: str, language: str, chance: random.Random, share: float) -> str:
    """The text with that share of its words replaced, misspelt, left out or put in; no names, no numbers."""
    tongue = TONGUES[language]
    words = text.split(" ") if tongue.space else list(text)
    spare = (tongue.adjectives + "|" + tongue.verbs).split("|")
    for _ in range(max(1, round(len(words) * share))):
        n = chance.randrange(len(words))
        if (tongue.space and not words[n].islower()) or any(letter.isdigit() for letter in words[n]):
            continue
        match chance.randrange(4):
            case 0:
                words[n] = chance.choice(spare)
            case 1:
                words[n] = words[n][:-1]
            case 2:
                words[n] = ""
            case _:
                words[n] += tongue.space + chance.choice(spare)
    return tongue.space.join(word for word in words if word)


def _requoted(text: str, chance: random.Random) -> str:
    opening, closing = chance.choice(('""', "“”", "«»", "„“"))
    return text.replace("“", opening).replace("”", closing).replace("「", opening).replace("」", closing)


def _renumbered(block: str, chance: random.Random) -> str:
    words = block.split(" ")
    places = [n for n, word in enumerate(words) if word.isdigit()]
    if places:
        words[chance.choice(places)] = str(chance.randint(2, 900))
    return " ".join(words)


_KINDS: dict[str, tuple[Callable[[random.Random, int], Two], bool, int]] = {
    "light edit": (_light, True, 40),
    "… de ja zh": (_light_others, True, 20),
    "copy": (_copied, True, 50),
    "copy de ja zh": (_copied_others, True, 20),
    "shortened": (_shortened, True, 25),
    "update": (_updated, True, 30),
    "form, copied": (_form_copied, True, 25),
    "form, tight": (_form_tight, False, 70),
    "form, loose": (_form_loose, False, 40),
    "form, few slots": (_form_few, False, 50),
    "same topic": (_same_topic, False, 30),
    "unrelated": (_unrelated, False, 30),
    "follow-up": (_follow_up, False, 20),
    "round-up": (_round_up, False, 15),
    "shared end": (_shared_end, False, 30),
    "running story": (_running, True, 60),
    "same frame": (_same_frame, False, 40),
}

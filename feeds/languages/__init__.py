"""One language, one file: ``vi.toml``, ``de.toml`` … What its news pages call things, and what bantin says in it.

A language is added by its file alone. All words are lower case. Where two languages have one word for different things
(``listopad`` is November in Poland and October in Croatia) the page's language decides, else the lower ``rank``. In
``lacking`` stands what a file has no words for yet, so that a reader of the language knows what to bring;
``country`` is named where the language is one of newspapers in one time zone only (that of this country);
``captions_are_text`` is set where newsrooms make the paragraphs under their pictures part of the story.

``[dates]``: ``months``, twelve, each with its spellings (nominative, genitive, abbreviations without their dot), as
newspapers print them ("_" for a space in a name); ``weekdays``, seven from Monday; ``fillers`` stand between a day,
its month and its year; ``month_first`` where "11-05" is in November, ``h_is_a_clock`` where "3h" is three o'clock;
``forenoon``, ``afternoon`` and ``night`` (before or after midnight, as the hour tells) stand beside a clock;
``modified``, ``published`` and ``other`` are beginnings of words that say whose a date is (regular expressions).
``./run languages`` (`tools/cldr.py`) fills in what CLDR knows of months, weekdays, halves of the day and "ago".

``[relative]``: units of "N … ago" (an entry of three letters or more is a beginning: "stund" is Stunde and Stunden);
``ago`` the words, ``marks`` the phrases or syllables that make it past; ``one`` ("an hour ago"); ``wholes`` are
quantities in one word, in seconds; ``now``, ``today``, ``yesterday``, ``day_before``.

``[bylines]``: ``by`` stands right before a name, ``labels`` before a name with a colon, ``before`` in front of either
("written by"), ``after`` behind a name ("all articles"), ``joins`` between two, ``where`` before a place; ``desks`` and
``roles`` sign where no person does; ``pictures`` name a photographer, or number a picture (all regular expressions).

``[labels]``: whole lines without case, digits and punctuation; one that ends in "…" may go on for a few words.
``related``, ``comments``, ``author``, ``newsletter`` open a part of the page that is not the story; ``noise`` stands
between its paragraphs; ``more`` is the whole text of a link that leads on, ``older`` of one from a list to its next
page ("older posts", never the way back); ``badges`` stand beside a headline;
``credit`` names where a story comes from ("Quelle: …"), ``reprinted`` what it was called there, ``embeds`` how a
box begins that asks leave to show what another site has (a regular expression), ``notices`` are lines
of law and of editors behind a story, ``counted`` what "12 …" counts under a teaser (both regular
expressions); a link that begins with ``promotions`` or holds ``small_print`` leads to no story.

``[gates]``: phrases (regular expressions) of pages that stand before a story and ask for consent, signing in, a script,
proof that one is no ``robot``, or patience, or say that the story is ``gone``.

``[feed]`` and ``[pages]`` are bantin's own words, for languages that it speaks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec


class Dates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of dates."""

    months: tuple[str, ...] = ()
    weekdays: tuple[tuple[str, ...], ...] = ()
    fillers: str = ""
    month_first: bool = False
    h_is_a_clock: bool = False
    forenoon: tuple[str, ...] = ()
    afternoon: tuple[str, ...] = ()
    night: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class Relative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of times that are told from now."""

    second: str = ""
    minute: str = ""
    hour: str = ""
    day: str = ""
    week: str = ""
    ago: str = ""
    one: str = ""
    marks: tuple[str, ...] = ()
    now: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    yesterday: tuple[str, ...] = ()
    day_before: tuple[str, ...] = ()
    wholes: Mapping[str, int] = {}


class Bylines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of the lines that say who wrote a story (regular expressions)."""

    by: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands beside, above and between stories."""

    related: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    newsletter: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    embeds: tuple[str, ...] = ()
    reprinted: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    promotions: tuple[str, ...] = ()
    small_print: tuple[str, ...] = ()


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What pages say that stand before a story: each a whole phrase, for single words are in stories, too."""

    consent: tuple[str, ...] = ()
    signing_in: tuple[str, ...] = ()
    script: tuple[str, ...] = ()
    robot: tuple[str, ...] = ()
    patience: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language's file."""

    name: str
    rank: int = 1000
    lacking: tuple[str, ...] = ()
    country: str = ""
    captions_are_text: bool = False
    dates: Dates = Dates()
    relative: Relative = Relative()
    bylines: Bylines = Bylines()
    labels: Labels = Labels()
    gates: Gates = Gates()
    feed: Mapping[str, str] = {}
    pages: Mapping[str, Any] = {}


def _read() -> dict[str, Language]:
    found = {
        file.name.removesuffix(".toml"): msgspec.convert(tomllib.loads(file.read_text("utf-8")), Language)
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].rank, item[0])))


LANGUAGES = _read()  # by code, in the order of their ranks
_ALSO = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "tl": "fil", "sh": "sr", "mo": "ro"}  # codes of one language


def code_of(tag: str | None) -> str | None:
    """The file of a language tag (BCP 47: "pt-BR", "zh_Hant"); None where there is none."""
    first = (tag or "").lower().replace("_", "-").partition("-")[0]
    code = _ALSO.get(first, first)
    return code if code in LANGUAGES else None

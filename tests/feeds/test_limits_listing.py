"""Rules of the list reader with a number in them: an invented front page on either side of each border."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.model import Teaser
from feeds.reading.listing.data import state_stories
from feeds.reading.listing.find import find_teasers
from feeds.reading.listing.flat import outline
from feeds.reading.listing.links import read_address, targets
from feeds.reading.page.dom import parse

HOME = "https://paper.example/"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DAY = "3 March 2026"
NAMES = [
    "The ferry returns to the lake after eleven years",
    "Snow closes the mountain road above the harbour",
    "Children of the upper valley get a library boat",
    "The old pottery sends its cups across the sea",
    "A night train will stop at the harbour again",
    "Two engineers rebuild the motor from old drawings",
    "The mayor opens a bridge for walkers and bicycles",
    "Fishers find a bell from the chapel in the lake",
]
WORDS = [
    "ferry",
    "lake",
    "harbour",
    "engine",
    "school",
    "winter",
    "ticket",
    "morning",
    "drawing",
    "cellar",
    "shore",
    "landing",
    "stage",
    "rain",
    "band",
    "mayor",
]


def link(number: int, text: str = "", slug: str = "") -> str:
    return f"<a href='/{slug or f'story-of-number-{number}'}-{700100 + number}.html'>{text or NAMES[number]}</a>"


def card(number: int, beside: str = "") -> str:
    return f"<div class=card><h3>{link(number)}</h3>{beside}</div>"


OTHERS = "".join(map(card, range(3, 8)))


def read(*parts: str) -> list[Teaser]:
    html = f"<!doctype html><html lang=en><head><title>The Paper</title></head><body>{''.join(parts)}</body></html>"
    return find_teasers(html, HOME, now=NOW)


def titles(*parts: str) -> list[str]:
    return [teaser.title for teaser in read(*parts)]


def first(part: str) -> Teaser:
    """The first story of a page that has this part before some others."""
    return read(part, OTHERS)[0]


# -- parts that hold no stories


@pytest.mark.parametrize(("stories", "found"), [(3, 0), (4, 4)])
def test_a_menu_that_holds_four_stories_is_a_list(stories: int, found: int) -> None:
    """A page whose list is called a menu would be empty, or three links of a footer be its news."""
    assert len(titles("<div class=menu>", *(f"<p>{link(n)}</p>" for n in range(stories)), "</div>")) == found


@pytest.mark.parametrize(("length", "found"), [(24, 0), (25, 4)])
def test_a_headline_has_some_length(length: int, found: int) -> None:
    """The names of sections in a menu would be its stories, or a list of short headlines be a menu."""
    names = [f"The ferry returns to {letter}" for letter in "abcd"]
    links = [link(n, name + "x" * (length - len(name))) for n, name in enumerate(names)]
    assert len(titles("<div class=menu>", *(f"<p>{each}</p>" for each in links), "</div>")) == found


@pytest.mark.parametrize(("levels", "found"), [(7, 4), (8, 0)])
def test_a_headline_stands_near_its_link(levels: int, found: int) -> None:
    """A list of cards that are links would be a menu, or a whole page be searched for the link around a text."""
    inner = [link(n, f"{'<span>' * levels}{NAMES[n]}{'</span>' * levels}") for n in range(4)]
    assert len(titles("<div class=menu>", *(f"<p>{each}</p>" for each in inner), "</div>")) == found


# -- the page as flat lists


@pytest.mark.parametrize(("entries", "is_read"), [(149_998, True), (149_999, False)])
def test_a_page_has_so_many_entries(entries: int, is_read: bool) -> None:
    """The end of a long front page would be missing, or one without end keep its worker busy."""
    assert ("a" in outline(parse(f"<body>{'<i></i>' * entries}<a>Ferry</a>")).tags) is is_read


@pytest.mark.parametrize(
    ("opening", "title"), [("iph", "iph One opens in the harbour"), ("ip", "ipOne opens in the harbour")]
)
def test_words_that_styles_set_apart_have_some_letters(opening: str, title: str) -> None:
    """A name such as "eBay" would be torn apart in headlines, or a kicker be glued to its headline."""
    assert first(f"<h3>{link(0, f'<span>{opening}</span>One opens in the harbour')}</h3>").title == title


@pytest.mark.parametrize(("levels", "tag"), [(30, "p"), (31, "span")])
def test_a_line_is_found_through_thirty_elements(levels: int, tag: str) -> None:
    """Two lines of a deep card would be one, or a page of nothing but elements be gone through for each text."""
    page = outline(parse(f"<p>{'<span>' * levels}Ferry{'</span>' * levels}</p>"))
    assert page.tags[page.line_of(page.tags.index("-text"))] == tag


@pytest.mark.parametrize(("length", "is_read"), [(300, True), (301, False)])
def test_three_hundred_characters_of_names_are_read(length: int, is_read: bool) -> None:
    """A kicker with many classes would be part of the headline, or names of megabytes be taken apart."""
    page = outline(parse(f"<p class='{'x' * (length - 7)} kicker'>Ferry</p>"))
    assert ("kicker" in page.names(page.tags.index("p"))) is is_read


# -- addresses


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("ferry-returns-123456", "123456"),
        ("ferry-returns-12345", ""),
        ("ferry-returns-abcd123456", "123456"),
        ("ferry-returns-abcde123456", ""),
    ],
)
def test_a_number_that_names_a_story_has_some_digits(url: str, number: str) -> None:
    """Stories of one slug would be one, or each edit of a headline make its story another."""
    assert read_address(HOME + url).number == number


@pytest.mark.parametrize(("last", "kind"), [("c4gx1k2v", "mixed"), ("c4gx1k2", "")])
def test_an_id_of_letters_and_digits_has_eight(last: str, kind: str) -> None:
    """Stories without a slug would be missing, or a section such as "page2" be one of them."""
    assert read_address(f"{HOME}news/{last}").id == kind


@pytest.mark.parametrize(("ending", "extension"), [("xhtml", "xhtml"), ("section", "")])
def test_an_extension_has_five_letters(ending: str, extension: str) -> None:
    """Stories with a dot in their slug would lose its last word, or have their kind of file for one."""
    assert read_address(f"{HOME}the-ferry.{ending}").extension == extension
    assert read_address(f"{HOME}the-ferry.{'x' * 6}").extension == ""


@pytest.mark.parametrize(("before", "is_read"), [(5_999, True), (6_000, False)])
def test_six_thousand_links_are_read(before: int, is_read: bool) -> None:
    """The last stories of a long archive would be missing, or a page of nothing but links keep its worker busy."""
    page = outline(parse("<a href='#top'>Top</a>" * before + link(0)))
    assert bool(targets(page, HOME, HOME)) is is_read


# -- the box of a story


@pytest.mark.parametrize(("levels", "is_told"), [(11, True), (12, False)])
def test_a_box_is_looked_for_through_twelve_elements(levels: int, is_told: bool) -> None:
    """A story in a deep card would have no summary, or a page of nothing but elements be gone through for each link."""
    lead = "<p>Hundreds of people stood at the landing stage in the rain.</p>"
    found = first(f"<section>{lead}{'<div>' * levels}{link(0)}{'</div>' * levels}</section>")
    assert (found.summary is not None) is is_told


@pytest.mark.parametrize(("before", "is_told"), [(5, True), (6, False)])
def test_a_story_has_six_boxes(before: int, is_told: bool) -> None:
    """A story that stands as lead and in its section would lose its time, or a link on every card be read each time."""
    shown = [f"<div class=card>{link(0)}</div>{card(n)}" for n in range(1, before + 1)]
    found = next(
        each for each in read(*shown, f"<div class=card>{link(0)}<p>{DAY}</p></div>", OTHERS) if each.title == NAMES[0]
    )
    assert (found.published is not None) is is_told


@pytest.mark.parametrize(("entries", "is_told"), [(590, True), (600, False)])
def test_a_box_has_six_hundred_entries(entries: int, is_told: bool) -> None:
    """A large teaser would lose its time, or a whole page be the box of its only story."""
    assert (first(f"<div><h3>{link(0)}</h3>{'<i></i>' * entries}<p>{DAY}</p></div>").published is not None) is is_told


@pytest.mark.parametrize(("before", "is_told"), [(5, True), (6, False)])
def test_a_box_goes_on_over_six_elements(before: int, is_told: bool) -> None:
    """A story whose parts stand one after the other would lose its time, or have that of a box far below."""
    part = f"<section><h3>{link(0)}</h3>{'<p></p>' * before}<p>{DAY}</p><h3>{link(1)}</h3></section>"
    assert (first(part).published is not None) is is_told


@pytest.mark.parametrize(("words", "is_told"), [(9, False), (11, True)])
def test_a_text_before_the_next_story_has_some_words(words: int, is_told: bool) -> None:
    """A kicker of the next story would be the summary of the one before, or a summary be lost."""
    part = f"<section><h3>{link(0)}</h3><div><span>{' '.join(WORDS[:words])}</span> {link(1)}</div></section>"
    assert (first(part).summary is not None) is is_told


# -- headlines


@pytest.mark.parametrize(("length", "is_title"), [(300, True), (301, False)])
def test_a_headline_has_three_hundred_characters(length: int, is_title: bool) -> None:
    """A paragraph that is a link would be the headline, or a long headline lose to its picture's text."""
    text = f"The ferry returns to {'x' * (length - 21)}"
    found = first(f"<div>{link(0, text)}<p>{link(0, 'The ferry is back on the lake')}</p></div>")
    assert (found.title == text) is is_title


@pytest.mark.parametrize(
    ("rank", "title"), [("12", "The ferry returns to the lake"), ("123", "123The ferry returns to the lake")]
)
def test_a_place_in_a_list_has_two_digits(rank: str, title: str) -> None:
    """The tenth of the most read stories would be called after its place, or a headline lose its number."""
    found = first(f"<h3>{link(0, f'<span>{rank}</span>The ferry returns to the lake')}</h3>").title
    assert found.replace(" ", "") == title.replace(" ", "")


@pytest.mark.parametrize(("levels", "is_place"), [(7, True), (8, False)])
def test_the_item_of_a_place_is_near(levels: int, is_place: bool) -> None:
    """A place in a list would open its headline, or a number be looked at from all the elements around it."""
    counted = link(0, "<span>2</span> days on the lake without an engine")
    items = f"<li>{'<div>' * levels}<h3>{counted}</h3>{'</div>' * levels}</li><li><span>3</span> {link(1)}</li>"
    assert (first(f"<ol>{items}</ol>").title == "days on the lake without an engine") is is_place


@pytest.mark.parametrize(("entries", "is_place"), [(56, True), (57, False)])
def test_the_item_before_a_place_is_small(entries: int, is_place: bool) -> None:
    """A place in a list would open its headline, or each number cost a look at all that stands before it."""
    counted = link(0, "<span>2</span> days on the lake without an engine")
    items = f"<li><span>1</span>{'<i></i>' * entries}</li><li><h3>{counted}</h3></li>"
    assert (first(f"<ol>{items}</ol>").title == "days on the lake without an engine") is is_place


@pytest.mark.parametrize(("length", "is_glued"), [(90, True), (91, False)])
def test_a_signature_has_ninety_characters(length: int, is_glued: bool) -> None:
    """A headline would end in the name of its author, or lose a second sentence that begins like a byline."""
    name = f"By Anna Roe{'e' * (length - 11)}"
    title = f"The ferry returns to the lake after eleven years of waiting {' '.join(WORDS)} {' '.join(WORDS)}"
    found = first(f"<h3>{link(0, f'<span>{title}</span><span><b>{name}</b></span>')}</h3>").title
    assert ("Anna" not in found) is is_glued


@pytest.mark.parametrize(("before", "is_glued"), [(62, True), (63, False)])
def test_sixty_four_pieces_of_a_headline_are_looked_at(before: int, is_glued: bool) -> None:
    """A badge would be part of the headline, or a headline of a thousand elements keep the worker busy."""
    inner = f"<b>The ferry returns to the lake</b>{'<i></i>' * before}<sup>LIVE4</sup>"
    assert ("LIVE4" not in first(f"<h3>{link(0, inner)}</h3>").title) is is_glued


@pytest.mark.parametrize(("words", "title"), [(3, "Ferry to the lake"), (4, "On the lake shore")])
def test_a_headline_among_lines_has_four_words(words: int, title: str) -> None:
    """A kicker of a card would be its headline, or a short headline lose to the summary below."""
    line = " ".join(["On", "the", "lake", "shore"][:words])
    found = first(f"<div>{link(0, f'<div>{line}</div><div>Ferry to the lake</div>')}</div>").title
    assert found == title


@pytest.mark.parametrize(("length", "is_more"), [(40, True), (41, False)])
def test_a_link_that_leads_on_has_forty_characters(length: int, is_more: bool) -> None:
    """ "Read more" between arrows would be a headline, or a longer text be passed over."""
    text = f"Read more {'»' * (length - 10)}"
    found = first(f"<div>{link(0, text)}<p>{link(0, 'Ferry returns')}</p></div>").title
    assert (found == "Ferry returns") is is_more


@pytest.mark.parametrize(("words", "is_title"), [(4, True), (5, False)])
def test_a_link_in_running_text_is_no_headline(words: int, is_title: bool) -> None:
    """Half a sentence of a summary would be a story of its own, or a headline behind a kicker none."""
    text = f"<div>{' '.join(WORDS[:words])} {link(0)}</div>"
    assert (NAMES[0] in titles(text, OTHERS)) is is_title


@pytest.mark.parametrize(("entries", "is_title"), [(37, False), (40, True)])
def test_running_text_is_looked_for_right_before_a_link(entries: int, is_title: bool) -> None:
    """Half a sentence with marks in it would be a story of its own, or each link cost the whole of its line."""
    text = f"<div>{' '.join(WORDS[:9])}{'<i></i>' * entries}{link(0)}</div>"
    assert (NAMES[0] in titles(text, OTHERS)) is is_title


@pytest.mark.parametrize(("words", "is_longer"), [(24, True), (25, False)])
def test_more_words_make_no_better_headline(words: int, is_longer: bool) -> None:
    """The text of a teaser would be its headline, or a short link in it be one instead of the headline."""
    one, other = " ".join((WORDS * 2)[:words]), " ".join((WORDS * 2)[::-1][:27])
    assert (first(f"<div>{link(0, one)}<br>{link(0, other)}</div>").title == other) is is_longer


# -- what stands beside a headline


@pytest.mark.parametrize(("length", "is_time"), [(70, True), (71, False)])
def test_a_line_with_a_time_is_short(length: int, is_time: bool) -> None:
    """A story would be dated by its summary, or have no time where its line says a little more."""
    line = f"{DAY} {'x' * (length - len(DAY) - 1)}"
    assert (first(f"<div><h3>{link(0)}</h3><p>{line}</p></div>").published is not None) is is_time


@pytest.mark.parametrize(("before", "is_time"), [(6, True), (7, False)])
def test_eight_parts_of_a_line_may_be_its_time(before: int, is_time: bool) -> None:
    """A story whose time stands behind names and counts would have none, or a line of a thousand parts cost as many."""
    parts = "".join(f"<b>{word} </b>" for word in WORDS[:before])
    assert (first(f"<p>{link(0)} {parts}<b>{DAY}</b></p>").published is not None) is is_time


@pytest.mark.parametrize(
    ("words", "named", "is_summary"), [(4, "", False), (5, "", True), (2, "lead", False), (3, "lead", True)]
)
def test_a_summary_has_some_words(words: int, named: str, is_summary: bool) -> None:
    """A label beside a headline would be its summary, or a short lead be lost."""
    line = f"<p class='{named}'>{' '.join(WORDS[:words])}</p>"
    assert (first(f"<div><h3>{link(0)}</h3>{line}</div>").summary is not None) is is_summary


@pytest.mark.parametrize(("words", "is_first"), [(14, True), (12, False)])
def test_the_first_of_several_paragraphs_is_the_summary(words: int, is_first: bool) -> None:
    """A list with whole texts would show their longest paragraphs, or a label before a summary be shown instead."""
    one, other = " ".join(WORDS[:words]), " ".join(WORDS[::-1])
    found = first(f"<div><h3>{link(0)}</h3><p>{one}.</p><p>{other}.</p></div>").summary
    assert (found == f"{one}.") is is_first


@pytest.mark.parametrize(("before", "is_read"), [(40, True), (41, False)])
def test_forty_lines_of_a_part_are_read(before: int, is_read: bool) -> None:
    """A large teaser would lose its time, or a box with a thousand lines keep the worker busy."""
    lines = "".join(f"<p>{word}</p>" for word in (WORDS * 3)[: before - 1])
    assert (first(f"<div><h3>{link(0)}</h3>{lines}<p>{DAY}</p></div>").published is not None) is is_read


@pytest.mark.parametrize(("stories", "has_picture"), [(2, True), (3, False)])
def test_what_three_stories_show_is_no_picture(stories: int, has_picture: bool) -> None:
    """Each story would have the newspaper's own sign for a picture, or two about one event have none."""
    found = read(*(card(n, "<img src='/shared.jpg'>") for n in range(stories)))
    assert (found[0].image is not None) is has_picture


@pytest.mark.parametrize(("length", "is_read"), [(4_000, True), (4_100, False)])
def test_four_thousand_characters_of_a_set_of_pictures_are_read(length: int, is_read: bool) -> None:
    """A teaser would show its smallest picture, or a set of megabytes be taken apart."""
    rest = length - len("/large.jpg 900w") - len("/small.jpg 100w, ")
    pictures = f"/small.jpg 100w, {' ' * rest}/large.jpg 900w"
    found = first(f"<div><h3>{link(0)}</h3><img srcset='{pictures}'></div>").image
    assert (found == f"{HOME}large.jpg") is is_read


# -- data beside the markup


def state(*stories: dict[str, str]) -> str:
    return f"<script type='application/json'>{json.dumps(list(stories))}</script>"


def kept(number: int, title: str = "The ferry returns again", slug: str = "the-ferry-returns-again") -> dict[str, str]:
    return {"title": title, "url": f"/{slug}-{800100 + number}"}


@pytest.mark.parametrize(("stories", "found"), [(2, 9), (3, 3)])
def test_a_page_with_three_stories_is_not_built_by_scripts(stories: int, found: int) -> None:
    """A page that scripts build would have one story, or a short list be filled with what no reader sees."""
    data = state(*(kept(n, f"The ferry returns again {word}") for n, word in enumerate(WORDS[:9])))
    assert len(titles(*map(card, range(stories)), data)) == found


@pytest.mark.parametrize(("stories", "found"), [(300, 300), (301, 300)])
def test_three_hundred_stories_of_a_pages_data_are_read(stories: int, found: int) -> None:
    """A long list would lose its end, or a page with a whole archive in its data keep its worker busy."""
    html = state(*(kept(n) for n in range(stories)))
    assert len(state_stories(parse(html), html, HOME, ZoneInfo("UTC"))) == found


@pytest.mark.parametrize(
    ("title", "slug", "is_story"),
    [
        ("Ferry returns", "the-ferry-returns-again", False),
        ("The ferry returns", "the-ferry-returns-again", True),
        ("The ferry returns", "the-ferry-returns", False),
    ],
)
def test_a_story_in_a_pages_data_has_some_words(title: str, slug: str, is_story: bool) -> None:
    """A menu's entries would be stories, or stories with short headlines be missing."""
    html = state({"title": title, "url": f"/{slug}", "summary": "It sails again."})
    assert bool(state_stories(parse(html), html, HOME, ZoneInfo("UTC"))) is is_story


@pytest.mark.parametrize(("alike", "found"), [(4, 0), (5, 5)])
def test_five_bare_objects_alike_are_a_list(alike: int, found: int) -> None:
    """A page's terms and policies would be its stories, or a list without times and summaries be missing."""
    html = state(*({"title": NAMES[n], "url": f"/{kept(n)['url'].strip('/')}"} for n in range(alike)))
    assert len(state_stories(parse(html), html, HOME, ZoneInfo("UTC"))) == found


# -- the evidence, weighed

YOUNG = "Stories of young people here"
LABEL = "The life of young people today"


def section(path: str) -> str:
    return f"<div class=more><h3><a href='/{path}'>{YOUNG}</a></h3></div>"


def sure(number: int) -> str:
    """A story with just enough evidence of its own to teach what the site's addresses are like."""
    return f"<li><a href='/ferry-on-lake-{700100 + number}.html'>The ferry is back on lake {WORDS[number]}</a></li>"


def likely(number: int) -> str:
    """A story with just too little."""
    headline = f"The ferry is back {WORDS[number]}"
    return f"<li><a href='/ferry-on-lake-{700100 + number}.html'>{headline}</a><img src='/{number}.jpg'></li>"


def unnumbered(number: int) -> str:
    headline = f"The ferry is back on lake {WORDS[number]}"
    return f"<div class=card><h3><a href='/the-ferry-is-on-the-lake-{WORDS[number]}'>{headline}</a></h3></div>"


@pytest.mark.parametrize(
    ("only_link", "is_story"),
    [
        ("<a href='/ferry-sails-700100.html'>Ferry sails again</a>", True),
        ("<a href='/the-ferry-sails-again'>The ferry sails again today</a>", False),
    ],
)
def test_a_story_has_enough_evidence(only_link: str, is_story: bool) -> None:
    """A section with a long name would be news, or a story with a short headline be missing."""
    assert bool(titles(f"<p>{only_link}</p>")) is is_story


@pytest.mark.parametrize(("stories", "is_story"), [(4, True), (5, False)])
def test_five_stories_tell_what_addresses_are_like(stories: int, is_story: bool) -> None:
    """A special without a number would be missing from a short list, or a section be news on a long one."""
    found = titles(*map(card, range(stories)), section("life/stories-of-the-young-people"))
    assert (YOUNG in found) is is_story


def test_only_sure_stories_tell_what_addresses_are_like() -> None:
    """A list of sections would teach how stories look, or a site's stories never be believed."""
    found = [titles(*map(make, range(6)), section("life/stories-of-the-young-people")) for make in (sure, likely)]
    assert [YOUNG in each for each in found] == [False, True]


@pytest.mark.parametrize(("numbered", "is_story"), [(5, True), (6, False)])
def test_most_sure_stories_share_what_their_addresses_are_like(numbered: int, is_story: bool) -> None:
    """A site whose older stories have no number would lose them, or a section be news for one story without."""
    found = titles(
        *map(sure, range(numbered)),
        *map(unnumbered, range(8 - numbered)),
        section("life/stories-of-the-young-people"),
    )
    assert (YOUNG in found) is is_story


@pytest.mark.parametrize(("times", "found"), [(2, 2), (3, 0)])
def test_a_text_that_leads_to_three_addresses_is_no_headline(times: int, found: int) -> None:
    """ "To the company of the week" would be news three times, or two reports under one headline be missing."""
    links = (
        f"<p><a href='/{WORDS[n]}-returns-to-the-lake-{700100 + n}.html'>The ferry returns to lake</a></p>"
        for n in range(times)
    )
    assert len(titles(*links)) == found


@pytest.mark.parametrize(("kin", "headline", "is_story"), [(3, "Snow now", True), (6, "Snow", False)])
def test_kin_carry_a_short_headline(kin: int, headline: str, is_story: bool) -> None:
    """A story with two words for a headline would be missing, or every link among stories be one."""
    others = (f"<li>{link(n, slug=f'the-old-ferry-sails-on-lake-{WORDS[n]}')}</li>" for n in range(kin))
    assert (headline in titles(*others, f"<li><a href='/snow-712345.html'>{headline}</a></li>")) is is_story


@pytest.mark.parametrize(("steps", "is_section"), [(4, True), (5, False)])
def test_a_section_stands_four_steps_above_its_stories(steps: int, is_section: bool) -> None:
    """A section with a long name would be news, or a story below which others lie be missing."""
    path = "the-life-of-the-young-people"
    below = f"/{path}/{'x/' * (steps - 1)}ferry-on-the-lake"
    stories = (f"<div><h3><a href='{below}-{700100 + n}.html'>{NAMES[n]}</a></h3></div>" for n in range(3))
    assert (YOUNG not in titles(*stories, section(path))) is is_section


@pytest.mark.parametrize(
    ("text", "is_time"),
    [("at 15:20 on 21 03 2026 at 15:20 on 21 03", True), ("at 15:20 on 21 03 2026 at 15:20 on 21 030", False)],
)
def test_a_text_that_tells_a_time_has_forty_characters(text: str, is_time: bool) -> None:
    """Each comment that links to itself by its time would be a story, or a headline full of numbers be none."""
    assert (not titles(f"<p><a href='/c/4e7a3b1ceab8ea640600004'>{text}</a></p>")) is is_time


@pytest.mark.parametrize(("cards", "is_story"), [(2, True), (3, False)])
def test_a_text_in_three_cards_is_a_label(cards: int, is_story: bool) -> None:
    """A section's name above each teaser would be news, or a story that is shown twice be missing."""
    label = f"<p><a href='/the-life-of-young-people'>{LABEL}</a></p>"
    data = [{"@type": "NewsArticle", "url": "/the-life-of-young-people", "headline": LABEL}]
    named = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    assert (LABEL in titles(named, *(card(n, label if n < cards else "") for n in range(4)))) is is_story

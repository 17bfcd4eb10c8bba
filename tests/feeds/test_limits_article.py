"""Rules of the article reader with a number in them, the rest of them: an invented page on either side of each."""

from __future__ import annotations

import json

import pytest

from feeds.errors import ReadError
from feeds.model import Article
from feeds.reading.article.blocks import outline
from feeds.reading.article.extract import extract_article
from feeds.reading.article.gates import gate_of
from feeds.reading.article.islands import gist, is_told
from feeds.reading.article.survey import Survey, survey
from feeds.reading.page.dom import parse
from feeds.reading.page.page import Scan
from tests.feeds.test_article_borders import URL, paragraphs, prose, read

TITLE = "The ferry returns to the lake"
NEWS = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
    f'"headline": "{TITLE}"}}</script>'
)


def whole(body: str, head: str = "", title: str = TITLE) -> Article:
    """The story of a page of which the test writes the whole body."""
    page = f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    return extract_article(page, URL)


def is_article(body: str, head: str = "") -> bool:
    try:
        whole(body, head)
    except ReadError:
        return False
    return True


def sized(length: int, opening: str = "") -> str:
    """A sentence of so many characters."""
    return f"{opening}{'boat ' * (length // 5 + 1)}"[: length - 2].rstrip().ljust(length - 1, "s") + "."


# -- labels, links and copies


@pytest.mark.parametrize(("length", "kept"), [(120, False), (121, True)])
def test_a_label_is_a_short_line(length: int, kept: bool) -> None:
    """ "Related articles" with arrows behind it would stand in the story, or a whole paragraph be looked up."""
    line = "Related articles" + "›" * (length - 16)
    assert (line in read(paragraphs(*prose(4), line, *prose(4, 20))).body_text) is kept


@pytest.mark.parametrize(("length", "kept"), [(60, False), (61, True)])
def test_the_title_of_a_box_is_a_short_line(length: int, kept: bool) -> None:
    """A title of a box of links would stand in the story without them, or its own line go with a list of links."""
    line = ("What else we told of boats and lakes" + " and harbours" * 9)[: length - 1] + "x"
    box = f"<div>{line}<ul><li><a href=/a>The old ferry at the lake</a></li><li><a href=/b>Snow</a></li></ul></div>"
    assert (line in read(f"{paragraphs(*prose(5))}{box}{paragraphs(*prose(5, 20))}").body_text) is kept


def linked(length: int, links: int, label: str = "") -> str:
    """A line of so many characters, so many of them in a link."""
    before = label.ljust(length - links - 1, "y")
    return f"{before} <a href='/other'>{('boat ' * 40)[: links - 1]}z</a>"


@pytest.mark.parametrize(("links", "kept"), [(90, True), (91, False)])
def test_a_paragraph_of_links_leads_away(links: int, kept: bool) -> None:
    """A headline of another story would stand in the story, or a sentence be lost for a long link in it."""
    found = read(f"{paragraphs(*prose(4))}<p>{linked(100, links)}</p>{paragraphs(*prose(4, 20))}")
    assert ("/other" in found.content_html) is kept


@pytest.mark.parametrize(("links", "kept"), [(60, True), (61, False)])
def test_a_newspapers_list_of_half_links_leads_away(links: int, kept: bool) -> None:
    """Headlines of other stories would stand in every story of a newspaper, or its list of results be lost."""
    found = read(f"{paragraphs(*prose(4))}<ul><li>{linked(100, links)}</li></ul>{paragraphs(*prose(4, 20))}", NEWS)
    assert ("/other" in found.content_html) is kept


@pytest.mark.parametrize(("links", "kept"), [(30, True), (31, False)])
def test_a_line_that_begins_like_a_label_and_has_a_link_leads_away(links: int, kept: bool) -> None:
    """ "Read also: …" would stand in the story, or a sentence that begins so be lost."""
    line = linked(100, links, "Read also: what")
    found = read(f"{paragraphs(*prose(4))}<p>{line}</p>{paragraphs(*prose(4, 20))}")
    assert ("/other" in found.content_html) is kept


@pytest.mark.parametrize(("before", "ends"), [(1, False), (3, True)])
def test_a_label_ends_a_story_of_which_a_third_was_told(before: int, ends: bool) -> None:
    """Readers' comments would be the end of the story, or a quiz on top of it its only part."""
    found = read(paragraphs(*prose(before), "Comments", *prose(4, 20)))
    assert ("witness number 23." not in found.body_text) is ends


@pytest.mark.parametrize(("length", "times"), [(60, 2), (61, 1)])
def test_a_long_text_that_comes_twice_is_a_copy(length: int, times: int) -> None:
    """A pulled quote would stand in the story twice, or a short answer be lost that is given twice."""
    line = sized(length)
    assert read(paragraphs(*prose(3), line, *prose(3, 20), line, *prose(3, 40))).body_text.count(line) == times


@pytest.mark.parametrize(("set_alike", "times"), [(2, 1), (3, 3)])
def test_what_comes_three_times_is_a_refrain(set_alike: int, times: int) -> None:
    """The terms of each offer would be told of the first only, or a copy for small screens stand there twice."""
    line = sized(90)
    found = read("".join(paragraphs(*prose(2, 10 * n), line) for n in range(set_alike)) + paragraphs(*prose(2, 90)))
    assert found.body_text.count(line) == times


@pytest.mark.parametrize(("behind", "credit"), [(4, "Lake Agency"), (5, None)])
def test_the_source_is_named_near_the_end(behind: int, credit: str | None) -> None:
    """An agency's story would have no source, or a sentence in its middle name one."""
    found = read(paragraphs(*prose(6), "Source: Lake Agency", *prose(behind, 20)))
    assert found.credit == credit


@pytest.mark.parametrize(("levels", "credit"), [(3, "Lake Agency"), (4, None)])
def test_the_source_is_named_near_the_storys_box(levels: int, credit: str | None) -> None:
    """An agency's story would have no source, or have that of some other box of the page."""
    box = f"{'<div>' * levels}{paragraphs(*prose(9))}{'</div>' * levels}"
    assert whole(f"<section>{box}<span>Source: Lake Agency</span></section>").credit == credit


@pytest.mark.parametrize(("between", "credit"), [(5, "Lake Agency"), (6, None)])
def test_the_source_is_named_soon_behind_the_storys_box(between: int, credit: str | None) -> None:
    """An agency's story would have no source, or have that of the next story."""
    rest = "<i></i>" * between + "<span>Source: Lake Agency</span>"
    assert whole(f"<section><div>{paragraphs(*prose(9))}</div>{rest}</section>").credit == credit


@pytest.mark.parametrize(("length", "kept"), [(1_500, False), (1_501, True)])
def test_what_asks_leave_to_show_something_has_some_length(length: int, kept: bool) -> None:
    """ "This content is hosted by …" would stand in stories, or a long paragraph be lost that begins so."""
    line = sized(length, "This content is hosted by the harbour. ")
    assert (line[-300:] in read(paragraphs(*prose(9), line, *prose(9, 20))).body_text) is kept


@pytest.mark.parametrize(("length", "kept"), [(400, False), (401, True)])
def test_a_legal_notice_has_some_length(length: int, kept: bool) -> None:
    """ "All rights reserved" would end every story, or a last paragraph about copyright be lost."""
    line = sized(length, "All rights reserved by the harbour. ")
    assert (line[-200:] in read(paragraphs(*prose(9), line)).body_text) is kept


@pytest.mark.parametrize(("items", "is_story"), [(980, True), (1_020, False)])
def test_a_list_of_results_is_a_story(items: int, is_story: bool) -> None:
    """A list of winners would be no story, or a page with a thousand names on it one."""
    listed = "".join(f"<li>Anna {n:04}</li>" for n in range(items))
    assert is_article(f"<h1>{TITLE}</h1><div itemprop=articleBody><ul>{listed}</ul></div>") is is_story


@pytest.mark.parametrize(("words", "kept"), [(3, True), (4, False)])
def test_a_pointer_to_a_story_has_four_words(words: int, kept: bool) -> None:
    """ "More here | The ferry returns" would stand in stories, or a line be lost that ends in a linked name."""
    name = " ".join(["Ferry", "sails", "again", "today"][:words])
    line = f"<p>On the shore of the lake | <a href='/other'>{name}</a></p>"
    found = read(f"{paragraphs(*prose(4))}{line}{paragraphs(*prose(4, 20))}")
    assert ("/other" in found.content_html) is kept


@pytest.mark.parametrize(("sentences", "kept"), [(3, False), (5, True)])
def test_a_column_of_the_story_holds_a_fifth_of_it(sentences: int, kept: bool) -> None:
    """The last line of a poem would be lost, or a line of a box below the story stand in it."""
    last = "<p>At the end of the lake</p>"
    body = f"<div>{paragraphs(*prose(14))}</div><div>{paragraphs(*prose(sentences, 40))}{last}</div>"
    assert ("At the end of the lake" in read(body).body_text) is kept


@pytest.mark.parametrize(("length", "is_caption"), [(350, True), (351, False)])
def test_a_caption_has_some_length(length: int, is_caption: bool) -> None:
    """A paragraph that broken markup put into a figure would be small print, or a caption a part of the story."""
    line = sized(length)
    figure = f'<figure><img src="/boat.jpg" alt="" width="600" height="400"><figcaption>{line}</figcaption></figure>'
    found = read(f"{paragraphs(*prose(5))}{figure}{paragraphs(*prose(5, 20))}")
    assert (line not in found.body_text) is is_caption


# -- pictures, embeds and inline markup


@pytest.mark.parametrize(("levels", "is_picture"), [(2, False), (3, True)])
def test_a_portrait_is_told_by_what_is_around_it(levels: int, is_picture: bool) -> None:
    """The face of whoever wrote it would stand in every feed, or a story in a box called so have no pictures."""
    image = '<img src="/face.jpg" width="150" height="150" alt="">'
    part = f'<div class="headshot">{"<div>" * (levels - 1)}{image}{"</div>" * (levels - 1)}</div>'
    found = read(part + paragraphs(*prose(8)))
    assert any("face.jpg" in one.url for one in found.images) is is_picture


@pytest.mark.parametrize(("sources", "is_found"), [(20, True), (21, False)])
def test_twenty_sources_of_a_picture_are_looked_at(sources: int, is_found: bool) -> None:
    """A story would lose its picture, or a picture with a thousand sources keep the worker busy."""
    rest = "<source>" * (sources - 1)
    picture = f'<picture><source srcset="/boat.jpg 900w">{rest}<img alt="" width="600" height="400"></picture>'
    assert bool(read(picture + paragraphs(*prose(8))).images) is is_found


@pytest.mark.parametrize(("length", "is_whole"), [(500, True), (501, False)])
def test_a_post_of_somebodys_is_linked_by_its_beginning(length: int, is_whole: bool) -> None:
    """A short message in a story would be cut off, or a long one stand in it as a link of a thousand words."""
    said = sized(length - 4)
    post = f'<blockquote class="twitter-tweet">{said}<a href="https://social.example/1">Post</a></blockquote>'
    found = read(f"{paragraphs(*prose(5))}{post}{paragraphs(*prose(5, 20))}")
    assert (f">{said}Post</a>" in found.content_html) is is_whole


@pytest.mark.parametrize(("paid", "kept"), [(3, False), (4, True)])
def test_a_page_with_four_paid_links_is_about_wares(paid: int, kept: bool) -> None:
    """An advertisement would stand in a story, or a test of boats lose all that it names."""
    wares = [
        f'Offer {n}: <a rel="sponsored" href="/buy/{n}">A small boat for the lake, number {n}</a>' for n in range(paid)
    ]
    told = "".join(f"<p>{one}</p><p>{other}</p>" for one, other in zip(prose(paid, 20), wares, strict=True))
    assert ("/buy/0" in read(f"{paragraphs(*prose(4))}{told}{paragraphs(*prose(2, 60))}").content_html) is kept


@pytest.mark.parametrize(("levels", "kept"), [(16, True), (17, False)])
def test_markup_within_markup_has_an_end(levels: int, kept: bool) -> None:
    """A link in an odd piece of markup would be lost, or a page of nothing but markup break its readers."""
    link = f"{'<b>' * (levels - 1)}<a href='/inside'>boats</a>{'</b>' * (levels - 1)}"
    found = outline(parse(f"<p>Of {link} and lakes.</p>").body, Survey())  # type: ignore[arg-type]
    assert (("a", "/inside") in found[0].parts) is kept


@pytest.mark.parametrize(("levels", "parts"), [(198, 2), (203, 1)])
def test_elements_within_elements_have_an_end(levels: int, parts: int) -> None:
    """Paragraphs of a badly nested page would be one, or a page of nothing but elements exhaust the memory."""
    inner = f"{'<div>' * levels}<div>One</div><div>Two</div>{'</div>' * levels}"
    found = outline(parse(inner).body, Survey())  # type: ignore[arg-type]
    assert len({id(block.element) for block in found}) == parts


@pytest.mark.parametrize(("before", "paragraphs_read"), [(249_900, 2), (250_000, 1)])
def test_a_page_has_so_many_nodes(before: int, paragraphs_read: int) -> None:
    """The end of a long live blog would be lost, or a page without end keep its worker busy."""
    html = f"<body><p>The beginning</p>{'<!---->' * before}<p>The end</p>"
    assert len(outline(parse(html).body, Survey())) == paragraphs_read  # type: ignore[arg-type]


# -- islands


@pytest.mark.parametrize(("place", "is_lead"), [("Port Amble on Long Lakes", False), ("Port Amble on Long Lake", True)])
def test_a_place_before_a_lead_is_short(place: str, is_lead: bool) -> None:
    """A lead that opens with its place would be lost, or any paragraph whose second sentence is told be the lead."""
    said = "The council has decided to bring the ferry back to the lake in spring."
    assert is_told(f"{place}. {said}", gist([said])) is is_lead


@pytest.mark.parametrize(("quotes", "kept"), [(40, True), (41, False)])
def test_forty_quotes_of_a_story_are_looked_for(quotes: int, kept: bool) -> None:
    """A report full of quotes would lose them, or a page with a thousand of them keep its worker busy."""
    said = "".join(
        f"<div class=said><blockquote><p>Boat {n} was late, said its captain.</p></blockquote></div>"
        for n in range(quotes)
    )
    column = f"<div class=column>{paragraphs(*prose(70))}{said}{paragraphs(*prose(2, 80))}</div>"
    assert (f"Boat {quotes - 1} was late" in read(column, NEWS).body_text) is kept


# -- what stands before a story


ASKS = "Sign in to continue"
SAYS_NOTHING = "The boat is red. The lake is blue. The snow is white."


def is_gate(title: str, text: str) -> bool:
    return gate_of(parse("<p></p>"), title, text) is not None


@pytest.mark.parametrize(("length", "is_one"), [(2_500, True), (2_501, False)])
def test_a_gate_has_some_length(length: int, is_one: bool) -> None:
    """A consent page with all its purposes would be news, or a long report about passwords be none."""
    assert is_gate("", f"{ASKS}. " + sized(length - len(ASKS) - 2)) is is_one


@pytest.mark.parametrize(("asking", "is_one"), [(2, False), (3, True)])
def test_three_of_ten_sentences_make_a_gate(asking: int, is_one: bool) -> None:
    """A story that tells of passwords would be none, or a page that asks for one be news."""
    assert is_gate("", f"{ASKS}. " * asking + "The boat is red. " * (10 - asking)) is is_one


@pytest.mark.parametrize(("words", "is_one"), [(7, True), (8, False)])
def test_a_gates_headline_says_little_more(words: int, is_one: bool) -> None:
    """A long name of a newspaper would make its log-in page news, or a headline about passwords be a gate."""
    assert is_gate(f"{ASKS} {'boat ' * words}", SAYS_NOTHING) is is_one


@pytest.mark.parametrize(("begin", "is_one"), [(400, True), (500, False)])
def test_a_gates_headline_is_looked_at_from_its_beginning(begin: int, is_one: bool) -> None:
    """A log-in page with a long headline would be news, or a headline without end keep the worker busy."""
    assert is_gate(f"{'x' * (begin - 1)} {ASKS}", f"{ASKS}. {SAYS_NOTHING * 3}") is is_one


# -- stories in the state of scripts, and stubs


@pytest.mark.parametrize(("length", "is_built"), [(399, True), (400, False)])
def test_a_page_with_little_prose_is_built_by_scripts(length: int, is_built: bool) -> None:
    """A page that scripts build would be published as the few words it shows, or a short story be taken elsewhere."""
    state = json.dumps({"headline": TITLE, "body": "".join(f"<p>{text}</p>" for text in prose(12, 20))})
    script = f'<script type="application/json">{state}</script>'
    assert ("witness number 25." in read(f"<p>{sized(length)}</p>{script}").body_text) is is_built


@pytest.mark.parametrize(("length", "stub"), [(1_499, True), (1_500, False)])
def test_a_body_behind_a_paywall_is_whole_from_some_length_on(length: int, stub: bool) -> None:
    """A story that is sent along whole for search engines would be marked as cut, or a beginning pass for it."""
    locked = NEWS.replace('"headline"', '"isAccessibleForFree": false, "headline"')
    found = read(f"<p>{sized(700)}</p><p>{sized(length - 702)}</p>", locked)
    assert (len(found.body_text), found.truncated) == (length, stub)


@pytest.mark.parametrize(("told", "stub"), [(200, False), (202, True)])
def test_half_of_the_told_words_make_a_story(told: int, stub: bool) -> None:
    """A story whose words were counted with its captions would be marked as cut, or a stub pass for it."""
    locked = NEWS.replace('"headline"', f'"isAccessibleForFree": false, "wordCount": {told}, "headline"')
    text = "".join(f"<p>{' '.join(['boat'] * 24)} {n}.</p>" for n in range(4))
    found = read(text, locked)
    assert (len(found.body_text.split()), found.truncated) == (100, stub)


@pytest.mark.parametrize(("settings", "tags"), [(3, 4), (4, 1)])
def test_four_settings_are_no_tags(settings: int, tags: int) -> None:
    """A publishing system's settings would be the tags of every story, or the parts of a series be lost."""
    told = [f"{name}: boats" for name in ("Day", "Time", "Page", "Kind")][:settings]
    head = f'<meta name="keywords" content="Ferry, {", ".join(told)}">'
    assert len(read(paragraphs(*prose(8)), head).tags) == tags


# -- the lead


def led(lead: str, head: str = "", between: str = "") -> Article:
    """The story of a page with something before the box of its text."""
    return whole(f"<div><h1>{TITLE}</h1>{lead}{between}<div>{paragraphs(*prose(90))}</div></div>", head)


@pytest.mark.parametrize(("length", "is_lead"), [(39, False), (40, True)])
def test_a_lead_has_forty_characters(length: int, is_lead: bool) -> None:
    """A byline would be the lead of a story, or a short lead be lost."""
    lead = sized(length, "Eleven years have passed. ")
    assert (lead in (led(f'<div class="lead">{lead}</div>').summary or "")) is is_lead


@pytest.mark.parametrize(("length", "is_lead"), [(1_200, True), (1_201, False)])
def test_a_lead_has_twelve_hundred_characters(length: int, is_lead: bool) -> None:
    """A whole text would be the summary of a story, or a long lead be lost."""
    lead = sized(length, "Eleven years have passed. ")
    assert (lead in (led(f'<div class="lead">{lead}</div>').summary or "")) is is_lead


@pytest.mark.parametrize(("length", "is_lead"), [(79, False), (80, True)])
def test_a_heading_that_is_a_sentence_is_a_lead(length: int, is_lead: bool) -> None:
    """A heading between headline and story would be its lead, or a lead set as a heading be lost."""
    lead = sized(length, "Eleven years have passed. ")
    assert (led(f"<h2>{lead}</h2>").summary == lead) is is_lead


@pytest.mark.parametrize(("count", "first_kept"), [(6, True), (7, False)])
def test_six_paragraphs_stand_above_the_body(count: int, first_kept: bool) -> None:
    """A story whose beginning stands in a box of its own would lose it, or begin with another one."""
    above = paragraphs(*prose(count, 140))
    body = f"<div>{paragraphs(*prose(80))}</div>"
    found = whole(f"<div><h1>{TITLE}</h1><div>{above}</div>{body}</div>")
    assert ("witness number 140." in found.body_text) is first_kept


@pytest.mark.parametrize(("levels", "is_lead"), [(3, False), (4, True)])
def test_a_caption_is_told_by_what_is_around_it(levels: int, is_lead: bool) -> None:
    """A picture's caption would open the story, or a lead in a box called after pictures be lost."""
    said = "Eleven years at the shipyard have come to an end, and the whole town was there to see it."
    head = f'<meta name="description" content="{said}">'
    lead = f'<div class="caption">{"<div>" * (levels - 1)}<p>{said}</p>{"</div>" * (levels - 1)}</div>'
    assert (said in led(lead, head).body_text) is is_lead


# -- the title


def titled(body: str, head_title: str, head: str = "") -> str:
    return whole(body + paragraphs(*prose(9)), head, head_title).title


@pytest.mark.parametrize(("length", "is_title"), [(500, True), (501, False)])
def test_a_headline_has_five_hundred_characters(length: int, is_title: bool) -> None:
    """A whole text that is set as a heading would be the headline, or a long one be lost."""
    heading = sized(length + 1)[:-1]
    assert (titled(f"<h1>{heading}</h1>", f"{heading} and more of it") == heading) is is_title


@pytest.mark.parametrize(("before", "is_title"), [(19, True), (20, False)])
def test_twenty_headings_are_looked_at(before: int, is_title: bool) -> None:
    """A page with many headings would be called by its site's name, or one with a thousand keep its worker busy."""
    other = "".join(f"<h1>Boats {n}</h1>" for n in range(before))
    told = f"{TITLE} on Monday morning"
    assert (titled(f"{other}<h1>{TITLE}</h1>", told) == TITLE) is is_title


@pytest.mark.parametrize(("heading", "is_title"), [("Snow now", False), ("Snow here", True)])
def test_a_lower_heading_that_is_the_headline_has_eight_letters(heading: str, is_title: bool) -> None:
    """A section's name above the story would be its headline, or a headline set as an h2 be lost."""
    told = f"{heading} at last"
    assert (titled(f"<h2>{heading}</h2>", told) == heading) is is_title


@pytest.mark.parametrize(("rest", "is_title"), [(20, True), (21, False)])
def test_a_lower_heading_that_is_the_headline_is_most_of_the_title(rest: int, is_title: bool) -> None:
    """The first words of a headline would be all of it, or a page be called by its headline and its sections."""
    heading = "Snow falls on the harbour"  # of twenty-one letters
    assert (titled(f"<h2>{heading}</h2>", f"{heading} {'x' * (rest + 1)}") == heading) is is_title


@pytest.mark.parametrize(("heading", "is_title"), [("Snow falls today", False), ("Snow falls again today", True)])
def test_a_headline_that_stands_alone_has_four_words(heading: str, is_title: bool) -> None:
    """A page's "Latest local news" would be its headline, or a headline in other words than the title's be lost."""
    assert (titled(f"<h1>{heading}</h1>", "White morning at the harbour of our town") == heading) is is_title


@pytest.mark.parametrize(("levels", "is_title"), [(7, False), (8, True)])
def test_a_heading_in_a_frame_of_the_page_is_no_headline(levels: int, is_title: bool) -> None:
    """A site's motto would be the headline of every story, or a headline in an odd box be lost."""
    heading = "Snow falls again today"
    box = f"<aside>{'<div>' * levels}<h1>{heading}</h1>{'</div>' * levels}</aside>"
    assert (titled(box, "White morning at the harbour of our town") == heading) is is_title


@pytest.mark.parametrize(("levels", "is_title"), [(2, False), (3, True)])
def test_a_heading_in_a_trail_is_no_headline(levels: int, is_title: bool) -> None:
    """The last step of a trail would be the headline, or a headline in a list be lost."""
    heading = "Snow falls again today"
    box = f"<ul>{'<li>' + '<div>' * (levels - 1)}<h1>{heading}</h1>{'</div>' * (levels - 1)}</li></ul>"
    assert (titled(box, "White morning at the harbour of our town") == heading) is is_title


@pytest.mark.parametrize(("names", "is_title"), [(4, True), (5, False)])
def test_four_names_stand_around_a_title(names: int, is_title: bool) -> None:
    """A headline would end in the name of its site, or a title of nothing but names be gone through for ever."""
    head = '<meta property="og:site_name" content="Lake Post">'
    assert (titled("", f"{TITLE}{' | Lake Post' * names}", head) == TITLE) is is_title


@pytest.mark.parametrize(("site", "is_title"), [("Lake", False), ("Lakes", True)])
def test_a_site_that_is_looked_for_in_a_longer_name_has_five_letters(site: str, is_title: bool) -> None:
    """A headline that begins with a site's short name would lose its beginning, or keep the name of its site."""
    head = f'<meta property="og:site_name" content="{site}">'
    assert (titled("", f"{site} Post | {TITLE}", head) == TITLE) is is_title


@pytest.mark.parametrize(
    ("heading", "is_title"), [("Snow lake rain wind boats fall", True), ("Snow lake wind boats fall down", False)]
)
def test_a_heading_with_half_of_the_titles_words_is_the_headline(heading: str, is_title: bool) -> None:
    """A headline in other words than the title's would be lost, or any heading with two of its words be one."""
    body = f"<h1>{heading}</h1><h1>Our harbour today</h1>"
    assert (titled(body, "White snow and rain on the lake for days") == heading) is is_title


# -- where the prose of a page is


def prose_of(body: str) -> int:
    """How many characters of a page count as a story's."""
    return survey(Scan(parse(f"<!doctype html><html><body>{body}</body></html>"))).total


@pytest.mark.parametrize(
    ("body", "is_prose"),
    [
        (f"<p>{sized(25)}</p>", True),
        (f"<p>{sized(24)}</p>", False),
        ("<p>渡し船は今朝湖に戻る。</p>", True),
        ("<p>渡し船は湖に戻る。</p>", False),
        ("<p>雪は今も山に残り、<b>鐘は今朝も鳴った。</b></p>", False),
        ("<p>雪は今も山にも残り、<b>鐘は今朝もよく鳴った。</b></p>", True),
        (f"<div>{'boat ' * 15}boats</div>", True),
        (f"<div>{'boat ' * 15}boat</div>", False),
        (f"<p>{'boat ' * 9}boats</p>", True),
        (f"<p>{'boat ' * 9}boat</p>", False),
    ],
    ids=[
        "sentence",
        "short",
        "Japanese",
        "short Japanese",
        "pieces of nine",
        "pieces of ten",
        "long line",
        "line",
        "paragraph",
        "short paragraph",
    ],
)
def test_what_reads_like_a_story(body: str, is_prose: bool) -> None:
    """A menu's entries would be a story, or one of short sentences be none."""
    assert bool(prose_of(body)) is is_prose


@pytest.mark.parametrize(("levels", "is_prose"), [(32, True), (33, False)])
def test_a_paragraph_is_found_through_thirty_two_elements(levels: int, is_prose: bool) -> None:
    """A paragraph in odd markup would count as a line, or a page of nothing but elements keep its worker busy."""
    text = " ".join(["boat"] * 12)
    assert bool(prose_of(f"<p>{'<span>' * levels}{text}{'</span>' * levels}</p>")) is is_prose


def teasers(count: int, length: int) -> str:
    """A box with linked headings and so many characters of text."""
    headings = "".join(f"<h3><a href=/{n}>Boat number {n} comes back to the lake</a></h3>" for n in range(count))
    return f"<div>{headings}<p>{sized(length)}</p></div>"


@pytest.mark.parametrize(
    ("count", "length", "are_others"), [(2, 300, False), (3, 300, True), (3, 900, True), (3, 901, False)]
)
def test_three_headings_that_are_links_list_other_stories(count: int, length: int, are_others: bool) -> None:
    """The teasers below a story would be part of it, or a story with linked headings be none."""
    assert prose_of(paragraphs(*[sized(1000)] * 3) + teasers(count, length)) == 3000 + (0 if are_others else length)


@pytest.mark.parametrize(("length", "stands"), [(1_990, False), (2_010, True)])
def test_what_is_called_junk_and_holds_most_of_a_page_is_none(length: int, stands: bool) -> None:
    """A page in a box called "has-sidebar" would have no story, or a long sidebar be one."""
    total = prose_of(f"<div class=sidebar><p>{sized(length)}</p></div><p>{sized(2_000)}</p>")
    assert total == 2_000 + (length if stands else 0)


@pytest.mark.parametrize(("length", "stands"), [(149, True), (150, False)])
def test_a_pages_foot_is_no_story_beside_some_prose(length: int, stands: bool) -> None:
    """A long imprint would be the story of a short page, or a page in a box called footer have none."""
    assert prose_of(f"<div class=footer><p>{sized(1_000)}</p></div><p>{sized(length)}</p>") == length + 1_000 * stands


@pytest.mark.parametrize(("before", "is_own"), [(18, True), (19, False)])
def test_a_heading_opens_the_box_that_is_named_by_its_words(before: int, is_own: bool) -> None:
    """A part called "how-to-share-a-boat" would be taken for a box of buttons, or such a box for a part."""
    heading = f"{'<i></i>' * before}<h2>How to share a boat</h2>"
    part = f"<div id=how-to-share-a-boat>{heading}<p>{sized(1_000)}</p></div>"
    assert prose_of(f"{part}<p>{sized(2_000)}</p>") == 2_000 + 1_000 * is_own


@pytest.mark.parametrize(("words", "is_own"), [("share-a-boat", True), ("share-boats", False)])
def test_a_name_made_of_a_headings_words_has_three(words: str, is_own: bool) -> None:
    """A part of a story that is named by its heading would be lost, or a box called "share-links" stand in it."""
    part = f"<div id={words}><h2>{words.replace('-', ' ')}</h2><p>{sized(1_000)}</p></div>"
    assert prose_of(f"{part}<p>{sized(2_000)}</p>") == 2_000 + 1_000 * is_own


def told(count: int, begin: int, opening: str = "<div>") -> str:
    """A box of so many sentences, all of one length."""
    lines = (
        f"<p>{sized(100, f'The boat with the number {n:03} has come back to us. ')}</p>"
        for n in range(begin, begin + count)
    )
    return f"{opening}{''.join(lines)}</div>"


def has(body: str, number: int) -> bool:
    """Whether the story of a page has this sentence."""
    return f"number {number:03} " in whole(body).body_text


@pytest.mark.parametrize(("sentences", "is_part"), [(84, True), (86, False)])
def test_a_box_with_nearly_all_of_the_prose_is_the_storys(sentences: int, is_part: bool) -> None:
    """A text below the story would be part of it, or a story in two boxes lose the second."""
    body = f"<h1>{TITLE}</h1><section>{told(sentences, 0)}{told(100 - sentences, 200)}</section>"
    assert has(body, 200) is is_part


@pytest.mark.parametrize(("sentences", "is_part"), [(39, True), (41, False)])
def test_a_box_that_is_called_the_body_is_it(sentences: int, is_part: bool) -> None:
    """Texts around a story would be part of it, or a box with two sentences be all of it."""
    body = told(sentences, 0, "<div class=article-body>") + told(50, 200) + told(50 - sentences, 300)
    assert has(f"<h1>{TITLE}</h1><section>{body}</section>", 200) is is_part


@pytest.mark.parametrize(("sentences", "is_own"), [(33, False), (34, True)])
def test_the_article_around_the_headline_is_the_story(sentences: int, is_own: bool) -> None:
    """A page that goes on with the next story would tell that one, or three sentences on top be the whole."""
    own = told(sentences, 0, "<div>").replace("<div>", f"<article><h1>{TITLE}</h1>").replace("</div>", "</article>")
    other = told(100, 200, "<div>").replace("<div>", "<article>").replace("</div>", "</article>")
    assert (not has(f"<section>{own}{other}</section>", 200)) is is_own


@pytest.mark.parametrize(("sentences", "is_part"), [(9, False), (10, True)])
def test_a_box_set_as_the_storys_is_another_part_of_it(sentences: int, is_part: bool) -> None:
    """The second part of a story would be lost, or a teaser set as the story is be a part of it."""
    body = told(90, 0, "<div class=text>") + told(sentences, 200, "<div class=text>")
    assert has(f"<h1>{TITLE}</h1><section>{body}</section>", 200) is is_part


@pytest.mark.parametrize(("length", "rest", "is_teaser"), [(39, 78, False), (40, 80, True), (40, 81, False)])
def test_an_item_that_is_a_headline_and_little_more_is_a_teaser(length: int, rest: int, is_teaser: bool) -> None:
    """A list of other stories would be part of the story, or a list of sentences with links be lost."""
    link = ("boat " * 9)[: length - 1] + "s"
    item = f"<ul><li><a href=/other>{link}</a><b>{sized(rest)}</b></li></ul>"
    assert (prose_of(f"<p>{sized(2_000)}</p>{item}") == 2_000) is is_teaser


@pytest.mark.parametrize(
    ("outside", "junk", "is_freed"),
    [(499, 4_600, True), (500, 4_600, False), (400, 3_590, False), (400, 3_610, True)],
)
def test_where_nearly_all_is_called_junk_the_names_lie(outside: int, junk: int, is_freed: bool) -> None:
    """A page that stands in an aside would have no story, or a long column beside a short notice be one."""
    total = prose_of(f"<aside><p>{sized(junk)}</p></aside><p>{sized(outside)}</p>")
    assert total == outside + (junk if is_freed else 0)


# -- lists of stories


@pytest.mark.parametrize(
    ("head", "headings", "length", "is_list"),
    [
        ("", 4, 1_000, False),
        ("", 5, 1_000, True),
        ("", 5, 1_999, True),
        ("", 5, 2_000, False),
        ('<meta property="og:type" content="article">', 9, 1_000, False),
        ('<meta property="og:type" content="article">', 10, 1_000, True),
        ('<meta property="og:type" content="article">', 10, 2_499, True),
        ('<meta property="og:type" content="article">', 10, 2_500, False),
    ],
)
def test_many_linked_headings_and_little_prose_are_a_list(head: str, headings: int, length: int, is_list: bool) -> None:
    """A front page would be published as a story, or a story above a list of others be none."""
    links = "".join(f"<h3><a href=/{n}>Boat number {n} comes back to the lake</a></h3>" for n in range(headings))
    body = f"<section><p>{sized(length)}</p></section><div>{links}</div>"
    page = f"<!doctype html><html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    try:
        extract_article(page, "https://paper.example/today")
    except ReadError:
        assert is_list
    else:
        assert not is_list


@pytest.mark.parametrize(
    ("tag", "is_one"),
    [
        ("x" * 79, True),
        ("x" * 80, False),
        ("a boat for the whole lake", True),
        ("a red boat for the whole lake", False),
    ],
    ids=["79 letters", "80 letters", "6 words", "7 words"],
)
def test_a_tag_is_short(tag: str, is_one: bool) -> None:
    """A sentence would be a category of every feed, or the name of a series be lost."""
    assert (tag in read(paragraphs(*prose(8)), f'<meta property="article:tag" content="{tag}">').tags) is is_one


# -- what stands around a story


@pytest.mark.parametrize(("between", "is_lead"), [(3, True), (4, False)])
def test_a_lead_is_one_of_the_last_lines_before_the_story(between: int, is_lead: bool) -> None:
    """A lead above a line or two would be lost, or a line from the top of the page be the summary."""
    lead = "Eleven years at the shipyard have come to an end at last."
    lines = "".join(f"<div>Boat number {n} {'boat ' * 8}</div>" for n in range(between))
    assert (led(f'<div class="lead">{lead}</div>', between=lines).summary == lead) is is_lead


@pytest.mark.parametrize(("between", "is_lead"), [(39, True), (40, False)])
def test_a_lead_that_the_description_tells_may_stand_farther(between: int, is_lead: bool) -> None:
    """A lead above a gallery would be lost, or all lines of a page be compared with its description."""
    lead = "Eleven years at the shipyard have come to an end, and the whole town was there to see it."
    lines = "".join(f"<div>Boat number {n} {'boat ' * 8}</div>" for n in range(between))
    head = f'<meta name="description" content="{lead[:60]}">'
    assert (led(f"<div>{lead}</div>", head, between=lines).summary == lead) is is_lead


@pytest.mark.parametrize(
    ("lines", "is_caption"),
    [
        ([sized(300)], True),
        ([sized(301)], False),
        ([sized(60)[n:] for n in range(3)], True),
        ([sized(60)[n:] for n in range(4)], False),
    ],
    ids=["300 letters", "301 letters", "3 lines", "4 lines"],
)
def test_what_stands_under_a_picture_is_a_line_or_two(lines: list[str], is_caption: bool) -> None:
    """A caption would be a paragraph of the story, or a box of the story with a picture be small print."""
    box = f'<div class="pic"><img src="/boat.jpg" alt="" width="600" height="400">{paragraphs(*lines)}</div>'
    found = read(f"<div class=column>{paragraphs(*prose(20))}{box}{paragraphs(*prose(20, 40))}</div>")
    assert (lines[-1] not in found.body_text) is is_caption


@pytest.mark.parametrize(("before", "kept"), [(2, False), (3, True)])
def test_a_byline_is_one_of_the_first_lines(before: int, kept: bool) -> None:
    """Each story would begin with the name of its author, or a line of a letter in it be lost."""
    found = read(paragraphs(*prose(before), "By Anna Roe", *prose(8, 20)))
    assert ("By Anna Roe" in found.body_text) is kept


@pytest.mark.parametrize(("length", "kept"), [(80, False), (81, True)])
def test_a_byline_is_a_short_line(length: int, kept: bool) -> None:
    """Each story would begin with the names of its authors, or a first sentence be lost that begins so."""
    line = f"By Anna R{'o' * (length - 9)}"
    assert (line in read(paragraphs(line, *prose(8))).body_text) is kept


@pytest.mark.parametrize(("length", "is_story"), [(99, False), (100, True)])
def test_a_list_that_is_a_story_has_some_length(length: int, is_story: bool) -> None:
    """A page that is a short list of names would be a story, or a squad be none."""
    listed = "<li>Anna Olex</li>" * 10 + f"<li>{'x' * (length - 90)}</li>"
    body = f"<h1>{TITLE}</h1><div itemprop=articleBody><ul>{listed}</ul></div>"
    assert is_article(body) is is_story


@pytest.mark.parametrize(("items", "is_story"), [(199, False), (201, True)])
def test_twenty_thousand_characters_of_a_list_are_looked_at(items: int, is_story: bool) -> None:
    """A list of winners would be none for all that stands below it, or a list without end be gone through."""
    listed = "".join(f"<li>{'x' * 50}</li>" for _ in range(items))
    rest = "".join(f"<div>{'boat ' * 9}</div>" for _ in range(700))
    assert is_article(f"<h1>{TITLE}</h1><div itemprop=articleBody><ul>{listed}</ul>{rest}</div>") is is_story

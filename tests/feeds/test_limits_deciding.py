"""Rules of deciding with a number in them: invented stories and lists on either side of each border."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from feeds.deciding.boilerplate import alike, learned, without_boilerplate
from feeds.deciding.difference import compare
from feeds.deciding.drift import doubted, followed
from feeds.deciding.events import article_event
from feeds.deciding.evidence import weighed
from feeds.deciding.filters import Judge, Rules
from feeds.deciding.identity import (
    marks_of,
    named_alike,
    plain,
    retold,
    same_time,
    shared_numbers,
)
from feeds.deciding.passing import lasting
from feeds.deciding.retry import judge
from feeds.deciding.texts import grew, meaning
from feeds.deciding.walls import wall
from feeds.deciding.wanted import bounded
from feeds.deciding.watch import Candidate, choose
from feeds.deciding.wordings import wordings
from feeds.model import Article, Attempt, Habits, Known, Listing, Look, Story, Teaser
from tests.conftest import NOW
from tests.feeds.makers import SITE, History, article, listing, read, source, teaser

STORY = Story(source_id="src", entry_id="e", url=f"{SITE}a", first_seen=NOW, updated=NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOX = "Sign up for our weekly letter from the harbour, free of charge."
NAMES = [f"{first}{second}" for first in "bdfghjklmnprstvwxz" for second in ("ar", "el", "in", "os", "um", "ay")]


def words(count: int, begin: int = 0) -> list[str]:
    """So many words, none of them twice, none with a digit."""
    return [f"{NAMES[n // 100]}{NAMES[n % 100]}" for n in range(begin, begin + count)]


def page(name: str, *blocks: str) -> Article:
    html = "".join(f"<p>{block}</p>" for block in blocks)
    return article(name, "\n\n".join(blocks), content_html=html)


def own(number: int) -> list[str]:
    """Three paragraphs that only this story has."""
    return [" ".join(words(12, 100 + 40 * number + 12 * n)) + "." for n in range(3)]


def after(*pages: Article, habits: Habits | None = None) -> Habits:
    """What is known of the source's blocks after one poll that read these pages."""
    return learned(Known(habits=habits or Habits()), [read(each.url.removeprefix(SITE), each) for each in pages])


def left_out(of: Article, habits: Habits) -> list[str]:
    return [left.text for left in without_boilerplate(of, habits).left_out]


# -- what a source repeats


@pytest.mark.parametrize(("stories", "is_sites"), [(2, False), (3, True)])
def test_a_block_is_the_sites_after_three_stories(stories: int, is_sites: bool) -> None:
    """A quotation that two stories share would be lost, or an advertisement stay in every story of a small site."""
    pages = [page(f"s{n}", *own(n), BOX) for n in range(stories)]
    assert bool(left_out(pages[0], after(*pages))) is is_sites


@pytest.mark.parametrize(("often", "is_sites"), [(7, False), (8, True)])
def test_a_block_of_the_site_stands_on_four_pages_of_five(often: int, is_sites: bool) -> None:
    """A column would lose its refrain, or a box that some pages leave out be part of all other stories."""
    pages = [page(f"s{n}", *own(n), *([BOX] if n < often else [])) for n in range(10)]
    assert bool(left_out(pages[0], after(*pages))) is is_sites


@pytest.mark.parametrize(("polls", "is_sites"), [(4, False), (5, True)])
def test_pages_read_one_by_one_need_five(polls: int, is_sites: bool) -> None:
    """Three parts of a series in a row would lose what they have in common, or a quiet site keep its boxes."""
    habits = Habits()
    pages = [page(f"s{n}", *own(n), BOX) for n in range(polls)]
    for each in pages:
        habits = after(each, habits=habits)
    assert bool(left_out(pages[-1], habits)) is is_sites


@pytest.mark.parametrize(("length", "is_sites"), [(40, False), (41, True)])
def test_a_short_line_of_the_site_stays(length: int, is_sites: bool) -> None:
    """A byline of a small newsroom would vanish, or an advertisement of one line stay in every story."""
    line = BOX[: length - 1] + "."
    pages = [page(f"s{n}", *own(n), line) for n in range(5)]
    assert bool(left_out(pages[0], after(*pages))) is is_sites


@pytest.mark.parametrize(("stories", "told"), [(2, 2), (3, 0)])
def test_numbers_that_move_on_three_stories_tell_nothing(stories: int, told: int) -> None:
    """Two corrected death tolls would be kept from subscribers, or a counter of readers revise every story."""
    history = History()

    def counted(number: int, by: int) -> Look:
        line = f"You are reader number {1000 * number + by} of this story on our pages."
        return read(f"s{number}", page(f"s{number}", *own(number), line))

    history.poll(*(counted(n, 0) for n in range(6)))
    changes = history.poll(*(counted(n, 17 + n) for n in range(stories)), now=NOW + HOUR)
    assert [event.type for event in changes.events] == ["article.revised"] * told


@pytest.mark.parametrize(("lines", "is_change"), [(100, False), (101, True)])
def test_a_hundred_moving_lines_are_remembered(lines: int, is_change: bool) -> None:
    """A site with a table of rates below its stories would revise them all day, or its memory grow without an end."""
    first, second = (
        tuple(page(f"s{n}", *own(n), *(f"{name}: {rate}" for name in words(lines, 5000))) for n in (1, 2))
        for rate in (7, 8)
    )
    history = History()
    history.poll(*(read(f"s{n}", each) for n, each in enumerate(first, 1)))
    habits = learned(history.known, [read(f"s{n}", each) for n, each in enumerate(second, 1)])
    moved = page("s1", *own(1), *second[0].body_text.split("\n\n")[3:])
    before = page("s1", *own(1), f"{words(1, 5000)[0]}: 6", *second[0].body_text.split("\n\n")[4:])
    assert alike(before, moved, habits) is not is_change


@pytest.mark.parametrize(("others", "is_sites"), [(999, True), (1000, False)])
def test_a_thousand_blocks_are_remembered(others: int, is_sites: bool) -> None:
    """A box would be forgotten between two polls of a busy site, or the memory of a source grow without an end."""
    boxed = [page(f"b{n}", BOX) for n in range(20)]
    blocks = words(others, 200)
    rest = [page(f"r{n}", *blocks[n : n + 250]) for n in range(0, others, 250)]
    habits = after(*boxed, *rest)
    assert bool(left_out(page("s", *own(1), BOX), habits)) is is_sites


@pytest.mark.parametrize(("boxes", "first_stays"), [(50, False), (51, True)])
def test_fifty_blocks_of_a_page_are_left_out(boxes: int, first_stays: bool) -> None:
    """A page full of boxes would be a story of advertisements, or one misread page cost no end of work."""
    repeated = [f"{BOX} {word}" for word in words(boxes)]
    pages = [page(f"s{n}", " ".join([*own(n)] * 60), *repeated) for n in range(5)]
    assert (repeated[0] in without_boilerplate(pages[0], after(*pages)).body_text) is first_stays


@pytest.mark.parametrize(("blocks", "is_found"), [(300, True), (301, False)])
def test_the_middle_of_a_long_page_is_the_storys_own(blocks: int, is_found: bool) -> None:
    """A box in a gallery's middle would stay, or each line of an endless live blog be remembered."""
    pages = []
    for number in range(5):
        lines = words(blocks, 1000 * (number + 1))
        lines[150] = BOX
        pages.append(page(f"s{number}", *lines))
    assert bool(left_out(pages[0], after(*pages))) is is_found


# -- a list that is not the list


LISTED = [teaser(f"news/{n}-boats-leave-{n}00123", published=NOW, image=f"{SITE}{n}.jpg") for n in range(12)]
KNOWN = {each.url for each in LISTED}
LOG_IN = teaser("login/register-a-new-account-today", title="Register a new account today")


def habit_of(*teasers: Teaser) -> Habits:
    return doubted([listing(*teasers)], set(), Habits(), NOW)[1]


def is_doubted(*teasers: Teaser, habits: Habits, hours: float = 1.0) -> bool:
    ((found,), _) = doubted([listing(*teasers)], KNOWN, habits, NOW + timedelta(hours=hours))
    return found.failure is not None


@pytest.mark.parametrize(("left", "is_so"), [(4, True), (5, False)])
def test_a_list_that_lost_two_thirds_is_doubted(left: int, is_so: bool) -> None:
    """Operators would hear of every quiet afternoon, or never of a list whose main part is gone."""
    assert is_doubted(*LISTED[:left], habits=habit_of(*LISTED)) is is_so


@pytest.mark.parametrize(("stories", "left", "is_so"), [(5, 1, False), (6, 2, True)])
def test_a_short_list_may_lose_its_main_part(stories: int, left: int, is_so: bool) -> None:
    """A section with five stories would fail whenever it has one, or a list of six be empty and nobody know."""
    assert is_doubted(*LISTED[:left], habits=habit_of(*LISTED[:stories])) is is_so


@pytest.mark.parametrize(("stories", "is_so"), [(2, False), (3, True)])
def test_a_list_of_three_can_be_another_page(stories: int, is_so: bool) -> None:
    """The log-in page of a small section would be announced as its news."""
    assert is_doubted(LOG_IN, habits=habit_of(*LISTED[:stories])) is is_so


@pytest.mark.parametrize("field", ["published", "image"])
@pytest.mark.parametrize(("made_so", "is_so"), [(7, False), (8, True)])
def test_nearly_all_stories_of_a_list_are_made_alike(field: str, made_so: int, is_so: bool) -> None:
    """New stories without pictures would fail a list that has few anyway, or a log-in page pass for its news."""
    bare = [msgspec.structs.replace(each, **{field: None}) for each in LISTED]
    new = [msgspec.structs.replace(bare[n], url=f"{SITE}news/new-{n}00999") for n in range(2)]
    assert is_doubted(*new, habits=habit_of(*LISTED[:made_so], *bare[made_so:10])) is is_so


@pytest.mark.parametrize(("hours", "is_so"), [(24.9, True), (25.0, False)])
def test_a_list_is_doubted_for_a_day(hours: float, is_so: bool) -> None:
    """A redesigned list would fail for ever, or a morning's outage be taken for how the list is now."""
    _, habits = doubted([listing(*LISTED[:4])], KNOWN, habit_of(*LISTED), NOW + HOUR)
    assert is_doubted(*LISTED[:4], habits=habits, hours=hours) is is_so


@pytest.mark.parametrize(("good", "is_followed"), [(2, False), (3, True)])
def test_three_stories_bear_out_a_redesign(good: int, is_followed: bool) -> None:
    """A log-in page with links to two help pages would be the list, or a small site's new front page never be read."""
    names = [f"2026/11/28/the-harbour-{name}/" for name in ("opens", "closes", "burns", "sings")]
    redesigned = listing(*map(teaser, names))
    habits = doubted([redesigned], KNOWN, habit_of(*LISTED), NOW + HOUR)[1]
    lists, habits = doubted([redesigned], KNOWN, habits, NOW + 2 * HOUR)
    looks = [read(name, article(name, published=NOW)) for name in names[:good]]
    (found,), _, _ = followed(lists, looks, habits, NOW + 2 * HOUR)
    assert (found.failure is None) is is_followed


@pytest.mark.parametrize(("kinds", "is_so"), [(8, False), (9, True)])
def test_eight_kinds_of_addresses_are_remembered(kinds: int, is_so: bool) -> None:
    """A list with columns of all kinds would fail when one of them is alone, or take any address for its own."""
    plain_ones = [teaser(f"{'part/' * n}boats-leave", title=f"Boats leave {n}") for n in range(kinds)]
    usual = [*plain_ones, *(teaser(f"{'part/' * (kinds - 1)}boats-{word}") for word in words(12 - kinds))]
    assert is_doubted(teaser("boats-return"), habits=habit_of(*usual)) is is_so


@pytest.mark.parametrize(("lists", "is_so"), [(50, True), (51, False)])
def test_fifty_lists_of_a_source_are_remembered(lists: int, is_so: bool) -> None:
    """The log-in page would be news at a source with many sections, or its memory grow without an end."""
    read_once = [listing(*LISTED, **({"url": f"{SITE}list{n}"} if n else {})) for n in range(lists)]
    _, habits = doubted(read_once, set(), Habits(), NOW)
    assert is_doubted(LOG_IN, habits=habits) is is_so


# -- which way a list is watched, and how much of it is taken in


@pytest.mark.parametrize(("listed", "kind"), [(2, "feed"), (3, "listing")])
def test_three_stories_on_a_list_allow_a_judgement(listed: int, kind: str) -> None:
    """A page whose stories scripts put in would have two, or a section's feed be left for one of the whole site."""
    items = tuple(teaser(f"other{n}", published=NOW) for n in range(5))
    feed = Candidate(url=f"{SITE}feed", kind="feed", teasers=items, named=True)
    assert choose(f"{SITE}list", LISTED[:listed], [feed], NOW).kind == kind


@pytest.mark.parametrize(("new", "taken"), [(500, 500), (501, 500)])
def test_a_poll_takes_in_five_hundred_stories(new: int, taken: int) -> None:
    """A first look at a large site would lose stories, or keep the database busy for minutes."""
    looks = [Look(url=f"{SITE}n{n}", outcome="skipped") for n in range(new)]
    kept, _ = bounded(looks, [Listing(url=f"{SITE}list")])
    assert len(kept) == taken


@pytest.mark.parametrize(("headlines", "is_known"), [(8, True), (9, False)])
def test_eight_wordings_of_a_headline_are_remembered(headlines: int, is_known: bool) -> None:
    """A headline that alternates would be asked for at every poll, or a story grow with each of its edits."""
    said: tuple[str, ...] = ()
    for number in range(headlines):
        said = wordings(teaser("a", title=f"The harbour opens {number}"), said)
    assert (wordings(teaser("a", title="The harbour opens 0"), said) == said) is is_known


@pytest.mark.parametrize(("age", "is_dated"), [(timedelta(hours=47, minutes=59), False), (2 * DAY, True)])
def test_a_day_in_an_address_dates_a_story_of_two_days(age: timedelta, is_dated: bool) -> None:
    """A fresh story would be put at midnight of its day, or an old one that is found late on top of the feed."""
    told = article("a", published=NOW - age, stated="address")
    assert (weighed(told, None, source(), NOW).published is not None) is is_dated


def test_retries_spread_by_a_whole_wait() -> None:
    """A hundred deliveries that failed at once would hit the endpoint at once again."""
    due = judge(Attempt(at=NOW, error="refused"), 2, luck=0.5).due_at
    assert due == NOW + timedelta(seconds=450)


# -- another text of a known story


@pytest.mark.parametrize(("restless", "means"), [(2, "revised"), (3, "noise")])
def test_the_fourth_change_in_a_row_is_noise(restless: int, means: str) -> None:
    """An editor's third correction would go untold, or a page that never rests alert its readers for a week."""
    story = msgspec.structs.replace(STORY, fingerprint="2:a", restless=restless)
    assert meaning(story, article("a", "The ferry is blue."), article("a", "The ferry is red."), "") == means


@pytest.mark.parametrize(("added", "is_news"), [(14, False), (15, True)])
def test_a_paragraph_of_fifteen_words_is_news(added: int, is_news: bool) -> None:
    """A live blog would pass for noise, or each new caption for a report."""
    old = "\n\n".join(own(1))
    assert grew(old, f"{old}\n\n{' '.join(words(added))}") is is_news


@pytest.mark.parametrize(("kept", "has_grown"), [(7, False), (8, True)])
def test_a_text_that_grew_keeps_four_paragraphs_of_five(kept: int, has_grown: bool) -> None:
    """A text that is another one each time would be told to everybody each time, or a live blog be noise."""
    old = [" ".join(words(3, 3 * n)) for n in range(10)]
    new = [*old[:kept], *(" ".join(words(20, 100 + 20 * n)) for n in range(3))]
    assert grew("\n\n".join(old), "\n\n".join(new)) is has_grown


@pytest.mark.parametrize(("lines", "has_grown"), [(2000, True), (2001, False)])
def test_two_thousand_paragraphs_may_have_grown(lines: int, has_grown: bool) -> None:
    """A long live blog would pass for noise, or a table of a whole election keep the poll busy."""
    old = words(lines - 1, 100)
    assert grew("\n".join(old), "\n".join([*old, " ".join(words(20))])) is has_grown


@pytest.mark.parametrize(
    ("line", "passes"),
    [
        ("Updated 14:05" + " at" * 24 + " last", True),
        ("Updated 14:05" + " at" * 26, False),
        ("Read more: " + "x" * 209, True),
        ("Read more: " + "x" * 210, False),
    ],
    ids=["clock of 90", "clock of 91", "link of 220", "link of 221"],
)
def test_only_short_lines_pass(line: str, passes: bool) -> None:
    """A clock below each story would revise it every hour, or a paragraph that begins like a link be left unseen."""
    assert (lasting(f"The ferry is blue.\n{line}") == "The ferry is blue.") is passes


@pytest.mark.parametrize(("lines", "passes"), [(4999, True), (5000, False)])
def test_what_passes_is_looked_for_in_five_thousand_lines(lines: int, passes: bool) -> None:
    """The clock below a long live blog would revise it all day, or a table of a million lines keep the poll busy."""
    assert ("Updated" not in lasting("x\n" * lines + "Updated 14:05")) is passes


@pytest.mark.parametrize(("dots", "passes"), [(52, True), (53, False)])
def test_a_pictures_number_stands_at_the_end_of_its_line(dots: int, passes: bool) -> None:
    """A caption would be another one when a picture is added, or a long one cost more than the story."""
    assert (lasting(f"The ferry in the fog - Ảnh 1{'.' * dots}") == "The ferry in the fog") is passes


# -- which stories a feed shows


@pytest.mark.parametrize(("begin", "is_found"), [(99_990, True), (100_010, False)])
def test_words_are_looked_for_in_so_much_of_a_text(begin: int, is_found: bool) -> None:
    """A story would be missing from its desk's feed, or a text without end keep every expression busy."""
    text = "x" * (begin - len("Harbour\n\n")) + "ferry"
    rules = Rules(include=(("ferry",),))
    assert Judge().verdict(rules, article("a", text, title="Harbour")) is is_found


@pytest.mark.parametrize(("seconds", "asked"), [(1.9, True), (2.1, False)])
def test_all_stories_together_have_two_seconds(seconds: float, asked: bool) -> None:
    """A first poll would leave half of its stories unjudged, or one bad expression stand the daemon still."""
    times: Iterator[float] = iter([0.0, seconds, seconds, seconds])
    judging = Judge(lambda: next(times))
    judging.verdict(Rules(exclude=("ferry",)), article("a"))
    assert (judging.verdict(Rules(exclude=("ferry",)), article("b")) is not None) is asked


# -- what changed, for people


def told(old: str, new: str, op: str) -> str:
    return " ".join(run.text for run in compare(article(text=old), article(text=new)).text if run.op == op)


@pytest.mark.parametrize(("between", "is_whole"), [(17, True), (19, False)])
def test_eight_words_are_shown_around_a_change(between: int, is_whole: bool) -> None:
    """A reader would not see where a word was changed, or be shown the whole story for two commas."""
    same = words(between)
    shown = told(f"old {' '.join(same)} old", f"new {' '.join(same)} new", "equal").split()
    assert shown == (same if is_whole else [*same[:8], "…", *shown[9:]])
    assert is_whole or shown[9:] == same[-7:]


@pytest.mark.parametrize(("pairs", "is_compared"), [(30, True), (31, False)])
def test_sixty_words_are_compared_with_each_other(pairs: int, is_compared: bool) -> None:
    """A sentence with one new word would be shown as gone and come, or a long one take no end of time."""
    assert ("blue" in told("red blue " * pairs, "blue green " * pairs, "equal")) is is_compared


@pytest.mark.parametrize(("stretches", "is_compared"), [(55, True), (56, False)])
def test_so_many_words_of_a_text_are_compared(stretches: int, is_compared: bool) -> None:
    """The last edits of a long live blog would be shown as whole paragraphs, or the first keep the poll busy."""
    parts = words(stretches)
    old = " ".join(f"{f'red {part}blue ' * 30}{part}" for part in parts)
    new = " ".join(f"{f'{part}blue green ' * 30}{part}" for part in parts)
    assert (f"{parts[-1]}blue" in told(old, new, "equal")) is is_compared


@pytest.mark.parametrize(("levels", "is_found"), [(12, True), (13, False)])
def test_stretches_within_stretches_have_an_end(levels: int, is_found: bool) -> None:
    """A word that stayed would be shown as gone and come, or a story written for it exhaust the stack."""

    def nested(word: str) -> str:
        told = [word] * 70
        for level in range(1, levels + 1):
            told += [f"level{level}", f"level{level - 1}" if level > 1 else word, word]
        return " ".join(told)

    assert ("level1" not in told(nested("old"), nested("new"), "delete").split()) is is_found


# -- what subscribers are sent


@pytest.mark.parametrize(("length", "is_sent"), [(990_000, True), (1_000_000, False)])
def test_an_event_has_a_megabyte(length: int, is_sent: bool) -> None:
    """A receiver would refuse long stories until it counts as dead, or be sent none of their texts."""
    found = article_event(
        "article.published", source(), STORY, article("a", "x" * length, content_html=""), ("src",), NOW
    )
    assert found is not None
    assert (msgspec.json.decode(found.payload)["data"]["article"]["text"] is not None) is is_sent


# -- which story it is


@pytest.mark.parametrize(("length", "is_one"), [(15, False), (16, True)])
def test_a_guid_of_sixteen_characters_is_nobodys_count(length: int, is_one: bool) -> None:
    """A feed that numbers its items from one would merge its stories, or a renamed story come twice."""
    one, other = article("a", "The ferry is blue.", title="Ferry"), article("b", "Snow fell at night.", title="Snow")
    assert named_alike("0123456789abcdef"[:length], one, other) is is_one


@pytest.mark.parametrize(("place", "is_mark"), [(1, True), (2, False)])
def test_a_story_is_known_by_its_two_longest_paragraphs(place: int, is_mark: bool) -> None:
    """A renamed story whose lead was rewritten would come twice, or a box at its end make it another story."""
    paragraphs = ["x" * length for length in (100, 90, 80)]
    lone = article("b", "\n\n".join([paragraphs[place], "Another ending."]))
    assert bool({*marks_of(None, article("a", "\n\n".join(paragraphs)))} & {*marks_of(None, lone)}) is is_mark


@pytest.mark.parametrize(("length", "is_mark"), [(59, False), (60, True)])
def test_a_paragraph_by_which_a_story_is_known_has_sixty_characters(length: int, is_mark: bool) -> None:
    """Stories that begin with one dateline would be one, or short notices come again under a new address."""
    assert bool(marks_of(None, article("a", "x" * length))) is is_mark


@pytest.mark.parametrize(("apart", "is_one"), [(59, True), (60, False)])
def test_times_within_a_minute_are_one(apart: int, is_one: bool) -> None:
    """A list without seconds would state another time than its page, or two notices of one hour be one story."""
    one, other = (article("a", published=NOW + timedelta(seconds=by)) for by in (0, apart))
    assert same_time(one, other) is is_one


@pytest.mark.parametrize(("length", "is_one"), [(20, False), (21, True)])
def test_a_text_of_a_few_words_needs_its_headline(length: int, is_one: bool) -> None:
    """Two stories that say "more as it comes" would be one, or a short notice with a new slug come twice."""
    short = article("a", " ".join(words(length)), title="Ferry returns")
    long = article("b", " ".join(words(60)), title="Snow all night")
    assert retold(short, long) is is_one


@pytest.mark.parametrize(("forms", "rest"), [(8, ""), (9, "/amp")])
def test_eight_forms_of_an_address_are_undone(forms: int, rest: str) -> None:
    """A story would come again in each of its dresses, or an address without end keep the poll busy."""
    assert plain(f"{SITE}the-ferry-returns{'/amp' * forms}") == f"{SITE}the-ferry-returns{rest}"


@pytest.mark.parametrize(("headlines", "is_shared"), [(2, False), (3, True)])
def test_a_number_of_three_headlines_names_none(headlines: int, is_shared: bool) -> None:
    """The stories of a section whose number stands in their addresses would be one, or an edited slug a new story."""
    listed = [teaser(f"{word}-returns-4711007", title=f"{word} returns") for word in words(headlines)]
    assert bool(shared_numbers(listed)) is is_shared


@pytest.mark.parametrize(("title", "is_marked"), [("Ferry returns today", False), ("Ferry returns today again", True)])
def test_a_headline_of_four_words_and_its_time_name_a_story(title: str, is_marked: bool) -> None:
    """Two items called "News at noon" would be one, or a list with volatile links bring its stories at every poll."""
    assert bool(marks_of(teaser("a", title=title, published=NOW))) is is_marked


# -- walls


def walled(headline: str, title: str = "Welcome", text: str = "Please wait.", **of: object) -> bool:
    """Whether a page is taken for a wall before the story that a list announces so."""
    summary, shared = of.pop("summary", None), bool(of.pop("shared", False))
    return (
        wall(article("a", text, title=title, **of), teaser("a", title=headline, summary=summary), shared=shared)
        is not None
    )


@pytest.mark.parametrize(("headline", "is_wall"), [("Ferry returns", False), ("Blue ferry returns", True)])
def test_a_headline_of_three_words_says_enough(headline: str, is_wall: bool) -> None:
    """A video called "Watch live" would stay a teaser for ever, or a consent page be a story's text."""
    assert walled(headline) is is_wall


@pytest.mark.parametrize(
    ("title", "is_wall"), [("Ferry welcome lake please snow wait", False), ("Ferry welcome lake please now wait", True)]
)
def test_half_of_the_announced_words_stand_in_the_pages_headline(title: str, is_wall: bool) -> None:
    """A story under a shorter headline would stay a teaser, or a page with two of its words be taken for it."""
    assert walled("Ferry on lake after snow returns", title) is is_wall


@pytest.mark.parametrize(
    ("title", "is_wall"), [("Ferry lake snow returns soon", False), ("Ferry lake snow is on", True)]
)
def test_of_several_stories_a_shared_page_may_be_one(title: str, is_wall: bool) -> None:
    """A story that other headlines link to would be nobody's, or a maintenance page be the text of many."""
    assert walled("Ferry lake snow returns today", title, shared=True) is is_wall


@pytest.mark.parametrize(("words_kept", "is_wall"), [(5, False), (4, True)])
def test_two_fifths_of_a_lead_bear_a_story_out(words_kept: int, is_wall: bool) -> None:
    """A story whose lead was reworded would stay a teaser, or one phrase make a consent page its text."""
    lead = words(11)
    assert walled("Blue ferry returns", text=" ".join(lead[:words_kept]), summary=" ".join(lead)) is is_wall


@pytest.mark.parametrize(("length", "is_wall"), [(7, False), (6, True)])
def test_a_lead_of_seven_words_is_worth_a_judgement(length: int, is_wall: bool) -> None:
    """A lead like "More in a moment" would bear out any page, or a short one never its story."""
    lead = " ".join(words(length))
    assert walled("Blue ferry returns", text=f"{lead}. Please wait.", summary=lead) is is_wall


@pytest.mark.parametrize(("text", "is_wall"), [("Snow then lake then boat.", False), ("Snow then lake.", True)])
def test_most_of_a_headline_stands_anywhere_on_the_page(text: str, is_wall: bool) -> None:
    """A story under a headline of its own would stay a teaser, or any page with two common words be taken for it."""
    assert walled("Boat snow lake rain", text=text) is is_wall


@pytest.mark.parametrize(("length", "is_wall"), [(599, True), (600, False)])
def test_a_page_made_like_a_story_has_some_length(length: int, is_wall: bool) -> None:
    """A list that promises more than its headlines keep would have teasers only, or a dated notice be its story."""
    assert walled("Blue ferry returns", text="x" * length, published=NOW) is is_wall


@pytest.mark.parametrize(("begin", "is_wall"), [(19_900, False), (20_100, True)])
def test_a_story_bears_out_its_headline_before_its_end(begin: int, is_wall: bool) -> None:
    """A long report would stay a teaser, or the links below a wall without end bear out every headline."""
    assert walled("Blue ferry returns", text=f"{'x' * begin} blue ferry returns") is is_wall

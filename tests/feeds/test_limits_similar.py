"""Rules by which stories of different sources are one, and texts the same: invented texts on either side of each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feeds.deciding.fingerprint import fingerprint
from feeds.deciding.similar import bands, same
from feeds.model import Article, Image
from tests.conftest import NOW
from tests.feeds.makers import SITE, article

SYLLABLES = [f"{first}{last}" for first in "bdfghjklmnprstvwz" for last in ("a", "e", "i", "o", "u", "an", "el")]


def words(count: int, begin: int = 0) -> list[str]:
    """So many words, none of them twice, none a name or a number."""
    most = len(SYLLABLES)
    return [
        f"{SYLLABLES[n // most // most % most]}{SYLLABLES[n // most % most]}{SYLLABLES[n % most]}"
        for n in range(begin, begin + count)
    ]


def new(count: int, *names: str, number: int = 0) -> list[str]:
    """So many words that no other text has, these names in their middle; ``number`` tells several apart."""
    told = words(count - len(names), 100_000 + 10_000 * number)
    return [*told[: len(told) // 2], *names, *told[len(told) // 2 :]]


def text(told: list[str], **fields: object) -> Article:
    return article("a", " ".join(told), **fields)


def are_one(one: list[str], other: list[str]) -> bool:
    return same(text(one), text(other))


def changed(told: list[str], places: list[int], into: list[str]) -> list[str]:
    """The words with others at these places."""
    found = list(told)
    for place, word in zip(places, into, strict=True):
        found[place] = word
    return found


def figured(count: int, figures: int) -> list[str]:
    """So many words, so many of them numbers, far from each other."""
    step = count // (figures + 1)
    return changed(words(count), [step * n for n in range(1, figures + 1)], [str(1_000 + n) for n in range(figures)])


# -- fingerprints


def in_captions(block: str, *captions: str) -> bool:
    """Whether a block of a story's text counts as a part of one of these captions."""
    images = tuple(Image(url=f"{SITE}{n}.jpg", caption=caption) for n, caption in enumerate(captions))
    told = "The ferry sailed again on Monday."
    with_block, without = (article("a", body, images=images) for body in (f"{told}\n\n{block}", told))
    return fingerprint(with_block) == fingerprint(without)


@pytest.mark.parametrize(("length", "is_part"), [(19, False), (20, True)])
def test_a_part_of_a_caption_has_twenty_characters(length: int, is_part: bool) -> None:
    """A picture that is exchanged would revise its story, or a short line that is changed be no revision."""
    block = "the old ferry at last"[:length]
    assert in_captions(block, f"Here lies {block} in the harbour.") is is_part


@pytest.mark.parametrize(("before", "is_part"), [(199, True), (200, False)])
def test_parts_of_two_hundred_captions_are_looked_for(before: int, is_part: bool) -> None:
    """A picture that is exchanged in a long gallery would revise its story, or a gallery without end cost minutes."""
    block = "the old ferry at the landing stage"
    assert in_captions(block, *(f"Boat {n}" for n in range(before)), f"Here lies {block}.") is is_part


@pytest.mark.parametrize(("before", "is_part"), [(9_950, True), (10_000, False)])
def test_ten_thousand_characters_of_captions_are_looked_through(before: int, is_part: bool) -> None:
    """A picture that is exchanged would revise its story, or captions without end be compared with each block."""
    block = "the old ferry at the landing stage"
    assert in_captions(block, "x" * before, f"Here {block}.") is is_part


# -- which texts are compared


@pytest.mark.parametrize(("apart", "is_one"), [(timedelta(days=3), True), (timedelta(days=3, minutes=1), False)])
def test_stories_of_three_days_can_be_one(apart: timedelta, is_one: bool) -> None:
    """An agency's story would stand in a feed twice, or this year's notice of a festival be last year's."""
    one, other = (text(words(100), published=NOW + by) for by in (timedelta(0), apart))
    assert same(one, other) is is_one


@pytest.mark.parametrize(("count", "is_judged"), [(62, False), (63, True)])
def test_a_text_of_sixty_phrases_is_judged(count: int, is_judged: bool) -> None:
    """Two notices in one form would be one, or an agency's short story stand in a feed twice."""
    assert bool(bands(text(words(count)))) is is_judged
    assert are_one(words(count), words(count)) is is_judged


def test_two_hundred_thousand_characters_are_looked_at() -> None:
    """A long report would be found by its first pages alone, or a text without end keep the poll busy."""
    head, rest, other = ([f"{word}{'x' * 60}" for word in words(900, begin)] for begin in (0, 5_000, 8_000))
    long = [*head, *(f"{word}{'y' * 60}" for word in words(2_200, 20_000))]
    assert 200_000 < len(" ".join(long)) < 215_000
    assert bands(text([*long, *rest])) == bands(text([*long, *other]))
    assert bands(text([*long[:2_000], *rest])) != bands(text([*long[:2_000], *other]))


def test_thirty_thousand_words_are_looked_at() -> None:
    """A long report would be found by its first pages alone, or a text without end keep the poll busy."""
    told = [SYLLABLES[n % 119] + SYLLABLES[n // 119 % 119] for n in range(14_000)] * 2
    head, rest, other = told[:22_000], words(8_000), words(8_000, 50_000)
    assert bands(text([*head, *rest, *rest])) == bands(text([*head, *rest, *other]))
    assert bands(text([*head, *rest])) != bands(text([*head, *other]))


@pytest.mark.parametrize(("shared", "is_one"), [(61_000, True), (30_000, False)])
def test_sixty_thousand_characters_are_laid_beside_each_other(shared: int, is_one: bool) -> None:
    """A report and another with the same beginning would be one, or texts without end keep the poll busy."""
    common, mine, yours = ([f"{word}{'x' * 30}" for word in words(2_000, begin)] for begin in (0, 5_000, 8_000))
    count = shared // len(common[0] + " ")
    assert are_one([*common[:count], *mine], [*common[:count], *yours]) is is_one


@pytest.mark.parametrize(("begin", "is_one"), [(380, False), (400, True)])
def test_four_hundred_characters_of_a_headline_are_compared(begin: int, is_one: bool) -> None:
    """The results of two days would be one story, or a headline without end be compared."""
    told = figured(300, 10)
    other = changed(told, [27, 54], ["2001", "2002"])
    lead = " ".join(words(100))[: begin - 1].rpartition(" ")[0]
    lead = f"{lead}{'x' * (begin - 1 - len(lead))}"
    assert same(text(told, title=f"{lead} 5001"), text(other, title=f"{lead} 5002")) is is_one


# -- how much stayed


@pytest.mark.parametrize(("rewritten", "is_one"), [(32, True), (33, False)])
def test_two_thirds_of_a_short_text_stayed(rewritten: int, is_one: bool) -> None:
    """An agency's story under another lead would stand in a feed twice, or two in one frame be one."""
    assert are_one(words(100), [*new(rewritten), *words(100)[rewritten:]]) is is_one


@pytest.mark.parametrize(
    ("count", "rewritten", "is_one"), [(300, 60, True), (300, 61, False), (1_000, 160, True), (1_000, 161, False)]
)
def test_what_did_not_stay_is_little(count: int, rewritten: int, is_one: bool) -> None:
    """An agency's story with a new paragraph would stand in a feed twice, or two reports with one source be one."""
    assert are_one(words(count), [*new(rewritten), *words(count)[rewritten:]]) is is_one


@pytest.mark.parametrize(("longer", "is_one"), [(357, True), (358, False)])
def test_a_quarter_of_the_longer_text_is_the_shorter(longer: int, is_one: bool) -> None:
    """An agency's story that a newsroom wrote on would stand in a feed twice, or a notice be the report it is in."""
    assert are_one(words(100), [*words(100), *new(longer - 100)]) is is_one


@pytest.mark.parametrize(("rewritten", "is_one"), [(80, True), (81, False)])
def test_a_running_story_tells_its_beginning_anew(rewritten: int, is_one: bool) -> None:
    """Each update of an agency would be another story, or two stories with one background be one."""
    assert are_one(words(200), [*new(rewritten), *words(200)[rewritten:], *new(rewritten + 12, number=1)]) is is_one


@pytest.mark.parametrize(("run", "is_one"), [(4, False), (5, True)])
def test_a_third_of_the_phrases_are_shared(run: int, is_one: bool) -> None:
    """All stories would be laid beside each other word by word, or one that a desk padded stand in a feed twice."""
    told = words(200)
    padded = [word for n, each in enumerate(told) for word in ([each, *new(1, number=n)] if n % run == 0 else [each])]
    assert are_one(told, padded) is is_one


def test_phrases_that_two_texts_share_need_not_be_many() -> None:
    """A short story whose words were edited here and there would stand in a feed twice."""
    told = words(72)
    assert are_one(told, changed(told, [12 * n + 6 for n in range(5)], new(5)))


# -- what took its place


@pytest.mark.parametrize(("passage", "is_one"), [(29, True), (30, False)])
def test_two_notices_in_one_frame_have_a_paragraph_of_their_own(passage: int, is_one: bool) -> None:
    """Two accidents told in one form would be one, or a story with a paragraph rewritten stand in a feed twice."""
    told = words(300)
    one = [*told[:100], *new(passage, "Anna"), *told[100:]]
    other = [*told[:100], *new(passage, "Berta", number=1), *told[100:]]
    assert are_one(one, other) is is_one


@pytest.mark.parametrize(("between", "is_one"), [(7, False), (8, True)])
def test_a_few_equal_words_mean_nothing(between: int, is_one: bool) -> None:
    """A turn of phrase in two notices would make them one, or two edits of one story count as another paragraph."""
    told = words(300)
    same_words = told[100 : 100 + between]
    one = [*told[:100], *new(20, "Anna"), *same_words, *new(20, number=1), *told[150:]]
    other = [*told[:100], *new(20, "Berta", number=2), *same_words, *new(20, number=3), *told[150:]]
    assert are_one(one, other) is is_one


@pytest.mark.parametrize(("size", "is_one"), [(14, False), (15, True)])
def test_a_small_replacement_fills_a_form_in(size: int, is_one: bool) -> None:
    """Two notices that differ in their names would be one, or a story with two sentences rewritten come twice."""
    told = words(300)
    one = [*told[:100], *new(size, "Anna"), *told[100:200], *new(size, "Carla", number=1), *told[200:]]
    other = [*told[:100], *new(size, "Berta", number=2), *told[100:200], *new(size, "Dora", number=3), *told[200:]]
    assert are_one(one, other) is is_one


@pytest.mark.parametrize(("count", "is_one"), [(790, False), (812, True)])
def test_names_that_were_exchanged_are_few(count: int, is_one: bool) -> None:
    """Two notices in one form would be one, or a long story with two names corrected stand in a feed twice."""
    told = figured(count, 10)
    places = [105, 205]
    one, other = (changed(told, places, names) for names in (["Anna", "Carla"], ["Berta", "Dora"]))
    assert are_one(one, other) is is_one


@pytest.mark.parametrize(("count", "is_one"), [(595, False), (615, True)])
def test_what_was_filled_in_is_little(count: int, is_one: bool) -> None:
    """Two weather reports would be one, or a long story with four numbers updated stand in a feed twice."""
    told = figured(count, 30)
    places = [count // 31 * n for n in (4, 8, 12, 16)]
    assert are_one(told, changed(told, places, ["2001", "2002", "2003", "2004"])) is is_one


@pytest.mark.parametrize(("figures", "is_one"), [(4, False), (5, True)])
def test_an_update_changes_a_fifth_of_the_numbers(figures: int, is_one: bool) -> None:
    """The results of two days would be one story, or an update of one stand in a feed twice."""
    told = figured(300, figures)
    step = 300 // (figures + 1)
    assert are_one(told, changed(told, [step, 2 * step], ["2001", "2002"])) is is_one


@pytest.mark.parametrize(("count", "is_one"), [(207, False), (216, True)])
def test_scattered_replacements_are_few(count: int, is_one: bool) -> None:
    """Two notices in one form would be one, or an edited story stand in a feed twice."""
    told = words(count)
    assert are_one(told, changed(told, [20 * n + 10 for n in range(9)], new(9))) is is_one


# -- what each text has for itself


NAMES, OTHERS = ("Anna", "Berta", "Carla", "Dora"), ("Elsa", "Frida", "Greta", "Hanna")


def opened(count: int, own: int, strangers: int) -> bool:
    """Whether two texts of so many words are one that open with so many of their own, so many names in them."""
    rest = words(count - own)
    one, other = new(own, *NAMES[:strangers]), new(own, *OTHERS[:strangers], number=1)
    return are_one([*one, *rest], [*other, *rest])


@pytest.mark.parametrize(("own", "is_one"), [(9, True), (10, False)])
def test_a_part_of_its_own_has_ten_words(own: int, is_one: bool) -> None:
    """Two notices with another opening would be one, or a story under another byline stand in a feed twice."""
    assert opened(100, own, 4) is is_one


@pytest.mark.parametrize(("count", "is_one"), [(200, True), (199, False)])
def test_an_unknown_part_is_some_of_the_text(count: int, is_one: bool) -> None:
    """Two notices with another opening would be one, or a long story under another lead stand in a feed twice."""
    assert opened(count, 12, 4) is is_one


@pytest.mark.parametrize(("strangers", "is_one"), [(2, True), (3, False)])
def test_three_unknown_names_tell_another_story(strangers: int, is_one: bool) -> None:
    """Two accidents told in one form would be one, or a story whose lead names its reporter stand in a feed twice."""
    assert opened(200, 20, strangers) is is_one


@pytest.mark.parametrize(
    ("count", "own", "is_one"), [(300, 50, True), (300, 51, False), (600, 72, True), (600, 73, False)]
)
def test_a_part_with_known_names_may_be_longer(count: int, own: int, is_one: bool) -> None:
    """Two reports with one background would be one, or a story under a longer lead stand in a feed twice."""
    known = ("Ida", "Julia")
    rest = changed(words(count - own), [100, 150], list(known))
    one, other = new(own, *NAMES[:3], *known), new(own, *OTHERS[:3], *known, number=1)
    assert are_one([*one, *rest], [*other, *rest]) is is_one

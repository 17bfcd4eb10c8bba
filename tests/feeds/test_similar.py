"""Which stories of different sources are taken for one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from bench.helpers.pairs import labelled
from feeds.deciding.similar import BANDS, WINDOW, bands, same
from feeds.model import Article
from tests.costs import times_as_dear
from tests.feeds.makers import article

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STORY = """The old ferry between Harrowfield and Port Ennis will stop for good at the end of the month, its owner said.

Alice Fenwright, whose family has run the boat since 1931, told passengers that the hull could not be repaired again.
“We have patched it every winter,” she said. “This time the surveyor only shook his head and went home.”

The council had offered 40,000 marks towards a new engine, but an engine alone would not have been enough. About 120
people cross the river every morning to reach the mills, and most of them will have to take the long way by the bridge.

A group of neighbours has begun to collect money for another boat, and the school wants to paint it."""
VIETNAMESE = """Sáng nay, con đò cũ nối Vân Đình với Bến Trầm chở chuyến khách cuối cùng trước khi nghỉ hẳn.

Bà Trần Thị Mây, người chèo đò hơn bốn mươi năm, cho biết thân đò đã mục và không thể sửa thêm được nữa. “Năm nào tôi
cũng vá, nhưng năm nay thợ chỉ lắc đầu rồi ra về”, bà kể với những người khách quen đứng chờ trên bến.

Mỗi ngày có khoảng 120 người qua sông bằng con đò này để tới chợ và trường học. Từ tuần sau, họ phải đi vòng qua cây
cầu cách đó chín cây số, cho tới khi xã tìm được một chiếc đò khác thay cho chiếc đã cũ."""
JAPANESE = (
    "霧島原村の渡し船が今月末で運航を終えることになった。船を守ってきた田辺真理さんは、船体の傷みが激しく、もう直すことが"
    "できないと話している。毎朝およそ百二十人が川を渡って工場に通っており、多くの人は遠回りの橋を使うしかない。"
    "住民たちは新しい船を買うための募金を始め、小学校の子どもたちは船の絵を描いて応援している。"
)
WEATHER = (
    "{place} will have {sky} on Monday, with a high of {a} degrees and a low of {b} degrees overnight. Winds will be "
    "light, reaching {c} kilometres an hour on the coast near {other}. The chance of rain is {d} percent before noon "
    "and {e} percent after it. Drivers should allow more time for their journeys, as water can gather quickly "
    "on roads near the river. Anyone who works outdoors is advised to drink enough, to wear a hat and to rest in the "
    "shade. Our next forecast follows this evening, and warnings can be had by text message at any post office."
)


def story(text: str = STORY, **fields: object) -> Article:
    return article(text=text, **fields)


def weather(**filled: object) -> Article:
    return story(WEATHER.format(**filled), title=f"{filled['place']} weather: {filled['sky']}")


PELL = weather(place="Pell Bridge", other="Thornsea", sky="drizzle", a=17, b=8, c=25, d=80, e=35)
WEXCOMBE = weather(place="Wexcombe", other="Port Ennis", sky="sun", a=24, b=11, c=15, d=5, e=10)


def candidates(one: Article, other: Article) -> bool:
    return bool(set(bands(one)) & set(bands(other)))


def test_bands_never_change() -> None:
    """Every story stored by an older version would stop meeting its copies (or raise VERSION and make them anew)."""
    assert bands(story())[:3] == (3551995968063627441, 4379766391631587208, 9036902035477785918)
    assert bands(story(VIETNAMESE))[:3] == (2208761728265924633, 1195857743939448933, -6446171501984379022)
    assert bands(story(JAPANESE))[:2] == (2549289546517225361, -7919598201109935712)


def test_bands_fit_the_database() -> None:
    """A story could not be stored where numbers have 64 bits, or would fill the table of bands."""
    for text in (STORY, VIETNAMESE, JAPANESE):
        found = bands(story(text))
        assert 0 < len(found) <= BANDS == 20
        assert all(-(2**63) <= band < 2**63 for band in found)


@pytest.mark.parametrize(
    "text", ["", "Short news.", "word " * 100_000, "\0\x1b\u200b" * 40_000, " ".join("abcdefgh" * 5)]
)
def test_nothing_is_said_of_texts_that_say_nothing(text: str) -> None:
    """Partial stories and photo captions would all be one story."""
    one = structs.replace(story(), body_text=text)
    assert bands(one) == ()
    assert not same(one, one)


@pytest.mark.parametrize("text", [STORY, VIETNAMESE, JAPANESE])
def test_a_copy_is_found_whatever_its_quotes_and_spaces(text: str) -> None:
    """Agency text would be shown twice because a site sets other quotes, or hides soft hyphens in it."""
    copy = text.replace("“", '"').replace("”", '"').replace("\n\n", "\n").replace("chở", "ch\u00adở").upper()
    assert bands(story(copy)) == bands(story(text))
    assert same(story(text), story(copy, title="Another headline"))


def test_a_copy_with_another_lead_and_a_cut_end_is_the_same() -> None:
    """Readers of two papers would get one agency's text twice."""
    lead = "Harrowfield loses its ferry: after almost a century Alice Fenwright gives up.\n\n"
    copy = lead + "\n\n".join(STORY.split("\n\n")[1:3]) + "\n\nBy Dana Whitlock, River Press"
    assert candidates(story(), story(copy))
    assert same(story(), story(copy, title="No more boats to Port Ennis"))


def test_an_update_of_a_number_is_the_same() -> None:
    """A story would split in two whenever one site is ahead with a number."""
    later = STORY.replace("120", "150") + "\n\nBy Friday evening some money had already been found in a tin."
    assert same(story(), story(later))


def test_two_reports_in_one_form_are_two_stories() -> None:
    """The weather of one town would disappear behind that of another."""
    assert candidates(PELL, WEXCOMBE)
    assert not same(PELL, WEXCOMBE)


def test_another_place_in_the_headline_and_the_text_is_another_story() -> None:
    """A notice that differs in nothing but the place would hide the other place's."""
    other = story(STORY.replace("Port Ennis", "Carrow Hill"), title="Ferry to Carrow Hill stops for good")
    assert not same(story(title="Ferry to Port Ennis stops for good"), other)


def test_a_form_is_a_form_where_no_letter_is_a_capital() -> None:
    """Reports in Japanese or Chinese, which mark no names, would hide one another."""
    form = (
        "{}の気象台によると、あすの{}は{}となる見込みで、外出の際には傘を持ち、体調の管理に気をつけてください。"
        "{}では波が高く、{}の沿岸では注意が必要です。山沿いの{}では急な雷雨のおそれがあり、川の近くの作業は控えましょう。"
        "週末にかけて天気は{}、気温は{}くらいで、{}予報官は最新の情報を確認するよう呼びかけています。{}でした。"
    )
    one = form.format(*["桜浜", "北部", "晴れ", "青嶺", "水守", "白樺", "崩れ", "平年", "田辺", "ここまで"])
    other = form.format(*["霧島", "南岸", "大雨", "松風", "鶴台", "長野", "続き", "真冬", "小沢", "以上"])
    assert not same(story(one, title="あすの天気"), story(other, title="天気予報"))


def test_a_house_style_is_no_other_name() -> None:
    """One newsroom writes Kiev and another Kyiv, and every story about it would come twice."""
    text = STORY.replace("Port Ennis", "the port of Kiev").replace("the mills", "the mills of Kiev")
    assert same(story(text), story(text.replace("Kiev", "Kyiv")))


def test_a_brief_in_a_round_up_is_not_the_round_up() -> None:
    """A whole morning's news would vanish behind one of its briefs."""
    day = next(pair.other.body_text for pair in labelled() if pair.kind == "round-up")
    assert not same(story(), story(day + "\n\n" + STORY))


def test_days_apart_are_two_stories() -> None:
    """Last week's report would take the place of this week's."""
    later = story(published=NOON + WINDOW + timedelta(seconds=1))
    assert not same(story(published=NOON), later)
    assert same(story(published=NOON), story(published=NOON + WINDOW))
    assert same(story(published=NOON), story())


@settings(max_examples=60)
@given(st.data())
def test_light_edits_stay_the_same(data: st.DataObject) -> None:
    """A corrected word would make another story of a copy."""
    words = data.draw(
        st.lists(st.text("abcdefghijklmnopqrstuvwxyzăơđ", min_size=3, max_size=8), min_size=90, unique=True)
    )
    edited = list(words)
    for place in data.draw(st.lists(st.integers(0, len(words) - 1), max_size=3)):
        edited[place] = data.draw(st.sampled_from(["", "mới", f"{words[place]} nhé"]))
    one, other = story(" ".join(words)), story(" ".join(edited))
    assert same(one, other)
    assert candidates(one, other)


@settings(max_examples=60)
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=40), st.text(max_size=40))
def test_order_does_not_matter(one: str, other: str, title: str, headline: str) -> None:
    """Which of two sources is polled first would decide whether their stories are one."""
    a, b = story(STORY + one, title=title), story(other + STORY, title=headline)
    assert same(a, b) == same(b, a)
    assert bands(a) == bands(story(STORY + one))


def test_order_does_not_matter_for_any_kind() -> None:
    """The same, for copies, forms and all the others that are measured."""
    for pair in labelled()[::7]:
        assert same(pair.one, pair.other) == same(pair.other, pair.one)


def test_what_is_measured_holds() -> None:
    """A change of the rules would hide stories of readers, or show them twice, and nobody would know."""
    right = wrong = missed = framed = running = 0
    for pair in labelled(seed=3):
        found = candidates(pair.one, pair.other) and same(pair.one, pair.other)
        right += found and pair.same
        wrong += found and not pair.same
        missed += pair.same and not found
        framed += found and pair.kind == "same frame"
        running += found and pair.kind == "running story"
    assert right / (right + wrong - framed) >= 0.985
    assert right / (right + missed) >= 0.95
    assert framed <= 20  # of 80 that have no names at all, or only those of their frame
    assert running >= 96  # of 120


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"w{n}" for n in range(100_000)),
        " ".join(f"w{n % 997}" for n in range(100_000)),
        " ".join(f"w{n % 3}" for n in range(100_000)),
        "e" + "\u0301\u0323" * 100_000,
        "水" * 100_000,
        "a1B2" * 50_000,
        " ".join("end" if n % 6 else f"w{n}" for n in range(100_000)),
    ],
    ids=["long", "again", "three words", "marks", "one character", "one word", "turns"],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    """One page of a hundred thousand words would hold up all polls."""
    one, other = story(text), story(" ".join(reversed(text.split(" "))) + " end")
    started = time.process_time()
    bands(one)
    same(one, other)
    same(one, story(text + " end"))
    same(one, story(" ".join("x" if n % 7 == 3 else word for n, word in enumerate(text.split(" ")))))
    same(story(title=text), story(title=text + " end"))
    assert time.process_time() - started < 10  # it takes one


MORE = (
    "In the evening the ferrymen of Stoke Larch offered to lend a boat until spring, if somebody pays for the coal.",
    "The bridge will be closed to lorries from Monday, the council said, so that the mill hands can walk across it.",
)


def _running(*, added: bool) -> Article:
    """The story some hours on: what the owner said is told anew, and two paragraphs came."""
    first, _, council, neighbours = STORY.split("\n\n")
    anew = (
        "Alice Fenwright rang the bell of her boat one last time at noon, while 30 children threw paper flowers from "
        "the landing stage. Her son Tom read out the names of all nine boats since 1931. “A surveyor sees planks,” he "
        "said. “We see my grandfather.” Then the two of them tied her up, swept the deck and went home for soup."
    )
    blocks = [first, anew, council, MORE[0], neighbours, MORE[1]] if added else [first, anew, council, neighbours]
    return story("\n\n".join(blocks), title="Ferry rings its bell for the last time")


def test_a_running_story_stays_one() -> None:
    """Each update of a running story would stand beside the one before it, in every reader's feed."""
    assert same(story(STORY), _running(added=True))
    assert same(_running(added=True), story(STORY))


def test_two_notices_in_one_frame_stay_two() -> None:
    """Of two notices of one office, which say the same before and after what they are about, one would be hidden."""
    frame = VIETNAMESE.split("\n\n")
    about = (
        "Tại thôn Mộc Trai, ông Phan Văn Cải bị mất 14 con vịt trong đêm mồng 3, và nhờ ai thấy thì báo cho trạm "
        "trước ngày 20 để kịp đưa về chuồng cũ bên bờ ao.",
        "Ở xóm Cồn Dâu, chị Lò Thị Ngát nhặt được một túi vải có 7 chìa khóa và 250 nghìn đồng, ai đánh rơi xin đến "
        "nhà văn hóa gặp trưởng xóm để nhận lại.",
    )
    one, other = (story("\n\n".join([*frame[:2], text, *frame[2:]])) for text in about)
    assert not same(one, other)


def test_a_character_of_many_is_not_more_text_than_others() -> None:
    """A text of characters that are eighteen each would take the one thread that stores anything, for seconds."""
    many = story("\ufdfa" * 100_000)
    assert times_as_dear(lambda text: same(text, text), many, story("một hai ba bốn " * 12_000)) < 10

"""The hash of a text: what it is blind to, what it sees, and its versions."""

from __future__ import annotations

import re
import unicodedata

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.deciding.fingerprint import MAX_PARTS, VERSION, fingerprint, fingerprints, of_teaser, same_text, version_of
from feeds.deciding.passing import MAX_LINES, lasting, passes
from feeds.model import Article, Image
from tests.costs import times_as_dear
from tests.feeds.makers import article, teaser

LEAD = "Sáng nay, xã Thạch Khê đưa vào sử dụng 12 km đường liên thôn do ông Lê Quang Thụ khởi công năm 2024."
REST = "Bà con hai bên đường nói rằng quãng đường ra chợ nay chỉ còn năm phút."

PASSING = """
Cập nhật lúc 14:05, 12/03/2026|Updated 3 hours ago|14:05 | 12/03|Thứ Bảy, 21/11/2026 14:05 (GMT+7)|3 giờ trước
Last updated: 21 November 2026 at 8.00am GMT|Mis à jour le 12 mars 2026 à 14h05|Aktualisiert am 12. März um 14:05 Uhr
Actualizado hace 3 horas|il y a 3 heures|vor 3 Stunden|Diperbarui 12/03/2026 14:05 WIB|Обновлено 3 часа назад
更新于2026年3月12日 14:05|1.234 lượt xem|25 bình luận|12 shares|12 shares 25 comments|Views: 1,234
1.2K views | 3 comments
Xem thêm|Xem thêm:|>> Đọc thêm: Khánh thành cầu đi bộ|Read more: Ferry returns|Read also Ferry returns to the Van
Lire aussi : Le bac revient|Baca juga: Kapal|Lesen Sie auch: Die Fähre|Read more …|Photo 2 of 10|Ảnh 1.|(Ảnh 2)
"""
LINES = [line for line in re.split(r"\n|(?<! )\|", PASSING) if line]

SAID = """
Cập nhật: Sáng nay xã có 12 đội tham gia.|Updated figures show 12 dead.|Read more books, he said.|Đường dài 12 km.
Xem hình 3.|Ông bị phạt 12 năm tù.|He got 25 comments on the 3 stories.|Read also what the minister said about it.
Xem thêm nhiều phim hay.|March 8
22:25|25:22, 25:20, 18:25|Ngày 12 tháng 3 năm 2026 ông qua đời.|2026|3-2|12,5|In May 12 days of rain fell.
Related costs rose 12 percent.|See more of the 12 bridges.|Photo 12 shows the bridge.
"""


def with_text(*blocks: str) -> Article:
    return article("a", "\n\n".join(blocks))


@pytest.mark.parametrize("line", LINES)
def test_what_passes_is_no_change(line: str) -> None:
    """Readers and the newsroom would be told of an edit at every look, because a counter or a clock went on."""
    assert fingerprint(with_text(LEAD, line, REST)) == fingerprint(with_text(LEAD, REST))


@pytest.mark.parametrize("line", [line for line in re.split(r"[\n|]", SAID) if line])
def test_what_is_said_is_seen(line: str) -> None:
    """A sentence added to a story, or a score, would never reach anyone."""
    assert fingerprint(with_text(LEAD, line, REST)) != fingerprint(with_text(LEAD, REST))


@pytest.mark.parametrize(
    ("numbered", "plain"),
    [
        ("Hai đội về đích - Ảnh 1.", "Hai đội về đích"),
        ("Hai đội về đích (Ảnh 12)", "Hai đội về đích"),
        ("Photo 2 of 10: The ferry at dawn", "The ferry at dawn"),
    ],
)
def test_numbers_of_pictures_are_no_change(numbered: str, plain: str) -> None:
    """A picture put before the others would be announced as an edit of the text."""
    assert fingerprint(with_text(LEAD, numbered)) == fingerprint(with_text(LEAD, plain))


def test_a_caption_in_the_text_is_no_change() -> None:
    """A picture that is exchanged or described better would be announced as an edit of the story."""
    images = (
        Image(url="https://a.example/1.jpg", caption="Con đường mới. Ảnh: Lê Mai"),
        Image(url="https://a.example/2.jpg", caption="Bà con đi chợ trên con đường mới. Chợ Thạch Khê buổi sớm."),
    )
    captions = ("Con đường mới.\nẢnh: Lê Mai", "Bà con đi chợ trên con đường mới.", "Chợ Thạch Khê buổi sớm.")
    pictured = msgspec.structs.replace(with_text(LEAD, *captions, REST), images=images)
    assert fingerprint(pictured) == fingerprint(with_text(LEAD, REST))


def test_a_short_line_is_not_taken_for_a_caption() -> None:
    """A corrected word in a line of its own would pass unseen wherever a caption holds it, too."""
    images = (Image(url="https://a.example/1.jpg", caption="Chợ Thạch Khê buổi sớm, khi đường còn vắng"),)
    one, other = (msgspec.structs.replace(with_text(LEAD, line), images=images) for line in ("Thạch Khê", "Thạch Hà"))
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("word", range(len(f"{LEAD} {REST}".split())))
def test_every_corrected_word_is_seen(word: int) -> None:
    """A wrong number or a misspelt name would stay in every reader after the newsroom corrected it."""
    words = f"{LEAD} {REST}".split()
    words[word] = "Khác" if words[word].isalpha() else "13"
    assert fingerprint(with_text(*LINES, " ".join(words))) != fingerprint(with_text(*LINES, f"{LEAD} {REST}"))


@given(st.lists(st.sampled_from([LEAD, REST, *LINES]), max_size=12))
def test_passing_lines_may_stand_anywhere(blocks: list[str]) -> None:
    """A site that moves its counters about would be seen to edit its stories."""
    assert fingerprint(with_text(LEAD, *blocks)) == fingerprint(
        with_text(LEAD, *(b for b in blocks if b in (LEAD, REST)))
    )


@given(st.text("Cập nhật: 12/03 lượt xem .,|—“”’\u200b\u00a0", max_size=60))
def test_spelling_of_spaces_quotes_and_accents_is_no_change(line: str) -> None:
    """Moving to another content management system would announce every story as edited."""
    assume(unicodedata.normalize("NFC", line) == line)
    odd = unicodedata.normalize("NFD", line).replace("“", "«").replace("—", "–").replace(" ", "\u00a0")
    for version in (1, 2):
        assert fingerprint(with_text(LEAD, line, REST), version) == fingerprint(with_text(LEAD, odd, REST), version)


@given(st.text(max_size=400))
def test_any_text_has_a_lasting_part(text: str) -> None:
    """One odd page would crash the poll of its source."""
    once = lasting(text)
    assert all(line.strip() for line in once.splitlines())
    assert passes(text) in (True, False)


def test_long_lines_cost_no_time() -> None:
    """One page with a line of a million spaces or digits would hold up every other poll."""
    for piece in (" ", "1 ", "Ảnh 1 ", "- ", "Xem thêm ", "12 views "):
        lasting(f"x{piece * 100_000}x")
        passes((piece * 220)[:200])


def test_lines_of_a_table_are_no_counters() -> None:
    """A page with a hundred thousand short lines would keep its poll busy for a minute."""
    text = "\n".join([*["12 views"] * 3, *(f"row {n}" for n in range(MAX_LINES)), "12 views"])
    assert lasting(text).splitlines()[0] == "row 0"
    assert lasting(text).splitlines()[-1] == "12 views"


SPACES = "\u200c ".join([""] * 12)  # of width once the joiners are out


@pytest.mark.parametrize(
    "line",
    [
        f"1{SPACES}views{SPACES}" * 3 + "x",
        "likes 1, , , , " * 5 + "x",
        "likes 1.1.1.1.1 " * 5 + "x",
    ],
)
def test_lines_of_counters_have_few_readings(line: str) -> None:
    """A page of 2 KB with five lines of numbers and spaces would stand the daemon still for half a minute."""
    text = "\n".join([line] * 20)
    assert times_as_dear(lasting, text, "\n".join(["1 bridge is 2 and closed 3 " * 3 + "x"] * 20)) < 200


@pytest.mark.parametrize(
    "line",
    ["1.234 lượt xem | 12 bình luận", "12 views, 3 comments.", "Comments (3)", "likes: 1 2 likes", "1,2 k views"],
)
def test_lines_of_counters_pass(line: str) -> None:
    """Each reader of a page would make it a changed story."""
    assert passes(line)


def test_version_1_is_as_it_was() -> None:
    """After an upgrade no story would be known by its text any more, and each would be announced as edited."""
    told = Article(url="https://a.example/", title="Cầu mới", summary="Tóm tắt", body_text="Một\n\n12 shares")
    assert fingerprint(told, 1) == "1:ced643257a383cc248ce82d6ac728030"
    assert of_teaser(teaser(title="Cầu mới")) == "1:e06ff9cca6bb87a60dae2f08b7606b06"


def test_marks_are_compared_in_their_own_version() -> None:
    """An upgrade would announce every story that it knows, or never again an edit of one."""
    one, other = with_text(LEAD), with_text(REST)
    assert fingerprints(one)[0] == fingerprint(one) == fingerprint(one, VERSION)
    for mark in fingerprints(one):
        assert same_text(mark, one)
        assert not same_text(mark, other)


@pytest.mark.parametrize("mark", [None, "", "3:abc", "12:abc", "abc", ":", "1", "one:1"])
def test_marks_of_other_versions_match_nothing(mark: str | None) -> None:
    """A database that a newer bantin wrote to would make an older one take texts for others, or crash."""
    assert not same_text(mark, with_text(LEAD))
    assert version_of(mark) is None or mark == "1"


def test_captions_are_looked_for_within_bounds() -> None:
    """A page with long captions and many short blocks would have each block looked for in all of them."""
    caption = " ".join(f"Ảnh chụp số {n} bên bến sông Vân." for n in range(MAX_PARTS // 20))
    assert len(caption) > MAX_PARTS
    told = caption[:40], caption[-40:]
    marks = {
        fingerprint(article(body_text=f"Chuyện bên sông.\n\n{block}", images=(Image(url="u", caption=caption),)))
        for block in told
    }
    assert fingerprint(article(body_text="Chuyện bên sông.")) in marks
    assert len(marks) == 2, "what stands beyond is a part of the text"

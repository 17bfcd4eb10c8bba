"""Search over stored texts, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from feeds.model import Article
from state import search as module
from state.connections import writing
from state.search import fold, index_all, phrases
from state.sql import SqlStore
from tests.conftest import NOW
from tests.feeds.makers import History, article, outcome, read


@pytest.fixture
def polled(any_store: SqlStore) -> SqlStore:
    any_store.sync({"src": 600.0}, {})
    return any_store


def stored(store: SqlStore, *articles: Article, history: History | None = None, hours: int = 0) -> History:
    history = history or History()
    assert store.claim_source("me", "src", 60) is not None
    looks = [read(item.url.rpartition("/")[2], item) for item in articles]
    store.commit(history.poll(*looks, now=NOW + timedelta(hours=hours)), "me")
    return history


def titles(store: SqlStore, question: str, limit: int = 10) -> list[str]:
    return [entry.article.title for _, entry in store.search(question, limit)]


def test_with_and_without_diacritics(polled: SqlStore) -> None:
    """People who type without a Vietnamese keyboard would find nothing; those who have one, too much."""
    stored(
        polled,
        article("a", "Đường về Thanh Hóa mùa gặt.", title="Mùa gặt"),
        article("b", "Duong ve Thanh Hoa qua cau.", title="Khong dau"),
    )
    assert sorted(titles(polled, "duong thanh hoa")) == ["Khong dau", "Mùa gặt"]
    assert titles(polled, "đường Thanh Hóa") == ["Mùa gặt"]
    assert titles(polled, "THANH HÓA") == ["Mùa gặt"]
    assert titles(polled, "thanh hỏa") == []


def test_scripts_without_spaces(polled: SqlStore) -> None:
    """Readers of Chinese and Japanese sites would find a story by its first characters only."""
    stored(
        polled, article("a", "昨日、京都の祭りが始まった。", title="祭り"), article("b", "京の都ではない。", title="別")
    )
    assert titles(polled, "京都") == ["祭り"]
    assert titles(polled, "始まった") == titles(polled, "祭りが") == ["祭り"]
    assert sorted(titles(polled, "京")) == sorted(["祭り", "別"])


def test_the_current_text_is_searched(polled: SqlStore) -> None:
    """A story would be found by words that were taken out of it, and not by those that came in."""
    history = stored(polled, article("a", "The mayor opened the bridge at noon, say the papers."))
    stored(polled, article("a", "The mayor closed the bridge at noon, say the papers."), history=history, hours=1)
    assert titles(polled, "opened bridge") == []
    assert len(titles(polled, "closed bridge")) == 1


def test_newest_first_and_so_many(polled: SqlStore) -> None:
    """A question with many answers would show old news, or all of them."""
    history = History()
    for number in range(5):
        stored(polled, article(f"s{number}", f"Flood number {number} came.", title=f"T{number}"), history=history)
    assert titles(polled, "flood", 3) == ["T4", "T3", "T2"]
    assert titles(polled, "flood", 9) == ["T4", "T3", "T2", "T1", "T0"]
    assert polled.search("flood", 3, ["other"]) == []


def test_forgotten_texts_are_not_found(polled: SqlStore) -> None:
    """Texts that keep_days deleted would live on in the index."""
    stored(polled, article("a", "A quiet day by the river."))
    polled.forget(NOW + timedelta(days=1))
    assert titles(polled, "quiet") == []
    stored(polled, article("b", "Another quiet day."), hours=2)
    assert len(titles(polled, "quiet")) == 1


def test_index_made_anew_finds_the_same(polled: SqlStore) -> None:
    """After a restore or a move to another database, search would find nothing."""
    stored(polled, article("a", "Một ngày yên tĩnh bên sông."))
    with writing(polled.engine, together=False) as tx:
        index_all(tx)
    assert len(titles(polled, "yen tinh")) == 1


@pytest.mark.parametrize(
    "question", ['"', "a AND", "NEAR(", "words:x", "*", "-x", "'; DROP", "\0", "((", "&|!", "x" * 5000]
)
def test_any_question_is_only_words(polled: SqlStore, question: str) -> None:
    """Whoever types a quotation mark would get an error page, or change the question."""
    stored(polled, article("a", "Some text."))
    assert polled.search(question, 5) == []


@given(st.text(max_size=200))
def test_folding_is_stable(given_text: str) -> None:
    """A text would be indexed under other words than it is asked for by."""
    folded = fold(given_text)
    assert fold(folded) == folded
    assert " ".join(phrases(folded)).split(" ")[:8] == folded.split(" ")[:8]


def test_partial_story_is_found_by_its_teaser(polled: SqlStore) -> None:
    """A story whose page could not be read would not be found at all."""
    assert polled.claim_source("me", "src", 60) is not None
    polled.commit(History().poll(outcome("failed", "a")), "me")
    assert len(polled.search("headline", 5)) == 1
    with polled.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM stories")).scalar() == 1


def test_a_sources_few_answers_among_many_of_others(polled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searching one source would find nothing, where others tell more of the same."""
    import state.search as module

    monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setattr(module, "MAX_READ", 4)
    polled.sync({"src": 600.0, "busy": 600.0}, {})
    stored(polled, article("a", "A flood in the valley."))
    busy = History(id="busy")
    assert polled.claim_source("me", "busy", 60) is not None
    polled.commit(busy.poll(*(read(f"b{n}", article(f"b{n}", f"Flood report number {n}.")) for n in range(9))), "me")
    assert [entry.story.source_id for _, entry in polled.search("flood", 5, ["src"])] == ["src"]


def test_an_index_of_another_version_is_made_anew(polled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an upgrade every edit of a story would fail, and the operator be told that the database is damaged."""
    history = stored(polled, article("a", "Một ngày yên tĩnh."), article("b", "Cầu mới bắc qua sông."))
    monkeypatch.setattr(module, "VERSION", "another")
    monkeypatch.setattr(module, "sign_of", lambda word: f"other{len(word)}")
    stored(polled, article("a", "Một ngày ồn ào."), article("c", "Chợ nổi mở cửa."), history=history, hours=1)
    assert polled.reindex(1) == (1, 3)
    stored(polled, article("a", "Một ngày lặng gió."), article("b", "Cầu cũ đóng cửa."), history=history, hours=2)
    assert polled.reindex(1) == (2, 3)
    assert polled.reindex(5) == (3, 3)
    assert polled.reindex(5) is None
    assert titles(polled, "lang gio") != []
    assert titles(polled, "on ao") == titles(polled, "yen tinh") == []
    assert len(titles(polled, "cua")) == 2
    stored(polled, article("a", "Một ngày có gió."), history=history, hours=3)
    assert titles(polled, "lang gio") == []
    assert polled.reindex(5) is None


def test_an_index_that_was_never_noted_is_made_anew(polled: SqlStore) -> None:
    """The stories of an older database would not be found."""
    stored(polled, article("a", "Một ngày yên tĩnh."))
    with writing(polled.engine) as tx:
        tx.execute(text("DELETE FROM search_state"))
    assert polled.reindex(10) == (1, 1)
    assert polled.reindex(10) is None
    assert len(titles(polled, "yên tĩnh")) == 1


def test_answers_come_in_pages(polled: SqlStore) -> None:
    """A question with many answers would read them all, each time that somebody looks at fifty."""
    history = History()
    for number in range(7):
        stored(polled, article(f"s{number}", f"Bão số {number} vào bờ.", title=f"T{number}"), history=history)
    first = polled.search("bão", 3)
    again = polled.search("bão", 3, before=first[-1][0])
    assert [entry.article.title for _, entry in (*first, *again)] == ["T6", "T5", "T4", "T3", "T2", "T1"]


def test_words_with_diacritics_are_found_without_reading_stories(
    polled: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A common word with a rare mark would be looked for in the texts of thousands of stories."""
    stored(polled, *(article(f"n{n}", f"Tin số {n} của tháng này, viết ở trang {n}.") for n in range(12)))
    read_texts: list[int] = []
    monkeypatch.setattr(module, "_read", lambda tx, ids, rules: read_texts.extend(ids) or [])
    assert polled.search("thánh", 5) == []
    assert read_texts == []


def test_one_question_looks_through_so_much(polled: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question in kana over long stories would take a minute, and end the daemon's patience at SIGTERM."""
    monkeypatch.setattr(module, "MAX_COMPARED", 1_000)
    history = History()
    for number in range(6):
        text = f"第{number}の" + "ながいはなし" * 50 + "が、おわった。"
        stored(polled, article(f"s{number}", text, title=f"T{number}"), history=history)
    assert titles(polled, "おわった") == [f"T{number}" for number in reversed(range(6))], "no look at texts is needed"
    assert titles(polled, "が") == ["T5", "T4", "T3"]

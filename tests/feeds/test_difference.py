"""What changed between two texts, and at what cost."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from hashlib import blake2b
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.deciding.difference import Passage, Run, compare, passages
from tests.feeds.makers import article


def text_of(runs: tuple[object, ...], kind: str) -> str:
    return "".join(run.text for run in runs if run.op in ("equal", kind))  # type: ignore[attr-defined]


def test_one_word_is_shown_as_one_word() -> None:
    """An editor would have to look for the changed word in a whole paragraph."""
    old, new = "Cầu dài 120 mét.\n\nĐường rộng.", "Cầu dài 130 mét.\n\nĐường rộng."
    runs = compare(article(text=old), article(text=new)).text
    assert [(run.op, run.text.strip()) for run in runs if run.op != "equal"] == [("delete", "120"), ("insert", "130")]


def test_long_stretches_that_stayed_are_cut_short() -> None:
    """The alert of a corrected comma would carry the whole story twice."""
    words = " ".join(f"từ{n}" for n in range(400))
    runs = compare(article(text=f"{words} cũ"), article(text=f"{words} mới")).text
    assert len("".join(run.text for run in runs)) < 120


def test_moving_quotes_and_spaces_is_no_change() -> None:
    """Readers would be shown a difference that nobody can see."""
    assert compare(article(text='Ông nói: "Vâng".'), article(text="Ông  nói: “Vâng”.")).fields == ()


@given(st.text("ab \n", max_size=200), st.text("ab \n", max_size=200))
def test_difference_tells_both_texts(old: str, new: str) -> None:
    """A difference would lose words, or make some up."""
    runs = compare(article(text=f"x {old} y"), article(text=f"x {new} y")).text
    if runs and not any("…" in run.text for run in runs):
        assert text_of(runs, "delete") == f"x {old} y"
        assert text_of(runs, "insert") == f"x {new} y"


def test_rewriting_a_long_story_takes_no_time() -> None:
    """One page that changes every paragraph would stop feeds, alerts and polls for minutes."""
    old = "\n\n".join(f"Đoạn {n} kể về con đường số {n} ven sông." for n in range(3000))
    started = time.process_time()
    compare(article(text=old), article(text=old.replace("con", "những con")))
    assert time.process_time() - started < 10  # it takes a tenth of a second; it took minutes


def steps(old: str, new: str) -> int:
    """How many lines of our code it takes to compare two texts."""
    taken = 0

    def count(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal taken
        taken += event == "line"
        return count if "difference" in frame.f_code.co_filename or "patience" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        compare(article(text=old), article(text=new))
    finally:
        sys.settrace(before)
    return taken


@pytest.mark.parametrize("kind", ["one word", "two words", "all once", "shuffled", "few", "rotated"])
def test_twice_the_text_takes_twice_the_work(kind: str) -> None:
    """A story of a few hundred words, written for it, would keep pages and polls busy for as long as it likes."""

    def texts(size: int) -> tuple[str, str]:
        words = [f"w{n}" for n in range(size)]
        mixed = sorted(words, key=lambda word: hash_of(word))
        return {
            "one word": ("a " * size, "a b " * (size // 2)),
            "two words": ("a b " * (size // 2), "b a b b " * (size // 4)),
            "all once": (" ".join(words), " ".join(f"v{n}" for n in range(size))),
            "shuffled": (" ".join(words), " ".join(mixed)),
            "few": (" ".join(f"w{n % 50}" for n in range(size)), " ".join(f"w{n * 7 % 50}" for n in range(size))),
            "rotated": (" ".join(words), " ".join(words[size // 2 :] + words[: size // 2])),
        }[kind]

    small, large = steps(*texts(4000)), steps(*texts(16_000))
    assert large < 6 * small + 1_500_000, "four times the text; and a budget that does not grow"


def hash_of(word: str) -> str:
    return blake2b(word.encode(), digest_size=8).hexdigest()


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.lists(st.sampled_from("abcdef"), max_size=60))
def test_equal_words_stay(old: list[str], new: list[str]) -> None:
    """A difference would strike out half a story because one word of it came twice."""
    runs = compare(article(text=f"x {' '.join(old)} y"), article(text=f"x {' '.join(new)} y")).text
    kept = sum(len(run.text.split()) for run in runs if run.op == "equal")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    longest = sum(block.size for block in matcher.get_matching_blocks())
    if not any("…" in run.text for run in runs) and runs:
        assert kept >= longest // 2


def said(passages: Iterable[Passage]) -> tuple[list[str], list[str]]:
    """Each passage as it was and as it is, what went in [-…-], what came in [+…+]."""
    marks = {"delete": "[-{}-]", "insert": "[+{}+]", "equal": "{}"}

    def told(side: tuple[Run, ...]) -> str:
        return "".join(marks[run.op].format(run.text) for run in side)

    passages = list(passages)
    return [told(item.was) for item in passages], [told(item.now) for item in passages]


@pytest.mark.parametrize(
    ("old", "new", "was", "now"),
    [
        ("Three people were hurt. The fire began at noon.", "Four people were hurt. The fire began at noon.",
         ["[-Three -]people were hurt."], ["[+Four +]people were hurt."]),
        ("One. Two. Three.", "One. Two. New sentence here. Three.", [""], ["[+New sentence here.+]"]),
        ("One. Gone sentence here. Three.", "One. Three.", ["[-Gone sentence here.-]"], [""]),
        ("It costs 3.5 dollars now. B.", "It costs 4.5 dollars now. B.",
         ["It costs [-3.5 -]dollars now."], ["It costs [+4.5 +]dollars now."]),
        ("大水が来た。三人が死んだ。", "大水が来た。四人が死んだ。", ["[-三人が死んだ-]。"], ["[+四人が死んだ+]。"]),
        ("A.\n\nSecond stays.", "A.\n\nSecond stays.\n\nThird came.", [""], ["[+Third came.+]"]),
        ("Same.", "Same.", [], []),
    ],
)  # fmt: skip
def test_passages_are_whole_sentences(old: str, new: str, was: list[str], now: list[str]) -> None:
    """A newsroom would read single words and guess what was meant."""
    assert said(passages(old, new)) == (was, now)


_WORDS = "the cat sat on a mat. and then it ran! who? 3.5 km, “yes” đi nhà. 大水。 said…"
_words = st.lists(st.sampled_from(_WORDS.split(" ")))


@given(_words, _words)
def test_passages_mark_what_changed_and_nothing_else(old: list[str], new: list[str]) -> None:
    """An edit would be hidden from the newsroom, or words marked as changed in a sentence as it always was."""
    found = passages(" ".join(old), " ".join(new))

    def tokens(text: str) -> list[str]:
        return re.findall(r"\w+|[^\w\s]", text)

    def marked(op: str) -> Counter[str]:
        runs = [run for item in found for run in (*item.was, *item.now) if run.op == op]
        return Counter(token for run in runs for token in tokens(run.text))

    before, after = Counter(tokens(" ".join(old))), Counter(tokens(" ".join(new)))
    assert before - marked("delete") + marked("insert") == after
    for item in found:
        if item.was and item.now:
            stayed = [
                [t for run in side if run.op == "equal" for t in tokens(run.text)] for side in (item.was, item.now)
            ]
            assert stayed[0] == stayed[1]

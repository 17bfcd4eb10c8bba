"""What changed between two texts, and at what cost."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from feeds.deciding.difference import compare
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

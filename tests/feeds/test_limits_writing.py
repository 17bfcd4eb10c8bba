"""Limits of writing: what goes out, with an invented story on either side of each border."""

from __future__ import annotations

import pytest

from feeds.deciding.difference import Difference, Run
from feeds.writing.archives import last_archive, numbers
from feeds.writing.changed import changed_html
from feeds.writing.tidy import is_counter, tidy


@pytest.mark.parametrize(("length", "is_whole"), [(6_000, True), (6_001, False)])
def test_so_much_of_a_change_is_shown(length: int, is_whole: bool) -> None:
    """A rewritten story would stand in each feed twice, or an edit of some paragraphs be shown by half."""
    change = Difference(fields=("text",), text=(Run("insert", "x" * length), Run("equal", " the end")))
    assert ("x…" not in changed_html(change, "en")) is is_whole


def test_an_archive_has_a_hundred_stories() -> None:
    """Readers that go back through a feed would find the same story in two archives, or miss some after an upgrade."""
    assert (numbers(1), numbers(2)) == (range(1, 101), range(101, 201))
    assert [last_archive(oldest) for oldest in (1, 101, 102)] == [0, 1, 2]


@pytest.mark.parametrize(("length", "is_whole"), [(1_000_000, True), (1_000_001, False)])
def test_a_body_has_a_million_characters(length: int, is_whole: bool) -> None:
    """A long live blog would lose its end in every reader, or a body without end take a feed away."""
    assert tidy("x" * (length - 3) + "end").endswith("end") is is_whole


@pytest.mark.parametrize(("spaces", "are_kept"), [(50_000, True), (50_001, False)])
def test_a_body_has_so_many_spaces_that_do_not_break(spaces: int, are_kept: bool) -> None:
    """Numbers would be torn from their units, or one story full of such spaces stop every feed for minutes."""
    assert ("&nbsp;" in tidy("\u00a0" * spaces + "km")) is are_kept


@pytest.mark.parametrize(("levels", "is_kept"), [(59, True), (60, False)])
def test_sixty_elements_stand_in_each_other(levels: int, is_kept: bool) -> None:
    """A quotation in a long thread would lose its markup, or a body of nothing but elements stop its readers."""
    tidied = tidy(f"{'<blockquote>' * levels}<b>Ferry</b>{'</blockquote>' * levels}".replace("b>", "strong>"))
    assert ("<strong>Ferry" in tidied) is is_kept
    assert "Ferry" in tidied


@pytest.mark.parametrize(("width", "is_one"), [(1, True), (2, False)])
def test_a_picture_of_one_pixel_is_a_counter(width: int, is_one: bool) -> None:
    """Readers would be counted by whoever sold the site its statistics, or a thin line of a chart be lost."""
    assert is_counter("https://news.example/a.gif", width, 40) is is_one

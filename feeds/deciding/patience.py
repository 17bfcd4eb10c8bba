"""Where two series agree: patience difference, in n log n steps whatever they hold.

Elements that both have exactly once are paired; the longest series of pairs in the same order is kept. What lies
between, others grow and look at again (`feeds.deciding.similar`, `feeds.deciding.difference`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def pairs_in_order(ours: Sequence[T], theirs: Sequence[T]) -> list[tuple[int, int]]:
    """The longest series of elements that both have exactly once, in the same order: their places in both."""
    mine, yours = _once(ours), _once(theirs)
    pairs = [(n, yours[element]) for element, n in mine.items() if element in yours]
    ends: list[int] = []  # the least place in theirs at which a series of that length can end
    last: list[int] = []  # the pair that does
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            last.append(number)
        else:
            ends[length], last[length] = place, number
    series = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _once(elements: Sequence[T]) -> dict[T, int]:
    """The places of those that occur once, in order."""
    places: dict[T, int] = {}
    for number, element in enumerate(elements):
        places[element] = -1 if element in places else number
    return {element: number for element, number in places.items() if number >= 0}

"""What one input costs beside another: for tests of hostile ones, on machines of any speed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def times_as_dear(work: Callable[[T], object], hostile: T, plain: T) -> float:
    """How many times the CPU time of ``plain`` the work takes for ``hostile``; the least of five tries each."""
    return _least(work, hostile) / max(_least(work, plain), 1e-6)


def _least(work: Callable[[T], object], given: T) -> float:
    costs = []
    for _ in range(5):
        started = time.process_time()
        work(given)
        costs.append(time.process_time() - started)
    return min(costs)

"""Measuring in a process that has done nothing else yet, so that no library's caches or memory count for another."""

from __future__ import annotations

import logging
import multiprocessing
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple, TypeVar

from selectolax.lexbor import LexborHTMLParser

T = TypeVar("T")


class Cost(NamedTuple):
    """CPU seconds of reading some pages, and of a bare Lexbor parse of each, timed right behind it."""

    read: float = 0.0
    parse: float = 0.0

    @property
    def over_parse(self) -> float:
        return self.read / max(self.parse, 1e-9)

    def a_second(self, pages: int) -> float:
        return pages / max(self.read, 1e-9)


def run_fresh(function: Callable[..., T], *args: Any) -> T | None:
    """What ``function`` returns in a new process; None if that process died."""
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_hush) as pool:
            return pool.submit(function, *args).result()
    except BrokenProcessPool:
        return None


def timed(read: Callable[[str, str], T], html: str, url: str, failed: T) -> tuple[T, Cost, bool]:
    """What one call gives, what it cost, and whether it raised (then it gave ``failed``)."""
    raised = False
    started = time.process_time()
    try:
        got = read(html, url)
    except Exception:  # noqa: BLE001 - whatever a peer raises counts as one page that it could not read
        got, raised = failed, True
    between = time.process_time()
    LexborHTMLParser(html)
    return got, Cost(between - started, time.process_time() - between), raised


def total(costs: list[Cost]) -> Cost:
    return Cost(sum(cost.read for cost in costs), sum(cost.parse for cost in costs))


def print_ratios(ours: Cost, theirs: dict[str, Cost]) -> None:
    """How many times as fast ours is: by CPU time alone, and by CPU time over the parse beside it."""
    for name, cost in theirs.items():
        print(
            f"  bantin over {name}: {cost.read / max(ours.read, 1e-9):.1f} times the pages a CPU second, "
            f"{cost.over_parse / max(ours.over_parse, 1e-9):.1f} times by xparse",
            flush=True,
        )


def _hush() -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)

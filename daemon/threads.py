"""Threads for what takes a while to work out, by what it is for: pages that many look at keep no poll waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_POLLS = ThreadPoolExecutor(2, "poll")
_LARGE = ThreadPoolExecutor(1, "poll-large")
_PAGES = ThreadPoolExecutor(2, "page")


LARGE = 1_000_000  # characters: sixty articles have a third of that, and it takes a second or more to decide of it


async def for_polls(size: int, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(*args)`` in a thread for polls, one with texts of that size: large ones wait for each other only."""
    pool = _LARGE if size >= LARGE else _POLLS
    return await asyncio.get_running_loop().run_in_executor(pool, partial(function, *args, **kwargs))


async def for_pages(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(*args)`` in a thread for feeds and pages."""
    return await asyncio.get_running_loop().run_in_executor(_PAGES, partial(function, *args, **kwargs))

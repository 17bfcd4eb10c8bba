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
_PAGES = ThreadPoolExecutor(2, "page")


async def for_polls(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(*args)`` in a thread for polls."""
    return await asyncio.get_running_loop().run_in_executor(_POLLS, partial(function, *args, **kwargs))


async def for_pages(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(*args)`` in a thread for feeds and pages."""
    return await asyncio.get_running_loop().run_in_executor(_PAGES, partial(function, *args, **kwargs))

"""How late stories are known: `interval = "auto"` beside fixed intervals and Miniflux's rule, with as many requests.

    ./run bench freshness [--times FILE] [--seeds 3] [--write FILE]

A simulation over times at which sources published: eight weeks, of which the first half is to learn from and the second
is reported on. The delay of a story is the time until the next poll. For each source, fixed intervals get just as many
requests as `auto` used; so does Miniflux's entry frequency (a week divided by the stories of the last one), whose
intervals are stretched until they do. ``knowing`` is what could be had by whoever knew the rates that made the times.

FILE has a line for each story: its time (ISO 8601) and its source. ``--write`` makes such a file of the invented times.

The invented sources are like the lists of real ones that we looked at: a magazine's desk that writes ten hours a day, a
newspaper with a night, a station with its bulletins; some in bursts, some silent for days, some that change their
habits; and steady ones, by day and night alike (Poisson), of a story a week to hundreds a day.
"""

from __future__ import annotations

import argparse
import bisect
import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from feeds.deciding.rhythm import PRICE, Outlook, due, learned

START = datetime(2026, 8, 31, tzinfo=UTC)  # a Monday
HOUR, DAY = 3600.0, 86_400.0
HALF, END = 28 * DAY, 56 * DAY  # seconds from the start
SHORTEST, LONGEST = 60.0, 3600.0  # the configuration's defaults
PHASES = (0.1, 0.3, 0.5, 0.7, 0.9)  # of fixed intervals: where they begin is chance
MINIFLUX = (300.0, 86_400.0)  # its defaults

# The parts of a day's stories in its hours.
DESK = (0.3, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.3, 1, 2, 2.2, 2, 1.3, 1.6, 2.2, 2.3, 2, 2.2, 1.2)
PAPER = (
    0.3,
    0.1,
    0.05,
    0.05,
    0.1,
    0.4,
    0.9,
    1.3,
    1.9,
    2,
    1.9,
    1.5,
    1.1,
    1.1,
    1.6,
    1.9,
    1.8,
    1.5,
    1.3,
    1.2,
    1.2,
    1,
    0.8,
    0.5,
)
STATION = (0, 0, 0, 0, 0, 0.8, 3, 2, 0.6, 0.4, 0.6, 2.2, 2, 0.5, 0.3, 0.4, 0.6, 1.5, 3.5, 3, 1.5, 0.6, 0.2, 0)
EVEN_DAY = (1.0,) * 24
WORKING, ALL_ALIKE = (1.2, 1.2, 1.2, 1.2, 1.1, 0.5, 0.4), (1.0,) * 7

Rate = Callable[[float], float]  # stories a second, so many seconds after the start


class Times(NamedTuple):
    """When a source published, in seconds after the start; its rate, where it is known."""

    kind: str
    times: list[float]
    rate: Rate | None = None


class Result(NamedTuple):
    """How one source fared with each way to poll: its stories' delays in seconds, their mean, and its requests.

    The mean is what is to be expected by the rate that made the times, where that is known: of a story a day, the few
    that came would tell of chance only.
    """

    kind: str
    requests: int
    delays: dict[str, list[float]]
    means: dict[str, float]
    times: Sequence[float]


# -- the sources


def invented(seed: int) -> Iterator[Times]:
    """Forty sources."""
    kinds = ["desk"] * 6 + ["paper"] * 6 + ["station"] * 6 + ["bursts"] * 4 + ["silences"] * 3 + ["changes"] * 4
    kinds += ["steady"] * 8 + ["weekly"] + ["heavy"] * 2
    for number, kind in enumerate(kinds):
        chance = random.Random(f"{seed} {number}")
        rate, highest = _rate(kind, chance)
        times = list(_thinned(rate, highest, chance))
        if kind == "bursts":
            times = _with_bursts(times, chance)
        yield Times(kind, times, rate)


def _rate(kind: str, chance: random.Random) -> tuple[Rate, float]:
    a_day = math.exp(chance.uniform(math.log(5), math.log(150)))
    if kind in ("steady", "weekly", "heavy"):
        a_day = {"weekly": 1 / 7, "heavy": 500.0}.get(kind, math.exp(chance.uniform(0, math.log(300))))
        return _habit(EVEN_DAY if kind != "heavy" else PAPER, ALL_ALIKE, a_day, 0)
    shapes = {"desk": DESK, "paper": PAPER, "station": STATION}
    shape = shapes.get(kind) or chance.choice([DESK, PAPER, STATION])
    week = WORKING if kind in ("desk", "changes") else ALL_ALIKE
    rate, highest = _habit(shape, week, a_day, ahead := chance.uniform(0, 24))
    if kind == "silences":
        begin, days = chance.uniform(25, 50) * DAY, chance.uniform(2, 5) * DAY
        return lambda at: 0.0 if begin < at < begin + days else rate(at), highest
    if kind == "changes":
        then, more = chance.uniform(30, 40) * DAY, chance.choice([0.3, 3.0])
        other, higher = _habit(chance.choice([DESK, PAPER, STATION]), week, a_day * more, ahead + 6)
        return lambda at: rate(at) if at < then else other(at), max(highest, higher)
    return rate, highest


def _habit(shape: Sequence[float], week: Sequence[float], a_day: float, ahead: float) -> tuple[Rate, float]:
    hours = [value * 24 / sum(shape) for value in shape]
    days = [value * 7 / sum(week) for value in week]

    def rate(at: float) -> float:
        hour = (at / HOUR - ahead) % 24
        first, part = int(hour), hour % 1
        share = hours[first] * (1 - part) + hours[(first + 1) % 24] * part
        return a_day / DAY * share * days[int(at / DAY) % 7]

    return rate, a_day / DAY * max(hours) * max(days)


def _thinned(rate: Rate, highest: float, chance: random.Random) -> Iterator[float]:
    """A Poisson process of that rate (Lewis and Shedler's thinning, 1979)."""
    at = 0.0
    while (at := at + chance.expovariate(highest)) < END:
        if chance.random() * highest < rate(at):
            yield at


def _with_bursts(times: list[float], chance: random.Random) -> list[float]:
    """One story in sixteen is followed by up to fifteen more, mostly within an hour."""
    more = [
        time + chance.expovariate(2 / HOUR)
        for time in times
        if chance.random() < 1 / 16
        for _ in range(chance.randint(3, 15))
    ]
    return sorted(time for time in times + more if time < END)


# -- ways to poll


def automatic(times: Sequence[float], price: float = PRICE) -> list[float]:
    """When bantin polls: it knows at each poll what it found so far, and nothing else."""
    polls, rhythm, at, known = list[float](), None, 0.0, 0
    outlook = Outlook(price=price)
    while at < END:
        polls.append(at)
        now = START + timedelta(seconds=at)
        found = bisect.bisect_right(times, at)
        if found > known or rhythm is None:
            rhythm = learned(rhythm, [START + timedelta(seconds=time) for time in times[known:found]], now, "UTC")
        known = found
        at = (due(rhythm, now, "UTC", SHORTEST, LONGEST, outlook) - START).total_seconds()
    return polls


def knowing(rate: Rate) -> list[float]:
    """When somebody polls who knows the rate, at the same price."""
    polls, at = list[float](), HALF
    while at < END:
        polls.append(at)
        stories = waited = passed = 0.0
        while waited < PRICE and passed < LONGEST:
            passed += 60
            stories += rate(at + passed) * 60
            waited += stories * 60
        at += max(passed, SHORTEST)
    return polls


def entry_frequency(times: Sequence[float], factor: float) -> list[float]:
    """Miniflux's rule: a week divided by the last week's stories, between its bounds; then stretched."""
    polls, at = list[float](), HALF
    while at < END:
        polls.append(at)
        last_week = bisect.bisect_right(times, at) - bisect.bisect_left(times, at - 7 * DAY)
        at += factor * min(max(7 * DAY / max(1, last_week), MINIFLUX[0]), MINIFLUX[1])
    return polls


def delays(times: Sequence[float], polls: Sequence[float]) -> list[float]:
    """How long the stories of the second half waited."""
    stories = times[bisect.bisect_left(times, HALF) :]
    return [polls[place] - time for time in stories if (place := bisect.bisect_left(polls, time)) < len(polls)]


def measured(source: Times) -> Result | None:
    """All ways to poll with the same number of requests; None where nothing was published."""
    polls = automatic(source.times)
    count = sum(at >= HALF for at in polls)
    auto = delays(source.times, [*polls, END + 60])
    if not auto:
        return None
    ways: dict[str, list[list[float]]] = {"auto": [[*polls, END + 60]], "fixed": _even(count)}
    low, high = 0.01, 100.0
    for _ in range(14):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if len(entry_frequency(source.times, middle)) > count else (low, middle)
    ways["miniflux"] = [[*entry_frequency(source.times, high), END + 60]]
    found = {way: [delay for polls in some for delay in delays(source.times, polls)] for way, some in ways.items()}
    means = {way: _mean(source, some) for way, some in ways.items()}
    if source.rate is not None:
        best = knowing(source.rate)
        # It may use more requests, or fewer: beside fixed intervals with as many.
        factor = means["fixed"] / _mean(source, _even(len(best)))
        means["knowing"] = factor * _mean(source, [[*best, END + 60]])
    return Result(source.kind, count, found, means, source.times)


def _even(count: int) -> list[list[float]]:
    """Fixed intervals with so many polls, beginning at several moments."""
    step = (END - HALF) / count
    return [[HALF + step * (n + phase) for n in range(count + 1)] for phase in PHASES]


def _fixed(times: Sequence[float], count: int) -> list[float]:
    return [delay for polls in _even(count) for delay in delays(times, polls)]


def _mean(source: Times, ways: Sequence[Sequence[float]]) -> float:
    """The mean delay: of its stories, or as the rate has it (bursts are no part of the rate)."""
    if source.rate is None or source.kind == "bursts":
        return statistics.mean(delay for polls in ways for delay in delays(source.times, polls))
    waited = weight = 0.0
    for at in range(int(HALF), int(END) - 7200, 251):  # a prime: polls are at whole minutes
        rate = source.rate(at)
        weight += rate
        waited += rate * sum(polls[bisect.bisect_left(polls, at)] - at for polls in ways) / len(ways)
    return waited / weight


# -- the report


def report(results: Sequence[Result]) -> None:
    """A line for each kind: the mean over its sources of what each source's delay is beside fixed intervals'."""
    print(f"{'kind':<10} {'sources':>7} {'requests/h':>10} {'delay':>7}   {'mean delay beside fixed = 1':<34} 95 % so")
    print(f"{'':<37}   {'auto':>6} {'worst':>6} {'miniflux':>9} {'knowing':>8}   {'auto':>6} {'worst':>6}")
    for kind in dict.fromkeys(result.kind for result in results):
        _line(kind, [result for result in results if result.kind == kind])
    rhythmic = [result for result in results if result.kind not in ("steady", "weekly")]
    if len(rhythmic) < len(results):
        _line("rhythmic", rhythmic)
        _together("rhythmic", rhythmic)
    _line("all", results)
    _together("all", results)


def _line(kind: str, results: Sequence[Result]) -> None:
    means = {way: [one.means[way] / one.means["fixed"] for one in results] for way in results[0].means}
    late = [_late(one.delays["auto"]) / _late(one.delays["fixed"]) for one in results]
    best = f"{statistics.mean(means['knowing']):>8.2f}" if "knowing" in means else f"{'':>8}"
    print(
        f"{kind:<10} {len(results):>7} {statistics.mean(one.requests for one in results) * HOUR / (END - HALF):>10.1f} "
        f"{statistics.mean(one.means['auto'] for one in results):>5.0f} s   "
        f"{statistics.mean(means['auto']):>6.2f} {max(means['auto']):>6.2f} {statistics.mean(means['miniflux']):>9.2f} "
        f"{best}   {statistics.mean(late):>6.2f} {max(late):>6.2f}"
    )


def _together(kind: str, results: Sequence[Result]) -> None:
    """All their stories, beside one fixed interval for all sources with as many requests in all."""
    each = round(sum(one.requests for one in results) / len(results))
    fixed = [delay for one in results for delay in _fixed(one.times, each)]
    auto = [delay for one in results for delay in one.delays["auto"]]
    print(
        f"{kind}, all stories, one interval for all sources: delay {statistics.mean(auto):.0f} s, "
        f"beside fixed {statistics.mean(auto) / statistics.mean(fixed):.2f}, 95 % {_late(auto) / _late(fixed):.2f}"
    )


def _late(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def recorded(file: Path) -> Iterator[Times]:
    """The sources of a file of times; eight weeks from its first story on."""
    told: dict[str, list[datetime]] = {}
    for line in file.read_text("utf-8").splitlines():
        time, source = line.split(maxsplit=1)
        told.setdefault(source, []).append(datetime.fromisoformat(time))
    first = min(time for times in told.values() for time in times)
    for source, times in told.items():
        yield Times(
            source, sorted((time - first).total_seconds() for time in times if time - first < timedelta(days=56))
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=Path, help="recorded times, in place of invented ones")
    options.add_argument("--write", type=Path, help="write the invented times to this file, and end")
    options.add_argument("--seeds", type=int, default=3)
    asked = options.parse_args()
    if asked.write:
        lines = [
            f"{START + timedelta(seconds=round(time)):%Y-%m-%dT%H:%M:%SZ} {source.kind}-{number}\n"
            for number, source in enumerate(invented(0))
            for time in source.times
        ]
        asked.write.write_text("".join(sorted(lines)), "utf-8")
        return
    sources = recorded(asked.times) if asked.times else (one for seed in range(asked.seeds) for one in invented(seed))
    report([result for source in sources if (result := measured(source)) is not None])


if __name__ == "__main__":
    main()

"""How well one story on two sites is recognised, at what cost, beside two simple ways to do it, in the same run.

    ./run bench similar [--seed 1] [--kinds]

Over labelled pairs of invented articles (bench/helpers/pairs.py). Half 0 was looked at while the rules were made;
half 1 has other topics, sentences and forms, and was not. The peers are given the threshold that serves them best on
the half they are measured on, which is more than bantin gets:

    bantin    share a band, and `same` says so
    rensa     estimated Jaccard of rensa's MinHash (128 hashes, 4-word shingles)
    jaccard   exact Jaccard of the 4-word shingles

    P R F1    precision, recall and their harmonic mean over all pairs of the half
    bands     ms a story to make what is stored;   same    ms a pair to compare
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers.pairs import Pair, labelled
from feeds.deciding.similar import bands, same
from feeds.model import Article

THRESHOLDS = [n / 50 for n in range(1, 50)]


class Result(NamedTuple):
    """What one way made of the pairs: an answer each, and milliseconds a story and a pair."""

    answers: list[bool]
    story: float
    pair: float


def timed(work: Callable[..., Any], calls: list[tuple[Any, ...]]) -> tuple[list[Any], float]:
    started = time.process_time()
    found = [work(*arguments) for arguments in calls]
    return found, 1000 * (time.process_time() - started) / max(1, len(calls))


def ours(pairs: list[Pair]) -> Result:
    marks, story = timed(bands, [(article,) for pair in pairs for article in (pair.one, pair.other)])
    told, pair_cost = timed(same, [(pair.one, pair.other) for pair in pairs])
    share = [bool(set(one) & set(other)) for one, other in zip(marks[::2], marks[1::2], strict=True)]
    return Result([a and b for a, b in zip(share, told, strict=True)], story, pair_cost)


def shingles(article: Article) -> list[str]:
    """Four words in a row; characters where there are no spaces."""
    words = article.body_text.casefold().split()
    if len(words) < len(article.body_text) / 15:
        words = list(article.body_text)
    return [" ".join(words[n : n + 4]) for n in range(len(words) - 3)]


def sketch(article: Article) -> Any:
    from rensa import RMinHash

    made = RMinHash(num_perm=128, seed=1)
    made.update(shingles(article))
    return made


def overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def theirs(pairs: list[Pair], make: Callable[[Article], Any], compare: Callable[[Any, Any], float]) -> Result:
    """A threshold on a likeness: the one with the best F1 on these pairs."""
    made, story = timed(make, [(article,) for pair in pairs for article in (pair.one, pair.other)])
    like, pair_cost = timed(compare, list(zip(made[::2], made[1::2], strict=True)))
    answers = [[likeness >= threshold for likeness in like] for threshold in THRESHOLDS]
    return Result(max(answers, key=lambda answer: figures(pairs, answer)[2]), story, pair_cost)


def figures(pairs: list[Pair], answers: list[bool]) -> tuple[float, float, float]:
    right = sum(answer and pair.same for pair, answer in zip(pairs, answers, strict=True))
    precision, recall = right / max(1, sum(answers)), right / max(1, sum(pair.same for pair in pairs))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def by_kind(pairs: list[Pair], results: dict[str, Result]) -> None:
    """Of each kind, how many pairs are taken for one story."""
    print(f"\n{'taken for one story':<22}{'pairs':>6}{'right':>7}" + "".join(f"{name:>9}" for name in results))
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        here = [n for n, pair in enumerate(pairs) if pair.kind == kind]
        taken = "".join(f"{sum(result.answers[n] for n in here):>9}" for result in results.values())
        print(f"{kind:<22}{len(here):>6}{len(here) * pairs[here[0]].same:>7}{taken}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--kinds", action="store_true", help="by kind as well")
    asked = options.parse_args()
    every = labelled(asked.seed)
    for half in (0, 1):
        pairs = [pair for pair in every if pair.half == half]
        results = {
            "bantin": ours(pairs),
            "rensa": theirs(pairs, sketch, lambda one, other: one.jaccard(other)),
            "jaccard": theirs(pairs, lambda article: set(shingles(article)), overlap),
        }
        name = f"half {half}{', kept back' * half}: {len(pairs)} pairs"
        print(f"{name:<30}{'P':>7}{'R':>7}{'F1':>7}{'bands':>8}{'same':>8}")
        for way, result in results.items():
            scores = "".join(f"{figure:7.3f}" for figure in figures(pairs, result.answers))
            print(f"{way:<30}{scores}{result.story:8.2f}{result.pair:8.2f}", flush=True)
        if asked.kinds:
            by_kind(pairs, results)
        print()


if __name__ == "__main__":
    main()

"""How well articles are read, and at what cost, beside other readers in the same run.

    ./run bench articles FOLDER [--peers trafilatura,readability,newspaper4k] [--limit 50] [--worst 10]

FOLDER holds `*.jsonl.gz`, one page a line: {"id", "url", "html"} and what is known to be true of it: "body", "title",
"published" (ISO 8601), "must" and "mustnot" (snippets that belong, or do not belong, to the article). Where to get such
pages, and what these figures were at the last change, says docs/explanation/reading-articles.md.

    P R F1   precision and recall over 4-word shingles, means over pages, and their harmonic mean (the metric of
             scrapinghub/article-extraction-benchmark)
    exact    share of bodies that are equal word for word
    seg      F over the snippets of all pages (the metric of trafilatura's own evaluation)
    title    share that is equal after folding of NFKC, case, quotes and space
    date     share with the right calendar day, in the answer's time zone
    pps      pages a CPU second; only the call is timed
    xparse   CPU time over a bare Lexbor parse of the same page, timed behind each call: it holds on a busy machine,
             where pps does not
    MB       the most memory that the process held
    err      calls that raised

Each reader reads each file in a process of its own, after one call that does not count.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers.article_readers import PEERS, READERS, Read
from bench.helpers.article_scores import Gold, Scores, score
from bench.helpers.fresh import Cost, print_ratios, run_fresh, timed, total


class Result(NamedTuple):
    """What one reader made of one file. ``pages`` are the scores of each page, with its id."""

    scores: Scores
    cost: Cost
    errors: int
    memory: int
    pages: list[tuple[str, Scores]]


def load(file: Path, limit: int) -> list[Gold]:
    """The pages of a file; of more than ``limit`` that many, evenly spread."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    return pages[:: max(1, len(pages) // limit)][:limit] if limit else pages


def measure(name: str, file: Path, limit: int) -> Result:
    """Read every page of a file with the reader of that name."""
    pages, read = load(file, limit), READERS[name]()
    with suppress(Exception):
        read(pages[0]["html"], pages[0]["url"])
    calls = [timed(read, page["html"], page["url"], Read()) for page in pages]
    answers = [(page, got) for page, (got, _, _) in zip(pages, calls, strict=True)]
    return Result(
        scores=score(answers),
        cost=total([cost for _, cost, _ in calls]),
        errors=sum(raised for _, _, raised in calls),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        pages=[(page["id"], score([(page, got)])) for page, got in answers],
    )


def row(file: Path, name: str, result: Result | None) -> str:
    head = f"{file.name.removesuffix('.jsonl.gz')[:15]:<16}{name:<13}"
    if result is None:
        return f"{head}  its process died"
    quality = "".join(f"{'-':>8}" if figure is None else f"{figure:8.4f}" for figure in result.scores)
    speed = f"{result.cost.a_second(len(result.pages)):8.1f}{result.cost.over_parse:8.1f}"
    return f"{head}{len(result.pages):4}{quality}{speed}{result.memory:6}{result.errors:5}"


def print_worst(result: Result, count: int) -> None:
    """The pages that our reader is worst at, to look at."""

    def rank(page: tuple[str, Scores]) -> float:
        return next((figure for figure in (page[1].F1, page[1].seg, page[1].date) if figure is not None), 0.0)

    for name, scores in sorted(result.pages, key=rank)[:count]:
        known = " ".join(f"{key} {figure:.3f}" for key, figure in scores._asdict().items() if figure is not None)
        print(f"  {name[:50]:<52}{known}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--peers", default=",".join(PEERS), help="names with commas between them, or ''")
    options.add_argument("--limit", type=int, default=0, help="pages of each file, 0: all")
    options.add_argument("--worst", type=int, default=0, help="how many of our worst pages to list of each file")
    asked = options.parse_args()
    peers = [name for name in asked.peers.split(",") if name]
    if unknown := set(peers) - set(PEERS):
        options.error(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    files = sorted(asked.folder.glob("*.jsonl.gz"))
    if not files:
        options.error(f"no *.jsonl.gz in {asked.folder}")
    columns = "".join(f"{name:>8}" for name in (*Scores._fields, "pps", "xparse"))
    print(f"{'file':<16}{'reader':<13}{'n':>4}{columns}{'MB':>6}{'err':>5}")
    for file in files:
        results = {}
        for name in ("bantin", *peers):
            results[name] = run_fresh(measure, name, file, asked.limit)
            print(row(file, name, results[name]), flush=True)
        ours = results.pop("bantin")
        if ours is not None:
            print_ratios(ours.cost, {name: result.cost for name, result in results.items() if result is not None})
            print_worst(ours, asked.worst)


if __name__ == "__main__":
    main()

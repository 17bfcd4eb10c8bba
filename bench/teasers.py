"""How well the stories of home and section pages are found, and at what cost, beside simple ways to do it.

    ./run bench teasers FOLDER [--worst 5]

FOLDER holds `html/NAME.html` and `gold/NAME.json`: {"name", "url", "teasers": [{"url", "title", "published", "summary",
"image", "zone"}]}, with every story of the page, labelled by hand; besides, a teaser may have "alt_urls", "titles_ok",
"images_ok" (as right), "year_inferred" and "optional" (neither rewarded nor punished). What these figures were at the
last change says docs/explanation/reading-lists.md.

    P R F1         over all stories
    mainR mainF1   over those of zone "main" only; finding others is neither rewarded nor punished
    title          share of the stories found whose headline is exactly right (NFC, white space folded)
    time           … whose time is right to the minute, where the page gives one (to the day, where it gives a day)
    time+          … given a time although the page shows none: made up?
    summary        … whose summary is similar (difflib, 0.9 over the first 300 characters), where there is one
    image          … whose picture is one that the page offers for the story, where there is one
    pps            pages a CPU second
    xparse         CPU time over a bare Lexbor parse of the same page, timed behind each call: it holds on a busy
                   machine, where pps does not

Shares are means over pages. Each reader runs in a process of its own, after one call that does not count.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers.fresh import Cost, print_ratios, run_fresh, timed, total
from bench.helpers.teaser_readers import READERS, Found
from bench.helpers.teaser_scores import Gold, Scores, mean, score


class Result(NamedTuple):
    """What one reader found: the scores of each page, by name."""

    pages: dict[str, Scores]
    cost: Cost
    errors: int


def load(folder: Path) -> list[tuple[Gold, str]]:
    """What was labelled, and the page."""
    labelled = [json.loads(file.read_text("utf-8")) for file in sorted((folder / "gold").glob("*.json"))]
    return [(page, (folder / "html" / f"{page['name']}.html").read_text("utf-8")) for page in labelled]


def measure(name: str, folder: Path) -> Result:
    """Read every page with the reader of that name."""
    pages, read = load(folder), READERS[name]
    with suppress(Exception):
        read(pages[0][1], pages[0][0]["url"])
    nothing: list[Found] = []
    calls = [timed(read, html, page["url"], nothing) for page, html in pages]
    return Result(
        pages={page["name"]: score(found, page) for (page, _), (found, _, _) in zip(pages, calls, strict=True)},
        cost=total([cost for _, cost, _ in calls]),
        errors=sum(raised for _, _, raised in calls),
    )


def figures(scores: Scores) -> str:
    return "".join(f"{'-':>8}" if figure is None else f"{figure:8.3f}" for figure in scores)


def row(name: str, result: Result | None) -> str:
    if result is None:
        return f"{name:<13}  its process died"
    speed = f"{result.cost.a_second(len(result.pages)):8.1f}{result.cost.over_parse:8.1f}"
    return f"{name:<13}{len(result.pages):4}{figures(mean(list(result.pages.values())))}{speed}{result.errors:5}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--worst", type=int, default=0, help="how many of our worst pages to list")
    asked = options.parse_args()
    if not load(asked.folder):
        options.error(f"no gold/*.json in {asked.folder}")
    names = [field.replace("time_unasked", "time+") for field in Scores._fields]
    print(f"{'reader':<13}{'n':>4}{''.join(f'{name:>8}' for name in (*names, 'pps', 'xparse'))}{'err':>5}")
    results = {}
    for name in READERS:
        results[name] = run_fresh(measure, name, asked.folder)
        print(row(name, results[name]), flush=True)
    ours = results.pop("bantin")
    if ours is not None:
        print_ratios(ours.cost, {name: result.cost for name, result in results.items() if result is not None})
        for name, scores in sorted(ours.pages.items(), key=lambda page: page[1].F1 or 0.0)[: asked.worst]:
            print(f"  {name[:13]:<15}{figures(scores)}")


if __name__ == "__main__":
    main()

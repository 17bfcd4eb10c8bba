"""The benchmarks of reading, over a folder of invented pages."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
URL = "https://song-van.example/con-do-tren-song-van-199000001.htm"
SENTENCES = ["Con đò chở khách qua sông Vân mỗi sáng.", "Chiều về, con đò lại neo ở bến cũ bên gốc đa."]
ARTICLE = (
    "<html lang=vi><title>Con đò trên sông Vân</title>"
    "<meta property=article:published_time content=2026-11-21T08:00:00+07:00>"
    f"<h1>Con đò trên sông Vân</h1><article>{''.join(f'<p>{text}</p>' for text in SENTENCES)}</article>"
)


def run(name: str, *arguments: str | Path) -> list[list[str]]:
    """What a benchmark prints, as cells."""
    command = [sys.executable, BENCH / f"{name}.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]


def test_articles_are_scored(tmp_path: Path) -> None:
    """Without it nobody could tell whether a change makes articles better or worse."""
    right = {"id": "1", "url": URL, "html": ARTICLE, "title": "Con đò trên Sông Vân", "published": "2026-11-21"}
    wrong = {
        **right,
        "id": "2",
        "title": "Một con đò khác",
        "published": "2026-11-20",
        "must": ["sông Vân", "không có"],
    }
    with gzip.open(tmp_path / "set.jsonl.gz", "wt", encoding="utf-8") as file:
        for page in (right | {"body": "\n".join(SENTENCES)}, wrong | {"body": SENTENCES[0]}):
            file.write(json.dumps(page) + "\n")
    head, row, *_ = run("articles", tmp_path, "--peers", "")
    got = dict(zip(head, row, strict=True))
    assert (got["reader"], got["n"], got["err"]) == ("bantin", "2", "0")
    assert (got["R"], got["exact"], got["title"], got["date"]) == ("1.0000", "0.5000", "0.5000", "0.5000")
    assert float(got["seg"]) == pytest.approx(2 / 3, abs=1e-4)
    assert 0.5 < float(got["P"]) < 1


def test_teasers_are_scored(tmp_path: Path) -> None:
    """Without it nobody could tell whether a change finds more stories or fewer."""
    stories = [f"/con-do-tren-song-van-chuyen-thu-{n}-19900000{n}.htm" for n in range(1, 6)]
    links = "".join(
        f"<div><h3><a href={url}>Con đò trên sông Vân chuyến {n}</a></h3></div>" for n, url in enumerate(stories, 1)
    )
    gold = [
        {"url": f"https://song-van.example{url}", "title": f"Con đò trên sông Vân chuyến {n}", "zone": "main"}
        | {"published": None, "summary": None, "image": None}
        for n, url in enumerate([*stories, "/mot-chuyen-khong-co-tren-trang-199000009.htm"], 1)
    ]
    for folder, name, text in (
        ("html", "home.html", f"<html lang=vi><body>{links}"),
        ("gold", "home.json", json.dumps({"name": "home", "url": "https://song-van.example/", "teasers": gold})),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text, "utf-8")
    head, row, *_ = run("teasers", tmp_path)
    got = dict(zip(head, row, strict=True))
    assert (got["reader"], got["P"], got["R"], got["title"], got["time"]) == ("bantin", "1.000", "0.833", "1.000", "-")


def test_helpers_are_no_benchmarks() -> None:
    """Without it `./run bench` would offer developers files that measure nothing."""
    for file in BENCH.glob("[!_]*.py"):
        assert 'if __name__ == "__main__":' in file.read_text("utf-8"), f"{file.name} belongs into bench/helpers"

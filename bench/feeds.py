"""Answers a second for one feed of 200 KB, beside nginx serving the same bytes from a file, in the same run.

    ./run bench feeds [--rounds 5] [--seconds 3] [--connections 16 64]

bantin is `bantin run`, with its database and its ticks; nginx has one worker, sendfile and ETags. The load is wrk's,
one thread, connections kept alive, no content coding. The two take turns; a ratio is of medians. The feed does not
change, so it must be rendered once before the first round, and never again: the last line says how often it was.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.helpers.web_servers import bantin, fill, nginx

SIZE = 200_000


def etag_of(address: str, document: bytes | None = None) -> str:
    """The ETag that an address has; it is checked that it earns a 304."""
    plain = {"accept-encoding": "identity"}
    found = httpx.get(address, headers=plain, trust_env=False)
    assert document is None or found.content == document
    etag = found.headers["etag"]
    again = httpx.get(address, headers={**plain, "if-none-match": etag}, trust_env=False)
    assert (again.status_code, again.content) == (304, b"")
    return str(etag)


def rate(address: str, etag: str | None, connections: int, seconds: float) -> float:
    """Answers a second, as wrk counts them."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
    headers = ["-H", f"If-None-Match: {etag}"] if etag else []
    done = subprocess.run([*words, *headers, address], capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    assert "Socket errors" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s*([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def compare(ours: str, theirs: str, connections: int, rounds: int, seconds: float) -> None:
    """Print both rates, for 304 and for 200."""
    for status in (304, 200):
        figures: dict[str, list[float]] = {ours: [], theirs: []}
        for _ in range(rounds):
            for address in figures:
                etag = etag_of(address) if status == 304 else None
                figures[address].append(rate(address, etag, connections, seconds))
        bantins, nginxs = statistics.median(figures[ours]), statistics.median(figures[theirs])
        print(
            f"{status}  {connections:3} connections   bantin {bantins:8.0f}   nginx {nginxs:8.0f}   "
            f"ratio {bantins / nginxs:5.2f}",
            flush=True,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    asked = options.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing; get it with: sudo apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder, counts = Path(name), Path(name) / "rendered"
        fill(folder, SIZE)
        with bantin(folder, counts) as ours:
            document = httpx.get(ours, headers={"accept-encoding": "identity"}, trust_env=False).content
            with nginx(folder, document) as theirs:
                etag_of(theirs, document)
                before = counts.stat().st_size
                print(f"a feed of {len(document)} bytes, median of {asked.rounds} rounds, answers a second")
                for connections in asked.connections:
                    compare(ours, theirs, connections, asked.rounds, asked.seconds)
                print(f"rendered before {before} time(s), meanwhile {counts.stat().st_size - before} times")


if __name__ == "__main__":
    main()

"""The two servers that `bench/feeds.py` compares, each a process of its own on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from state.sql import SqlStore
from state.transfer.migrate import upgrade
from tests.samples import commit, make_entry

CONFIG = """
[server]
listen = "127.0.0.1:{port}"
[[source]]
id = "ttv"
title = "Truyền hình Thanh Hóa"
urls = ["https://news.invalid/thoi-su.htm"]
interval = "1d"
"""

# One worker, sendfile, ETag: nginx as it is set up to serve files well.
NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    etag on;
    keepalive_requests 1000000000;
    types {{ application/atom+xml atom; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


def fill(folder: Path, size: int) -> None:
    """A database of 100 stories whose feed has about ``size`` bytes; the next poll is due tomorrow."""
    store = SqlStore(f"sqlite:///{folder / 'bantin.db'}")
    upgrade(store.engine, version="bench")
    store.sync({"ttv": 86_400.0}, {})
    text = "Sáng nay, hai mươi đội đua thuyền về dự hội làng bên sông. " * max(1, (size - 120_000) // 7_600)
    commit(
        store,
        [make_entry(n, content_html=f"<p>{n}. {text}</p>", body_text=f"{n}. {text}") for n in range(100)],
        due_at=store.clock() + timedelta(days=1),
    )
    store.close()


@contextmanager
def bantin(folder: Path, counts: Path) -> Iterator[str]:
    """`bantin run`; gives the address of its feed. Renders are counted in the file ``counts``."""
    port = free_port()
    file = folder / "bantin.toml"
    file.write_text(CONFIG.format(port=port), "utf-8")
    script = Path(__file__).with_name("counted_run.py")
    with _running([sys.executable, str(script), str(counts), "run", "--config", str(file)], folder / "bantin.log"):
        address = f"http://127.0.0.1:{port}/feeds/ttv.atom"
        _wait(address)
        yield address


@contextmanager
def nginx(folder: Path, document: bytes) -> Iterator[str]:
    """nginx serving the same bytes from a file; gives its address."""
    port = free_port()
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert program, "nginx is missing; get it with: sudo apt-get install nginx-light"
    (folder / "www").mkdir()
    (folder / "www" / "feed.atom").write_bytes(document)
    for path in (folder, folder / "www"):
        path.chmod(0o755)  # started by root, nginx serves as another user
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    words = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with _running(words, folder / "nginx.log"):
        address = f"http://127.0.0.1:{port}/feed.atom"
        _wait(address)
        yield address


@contextmanager
def _running(words: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(address, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)
        else:
            return

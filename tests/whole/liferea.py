"""liferea, a feed reader with a window, on a screen, a session bus and a home folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

NEEDED = ("liferea", "Xvfb", "dbus-daemon", "dbus-send", "import", "convert", "xdotool")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
PATIENCE = 60.0
SECOND_HEADLINE = (480, 130)  # where it is in the window

# "View mode 0": a story's text is below the list; "intranet": updates although no outside network is there.
SETTINGS = """[org/gnome/liferea]
startup-feed-action=1
last-node-selected='feed0'
last-window-x=1
last-window-y=1
last-window-width=1190
last-window-height=890
last-vpane-pos=200
last-hpane-pos=280
default-view-mode=0
proxy-detect-mode=1
enable-plugins=false
intranet-connectivity=true
"""
REFRESH = ("--dest=org.gnome.feed.Reader", "/org/gnome/feed/Reader", "org.gnome.feed.Reader.Refresh")


class Item(NamedTuple):
    """A story as the program stored it; ``metadata`` are pairs of key and value."""

    title: str
    url: str
    date: float
    text: str
    metadata: list[tuple[str, str]]


class Liferea:
    """The running program; `refresh` asks for all feeds, as its button does."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.home, self.env = home, env

    def refresh(self) -> None:
        """Ask for all feeds; waits until the program listens."""
        deadline = time.monotonic() + PATIENCE
        words = ["dbus-send", "--session", "--print-reply", *REFRESH]
        while subprocess.run(words, env=self.env, capture_output=True).returncode:
            assert time.monotonic() < deadline, (self.home / "log").read_text("utf-8", "replace")
            time.sleep(0.3)

    def click(self, x: int, y: int) -> None:
        """Click somewhere: without a window manager no key would find the window."""
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], env=self.env, check=True, timeout=20)

    def picture(self, file: Path) -> None:
        """What the screen shows."""
        subprocess.run(["import", "-window", "root", str(file)], env=self.env, check=True, timeout=30)

    def items(self, feed: int) -> dict[str, Item]:
        """The stories of one feed by their ids; none where the program has made no tables yet."""
        file = self.home / ".local/share/liferea/liferea.db"
        with (
            contextlib.suppress(sqlite3.OperationalError),
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)) as opened,
        ):
            return {
                name: Item(*values, metadata=opened.execute(_METADATA, [number]).fetchall())
                for number, name, *values in opened.execute(_ITEMS, [f"feed{feed}"]).fetchall()
            }
        return {}


_ITEMS = "SELECT item_id, source_id, title, source, date, description FROM items WHERE node_id = ?"
_METADATA = "SELECT key, value FROM metadata WHERE item_id = ? ORDER BY nr"


def shows(picture: Path, *, red: int) -> bool:
    """Whether there is about as much of the sample picture's red on the screen."""
    words = ["convert", str(picture), "-fill", "black", "+opaque", "#d02020", "-fill", "white", "-opaque", "#d02020"]
    mean = subprocess.run([*words, "-format", "%[fx:mean*w*h]", "info:"], capture_output=True, check=True, timeout=30)
    return abs(float(mean.stdout) - red) < red / 4


@contextmanager
def liferea(home: Path, feeds: list[str]) -> Iterator[Liferea]:
    """The program, subscribed to ``feeds``, with the first one opened; ended at the end."""
    (home / ".config/liferea").mkdir(parents=True)
    (home / ".config/glib-2.0/settings").mkdir(parents=True)
    (home / "run").mkdir(mode=0o700)
    outlines = "".join(
        f'<outline title="{url}" text="{url}" type="{url.rpartition(".")[2]}" id="feed{n}" xmlUrl="{url}" '
        'updateInterval="-1"/>'
        for n, url in enumerate(feeds)
    )
    (home / ".config/liferea/feedlist.opml").write_text(f'<opml version="1.0"><head/><body>{outlines}</body></opml>')
    (home / ".config/glib-2.0/settings/keyfile").write_text(SETTINGS)
    env = {
        "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8", "TZ": "Asia/Ho_Chi_Minh", "GSETTINGS_BACKEND": "keyfile", "NO_AT_BRIDGE": "1",
        "LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_COMPOSITING_MODE": "1", "GIO_USE_NETWORK_MONITOR": "base",
        "GIO_USE_PROXY_RESOLVER": "dummy",
    }  # fmt: skip
    with (
        (home / "log").open("wb") as log,
        _started(["Xvfb", "-displayfd", "1", "-screen", "0", "1200x900x24", "-nolisten", "tcp"], env, log) as screen,
    ):
        env["DISPLAY"] = f":{screen}"
        with _started(["dbus-daemon", "--session", "--nofork", "--print-address"], env, log) as bus:
            env["DBUS_SESSION_BUS_ADDRESS"] = bus
            with _started(["liferea"], env, log, says=False):
                yield Liferea(home, env)


@contextmanager
def _started(words: list[str], env: dict[str, str], log: Any, says: bool = True) -> Iterator[str]:
    """A program, and the first line that it says; it is ended with all that it started."""
    out = subprocess.PIPE if says else log
    process = subprocess.Popen(words, env=env, stdout=out, stderr=log, start_new_session=True)
    try:
        yield process.stdout.readline().decode().strip() if process.stdout else ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        if process.stdout:
            process.stdout.close()

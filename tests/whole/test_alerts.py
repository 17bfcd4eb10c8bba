"""Alerts of a running daemon: a chat beside a webhook, a receiver that comes back, commands beside the daemon."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.daemon.servers import Request, answer, serving
from tests.whole.live import Live, live, until


async def command(parts: Live, *words: str) -> str:
    """What a command beside the daemon says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", *words, "--config", str(parts.config),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_a_chat_is_told_and_a_receiver_that_comes_back_gets_all(tmp_path: Path) -> None:
    """A newsroom's chat would stay silent, or a receiver that was down for a while miss what happened meanwhile."""
    down = True

    async def desk(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(status="503 Down" if down else "204 No Content"))

    async with live(tmp_path) as parts, serving({"/chat": answer(), "/desk": desk}) as server:
        place = server.url("").removeprefix("http://")
        parts.config.write_text(
            parts.config.read_text()
            + f'[[channel]]\nid = "chat"\nurl = "json://{place}/chat"\nlanguage = "en"\n'
            + f'[[webhook]]\nid = "desk"\nurl = "{server.url("/desk")}"\nsecret_file = "newsroom.secret"\n'
        )
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        title = parts.newsroom.publish(datetime.now(UTC)).title
        await until(lambda: [request for request in server.got if request.path == "/chat" and request.body], 60.0)
        told = [json.loads(request.body) for request in server.got if request.path == "/chat"]
        assert told[0]["title"] == title
        await until(lambda: parts.log_lines("not delivered"))
        (line, *_) = parts.log_lines("not delivered")
        assert (line["endpoint"], line["cause"]) == ("desk", "HTTP 503")
        assert line["next"]
        (row,) = json.loads(await command(parts, "deliveries", "list", "--to", "desk", "--json"))
        assert row["title"] == title
        down = False
        await command(parts, "deliveries", "retry", str(row["id"]))
        await until(lambda: any(line["endpoint"] == "desk" for line in parts.log_lines("delivered")), 60.0)
        assert "desk: 0 waiting" in await command(parts, "status")
        assert await parts.stop() == 0


async def test_a_receiver_for_trying_things_out(tmp_path: Path) -> None:
    """A newcomer who follows the page on receivers that were down would see nothing arrive."""
    listening = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", "notify", "listen", "0",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert listening.stdout is not None
    assert listening.stderr is not None
    told = ""
    while "allow_networks" not in told:
        told += (await asyncio.wait_for(listening.stderr.readline(), 60)).decode()
    table = told[told.index("[[webhook]]") :]
    file = tmp_path / "bantin.toml"
    file.write_text(f'[[source]]\nid = "a"\nurls = ["https://a.example/"]\n{table}')
    sending = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", "notify", "test", "here", "--config", str(file),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    said, _ = await sending.communicate()
    assert sending.returncode == 0, said.decode()
    line = (await asyncio.wait_for(listening.stdout.readline(), 60)).decode()
    assert line.startswith("article.published: ")
    listening.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(listening.wait(), 30) == 130

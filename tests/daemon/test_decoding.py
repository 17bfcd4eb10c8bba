"""Content codings undone in small steps: right for what is right, bounded for what is hostile."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.http.decoding import STEP, BadCodingError, decoder, zstd


def bare(data: bytes) -> bytes:
    """Deflate as some servers send it: without the zlib wrapper."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def br(data: bytes) -> bytes:
    return brotli.compress(data, quality=3)


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "br": ("br", br),
    "zstd": ("zstd", zstd.compress),
}
every_coding = pytest.mark.parametrize("coding", CODINGS)
NEWS = ("Thời sự tỉnh nhà: " * 2000).encode()
LARGE = random.Random(7).randbytes(300_000) + NEWS * 30  # pieces that pack well and pieces that do not


def undone(name: str, packed: bytes, size: int = 16_384) -> bytes:
    """All of the body, fed in chunks of ``size``."""
    undo = decoder(name)
    body = b"".join(piece for start in range(0, len(packed), size) for piece in undo.feed(packed[start : start + size]))
    undo.end()
    return body


@every_coding
@pytest.mark.parametrize("size", [1, 2, 3, 100, 10**9])
def test_a_body_comes_out_whole_however_it_is_cut(coding: str, size: int) -> None:
    """A page would be lost or spoilt depending on how the network cuts it into packets."""
    name, pack = CODINGS[coding]
    assert undone(name, pack(NEWS), size) == NEWS


@every_coding
@pytest.mark.parametrize("size", [1000, 16_384, 10**9])
def test_a_large_body_comes_out_whole(coding: str, size: int) -> None:
    """Pages of more than one step's size would be cut short or refused."""
    name, pack = CODINGS[coding]
    assert undone(name, pack(LARGE), size) == LARGE


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
@pytest.mark.parametrize("size", [1, 7, 16_384])
def test_several_members_are_one_body(pack: Callable[[bytes], bytes], size: int) -> None:
    """Only the first part of a page that its server packs in parts would be read."""
    name = "gzip" if pack is gzip.compress else "zstd"
    assert undone(name, pack(b"one ") + pack(b"two ") + pack(b"three"), size) == b"one two three"


@pytest.mark.parametrize("tail", [b"\0" * 600, b"\r\n", b"\x1f", b"<!-- served by a proxy -->"])
def test_what_follows_a_gzip_body_is_left_out(tail: bytes) -> None:
    """Pages of servers that pad or append to their answers could not be read, though browsers can."""
    for size in (1, 16_384):
        assert undone("gzip", gzip.compress(NEWS) + tail, size) == NEWS


@every_coding
def test_a_body_that_ends_early_is_told(coding: str) -> None:
    """Half a page would be taken for the whole, and its stories for withdrawn."""
    name, pack = CODINGS[coding]
    packed = pack(LARGE)
    for length in (1, 5, len(packed) // 2, len(packed) - 1):
        with pytest.raises(BadCodingError):
            undone(name, packed[:length])


@every_coding
def test_an_empty_body_is_empty(coding: str) -> None:
    """Answers without a body would fail for what their header says of it."""
    assert undone(CODINGS[coding][0], b"") == b""


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_a_body_that_is_not_packed_is_told(name: str) -> None:
    """A page sent plain under a header that says it is packed would come out as noise."""
    with pytest.raises(BadCodingError):
        undone(name, b"<!doctype html><title>Tin</title>" * 20)


@pytest.mark.parametrize("name", ["", "identity", " , identity ,"])
def test_no_coding_changes_nothing(name: str) -> None:
    """Servers that send no coding, or say so in words, could not be read."""
    assert undone(name, NEWS) == NEWS


def test_codings_on_top_of_each_other_are_undone_from_the_last() -> None:
    """Pages packed once by the site and once by its proxy could not be read."""
    assert undone("gzip, X-GZIP ,br", br(gzip.compress(gzip.compress(NEWS)))) == NEWS


@pytest.mark.parametrize("name", ["compress", "gzip, sdch", "exi", "gzip;q=1", "gzip, gzip, gzip, gzip", "br\x00"])
def test_unknown_and_too_many_codings_are_told(name: str) -> None:
    """A body that nobody can read would be taken for the page, or packed deeply enough to stop the daemon."""
    with pytest.raises(BadCodingError):
        decoder(name)


@every_coding
def test_a_bomb_is_defused_step_by_step(coding: str) -> None:
    """A few kilobytes from a hostile site would fill the daemon's memory."""
    name, pack = CODINGS[coding]
    bomb = pack(bytes(60_000_000))
    undo, came = decoder(name), 0
    tracemalloc.start()
    try:
        for piece in undo.feed(bomb):
            assert len(piece) <= 2 * STEP
            came += len(piece)
            if came > 4_000_000:
                break
        assert tracemalloc.get_traced_memory()[1] < 8 * STEP
    finally:
        tracemalloc.stop()
    assert came > 4_000_000


def test_a_bomb_in_a_bomb_is_defused_too() -> None:
    """Packing twice would get around the limit of each step."""
    bomb = gzip.compress(gzip.compress(bytes(60_000_000)) * 20)
    came = 0
    for piece in decoder("gzip, gzip").feed(bomb):
        assert len(piece) <= 2 * STEP
        came += len(piece)
        if came > 4_000_000:
            return
    pytest.fail("it ended early")


@pytest.mark.parametrize("filler", [gzip.compress(b"") * 50, gzip.compress(b"") + b"!" * 1000], ids=["members", "junk"])
def test_a_bomb_of_nothing_still_gives_pauses(filler: bytes) -> None:
    """A body that unpacks to endless nothing would hold up everything else the daemon does."""
    undo = decoder("gzip, gzip")
    pauses = sum(1 for piece in undo.feed(gzip.compress(filler * 2000)) if not piece)
    assert pauses >= len(filler) * 2000 // STEP


def test_a_zstd_window_of_a_gigabyte_is_refused() -> None:
    """One small body would make the daemon allocate a gigabyte."""
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    with pytest.raises(BadCodingError):
        undone("zstd", packer.compress(b"x" * 10_000) + packer.flush())


@settings(max_examples=60)
@given(
    name=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "deflate, deflate"]),
    chunks=st.lists(st.binary(max_size=300), max_size=6),
)
def test_noise_is_told_and_nothing_else(name: str, chunks: list[bytes]) -> None:
    """Random bytes from a broken server would end a poll with an error that nobody expects."""
    undo = decoder(name)
    try:
        for chunk in chunks:
            for piece in undo.feed(chunk):
                assert len(piece) <= 2 * STEP
        undo.end()
    except BadCodingError:
        pass


@settings(max_examples=80)
@given(
    coding=st.sampled_from(sorted(CODINGS)),
    where=st.integers(0, 10**6),
    bits=st.integers(1, 255),
    size=st.integers(1, 500),
)
def test_damaged_bodies_are_told_and_nothing_else(coding: str, where: int, bits: int, size: int) -> None:
    """One flipped bit on the way would end a poll with an error that nobody expects."""
    name, pack = CODINGS[coding]
    packed = bytearray(pack(NEWS[:3000]))
    packed[where % len(packed)] ^= bits
    with suppress(BadCodingError):
        undone(name, bytes(packed), size)


def test_three_codings_over_nothing_let_the_caller_stop() -> None:
    """A few hundred bytes that unpack to empty members would hold the event loop past every time limit."""
    members = gzip.compress(b"") * 20_000
    sent = zstd.compress(members)
    chain = decoder("zstd, gzip, zstd")
    assert chain is not None
    assert sum(1 for _ in chain.feed(sent)) >= 20_000

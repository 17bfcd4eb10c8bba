"""Content codings (gzip, deflate, br, zstd) undone piece by piece, never more than asked for at once.

HTTP libraries undo a whole chunk whatever it grows to: 16 KB of zstd can become gigabytes. Here each step gives at most
`STEP` bytes, and the caller stops when it has had enough.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 256 * 1024
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
MAX_CODINGS = 3  # one on top of another


class BadCodingError(Exception):
    """The body is not what its Content-Encoding says, or ended early."""


class Decoder(Protocol):
    """Undoes one content coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The next pieces, each of at most about `STEP` bytes. Raises `BadCodingError`.

        Each step of the work gives one, if an empty one, so that the caller can stop between any two.
        """

    def end(self) -> None:
        """Raises `BadCodingError` where the body ended before its coding did."""


class _Zlib:
    """gzip (RFC 1952), several members too; deflate (RFC 1950) and the bare stream that some servers send for it."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._inner: zlib._Decompress | None = None
        self._kept = b""  # the first byte of two that tell what follows
        self._over = False  # what follows the last member is not looked at

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._kept = self._kept + data, b""
        piece = b""
        while not self._over:
            if self._inner is None or self._inner.eof:
                data = self._begin(data)
                if self._inner is None or self._inner.eof:
                    break
            try:
                piece = self._inner.decompress(data, STEP)
            except zlib.error as error:
                raise BadCodingError(str(error)) from error
            yield piece
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if not data and len(piece) < STEP:
                return
        yield b""

    def _begin(self, data: bytes) -> bytes:
        """Open the first member, or the next one; what is left to decode."""
        if self._inner is not None:
            data = data.lstrip(b"\0")  # some servers pad
        if len(data) < 2:
            self._kept = data
        elif self._inner is None:
            # RFC 1950 section 2.2: method 8 in the low bits, and the two bytes are a multiple of 31.
            bare = data[0] & 15 != 8 or int.from_bytes(data[:2], "big") % 31
            wbits = zlib.MAX_WBITS | 16 if self._gzip else -zlib.MAX_WBITS if bare else zlib.MAX_WBITS
            self._inner = zlib.decompressobj(wbits)
        elif self._gzip and data.startswith(b"\x1f\x8b"):
            self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
        else:
            self._over = True
        return data

    def end(self) -> None:
        if (self._inner is None and self._kept) or (self._inner is not None and not self._inner.eof):
            raise BadCodingError("the compressed body ended early")


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        try:
            while not self._inner.is_finished():
                self._started = True
                piece = self._inner.process(data, output_buffer_limit=STEP)
                yield piece
                if not piece:  # only then nothing more is waiting inside
                    return
                data = b""
        except brotli.error as error:
            raise BadCodingError(str(error)) from error
        if not piece:
            yield b""

    def end(self) -> None:
        if self._started and not self._inner.is_finished():
            raise BadCodingError("the compressed body ended early")


class _Zstd:
    """zstd (RFC 8878), several frames too. A window of more than 8 MB is refused (RFC 9659)."""

    def __init__(self) -> None:
        self._inner = self._new()
        self._started = False

    @staticmethod
    def _new() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: 23})

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data or not self._inner.needs_input:
                if self._inner.eof:
                    data = self._inner.unused_data + data
                    if not data:
                        break
                    self._inner = self._new()
                self._started = True
                yield self._inner.decompress(data, STEP)
                data = b""
                if self._inner.eof and not self._inner.unused_data:
                    break
        except zstd.ZstdError as error:
            raise BadCodingError(str(error)) from error
        yield b""  # also where nothing came in: below another coding, this is the caller's only chance to stop

    def end(self) -> None:
        if self._started and not self._inner.eof:
            raise BadCodingError("the compressed body ended early")


class _Chain:
    """Several codings, the last applied undone first (RFC 9110 section 8.4)."""

    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield from self._through(data, len(self._decoders))

    def _through(self, data: bytes, left: int) -> Iterator[bytes]:
        if not left:
            yield data
            return
        for piece in self._decoders[left - 1].feed(data):
            yield from self._through(piece, left - 1)

    def end(self) -> None:
        for decoder in reversed(self._decoders):
            decoder.end()


def decoder(content_encoding: str) -> Decoder:
    """What undoes the header's codings. Raises `BadCodingError` for an unknown one, or more than `MAX_CODINGS`."""
    names = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    names = [name for name in names if name != "identity"]
    if len(names) > MAX_CODINGS:
        raise BadCodingError(f"{len(names)} content codings on top of each other")
    return _Chain([_one(name) for name in names])


def _one(name: str) -> Decoder:
    if name in ("gzip", "x-gzip"):
        return _Zlib(gzip=True)
    if name == "deflate":
        return _Zlib(gzip=False)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise BadCodingError(f"unknown content coding {name[:40]!r}")

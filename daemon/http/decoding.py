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
        """The next pieces, each of at most about `STEP` bytes. Raises `BadCodingError`."""

    def end(self) -> None:
        """Raises `BadCodingError` where the body ended before its coding did."""


class _Zlib:
    """gzip (RFC 1952), several members too; deflate (RFC 1950) and the bare stream that some servers send for it."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inner = zlib.decompressobj(wbits)
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            try:
                piece = self._inner.decompress(data, STEP)
            except zlib.error as error:
                if self._started or self._wbits != zlib.MAX_WBITS:
                    raise BadCodingError(str(error)) from error
                self._inner, self._wbits = zlib.decompressobj(-zlib.MAX_WBITS), -zlib.MAX_WBITS
                continue
            self._started = True
            yield piece
            data = self._inner.unconsumed_tail
            if self._inner.eof:
                data = self._inner.unused_data.lstrip(b"\0")
                if not data.startswith(b"\x1f\x8b"):
                    return
                self._inner = zlib.decompressobj(self._wbits)

    def end(self) -> None:
        if self._started and not self._inner.eof:
            raise BadCodingError("the compressed body ended early")


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._inner.is_finished():
                self._started = True
                piece = self._inner.process(data, output_buffer_limit=STEP)
                yield piece
                data = b""
                if not piece or self._inner.can_accept_more_data():
                    return
        except brotli.error as error:
            raise BadCodingError(str(error)) from error

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
                        return
                    self._inner = self._new()
                self._started = True
                yield self._inner.decompress(data, STEP)
                data = b""
                if self._inner.eof and not self._inner.unused_data:
                    return
        except zstd.ZstdError as error:
            raise BadCodingError(str(error)) from error

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
        return _Zlib(zlib.MAX_WBITS | 16)
    if name == "deflate":
        return _Zlib(zlib.MAX_WBITS)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise BadCodingError(f"unknown content coding {name[:40]!r}")

"""Packed parts inside other bytes: gzip, zlib and zstd by their marks, brotli where it is told."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from mmap import mmap

import brotli
import pyarrow as pa

MOST = 8 << 20
"""Bytes looked at of a packed part."""
ZSTD = 0x28
"""First byte of its mark."""
EITHER = zlib.MAX_WBITS | 32
"""Lets zlib find out which of its two headers it is."""
_MARKS = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|\x28\xb5\x2f\xfd|\x78[\x01\x5e\x9c\xda]")


def unpacked_parts(data: bytes | mmap) -> Iterator[tuple[int, bytes]]:
    """Give what unpacks to something, with the place where the packed part begins."""
    marks = [(mark.start(), mark[0]) for mark in _MARKS.finditer(data)]
    for at, mark in marks:
        unpack = _zstd if mark[0] == ZSTD else _deflated
        with memoryview(data) as view, view[at : at + MOST] as packed:
            part = unpack(packed)
        if part:
            yield at, part


def without_brotli(data: bytes) -> bytes | None:
    """Unpack brotli, which has no mark: only where somebody says that it is."""
    try:
        part: bytes = brotli.decompress(data)
    except brotli.error:
        return None
    return part


def _deflated(packed: memoryview) -> bytes:
    unpacker = zlib.decompressobj(EITHER)
    part = b""
    # In small steps: what is torn off in its middle still gives its beginning.
    try:
        for start in range(0, len(packed), 4096):
            part += unpacker.decompress(packed[start : start + 4096], MOST)
            if unpacker.eof or len(part) >= MOST:
                break
    except zlib.error:
        pass
    return part


def _zstd(packed: memoryview) -> bytes:
    part = b""
    try:
        with pa.input_stream(pa.py_buffer(bytes(packed)), compression="zstd") as stream:
            while len(part) < MOST and (more := stream.read(4096)):
                part += more
    except (OSError, pa.ArrowInvalid):
        pass
    return part

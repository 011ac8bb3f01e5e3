"""Where a service listens."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """Host and port on this machine."""

    host: str
    port: int

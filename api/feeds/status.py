"""How old what is shown may be, for health checks and metrics."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from api.feeds.documents import PublisherFile
from api.feeds.names import PUBLISHER


def publisher_age_s(folder: Path, now: datetime) -> float | None:
    """Seconds since everything committed was in the public files; None before the first time.

    More than a second or two means that the publisher is late, or gone.
    """
    try:
        content = (folder / PUBLISHER).read_bytes()
    except FileNotFoundError:
        return None
    return (now - msgspec.json.decode(content, type=PublisherFile).checked_at).total_seconds()


def stopped_feeds(folder: Path) -> dict[str, str]:
    """Give the open feeds that are not written at the moment, and why."""
    try:
        content = (folder / PUBLISHER).read_bytes()
    except FileNotFoundError:
        return {}
    return msgspec.json.decode(content, type=PublisherFile).stopped

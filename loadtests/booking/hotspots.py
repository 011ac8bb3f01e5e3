"""Where requests go: a few centres take most of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class HotSpots:
    """The first `hot` of `centres` take `percent` of the requests; the others share the rest."""

    centres: int
    hot: int
    percent: int

    def __post_init__(self) -> None:
        if not 1 <= self.hot <= self.centres:
            raise ValueError("Must have 1 <= hot <= centres.")
        if not 0 <= self.percent <= 100:
            raise ValueError("Must have 0 <= percent <= 100.")
        if self.percent < 100 and self.hot == self.centres:
            raise ValueError("Must have percent = 100 when every centre is hot.")

    @property
    def name(self) -> str:
        """Say it in words."""
        what = "one centre takes" if self.hot == 1 else f"{self.hot} of {self.centres} centres take"
        return f"{what} {self.percent} %"

    def draw(self, random: Random) -> int:
        """Choose a centre, from 1 on."""
        if random.random() * 100 < self.percent:
            return 1 + int(random.random() * self.hot)
        return 1 + self.hot + int(random.random() * (self.centres - self.hot))


def tenth_takes_sixty(centres: int) -> HotSpots:
    """Let a tenth of the centres take 60 % of the requests."""
    return HotSpots(centres, max(1, centres // 10), 60) if centres > 1 else one_takes_all(centres)


def one_takes_all(centres: int) -> HotSpots:
    """Let one centre take every request."""
    return HotSpots(centres, 1, 100)

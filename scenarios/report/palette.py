"""Colours told apart by everyone, and on a grey print: light to dark, or Okabe and Ito's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.instance import Floats, Ints

SEQUENTIAL = ("#d6ecb4", "#93d2b8", "#4fb3c0", "#2f86b5", "#2c559c", "#1c2a66")
INK = "#1d2733"
MUTED = "#5b6775"
RULE = "#d5dbe1"
LAND = "#f1f3f5"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Of pictures: their text is measured in it, so a page must show it in it too."""
NOBODY = "#c9a9a6"
"""Places where nobody is served: a hue the scale does not have."""
PLAN = "#1f5f9e"
BASELINE = "#b5651d"
PRODUCTS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00", "#5b6775",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of values: `colours` has one more entry than the `breaks` between them."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.colours) != len(self.breaks) + 1:
            raise ValueError("A scale has one more colour than breaks.")

    def classes(self, values: Floats) -> Ints:
        """Class of each value; a break belongs to the class above it."""
        return np.searchsorted(np.asarray(self.breaks), values, side="right")


def scale_of(breaks: tuple[float, ...]) -> Scale:
    """Spread the sequential colours over classes, from light to dark.

    Raises
    ------
    ValueError
        For more classes than colours.
    """
    last = len(SEQUENTIAL) - 1
    if len(breaks) > last:
        raise ValueError(f"A scale has at most {last} breaks, not {len(breaks)}.")
    picks = np.round(np.linspace(0, last, len(breaks) + 1)).astype(int)
    return Scale(breaks, tuple(SEQUENTIAL[i] for i in picks))


def even_breaks(low: float, high: float) -> tuple[float, ...]:
    """Round breaks that cut a span into at most six classes of one width."""
    if not high > low:
        return ()
    raw = (high - low) / len(SEQUENTIAL)
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * (1 - 1e-9))
    first = (np.floor(low / step) + 1) * step
    breaks = np.arange(first, high - 1e-9 * step, step)
    return tuple(float(round(b, 6)) for b in breaks[: len(SEQUENTIAL) - 1])

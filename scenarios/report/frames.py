"""Where a place lies on the sheet: one main frame, and an inset for each territory far away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.instance import Bools, Floats, Instance, Ints
from scenarios.report.boundaries import Boundaries
from scenarios.report.departments import places_by_department

WIDTH_PX = 720.0
"""Of the sheet, in CSS pixels."""
MAX_HEIGHT_PX = 760.0
"""Of the main frame."""
MARGIN_PX = 14.0
INSET_PX = 76.0
NEAR_DEGREES = 14.6
"""Places within a square of this side fit one frame."""
METROPOLE = (41.0, 51.6, -5.6, 10.0)
"""South, north, west and east of metropolitan France, Corsica included."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of the sheet and the map in it (sinusoidal projection: areas are true).

    left, top, width, height
        Pixels.
    lon
        Degrees, the straight meridian.
    middle
        Projected degrees shown in the middle of the box.
    scale
        Pixels a degree of latitude.
    """

    title: str
    left: float
    top: float
    width: float
    height: float
    lon: float
    middle: tuple[float, float]
    scale: float

    def place(self, points: Floats) -> Floats:
        """Pixels of places given as n x 2 degrees (longitude, latitude)."""
        x, y = _sinusoidal(points, self.lon).T
        across = self.left + self.width / 2 + self.scale * (x - self.middle[0])
        down = self.top + self.height / 2 - self.scale * (y - self.middle[1])
        return np.column_stack([across, down])


@dataclass(frozen=True, slots=True)
class Sheet:
    """The frames of a map, the frame of each département, and the height in pixels."""

    frames: tuple[Frame, ...]
    of_department: tuple[int, ...]
    height: float

    def place(self, department: Ints, lat: Floats, lon: Floats) -> Floats:
        """Pixels of places by their département, n x 2."""
        placed = np.zeros((len(lat), 2))
        frame_of = np.asarray(self.of_department)[department]
        for i, frame in enumerate(self.frames):
            mine = frame_of == i
            placed[mine] = frame.place(np.column_stack([lon[mine], lat[mine]]))
        return placed


def sheet_of(instance: Instance, boundaries: Boundaries) -> Sheet:
    """Lay out the places of an instance: communes, centres, and the outlines around them."""
    places = places_by_department(instance)
    far = _far_departments(places)
    for d, code in enumerate(instance.departments):
        places[d] = np.concatenate([places[d], *boundaries.rings.get(code, ())])
    near = np.concatenate(
        [points for points, is_far in zip(places, far, strict=True) if not is_far]
    )
    main = _fitted("", (0.0, 0.0), (WIDTH_PX, MAX_HEIGHT_PX), near, shrink=True)
    frames, of_department, height = [main], [0] * len(places), main.height
    across = int(WIDTH_PX // (INSET_PX + MARGIN_PX))
    for i, d in enumerate(np.flatnonzero(far).tolist()):
        row, column = divmod(i, across)
        corner = (
            column * (INSET_PX + MARGIN_PX),
            main.height + MARGIN_PX + row * (INSET_PX + 2 * MARGIN_PX),
        )
        title = boundaries.label(instance.departments[d])
        frames.append(_fitted(title, corner, (INSET_PX, INSET_PX), places[d]))
        of_department[d] = len(frames) - 1
        height = corner[1] + INSET_PX + 2 * MARGIN_PX
    return Sheet(tuple(frames), tuple(of_department), height)


def _far_departments(places: list[Floats]) -> Bools:
    """Mark the départements drawn in insets: those far from where most places are.

    A département lies where its median place lies, so that one stray place does not move it.
    """
    everything = np.concatenate(places)
    if (np.ptp(everything, axis=0) <= NEAR_DEGREES).all():
        return np.zeros(len(places), dtype=bool)
    lon, lat = np.array([np.median(points, axis=0) for points in places]).T
    south, north, west, east = METROPOLE
    near = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    if not near.any():
        home = int(np.argmax([len(points) for points in places]))
        near = np.maximum(np.abs(lat - lat[home]), np.abs(lon - lon[home])) <= NEAR_DEGREES / 2
    far: Bools = ~near
    return far


def _fitted(
    title: str,
    corner: tuple[float, float],
    size: tuple[float, float],
    points: Floats,
    *,
    shrink: bool = False,
) -> Frame:
    """Fit points into a box of this size; with `shrink` the box is no higher than its map."""
    lon = float(points[:, 0].min() + points[:, 0].max()) / 2
    projected = _sinusoidal(points, lon)
    low, high = projected.min(axis=0), projected.max(axis=0)
    # A lone place still gets a frame of some two kilometres.
    span = np.maximum(high - low, 0.02)
    width, height = size
    scale = float(min((width - 2 * MARGIN_PX) / span[0], (height - 2 * MARGIN_PX) / span[1]))
    if shrink:
        height = scale * float(span[1]) + 2 * MARGIN_PX
    middle = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    return Frame(title, *corner, width, height, lon, middle, scale)


def _sinusoidal(points: Floats, mid_lon: float) -> Floats:
    lon, lat = points.T
    return np.column_stack([(lon - mid_lon) * np.cos(np.radians(lat)), lat])

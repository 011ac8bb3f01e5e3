"""The peer: PostgreSQL's own pgbench sends what the application sends, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from loadtests.booking.campaign import CLASSES, Shape
from loadtests.booking.hotspots import HotSpots
from loadtests.booking.wishes import SEALED_BYTES

SCRIPT = Path(__file__).with_name("pair.sql")
BY_INDEX = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""How the application asks for its plans."""
TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
CLIENTS = (4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Pgbench:
    """pgbench on one campaign.

    program
        Where it is.
    url
        Of the database; alone on it.
    start
        First day of the campaign.
    """

    program: Path
    url: str
    shape: Shape
    start: date

    def pairs_per_s(self, hot_spots: HotSpots, *, clients: int, seconds: int) -> float:
        """Run so many clients, and tell how many pairs a second they booked.

        Raises
        ------
        RuntimeError
            When a client failed.
        """
        done = subprocess.run(
            [
                self.program, "--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}",
                f"--client={clients}", "--jobs=1", f"--time={seconds}",
                *(f"--define={name}={value}" for name, value in self._variables(hot_spots)),
                self.url,
            ],
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
            env=os.environ | {"PGOPTIONS": BY_INDEX},
        )  # fmt: skip
        found = TPS.search(done.stdout)
        if done.returncode != 0 or found is None:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[:1500]}")
        return float(found[1])

    def best_clients(
        self, hot_spots: HotSpots, numbers: Sequence[int] = CLIENTS, *, seconds: int
    ) -> int:
        """Try several numbers of clients, and give the one that books most."""
        rates = {n: self.pairs_per_s(hot_spots, clients=n, seconds=seconds) for n in numbers}
        return max(rates, key=rates.__getitem__)

    def _variables(self, hot_spots: HotSpots) -> list[tuple[str, object]]:
        now = datetime.now(UTC)
        return [
            ("centres", hot_spots.centres), ("hot", hot_spots.hot),
            ("percent", hot_spots.percent), ("departments", self.shape.departments),
            ("classes", CLASSES), ("firsts", self.shape.firsts), ("windows", self.shape.windows),
            ("start", self.start), ("now", now), ("later", now + timedelta(minutes=10)),
            ("bytes", r"\x" + 32 * "5a"), ("sealed", r"\x" + SEALED_BYTES.hex()),
        ]  # fmt: skip

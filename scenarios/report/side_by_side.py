"""Plans as the columns of a table on a terminal, in as many blocks as its width asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from scenarios.report.measures import MEASURES

GUTTER = 2
NAME_WIDTH = 20
"""Longer names are folded, so that one long path does not push the others away."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One line a measure, the best of each in bold; a rich console prints it."""

    plans: tuple[Mapping[str, Any], ...]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        blocks = list(self._blocks(options.max_width))
        for i, block in enumerate(blocks):
            yield self._table(block)
            if i < len(blocks) - 1:
                yield ""

    def _blocks(self, width: int) -> Iterator[Sequence[int]]:
        """Positions of the plans that share a table: as many as fit, one at least."""
        labels = max(len(measure.english) for measure in MEASURES)
        block: list[int] = []
        used = labels
        for i, plan in enumerate(self.plans):
            wide = GUTTER + max(
                min(len(plan["name"]), NAME_WIDTH),
                *(len(measure.in_english(plan)) for measure in MEASURES),
            )
            if block and used + wide > width:
                yield block
                block, used = [], labels
            block.append(i)
            used += wide
        yield block

    def _table(self, block: Sequence[int]) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, GUTTER, 0, 0))
        table.add_column("", style="dim", no_wrap=True)
        for i in block:
            name = Text(self.plans[i]["name"], overflow="fold")
            table.add_column(name, justify="right", max_width=NAME_WIDTH)
        for measure in MEASURES:
            best = measure.best_of(self.plans)
            cells = [
                Text(measure.in_english(self.plans[i]), style="bold" if best[i] else "")
                for i in block
            ]
            table.add_row(measure.english, *cells)
        return table

"""Every command of `creneau`, found by asking the command line itself."""

from __future__ import annotations

from collections.abc import Iterator

import typer.core
import typer.main

from api.cli import app


def every_command() -> dict[str, typer.core.TyperCommand]:
    """Commands by their words, such as `scenario build`."""
    return dict(_below(typer.main.get_command(app), ()))


def _below(
    command: object, words: tuple[str, ...]
) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    if isinstance(command, typer.core.TyperGroup):
        for name, child in command.commands.items():
            yield from _below(child, (*words, name))
    else:
        assert isinstance(command, typer.core.TyperCommand)
        yield " ".join(words), command

"""Every command of `creneau`, found by asking the command line itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import typer.main

from api.cli import app


def every_command() -> dict[str, click.Command]:
    """Commands by their words, such as `scenario build`."""
    return dict(_below(typer.main.get_command(app), ()))


def _below(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _below(child, (*words, name))
    else:
        yield " ".join(words), command

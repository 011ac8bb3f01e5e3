"""What a user can get wrong, said once and clearly."""

from __future__ import annotations

from pathlib import Path


class InputError(ValueError):
    """An input breaks a rule; the message names file, line and rule.

    Parameters
    ----------
    file
        The offending file, as the user knows it.
    rule
        The broken rule, with the value that breaks it.
    line
        1-based line in the file (the header is line 1), where one line is to blame.
    """

    def __init__(self, file: str | Path, rule: str, line: int | None = None) -> None:
        self.file = str(file)
        self.rule = rule
        self.line = line
        where = self.file if line is None else f"{self.file}:{line}"
        super().__init__(f"{where}: {rule}")

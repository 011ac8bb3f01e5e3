"""Command `creneau verify-site`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.database.cli import AsJson


def verify_site(
    url: Annotated[str, typer.Argument(help="Address of the pages, such as https://rdv.example.fr.")],
    authority: Annotated[
        str, typer.Option(help="Public key of the campaign's authority, in base64url.")
    ],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compare what a server sends with the pages of this release; exit with 1 if it differs."""
    from api.web.verify import differences

    found = list(differences(url, authority, datetime.now(UTC).date()))
    if as_json:
        print(json.dumps({"url": url, "same": not found, "differences": found}))
    else:
        for difference in found:
            print(difference)
        if not found:
            print("every file and header is this release's")
    raise typer.Exit(1 if found else 0)

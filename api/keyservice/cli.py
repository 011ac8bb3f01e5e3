"""Commands of the key service's operator: `creneau keyservice` and `creneau keyservice init`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

app = typer.Typer(
    help="Run the key service, which makes person tags without seeing people.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def keyservice(
    context: typer.Context,
    key_file: Annotated[
        list[Path] | None,
        typer.Option("--key-file", help="Key of a campaign; may be given for several.",
                     metavar="FILE"),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen at.")] = 8011,
    per_address: Annotated[
        int, typer.Option(min=1, help="Evaluations an address may ask for in a day.")
    ] = 300,
    per_centre: Annotated[
        int, typer.Option(min=1, help="Evaluations a centre may ask for in a day, by its grant.")
    ] = 10_000,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="Take callers' addresses from X-Forwarded-For.")
    ] = False,
    origin: Annotated[
        list[str] | None,
        typer.Option("--origin", help="Where pages may come from (default: anywhere).",
                     metavar="URL"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Run the key service, which makes person tags without seeing people."""
    if context.invoked_subcommand is not None:
        return
    from allocator.errors import InputError
    from api.keyservice.app import Rules
    from api.keyservice.key_file import read_key
    from api.keyservice.run import serve

    if not key_file:
        raise typer.BadParameter("a key file is needed", param_hint="--key-file")
    keys = [read_key(path) for path in key_file]
    campaigns = [key.campaign for key in keys]
    if len(set(campaigns)) < len(campaigns):
        raise InputError(key_file[-1], "is the second key of a campaign")
    rules = Rules(per_address, per_centre, behind_proxy, tuple(origin or ["*"]))
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    said = {"url": url, "campaigns": campaigns}
    greeting = json.dumps(said, ensure_ascii=False) if as_json else (
        f"key service at {url} for {', '.join(campaigns)}; Ctrl-C stops it"
    )  # fmt: skip
    serve(keys, rules, host, port, greeting)


@app.command()
def init(
    key_file: Annotated[Path, typer.Option("--key-file", help="File to make.", metavar="FILE")],
    campaign: Annotated[str, typer.Option(help="Code of the campaign.")],
    authority: Annotated[
        Path | None,
        typer.Option(help="Public key of the campaign's authority, whose grants let centres ask"
                          " for many tags.", metavar="FILE"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the key of a campaign, in a new file that only its owner may read."""
    from api.keyservice.key_file import make_key
    from api.protocol.encoding import to_base64url

    public_key = to_base64url(make_key(key_file, campaign, authority).pair.public)
    if as_json:
        typer.echo(json.dumps({"file": str(key_file), "campaign": campaign,
                               "public_key": public_key}, ensure_ascii=False))  # fmt: skip
        return
    typer.echo(f"{key_file}: key of campaign {campaign}. Keep it here only; without it the tags")
    typer.echo("of the campaign can neither be made nor traced. Its public key, for the")
    typer.echo(f"authority to sign with the campaign: {public_key}")

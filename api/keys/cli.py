"""Commands for keys: `creneau keys generate|sign|rotate|recover|destroy`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.database.cli import Database, Home, settings_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from api.keys.making import NewKey

VALID_DAYS = 35

KeyFileArgument = Annotated[Path, typer.Argument(help="Key file.", metavar="KEYFILE")]
Holder = Annotated[str, typer.Option(help="Who opens it by passphrase: a name, a device.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="File whose first line is the passphrase (default: ask).",
                              metavar="FILE")
]  # fmt: skip
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the files.", metavar="DIR")]
OutFile = Annotated[Path, typer.Option("--out", help="File to write.", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

app = typer.Typer(help="Keys of centres and of the campaign's authority.", no_args_is_help=True,
                  rich_markup_mode=None)  # fmt: skip


@app.command()
def generate(
    campaign: Annotated[str, typer.Option(help="Code of the campaign.")],
    out: OutFolder,
    centre: Annotated[str, typer.Option(help="Code of the centre.")] = "",
    authority: Annotated[
        bool, typer.Option("--authority", help="The key that signs, instead of a centre's.")
    ] = False,
    holder: Holder = "owner",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a key: a file wrapped by your passphrase, a public key to sign, a kit to print."""
    from api.keys.making import generate as make

    if bool(centre) is authority:
        raise typer.BadParameter("name a --centre, or say --authority")
    passphrase = _passphrase(passphrase_file, "New passphrase", new=True)
    made = make(out, "authority" if authority else "centre", campaign, centre, holder, passphrase)
    _tell_new(made, as_json)


@app.command()
def sign(
    document: Annotated[
        Path, typer.Argument(help="Public key of a centre, or a campaign.", metavar="DOCUMENT")
    ],
    authority: Annotated[Path, typer.Option(help="Key file of the authority.", metavar="KEYFILE")],
    out: OutFile,
    first_day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First valid day (today).")
    ] = None,
    last_day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=f"Last valid day ({VALID_DAYS} days in all)."),
    ] = None,
    fingerprint: Annotated[
        str | None, typer.Option(help="Four words the centre reads out (default: ask).")
    ] = None,
    holder: Holder = "owner",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign a centre's key or a campaign with the authority's key, offline."""
    from api.keys.signing import (
        centre_to_sign,
        open_authority,
        sign_campaign,
        sign_centre_key,
        validity_from,
    )

    owner = centre_to_sign(document)
    if owner is None and (first_day or last_day or fingerprint):
        raise typer.BadParameter("a campaign names its own days, and has no fingerprint")
    days = validity_from(first_day, last_day, VALID_DAYS)
    if owner is not None and fingerprint is None:
        fingerprint = typer.prompt(f"Four words that centre {owner.centre} reads out", err=True)
    opened = open_authority(authority, holder, _passphrase(passphrase_file, "Passphrase"))
    if owner is None:
        signed = sign_campaign(document, opened, out).campaign
        what, validity = {"campaign": signed.code}, signed.validity
    else:
        key = sign_centre_key(document, opened, days, fingerprint or "", out).key
        what = {"centre": owner.centre, "key_id": owner.key_id.hex()}
        validity = key.validity
    first, last = validity.fields
    if as_json:
        said = {"file": str(out), **what, "first_day": first, "last_day": last}
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    named = " ".join(f"{name} {value}" for name, value in what.items())
    typer.echo(f"{out}: {named}, signed for {first} to {last}")


@app.command()
def rotate(
    key_file: KeyFileArgument,
    out: OutFolder,
    holder: Holder = "owner",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the key that takes over; keep the old one until its last booking is past."""
    from api.keys.making import rotate as make

    old, made = make(key_file, out, holder, _passphrase(passphrase_file, "Passphrase"))
    _tell_new(made, as_json, {"replaces": old.key_id.hex()})


@app.command()
def recover(
    key_file: KeyFileArgument,
    out: OutFile,
    holder: Holder = "owner",
    by: Annotated[
        str | None,
        typer.Option(help="Open with the passphrase of this holder, not with the recovery kit."),
    ] = None,
    code_file: Annotated[
        Path | None,
        typer.Option(help="File whose first line is the recovery code, or the passphrase with"
                          " --by (default: ask).", metavar="FILE"),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Give a holder a new passphrase, by the recovery kit or by another holder."""
    from api.keys.holders import admit, secret_by_code, secret_by_passphrase

    opener = _passphrase(code_file, f"Passphrase of {by}" if by else "Recovery code")
    secret = secret_by_passphrase(key_file, by, opener) if by else secret_by_code(key_file, opener)
    passphrase = _passphrase(passphrase_file, f"New passphrase of {holder}", new=True)
    owner = admit(key_file, secret, holder, passphrase, out)
    said = {"file": str(out), "holder": holder, "key_id": owner.key_id.hex()}
    typer.echo(json.dumps(said, ensure_ascii=False) if as_json else (
        f"{out}: opens for {holder} too; put it in the place of {key_file}"
    ))  # fmt: skip


@app.command()
def install(
    documents: Annotated[
        list[Path],
        typer.Argument(help="Signed campaign, signed keys, key files.", metavar="DOCUMENT..."),
    ],
    authority: Annotated[
        Path | None,
        typer.Option(help="Public key of the campaign's authority (the first time).",
                     metavar="PUBLIC"),
    ] = None,
    database: Database = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Install a signed campaign and signed keys in the booking database, for the pages to read."""
    from api.clock import now
    from api.keyring.installing import Given, Report
    from api.keyring.installing import install as put
    from api.staff.office import at_work

    given = [Given.read(path) for path in documents]
    signer = Given.read(authority) if authority else None

    async def work(connection: AsyncConnection) -> Report:
        return await put(connection, given, signer, now())

    done = at_work(settings_of(database, home), work)
    if as_json:
        said = {"campaign": done.campaign, "signed_keys": done.signed_keys,
                "key_files": done.key_files}  # fmt: skip
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    typer.echo(f"campaign {done.campaign}: {done.signed_keys} signed keys and {done.key_files}"
               " key files installed")  # fmt: skip


@app.command()
def destroy(
    key_file: KeyFileArgument,
    key_id: Annotated[
        str | None, typer.Option(help="Key id, to be said by who destroys it (default: ask).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Destroy a key: what was sealed to it is never read again, once its copies are gone too."""
    from api.keys.destruction import destroy as end

    if key_id is None:
        key_id = typer.prompt("Key id of the key to destroy for good", err=True)
    owner = end(key_file, key_id)
    if as_json:
        said = {"file": str(key_file), "destroyed": owner.key_id.hex()}
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    typer.echo(f"{key_file}: destroyed. Nothing opens any more once its copies are gone too:")
    typer.echo("the printed recovery kit, and the wrapped key on the booking server.")


def _tell_new(made: NewKey, as_json: bool, more: dict[str, str] | None = None) -> None:

    key_id, words = made.owner.key_id.hex(), made.owner.fingerprint
    if as_json:
        files = {"key": str(made.key), "public": str(made.public), "kit": str(made.kit)}
        said = {"key_id": key_id, "fingerprint": words, **files, **(more or {})}
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    typer.echo(f"key {key_id}, fingerprint: {words}")
    typer.echo(f"{made.key}  your key, wrapped by your passphrase")
    typer.echo(f"{made.public}  to be signed by the authority, who will ask for the four words")
    typer.echo(f"{made.kit}  recovery kit: print it, put it into the safe, remove the file")


def _passphrase(file: Path | None, question: str, *, new: bool = False) -> str:
    if file is None:
        answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=new, err=True)
        return answer
    from api.keys.files import first_line

    return first_line(file)

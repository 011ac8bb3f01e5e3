"""Whether a server sends the pages of this release, and nothing else: for anyone, from anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from allocator.errors import InputError
from api.protocol.authority import verified_campaign
from api.protocol.documents import SignedCampaign
from api.protocol.encoding import from_base64url
from api.protocol.refusal import Refused
from api.web.site import SiteFile, make_site

PATIENCE_S = 30.0
AT_ONCE = 8
"""Files that are fetched beside each other."""
CAMPAIGN = "/keys/campaign.json"
_MOST_BYTES = 20_000_000
_AUTHORITY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Sent:
    """What a server answered; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Stay(HTTPRedirectHandler):
    """Follow nobody elsewhere: a page that is moved is not the page."""

    def redirect_request(self, *_: object) -> None:
        """Take the redirection as the answer."""


def differences(url: str, authority: str, today: dt.date) -> Iterator[str]:
    """Name what a server sends otherwise than the release with this authority would.

    Parameters
    ----------
    url
        Where the pages are, such as `https://rdv.example.fr`.
    authority
        Public key of the campaign's authority, in base64url.

    Raises
    ------
    InputError
        When the address is none, nobody answers there, or the key is none.
    """
    root = _root(url)
    try:
        public = from_base64url(authority, _AUTHORITY_BYTES)
    except Refused as refusal:
        raise InputError("--authority", str(refusal)) from None
    services: tuple[str, ...] = ()
    try:
        document = SignedCampaign.from_json(_get(root + CAMPAIGN).body)
        verified_campaign(
            document.campaign, document.signature, public, code=document.campaign.code, on=today
        )
        services = tuple(service.url for service in document.campaign.services)
    except Refused as refusal:
        yield f"{CAMPAIGN}: {refusal}"
    site = make_site(public, services)
    with ThreadPoolExecutor(AT_ONCE) as fetching:
        answers = fetching.map(_get, [root + path for path in site])
        for (path, expected), sent in zip(site.items(), answers, strict=True):
            yield from _compared(path, expected, sent)


def _compared(path: str, expected: SiteFile, sent: Sent) -> Iterator[str]:
    if sent.status != 200:
        yield f"{path}: status {sent.status}"
        return
    if sent.body != expected.body:
        yield f"{path}: other bytes than this release's"
    for name, value in expected.headers.items():
        if sent.headers.get(name) != value:
            yield f"{path}: header {name}"
    if more := sorted(set(sent.headers) & {"link", "refresh", "set-cookie", "sourcemap"}):
        yield f"{path}: headers that a page never has: {', '.join(more)}"


def _root(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(url, "is not an address that begins with https://")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _get(url: str) -> Sent:
    request = Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310 - see `_root`
    try:
        with build_opener(_Stay).open(request, timeout=PATIENCE_S) as answer:
            body = answer.read(_MOST_BYTES)
            return Sent(answer.status, _named(answer.headers), body)
    except HTTPError as error:
        return Sent(error.code, _named(error.headers), error.read(_MOST_BYTES))
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise InputError(url, f"does not answer: {reason}") from None


def _named(headers: Message) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}

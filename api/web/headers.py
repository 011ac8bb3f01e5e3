"""Headers of the pages: what a browser lets them do, which is little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
_NOTHING = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
_LASTING = "public, max-age=31536000, immutable"
_FRESH = "no-cache"


def page_headers(kind: str, services: Iterable[str], *, wasm: bool) -> Mapping[str, str]:
    """Headers of a page.

    Parameters
    ----------
    kind
        Its media type.
    services
        Addresses of key services.
    wasm
        Whether it may compile WebAssembly: the centre's page derives keys from passphrases.
    """
    policy = dict(_POLICY)
    policy["connect-src"] = " ".join(["'self'", *sorted({_origin(url) for url in services})])
    if wasm:
        policy["script-src"] += " 'wasm-unsafe-eval'"
    return _common(kind, _FRESH) | {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _NOTHING),
        "x-frame-options": "DENY",
    }


def asset_headers(kind: str, *, lasting: bool = True) -> Mapping[str, str]:
    """Headers of what a page loads; `lasting` when its name changes with its content."""
    return _common(kind, _LASTING if lasting else _FRESH)


def _common(kind: str, cache: str) -> dict[str, str]:
    return {
        "cache-control": cache,
        "content-type": kind,
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

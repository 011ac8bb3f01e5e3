"""nginx with the production configuration, in front of an installation on this machine.

The configuration is the one that is shipped; what is an operator's own in it is put in its place,
and nothing else.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, create_connection, socket

from loadtests.address import Address
from loadtests.certificate import HOST, write_certificate

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
START_S = 10.0
FRAME = """daemon off;
user {user};
worker_processes auto;
worker_rlimit_nofile 65536;
pid {scratch}/nginx.pid;
error_log {scratch}/error.log warn;
events {{ worker_connections 8192; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {scratch}/body;
    proxy_temp_path {scratch}/proxy;
    fastcgi_temp_path {scratch}/fastcgi;
    uwsgi_temp_path {scratch}/uwsgi;
    scgi_temp_path {scratch}/scgi;
    include {scratch}/creneau.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """A running nginx.

    secure, plain
        Where it listens with TLS and without.
    certificate
        That vouches for it.
    pid
        Of its first process.
    """

    secure: Address
    plain: Address
    certificate: Path
    pid: int


def configuration() -> str:
    """Read the configuration that is shipped."""
    return files("api.serve").joinpath("nginx", "creneau.conf").read_text(encoding="utf-8")


def filled_in(text: str, own: dict[str, str]) -> str:
    """Put an operator's own values in the place of the example's.

    Raises
    ------
    LookupError
        When the configuration does not have one of them.
    """
    for example, value in own.items():
        if example not in text:
            raise LookupError(f"the configuration has no {example}")
        text = text.replace(example, value)
    return text


@contextmanager
def in_front_of(service: Address, public: Path, scratch: Path) -> Iterator[Front]:
    """Run nginx in front of a service and its public folder.

    Raises
    ------
    RuntimeError
        When there is no nginx, or it does not start.
    """
    if NGINX is None:
        raise RuntimeError("nginx is not installed (Debian: nginx)")
    scratch.mkdir(parents=True, exist_ok=True)
    certificate, key = write_certificate(scratch)
    secure, plain = Address(HOST, _free_port()), Address(HOST, _free_port())
    own = {
        "/etc/letsencrypt/live/rdv.example.fr/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/rdv.example.fr/privkey.pem": str(key),
        "listen [::]:443 ssl http2;": "", "listen [::]:80;": "",
        "listen 443": f"listen {secure.host}:{secure.port}",
        "listen 80": f"listen {plain.host}:{plain.port}",
        "https://rdv.example.fr$": f"https://{secure.host}:{secure.port}$",
        "server_name rdv.example.fr": f"server_name {HOST}",
        "/var/lib/creneau/public": str(public),
        "127.0.0.1:8000": f"{service.host}:{service.port}",
        "/var/cache/nginx/creneau": str(scratch / "cache"),
        "/var/log/nginx/creneau-error.log": str(scratch / "creneau-error.log"),
    }  # fmt: skip
    (scratch / "creneau.conf").write_text(filled_in(configuration(), own), encoding="utf-8")
    frame = scratch / "nginx.conf"
    frame.write_text(FRAME.format(scratch=scratch, user=public.owner()), encoding="utf-8")
    with (scratch / "nginx.log").open("wb") as log:
        process = subprocess.Popen(
            [NGINX, "-c", frame, "-e", scratch / "error.log"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(secure, process, scratch)
        yield Front(secure, plain, certificate, process.pid)
    finally:
        process.terminate()
        process.wait(START_S)


def _wait(address: Address, process: subprocess.Popen[bytes], scratch: Path) -> None:
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = (scratch / "nginx.log").read_text() + (scratch / "error.log").read_text()
    raise RuntimeError(f"nginx does not start: {said[-1000:]}")


def _free_port() -> int:
    with socket(AF_INET, SOCK_STREAM) as held:
        held.bind((HOST, 0))
        port: int = held.getsockname()[1]
        return port

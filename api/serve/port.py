"""The port that several processes listen on."""

from __future__ import annotations

import socket

from allocator.errors import InputError


def reserve(host: str, port: int) -> socket.socket:
    """Keep a port for the processes that will listen on it; close the socket in the end.

    The socket is bound but does not listen, so that no connection comes to it; the others share
    its port.

    Parameters
    ----------
    port
        0 for a free one.

    Raises
    ------
    InputError
        When the address is none, or somebody has the port.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Two that share a port would share its connections, too: first make sure to be alone.
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            address = (address[0], probe.getsockname()[1], *address[2:])
        kept = socket.socket(family, kind)
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        kept.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{host}:{port}", f"cannot be listened on: {reason}") from None
    return kept

"""Breaking a connection the way a failing network does; understands the sockets gunicorn hands over."""

from __future__ import annotations

import os
import socket
import struct

# A view sets this key in the WSGI environment to "drop", "reset" or "truncate"; wsgi.py does it.
BREAKAGE = "sandbox.breakage"


def drop(connection: socket.socket) -> None:
    """Closes the connection without another byte; the client reads an end of file."""
    connection.shutdown(socket.SHUT_RDWR)
    _put_aside(connection)


def reset(connection: socket.socket) -> None:
    """Ends the connection with a TCP reset."""
    linger_for_no_time = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
    _put_aside(connection)


def _put_aside(connection: socket.socket) -> None:
    """Closes the connection but leaves the server a socket that it can go on closing without an error in its log."""
    with socket.socket() as unconnected:
        os.dup2(unconnected.fileno(), connection.fileno())

"""The WSGI application: Django, and around it the place where a connection can be broken under the answer."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

from . import sockets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stratum.sandbox.settings")

_django = get_wsgi_application()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with Django, unless the answer is to be lost on the way.

    Raises StopIteration once the connection is gone: gunicorn's threads then know that nothing is left to send.
    """
    started: list[Any] = []

    def remember(*arguments: Any) -> Any:
        started.extend(arguments)

    response = _django(environ, remember)
    breakage = environ.get(sockets.BREAKAGE)
    if breakage is None or breakage == "truncate":
        start_response(*started)
        return response if breakage is None else _half(response, environ["gunicorn.socket"])
    getattr(response, "close", lambda: None)()
    {"drop": sockets.drop, "reset": sockets.reset}[breakage](environ["gunicorn.socket"])
    raise StopIteration


def _half(response: Iterable[bytes], connection: Any) -> Iterator[bytes]:
    body = b"".join(response)
    getattr(response, "close", lambda: None)()
    yield body[: len(body) // 2]
    sockets.drop(connection)

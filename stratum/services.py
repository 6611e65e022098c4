"""What `manage.py serve` runs, and what must hold before it starts."""

from __future__ import annotations

import http.client
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from stratum.keeper import Service
from stratum.processes import HOST

NAMES = ("web", "publish", "default", "sandbox")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
WEB_WORKERS, WEB_THREADS = 2, 8
WEB_GRACE_SECONDS = 20
# Path without query: an OAuth callback's query holds a code.
ACCESS_LOG = "%(h)s %(m)s %(U)s %(s)s %(M)sms"


class PortTaken(Exception):
    """Another program listens where a service should; the text says which port and what to do."""


def wanted(names: list[str]) -> list[Service]:
    """Return the named services; when none is named, all of them, the sandbox only where it should run here."""
    makers = {
        "web": web,
        "publish": lambda: cluster("publish"),
        "default": lambda: cluster("default"),
        "sandbox": sandbox,
    }
    chosen = names or [name for name in NAMES if name != "sandbox" or sandbox_is_ours()]
    return [makers[name]() for name in NAMES if name in chosen]


def run_dir(names: list[str]) -> Path:
    """Return the folder of a supervisor that was asked for these services: one per host and combination."""
    return Path(settings.DATA_DIR) / "run" / "-".join([HOST, str(settings.WEB_PORT), *sorted(set(names))])


def web() -> Service:
    options = {
        "bind": _address(settings.WEB_BIND, settings.WEB_PORT),
        "worker-class": "gthread",
        "workers": WEB_WORKERS,
        "threads": WEB_THREADS,
        "timeout": 60,
        "graceful-timeout": WEB_GRACE_SECONDS,
        "keep-alive": 15,
        "access-logfile": "-",
        "access-logformat": ACCESS_LOG,
        "log-level": "warning",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "gunicorn", "--preload", "--no-control-socket", *arguments, "stratum.wsgi"]
    return Service("web", command, rank=1, grace=WEB_GRACE_SECONDS + 5)


def cluster(name: str) -> Service:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return Service(
        name, command, rank=2, cluster=name, env={"Q_CLUSTER_NAME": name}, grace=settings.SUPERVISOR_GRACE_SECONDS
    )


def sandbox() -> Service:
    port = urlsplit(settings.SANDBOX_URL).port or 80
    command = [sys.executable, "-m", "stratum.sandbox", "--port", str(port)]
    return Service("sandbox", command, rank=3, env={"SANDBOX_DATA": str(sandbox_data())}, grace=5)


def sandbox_data() -> Path:
    return Path(settings.DATA_DIR) / "sandbox"


def sandbox_is_ours() -> bool:
    """Whether the sandbox should run here: configured, on this machine, in development, and not there yet."""
    parts = urlsplit(settings.SANDBOX_URL)
    if not settings.DEBUG or parts.hostname not in LOOPBACK:
        return False
    return _status(parts.hostname, parts.port or 80, "/_sandbox/objects", parts.netloc) != http.HTTPStatus.OK


def check_ports(services: list[Service]) -> None:
    """Raise PortTaken when web or sandbox could not listen."""
    for service in services:
        if service.name == "web" and _is_taken(settings.WEB_BIND, settings.WEB_PORT):
            raise PortTaken(
                f"Port {settings.WEB_PORT} on {settings.WEB_BIND} is taken by another program. "
                "Stop that program, or choose another port: make run PORT=8001."
            )
        if service.name == "sandbox":
            parts = urlsplit(settings.SANDBOX_URL)
            if _is_taken(parts.hostname or "127.0.0.1", parts.port or 80):
                raise PortTaken(
                    f"Port {parts.port} for the sandbox is taken by another program. "
                    "Stop that program, or choose another port: make run SANDBOX_PORT=8101."
                )


def web_answers() -> bool:
    """Whether the web service answers requests, well or not."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.WEB_BIND, settings.WEB_BIND)  # noqa: S104
    return _status(host, settings.WEB_PORT, "/healthz?part=web", settings.ALLOWED_HOSTS[0]) is not None


def _status(host: str, port: int, path: str, name: str) -> int | None:
    """The HTTP status of a GET; None when nobody answers in a second."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _is_taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

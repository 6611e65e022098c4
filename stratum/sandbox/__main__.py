"""Starts the sandbox: `python -m stratum.sandbox [--port N] [--bind ADDRESS]`.

SANDBOX_PORT (8100) and SANDBOX_DATA (data/sandbox) are read from the environment. The process prepares its database and
then becomes the server; it ends by SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import django

THREADS = 64
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def main() -> None:
    options = _options(sys.argv[1:])
    os.environ["DJANGO_SETTINGS_MODULE"] = "stratum.sandbox.settings"
    if options.bind not in LOOPBACK:
        os.environ.setdefault("SANDBOX_HOSTS", "*")
    django.setup()
    _prepare()
    _serve(options.bind, options.port)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m stratum.sandbox", description="Plays the ad platforms over HTTP.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("SANDBOX_PORT", "8100")))
    parser.add_argument(
        "--bind", default="127.0.0.1", help="address to listen on; anything but loopback lets others in"
    )
    return parser.parse_args(arguments)


def _prepare() -> None:
    """Creates the tables and, in an empty database, the seed; leaves no connection open for the server to inherit."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from stratum.sandbox import seeding

    settings.DATA_FOLDER.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    seeding.seed_what_is_empty()
    connections.close_all()


def _serve(bind: str, port: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _server_settings(bind, port).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from stratum.sandbox.wsgi import application

            return application

    Server().run()


def _server_settings(bind: str, port: int) -> dict[str, Any]:
    address = f"[{bind}]:{port}" if ":" in bind else f"{bind}:{port}"
    return {
        "bind": address,
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "worker_connections": 1000,
        "keepalive": 30,
        "timeout": 0,
        "graceful_timeout": 1,
        "loglevel": "error",
        "preload_app": True,
        "control_socket_disable": True,
    }


if __name__ == "__main__":
    main()

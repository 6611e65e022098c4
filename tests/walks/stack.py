"""A whole installation as people meet it: `manage.py serve` with the sandbox, a team, and a database of its own."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from stratum.development import sandbox_credentials
from tests.faults.stage import Sandbox
from tests.operations.processes import Installation, wait_until

#: Short clocks: nothing here waits for a platform to settle as long as the real ones take.
QUICK = {"PUBLISH_RING_SECONDS": "0.2", "PUBLISH_SETTLE_FACTOR": "0.04"}
SECONDS = 30
#: The team and what Django keeps for itself: tables that begin so outlive a walk, but for the queue.
KEPT = ("auth_", "axes_", "django_", "sqlite_", "stratum_user", "stratum_personsession", "stratum_heartbeat")
QUEUE = "django_q_ormq"


class Stack:
    """A running installation: where it is, who may log in, and the sandbox behind it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.url = installation.env["BASE_URL"]
        self.sandbox = Sandbox(installation.env["SANDBOX_URL"], None)  # type: ignore[arg-type]
        self.mails = installation.folder / "mails"
        team = (installation.folder / "demo-team.txt").read_text()
        self.passwords = dict(re.findall(r"^(\w+)=(\S+)$", team, re.MULTILINE))

    def clean(self) -> None:
        """Leave the team, and nothing else: as after the first start."""
        self.sandbox.order("reset")
        for path in self.mails.glob("*"):
            path.unlink()
        with self.database() as cursor:
            names = [name for (name,) in cursor.execute(self.tables_sql).fetchall()]
            tables = [name for name in names if name == QUEUE or not name.startswith(KEPT)]
            if self.installation.env["DATABASE_URL"]:
                cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
            for table in () if self.installation.env["DATABASE_URL"] else tables:
                cursor.execute(f"DELETE FROM {table}")

    @contextmanager
    def database(self) -> Iterator[Any]:
        """Open the installation's own database, past the product; what was done is committed at the end."""
        url = self.installation.env["DATABASE_URL"]
        opened = psycopg.connect(url) if url else sqlite3.connect(self.installation.folder / "stratum.sqlite3", 20)
        with closing(opened), opened:
            yield opened.cursor()

    @property
    def tables_sql(self) -> str:
        """The query for the names of all tables."""
        if self.installation.env["DATABASE_URL"]:
            return "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        return "SELECT name FROM sqlite_master WHERE type = 'table'"

    def await_mail(self, address: str, word: str) -> None:
        """Wait until a mail to the address holds the word."""

        def has_come() -> bool:
            return any(letter.startswith(f"{address}\n") and word in letter for letter in self.letters())

        wait_until(has_come, f"a mail to {address} says {word}")

    def letters(self) -> list[str]:
        """Return what was mailed: address, subject and text, as a person reads them."""
        parts = [part for path in self.mails.glob("*") for part in path.read_bytes().split(b"\n" + b"-" * 79)]
        return [_as_read(message_from_bytes(part.strip(), policy=default)) for part in parts if part.strip()]

    def await_objects(self, holds: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until the sandbox's Meta holds what it should."""
        wait_until(lambda: holds(self.sandbox.look("objects", platform="meta")), "the platform shows it")

    def member(self, name: str) -> Member:
        return Member(self, name)


def _as_read(letter: Any) -> str:
    bodies = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return "\n".join([letter["To"], letter["Subject"], *bodies])


class Member:
    """A person of the team who speaks JSON: what a walk needs to find already done."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.url = stack.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Referer"] = stack.url
        self.session.get(f"{stack.url}/login", timeout=SECONDS)
        form = {"username": name, "password": stack.passwords[name], "csrfmiddlewaretoken": self._token}
        answer = self.session.post(f"{stack.url}/login", form, allow_redirects=False, timeout=SECONDS)
        assert answer.status_code == 302, answer.text[:300]
        self.session.headers["Accept"] = "application/json"

    @property
    def _token(self) -> str:
        return self.session.cookies["csrftoken"]

    def get(self, path: str) -> Any:
        """Return the data of a path; AssertionError unless it is there."""
        answer = self.session.get(f"{self.url}{path}", timeout=SECONDS)
        assert answer.status_code == 200, answer.text[:500]
        return answer.json()["data"]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send JSON and return the answer's data; AssertionError when it was refused."""
        headers = {"X-CSRFToken": self._token}
        answer = self.session.request(method, f"{self.url}{path}", json=body or {}, headers=headers, timeout=SECONDS)
        assert answer.ok, answer.text[:500]
        return answer.json()["data"]

    def upload(self, name: str, picture: bytes) -> str:
        """Put a picture into the media library and return its SHA-256."""
        files, headers = {"file": (name, picture)}, {"X-CSRFToken": self._token}
        answer = self.session.post(f"{self.url}/media", files=files, headers=headers, timeout=SECONDS)
        assert answer.status_code == 201, answer.text[:500]
        return str(answer.json()["data"]["sha256"])


@contextmanager
def own_database() -> Iterator[str]:
    """Make a database on the PostgreSQL server that the tests run on and yield its URL; empty where they use SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"stack_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Stack]:
    """Start an installation in the folder and stop it at the end, its processes included."""
    with own_database() as database_url:
        mails = {"EMAIL_URL": f"filemail:///{folder / 'mails'}"}  # one slash more: the first is not the path's
        installation = Installation(folder, database_url, **{**sandbox_credentials(), **QUICK, **mails, **settings})
        for command in ("migrate", "demo_team"):
            done = installation.manage(command, "--verbosity", "0")
            assert done.returncode == 0, done.stderr
        serve = installation.serve()
        try:
            wait_until(installation.is_well, f"the installation in {folder} answers")
            yield Stack(installation)
            serve.terminate()
            serve.wait(60)
        finally:
            installation.kill_everything()

"""Where a secret could be left, and the search for it."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.walks.stack import Member, Stack

#: Every payload that is put into the queue is copied here as well: the queue itself forgets.
KEPT_PAYLOADS = "kept_payloads"
#: Signed by Django or by the queue: Base64, after a point if it is compressed, then signature and time.
SIGNED = re.compile(rb"\.?[A-Za-z0-9_-]{16,}(?=:[A-Za-z0-9_-]+:[A-Za-z0-9_-]{27,})")
LINK = re.compile(r"""(?:href|hx-get|src)="(/[^"#]*)""")
#: What a crawler need not follow: pages of other orders and filters, and what ends the session.
NOT_FOLLOWED = re.compile(
    r"^/(static|logout)|[?&](o|after|before|_changelist_filters|e)=|__exact|__isnull|^/admin/jsi18n"
)
MOST_PAGES = 400
#: Pages that differ in a number only show rows of one table, which is searched as a whole anyway.
MOST_OF_A_KIND = 4
NUMBER = re.compile(r"[0-9a-f]{64}|\d+")


def keep_payloads(stack: Stack) -> None:
    """Let the database keep a copy of everything that is put into the queue."""
    is_postgres = bool(stack.installation.env["DATABASE_URL"])
    with stack.database() as cursor:
        cursor.execute(f"CREATE TABLE {KEPT_PAYLOADS} (payload text)")
        for statement in _POSTGRES if is_postgres else _SQLITE:
            cursor.execute(statement)


_SQLITE = [
    f"CREATE TRIGGER keep AFTER INSERT ON django_q_ormq BEGIN INSERT INTO {KEPT_PAYLOADS} VALUES (NEW.payload); END"
]
_POSTGRES = [
    "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" INSERT INTO {KEPT_PAYLOADS} VALUES (NEW.payload); RETURN NEW; END $$",
    "CREATE TRIGGER keep AFTER INSERT ON django_q_ormq FOR EACH ROW EXECUTE FUNCTION keep()",
]


def database(stack: Stack) -> dict[str, bytes]:
    """Return every table as text, one place each, and the files of SQLite as they lie there."""
    places = {}
    with stack.database() as cursor:
        for name in [name for (name,) in cursor.execute(stack.tables_sql).fetchall()]:
            rows = cursor.execute(f'SELECT * FROM "{name}"').fetchall()
            places[f"table {name}"] = "\n".join(str(row) for row in rows).encode()
    return places | files(stack.installation.folder, "stratum.sqlite3*")


def files(folder: Path, pattern: str) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob(pattern)) if path.is_file()
    }


def on_disk(stack: Stack) -> dict[str, bytes]:
    """Return everything in the data folder, logs and mails included, but for what the sandbox keeps of its own."""
    found = files(stack.installation.folder, "*")
    return {name: content for name, content in found.items() if not name.startswith("sandbox/")}


def seen_by(stack: Stack, name: str, *, most: int = MOST_PAGES) -> dict[str, bytes]:
    """Return every page and JSON answer that this person reaches by links from the first page, some of each kind."""
    member, waiting, asked = Member(stack, name), ["/publish-logs", "/"], {"/publish-logs", "/"}
    found: dict[str, bytes] = {}
    of_kind: Counter[str] = Counter()
    while waiting and len(found) < most:
        path = waiting.pop(0)
        of_kind[NUMBER.sub("#", path)] += 1
        if of_kind[NUMBER.sub("#", path)] > MOST_OF_A_KIND:
            continue
        for kind in ("text/html", "application/json"):
            answer = member.session.get(f"{stack.url}{path}", headers={"Accept": kind}, timeout=30)
            found[f"{kind} {path} for {name}"] = answer.content + repr(sorted(answer.headers.items())).encode()
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            new = [link for link in _links(answer.text, path) if link not in asked] if is_page else []
            asked.update(new)
            waiting.extend(new)
    return found


def _links(html: str, path: str) -> Iterator[str]:
    for link in LINK.findall(html):
        target = unescape(link)
        if not NOT_FOLLOWED.search(target) and urlsplit(target).path != path:
            yield target


def spelled(secret: str) -> Iterable[bytes]:
    """Return the ways in which a secret can stand in a text: as it is, and as JSON, HTML or Base64 write it."""
    plain = secret.encode()
    return {plain, plain.replace(b"/", b"\\/"), base64.b64encode(plain).rstrip(b"=")}


def leaks(places: dict[str, bytes], secrets: Iterable[str]) -> list[str]:
    """Return each place in which a secret stands, with the beginning of the secret."""
    wanted = [(secret, list(spelled(secret))) for secret in secrets]
    found = []
    for place, content in places.items():
        readable = content + b"\n" + unquote(content.decode(errors="replace")).encode() + b"\n" + opened(content)
        found += [f"{place} holds {secret[:6]}…" for secret, ways in wanted if any(way in readable for way in ways)]
    return found


def opened(content: bytes) -> bytes:
    """Return what stands inside the signed packages of a text: sessions, payloads of the queue."""
    return b"\n".join(_open(package) for package in SIGNED.findall(content))


def _open(package: bytes) -> bytes:
    body = package.removeprefix(b".")
    try:
        raw = base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))
        return zlib.decompress(raw) if package.startswith(b".") else raw
    except (binascii.Error, zlib.error):
        return b""

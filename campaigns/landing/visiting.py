"""Visits a landing page as anybody on the internet would, and says what came of it.

Every address on the way is judged by stratum/outbound.py, each redirect again, so that no link of an ad makes this machine
look into its own network. What is read and how long it takes are bounded.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

from campaigns.landing.models import LandingCheck
from stratum import outbound
from stratum.outbound import NotAllowed, Unreachable

Verdict = LandingCheck.Verdict

#: Seconds for one page with all its redirects.
SECONDS = 8.0
MOST_REDIRECTS = 5
AT_ONCE = 6
HEADERS = {"Accept": "text/html,*/*;q=0.1"}


@dataclass(frozen=True)
class Visit:
    """What came of one address: a sentence, and whether it stands in the way. `took_ms` includes the redirects."""

    url: str
    verdict: Verdict
    message: str
    redirects: int = 0
    took_ms: int = 0


def visit_all(urls: Iterable[str]) -> Iterator[Visit]:
    """Visit the addresses, a few at once. Never raises; each takes SECONDS at most."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(visit, urls)


def visit(url: str) -> Visit:
    """Follow the address to its page. Never raises."""
    started = time.monotonic()
    verdict, message, redirects = _follow(url, started + SECONDS)
    return Visit(url, verdict, message, redirects, round((time.monotonic() - started) * 1000))


def _follow(url: str, ends: float) -> tuple[Verdict, str, int]:
    here = url
    for redirects in range(MOST_REDIRECTS + 1):
        where = "The page" if not redirects else f"After {_times(redirects)}, {_host(here)}"
        try:
            reply = outbound.request("GET", _asked_at(here), headers=HEADERS, seconds=max(0.1, ends - time.monotonic()))
        except NotAllowed as error:
            return _not_allowed(error, here, redirects)
        except Unreachable as error:
            return Verdict.WARNING, f"The page could not be opened: {error}", redirects
        target = reply.headers.get("location", "")
        if reply.status in range(300, 400) and target:
            here = urljoin(here, target)
            continue
        if reply.is_ok:
            said = f", after {_times(redirects)} at {_host(here)}" if redirects else ""
            return Verdict.OK, f"The page answers{said}.", redirects
        return Verdict.WARNING, f"{where} answers {reply.status} instead of a page.", redirects
    return Verdict.WARNING, f"The link redirects more than {MOST_REDIRECTS} times.", MOST_REDIRECTS


def _not_allowed(error: NotAllowed, here: str, redirects: int) -> tuple[Verdict, str, int]:
    """A private address is an error wherever it is met; what only lacks https on the way is the advertiser's choice."""
    led = f"The link redirects to {_host(here)}. " if redirects else ""
    if error.is_private:
        return Verdict.ERROR, f"{led}{error}", redirects
    return Verdict.WARNING, f"{led}It could not be checked: {error}", redirects


def _asked_at(url: str) -> str:
    """Write the address in ASCII. A host that the settings play elsewhere is asked there: a sandbox has no shop."""
    parts = urlsplit(url)
    name, query = parts.hostname or "", f"?{parts.query}" if parts.query else ""
    way = iri_to_uri(f"{parts.path or '/'}{query}")
    if played := settings.LANDING_PAGE_HOSTS.get(name):
        return f"{played}{way}"
    if name.isascii():
        return f"{parts.scheme}://{parts.netloc}{way}"
    try:
        host = name.encode("idna").decode()
    except UnicodeError as error:
        raise NotAllowed(f"{name} is no name that a server could have.") from error
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{way}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url[:100]
    except ValueError:
        return url[:100]


def _times(count: int) -> str:
    return "a redirect" if count == 1 else f"{count} redirects"

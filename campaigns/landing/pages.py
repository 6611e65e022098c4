"""The landing pages of a draft: which there are, what is known of them, and what that means for the draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.content_rules.ads import is_public_https
from campaigns.content_rules.problem import Problem, Severity
from campaigns.landing import visiting
from campaigns.landing.models import LandingCheck, sum_of
from integrations.draft import Draft

#: A page that was opened within this time is not visited again before a submission.
FRESH = timedelta(hours=1)
#: What was found longer ago says nothing about now.
TOLD_FOR = timedelta(days=2)
#: More different pages than this are not visited for one press of a button.
MOST = 30


@dataclass(frozen=True)
class Page:
    """A landing page with the ads that lead to it (draft paths of their links); `check` None if it was never visited."""

    url: str
    paths: tuple[str, ...]
    check: LandingCheck | None

    @property
    def is_fresh(self) -> bool:
        return self.check is not None and self.check.checked_at > timezone.now() - FRESH

    @property
    def is_warned_of(self) -> bool:
        return self.check is not None and self.check.verdict == LandingCheck.Verdict.WARNING


def pages_of(content: Draft) -> list[Page]:
    """Return the draft's landing pages in the order of its ads. A link that is no public address is the rules' matter."""
    paths: dict[str, list[str]] = {}
    for ad_set, ad in content.ads():
        if is_public_https(ad.creative.link_url):
            paths.setdefault(ad.creative.link_url, []).append(f"{ad_set.ad_path(ad)}.creative.link_url")
    known = _known(paths)
    return [Page(url, tuple(places), known.get(url)) for url, places in paths.items()]


def _known(urls: Iterable[str]) -> dict[str, LandingCheck]:
    sums = [sum_of(url) for url in urls]
    since = timezone.now() - TOLD_FOR
    rows = LandingCheck.objects.filter(sum__in=sums, checked_at__gte=since) if sums else []
    return {row.url: row for row in rows}


def visit(content: Draft, *, again: bool = False) -> list[Page]:
    """Visit the draft's pages that were not visited lately, or all of them `again`. Never inside a transaction."""
    if settings.LANDING_PAGE_CHECK:
        wanted = [page.url for page in pages_of(content) if again or not page.is_fresh]
        for found in visiting.visit_all(wanted[:MOST]):
            _keep(found)
    return pages_of(content)


def _keep(found: visiting.Visit) -> None:
    facts = {
        "url": found.url,
        "verdict": found.verdict,
        "message": found.message[:500],
        "redirects": found.redirects,
        "took_ms": found.took_ms,
        "checked_at": timezone.now(),
    }
    LandingCheck.objects.update_or_create(sum=sum_of(found.url), defaults=facts)


def problems_of(content: Draft) -> list[Problem]:
    """Return what is known to be wrong with the pages, at the first ad that leads to each; asks nobody."""
    return [problem for page in pages_of(content) if (problem := _problem(page)) is not None]


def _problem(page: Page) -> Problem | None:
    if page.check is None or page.check.verdict == LandingCheck.Verdict.OK:
        return None
    more = len(page.paths) - 1
    others = f" {more} more ad{'s lead' if more > 1 else ' leads'} there." if more else ""
    if page.check.verdict == LandingCheck.Verdict.ERROR:
        fix = "Let the ad lead to an address on the internet."
        return Problem("LANDING_PAGE_PRIVATE", page.paths[0], f"{page.check.message}{others}", fix)
    fix = "See that it opens for everybody, or submit it as it is."
    message = f"{page.check.message}{others}"
    return Problem("LANDING_PAGE_UNREACHABLE", page.paths[0], message, fix, Severity.WARNING)

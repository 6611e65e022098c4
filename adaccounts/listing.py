"""What the list of ad accounts shows, in a number of queries that does not grow with the accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse

from adaccounts import presentation, syncing
from adaccounts.caps import Usage
from adaccounts.models import AdAccount, SyncRun
from adaccounts.presentation import Counts
from integrations import platforms
from integrations.models import Connection
from stratum import paging

#: Rows of each platform while all are shown; a platform's own page holds more and has further pages.
FEW = 20
MANY = 50
#: Enabled accounts come first: they are the ones people work with.
ORDER = ("rank", "name", "id")

SHOW = {"": "All", "enabled": "Enabled", "disabled": "Disabled", "unavailable": "Stale or not usable"}


@dataclass(frozen=True)
class Search:
    """What is looked for: a text in name or id, one platform or all, and which accounts."""

    text: str = ""
    platform: str = ""
    show: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Search:
        """Read the address; what makes no sense there is left out."""
        platform, show = query.get("platform", ""), query.get("show", "")
        if query.get("enabled_only", "").lower() in {"1", "true"}:
            show = "enabled"
        return cls(
            query.get("q", "").strip()[:100],
            platform if platform in platforms.REGISTRY else "",
            show if show in SHOW else "",
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.text or self.show)

    def url(self, **changes: str) -> str:
        values = {"q": self.text, "platform": self.platform, "show": self.show} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return reverse("adaccounts:list") + (f"?{query}" if query else "")

    @property
    def all_url(self) -> str:
        return self.url(q="", show="")

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [{"url": self.url(show=key), "label": word, "current": key == self.show} for key, word in SHOW.items()]

    @property
    def platform_options(self) -> list[tuple[str, str]]:
        return [(slug, platforms.label(slug)) for slug in platforms.REGISTRY]


@dataclass(frozen=True)
class Row:
    """One account in the list, with what is committed on it."""

    account: AdAccount
    state: str
    reason: str
    day: Decimal
    month: Decimal

    @property
    def url(self) -> str:
        return reverse("adaccounts:detail", args=[self.account.platform, self.account.external_id])

    @property
    def can_enable(self) -> bool:
        return not self.account.is_enabled and self.state == "disabled"


@dataclass(frozen=True)
class Section:
    """One platform with the rows that match."""

    platform: str
    title: str
    label: str
    connection: Connection | None
    counts: Counts
    run: SyncRun | None
    rows: Sequence[Row]
    more_url: str = ""
    previous_url: str = ""
    next_url: str = ""

    @property
    def is_connected(self) -> bool:
        return self.connection is not None and self.connection.is_usable

    @property
    def needs_reconnect(self) -> bool:
        return self.connection is not None and self.connection.status == Connection.Status.NEEDS_RECONNECT

    @property
    def counted(self) -> str:
        stale = f", {self.counts.stale} stale" if self.counts.stale else ""
        return f"{presentation.plural(self.counts.total, 'account')}, {self.counts.enabled} enabled{stale}"

    @property
    def sync_sentence(self) -> str:
        return presentation.sentence(self.run) if self.run else ""

    @property
    def sync_failed(self) -> bool:
        return self.run is not None and self.run.state == SyncRun.State.FAILED


def matching(search: Search) -> QuerySet[AdAccount]:
    """Return the accounts that match, enabled ones first."""
    rank = Case(When(is_enabled=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = AdAccount.objects.prefetch_related("approval_rules").annotate(rank=rank).order_by("platform", *ORDER)
    if search.platform:
        rows = rows.filter(platform=search.platform)
    if search.text:
        rows = rows.filter(Q(name__icontains=search.text) | Q(external_id__icontains=search.text))
    return rows.filter(_shown(search.show))


def _shown(show: str) -> Q:
    unavailable = ~Q(stale_since=None) | ~Q(unusable_reason="")
    return {
        "enabled": Q(is_enabled=True),
        "disabled": Q(is_enabled=False) & ~unavailable,
        "unavailable": unavailable,
    }.get(show, Q())


def sections(request: HttpRequest, search: Search) -> list[Section]:
    """Return the platforms to show: those with accounts or a connection, or the one that was asked for."""
    counted = presentation.counts(platforms.REGISTRY)
    runs = syncing.latest(platforms.REGISTRY)
    rows = Connection.objects.defer("access_token", "refresh_token")
    connections = {connection.platform: connection for connection in rows}
    known = [s for s in platforms.REGISTRY if s in counted or (s in connections and connections[s].is_usable)]
    shown = [search.platform] if search.platform else known
    pages = [_page(request, search, slug, is_alone=len(shown) == 1) for slug in shown]
    usages = presentation.usages([account for page in pages for account in page.items])
    return [
        Section(
            platform=slug,
            title=platforms.REGISTRY[slug].title,
            label=platforms.label(slug),
            connection=connections.get(slug),
            counts=counted.get(slug, Counts(0, 0, 0)),
            run=runs.get(slug),
            rows=[_row(account, usages[account.pk]) for account in page.items],
            more_url=search.url(platform=slug) if page.next_url and len(shown) > 1 else "",
            previous_url=page.previous_url if len(shown) == 1 else "",
            next_url=page.next_url if len(shown) == 1 else "",
        )
        for slug, page in zip(shown, pages, strict=True)
    ]


def _page(request: HttpRequest, search: Search, slug: str, *, is_alone: bool) -> paging.Page[AdAccount]:
    rows = matching(Search(search.text, slug, search.show))
    if is_alone:
        return paging.page(request, rows, ORDER, size=MANY)
    first = list(rows[: FEW + 1])
    return paging.Page(first[:FEW], "", "more" if len(first) > FEW else "")


def _row(account: AdAccount, usage: Usage) -> Row:
    return Row(account, presentation.state(account), presentation.reason(account), usage.day, usage.month)

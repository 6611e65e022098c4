"""How quick the pages are at size: the list of 100,000 drafts beside the stock admin's, the builder at 50 × 10.

Times are milliseconds on the server, from request to finished answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from adaccounts.models import AdAccount
from campaigns.models import CampaignDraft
from stratum.models import User
from tests.factories import make_draft, make_draft_json, make_large_draft_json
from tests.people import person

ROWS = 100_000
TIMES = 40


def seed(account: AdAccount, count: int = ROWS) -> None:
    """Make so many drafts of many creators and states; their content is the ordinary one."""
    content = make_draft_json()
    people = [person("carl"), person("cora"), person("ada")]
    states = list(CampaignDraft.Status)
    now = timezone.now()
    rows = (
        CampaignDraft(
            account=account,
            draft_json=content,
            status=states[n % len(states)],
            name=f"Campaign {n:06d}",
            budget_amount=Decimal(n % 900 + 100),
            budget_type="daily",
            starts_on=now.date() + timezone.timedelta(days=n % 400) if n % 10 else None,
            ends_on=now.date() + timezone.timedelta(days=n % 400 + 30) if n % 3 else None,
            submitted_at=now - timezone.timedelta(minutes=n) if states[n % len(states)] == "submitted" else None,
            submitted_by_user=people[n % 3],
            created_by=people[n % 3],
            updated_at=now - timezone.timedelta(minutes=n),
        )
        for n in range(count)
    )
    CampaignDraft.objects.bulk_create(rows, batch_size=2000)


def measure(account: AdAccount) -> list[dict[str, Any]]:
    """Seed, then answer a line for each page."""
    large = make_draft(draft_json=make_large_draft_json(50, 10), created_by=person("carl"))
    seed(account)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    client = Client()
    client.force_login(person("carl"))
    answers = [_line(path, ROWS, partial(client.get, path), _stock_changelist(like)) for path, like in LISTS.items()]
    for node in ("campaign", "a30x5"):
        path = f"/campaign-drafts/{large.pk}?node={node}"
        answers.append(_line(path, 500, partial(client.get, path), _stock_changelist("")))
    for node in ("campaign", "s30", "a30x5"):
        path = f"/campaign-drafts/{large.pk}/nodes/{node}"
        answers.append(_line(path, 500, partial(_save_by_itself, client, large, node), _stock_changelist("")))
    return answers


#: Lists → the question to the stock changelist that comes nearest.
LISTS = {
    "/campaigns": "",
    "/campaigns?status=approved": "status__exact=approved",
    "/campaigns?sort=name": "o=1",
    "/campaigns?sort=-budget": "o=-4",
    "/campaigns?creator=2&sort=start": "o=-4",
    "/campaigns?q=0999": "q=0999",
    "/campaigns?q=nothing+like+it": "q=nothing+like+it",
    "/campaigns?q=campaign+09&sort=name": "q=campaign+09&o=1",
    "/campaigns?dates=runs&first=2027-01-01&last=2027-02-01&account=meta&q=99": "q=99",
    '/campaigns?sort=name&after=["campaign+090000",90000]': "o=1&p=900",
    "/campaigns/pending-approval": "status__exact=submitted",
    "/publish-logs": "",
    "/media": "",
}


def _save_by_itself(client: Client, draft: CampaignDraft, node: str) -> Any:
    """Save a changed name as the open page does, and get the page anew: one request."""
    version = CampaignDraft.objects.values_list("version", flat=True).get(pk=draft.pk)
    url = reverse("campaigns:save_node", args=[draft.pk, node])
    sent = {"do": "autosave", "version": version, "name": f"Renamed {version}"}
    return client.post(url, sent, headers={"Accept": "application/json, text/html;q=0.5"})


def _line(path: str, rows: int, ask: Callable[[], Any], peer: Callable[[], Any]) -> dict[str, Any]:
    connection.queries_log.clear()  # a full log hides what comes after
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    count = len(queries)  # the next request empties the log
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    taken, peers, work = _times(ask, peer)
    return {
        "name": "page",
        "path": path,
        "rows": rows,
        "p50_ms": _percentile(taken, 0.5),
        "p95_ms": _percentile(taken, 0.95),
        "queries": count,
        "peer_p95_ms": _percentile(peers, 0.95),
        "cpu_p95_ms": _percentile(work, 0.95),
    }


def _stock_changelist(question: str) -> Callable[[], Any]:
    """Return a function that asks Django's own list of the same rows, as it is without our care."""

    class Stock(admin.ModelAdmin):  # type: ignore[type-arg]
        list_display = ("name", "status", "account", "budget_amount", "created_by", "updated_at")
        list_filter = ("status",)
        search_fields = ("name",)

    site = admin.AdminSite(name="stock")
    model_admin = Stock(CampaignDraft, site)
    request = RequestFactory().get(f"/?{question}")
    root = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser(
        "root", "root@example.com", "x"
    )
    request.user = root if root else AnonymousUser()

    def ask() -> Any:
        changelist = model_admin.get_changelist_instance(request)
        return [[str(getattr(row, name)) for name in Stock.list_display] for row in changelist.result_list]

    return ask


def _times(ask: Callable[[], Any], peer: Callable[[], Any]) -> tuple[list[float], list[float], list[float]]:
    """Ask both in turn, so that what else the machine does meets both; sorted times, and the page's own CPU time."""
    for _ in range(3):
        ask()
    taken, peers, work = [], [], []
    for _ in range(TIMES):
        started, worked = time.perf_counter(), time.process_time()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
        work.append((time.process_time() - worked) * 1000)
        started = time.perf_counter()
        peer()
        peers.append((time.perf_counter() - started) * 1000)
    return sorted(taken), sorted(peers), sorted(work)


def _percentile(taken: list[float], share: float) -> float:
    return round(taken[min(len(taken) - 1, int(len(taken) * share))], 1)

"""The people, the account and the campaigns of the fault suite, made in the product's own database."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from adaccounts import assets, syncing
from adaccounts.models import AdAccount
from campaigns import authoring, workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations import connections, platforms
from integrations.contracts import Grant, Tokens
from stratum.models import User
from tests import contents
from tests.factories import make_film
from tests.faults.stage import Sandbox
from tests.people import person

ACCOUNT = "Acme Corp Main"


def connect(sandbox: Sandbox, slug: str = "meta") -> AdAccount:
    """Connect the platform with a token of the sandbox, sync, and enable the account with roomy caps."""
    assert Group.objects.exists()
    issued = sandbox.order("tokens", platform=slug)
    issued = issued.get("data", issued)
    tokens = Tokens(issued["access_token"], issued.get("refresh_token", ""))
    grant = Grant(tokens, platforms.platform_class(slug).scopes, "10158012345678901", "Dana Whitfield")
    connections.store(grant, slug, person("ada"))
    syncing.sync(slug, person("ada"))
    account = AdAccount.objects.get(platform=slug, name=ACCOUNT)
    account.is_enabled, account.daily_cap = True, 1_000_000
    account.save()
    assert assets.refresh(account) == ""
    return account


def content(account: AdAccount, ad_sets: int = 2, ads: int = 2) -> dict[str, Any]:
    """Content for the account; Google's last ads show films, so that those are uploaded too."""
    made = contents.content(account, ad_sets, ads)
    if account.platform == "google":
        for ad_set in made["ad_sets"]:
            ad_set["ads"][-1]["creative"] |= {"type": "video", "media": [make_film("google").sha256]}
    return made


def approved(account: AdAccount, **size: int) -> CampaignDraft:
    """Take a campaign from nothing to approved, through the same functions that people use."""
    carl, anne = person("carl"), person("anne")
    draft = authoring.create(account, by=carl, draft_json=content(account, **size))
    workflow.submit(draft.pk, by=carl)
    fresh = CampaignDraft.objects.select_related("account").get(pk=draft.pk)
    workflow.approve(draft.pk, by=anne, content_hash=fresh.content_hash)
    return CampaignDraft.objects.select_related("account").get(pk=draft.pk)


def publish(draft: CampaignDraft) -> PublishRun:
    return workflow.publish(draft.pk, by=publisher())


def publisher() -> User:
    return person("paul")

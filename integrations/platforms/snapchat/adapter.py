"""Snapchat behind the Platform contract: each method hands on to the module that knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from integrations.capabilities import Capabilities, Fit
from integrations.contracts import (
    Account,
    Asset,
    Call,
    CampaignStatus,
    Difference,
    Grant,
    Level,
    Media,
    Node,
    OpenMedia,
    Order,
    Outcome,
    Platform,
    Step,
    TargetingKind,
    TargetingOption,
    Tokens,
)
from integrations.draft import Draft
from integrations.errors import PlatformError, connection_expired
from integrations.platforms.snapchat import (
    accounts,
    calls,
    comparing,
    fit,
    lookups,
    oauth,
    planning,
    reading,
    sending,
    status,
)
from integrations.platforms.snapchat.capabilities import CAPABILITIES
from integrations.platforms.snapchat.client import Ads
from integrations.reach import unreached


class SnapchatPlatform(Platform):
    """Speaks the Ads API for one connection."""

    slug: ClassVar[str] = "snapchat"
    label: ClassVar[str] = "Snapchat"
    scopes: ClassVar[frozenset[str]] = frozenset({oauth.MARKETING})
    capabilities: ClassVar[Capabilities] = CAPABILITIES
    #: Lists may lag a create by some seconds; Snapchat names no bound.
    settle_seconds: ClassVar[float] = 20.0
    checks_beforehand: ClassVar[bool] = True
    #: 10 requests a second are allowed per token, on average.
    parallel_calls: ClassVar[int] = 3
    #: Ad squads and ads go with their campaign; creatives and files cannot be deleted.
    removal_levels: ClassVar[tuple[Level, ...]] = (Level.CAMPAIGN,)

    # OAuth. PKCE is not sent: Snapchat documents it for its other log-ins only, and the app's secret does its work.
    def authorize_url(self, state: str, verifier: str, redirect_uri: str) -> str:
        return oauth.authorize_url(state, redirect_uri)

    def exchange(self, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
        return oauth.exchange(self.http, callback, redirect_uri)

    def refresh(self, tokens: Tokens) -> Tokens:
        return oauth.refresh(self.http, tokens)

    def revoke(self, tokens: Tokens, external_user_id: str) -> None:
        oauth.revoke()

    # Accounts
    def list_accounts(self) -> Iterable[Account]:
        return accounts.list_accounts(self._ads)

    def list_assets(self, account: Account) -> list[Asset]:
        return accounts.list_assets(self._ads, account)

    def search_targeting(self, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
        return lookups.search(self._ads, account, kind, text)

    # Before publishing
    def fit(self, draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
        return fit.fit(draft, account)

    def preflight(self, order: Order, open_media: OpenMedia) -> dict[str, PlatformError]:
        # Snapchat has no trial run; it can only be asked where ads can be shown.
        return unreached(order, lookups.countries(self._ads), self.label)

    # Publishing
    def plan(self, order: Order) -> list[Step]:
        return planning.plan(order)

    def calls(self, open_steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
        return calls.calls(open_steps, ids, account)

    def send(self, call: Call, account: Account, open_media: OpenMedia) -> dict[str, Outcome]:
        if self.tokens is None:
            return dict.fromkeys(call.keys, Outcome(error=connection_expired(self.label)))
        return sending.send(self._ads, call, open_media)

    def find(self, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
        return reading.find(self._ads, steps, ids, account)

    def read(self, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
        return reading.read(self._ads, ids, steps, account)

    def differences(
        self, steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
    ) -> list[Difference]:
        return comparing.differences(steps, ids, nodes, account)

    def read_status(self, campaign_id: str, account: Account) -> CampaignStatus:
        return status.read_status(self._ads, campaign_id, account)

    def dashboard_url(self, campaign_id: str, account: Account) -> str:
        return status.dashboard_url(campaign_id, account)

    @property
    def _ads(self) -> Ads:
        if self.tokens is None:
            raise connection_expired(self.label)
        return Ads(self.http, self.tokens.access_token)

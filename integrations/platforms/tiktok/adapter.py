"""TikTok behind the Platform contract: each method hands on to the module that knows."""

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
from integrations.platforms.tiktok import (
    accounts,
    calls,
    comparing,
    fit,
    oauth,
    planning,
    reading,
    sending,
    status,
    targeting,
)
from integrations.platforms.tiktok.capabilities import CAPABILITIES
from integrations.platforms.tiktok.client import Ads


class TikTokPlatform(Platform):
    """Speaks TikTok's API for Business for one connection."""

    slug: ClassVar[str] = "tiktok"
    label: ClassVar[str] = "TikTok"
    scopes: ClassVar[frozenset[str]] = frozenset(oauth.SCOPES)
    capabilities: ClassVar[Capabilities] = CAPABILITIES
    #: Lists may lag a create by some seconds. Above ten, within which TikTok takes a repeat for the same request.
    settle_seconds: ClassVar[float] = 15.0
    #: TikTok makes at most five calls for ads a second.
    parallel_calls: ClassVar[int] = 4
    #: Ad groups and ads go with their campaign; files stay in the library.
    removal_levels: ClassVar[tuple[Level, ...]] = (Level.CAMPAIGN,)
    checks_beforehand: ClassVar[bool] = True
    trace_headers: ClassVar[tuple[str, ...]] = ("x-tt-logid", "x-tt-trace-id")

    # OAuth. PKCE is not sent: TikTok has none, and the app's secret does its work.
    def authorize_url(self, state: str, verifier: str, redirect_uri: str) -> str:
        return oauth.authorize_url(state, redirect_uri)

    def exchange(self, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
        return oauth.exchange(self.http, callback)

    def refresh(self, tokens: Tokens) -> Tokens:
        return oauth.refresh(self.http, tokens)

    def revoke(self, tokens: Tokens, external_user_id: str) -> None:
        oauth.revoke(self.http, tokens)

    # Accounts
    def list_accounts(self) -> Iterable[Account]:
        return accounts.list_accounts(self._ads)

    def list_assets(self, account: Account) -> list[Asset]:
        return accounts.list_assets(self._ads, account)

    def search_targeting(self, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
        return targeting.search(self._ads, account, kind, text)

    # Before publishing
    def fit(self, draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
        return fit.fit(draft, account, media)

    def preflight(self, order: Order, open_media: OpenMedia) -> dict[str, PlatformError]:
        # TikTok has no trial run; it can only be asked where the account may show ads.
        return targeting.refused_places(self._ads, order)

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

"""Meta (Facebook and Instagram) behind the Platform contract: each method hands on to the module that knows."""

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
from integrations.platforms.meta import (
    accounts,
    calls,
    checking,
    comparing,
    fit,
    oauth,
    planning,
    reading,
    sending,
    status,
)
from integrations.platforms.meta.capabilities import CAPABILITIES
from integrations.platforms.meta.client import Graph


class MetaPlatform(Platform):
    """Speaks the Marketing API for one connection."""

    slug: ClassVar[str] = "meta"
    label: ClassVar[str] = "Meta"
    scopes: ClassVar[frozenset[str]] = frozenset(oauth.SCOPES)
    capabilities: ClassVar[Capabilities] = CAPABILITIES
    #: Reads may lag a create by some seconds; Meta names no bound.
    settle_seconds: ClassVar[float] = 20.0
    checks_beforehand: ClassVar[bool] = True
    trace_headers: ClassVar[tuple[str, ...]] = ("x-fb-trace-id", "x-fb-request-id")

    # OAuth. PKCE is not sent: Meta documents it for its OpenID variant only, and the app's secret does its work.
    def authorize_url(self, state: str, verifier: str, redirect_uri: str) -> str:
        return oauth.authorize_url(state, redirect_uri)

    def exchange(self, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
        return oauth.exchange(self.http, callback, redirect_uri)

    def refresh(self, tokens: Tokens) -> Tokens:
        return oauth.refresh(self.http, tokens)

    def revoke(self, tokens: Tokens, external_user_id: str) -> None:
        oauth.revoke(self.http, tokens, external_user_id)

    # Accounts
    def list_accounts(self) -> Iterable[Account]:
        return accounts.list_accounts(self._graph)

    def list_assets(self, account: Account) -> list[Asset]:
        return accounts.list_assets(self._graph, account)

    def search_targeting(self, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
        return accounts.search_targeting(self._graph, kind, text)

    # Before publishing
    def fit(self, draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
        return fit.fit(draft, account, media)

    def preflight(self, order: Order, open_media: OpenMedia) -> dict[str, PlatformError]:
        return checking.preflight(self._graph, order)

    # Publishing
    def plan(self, order: Order) -> list[Step]:
        return planning.plan(order)

    def calls(self, open_steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
        return calls.calls(open_steps, ids, account)

    def send(self, call: Call, account: Account, open_media: OpenMedia) -> dict[str, Outcome]:
        if self.tokens is None:
            return dict.fromkeys(call.keys, Outcome(error=connection_expired(self.label)))
        return sending.send(self._graph, call, open_media)

    def find(self, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
        return reading.find(self._graph, steps, ids, account)

    def read(self, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
        return reading.read(self._graph, ids, steps, account)

    def differences(
        self, steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
    ) -> list[Difference]:
        return comparing.differences(steps, ids, nodes, account)

    def read_status(self, campaign_id: str, account: Account) -> CampaignStatus:
        return status.read_status(self._graph, campaign_id, account)

    def dashboard_url(self, campaign_id: str, account: Account) -> str:
        return status.dashboard_url(campaign_id, account)

    @property
    def _graph(self) -> Graph:
        if self.tokens is None:
            raise connection_expired(self.label)
        return Graph(self.http, self.tokens.access_token)

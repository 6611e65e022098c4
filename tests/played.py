"""A platform on a stage: Meta's facts, with log-in and reading played in memory. It refuses what a platform refuses:
unknown and used codes, tokens that were never issued or have ended, refresh tokens that were spent.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from integrations.contracts import Account, Asset, ConsentError, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta.adapter import MetaPlatform

DANA = ("10158012345678901", "Dana Whitfield")
SCOPES = frozenset({"ads_management", "ads_read", "business_management"})


def account(number: int, **fields: object) -> Account:
    """Return the platform's account of that number."""
    values: dict[str, object] = {
        "external_id": f"act_{number}",
        "name": f"Account {number}",
        "currency": "USD",
        "time_zone": "America/New_York",
        "extra": {"min_daily_budget": 100},
    }
    return Account(**(values | fields))  # type: ignore[arg-type]


@dataclass
class Stage:
    """What the platform knows and how it behaves."""

    accounts: list[Account] = field(default_factory=lambda: [account(n) for n in (1, 2, 3)])
    assets: dict[str, list[Asset]] = field(default_factory=dict)
    person: tuple[str, str] = DANA
    codes: set[str] = field(default_factory=lambda: {"good-code"})
    #: Access token → when it ends.
    access: dict[str, datetime] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    gives_refresh_tokens: bool = True
    lives: timedelta = timedelta(hours=1)
    refreshed: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    #: Errors by the name of the method, each raised once, the first first.
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    #: list_accounts() raises this before the account at this position.
    breaks_at: tuple[int, PlatformError] | None = None
    #: A refresh waits for it, outside the platform's lock, after it was counted.
    gate: threading.Event | None = None
    at_gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self) -> Tokens:
        """Issue tokens as the platform does."""
        number = next(self.numbers)
        ends = timezone.now() + self.lives
        self.access[f"access-{number}"] = ends
        refresh = f"refresh-{number}" if self.gives_refresh_tokens else ""
        if refresh:
            self.refresh.add(refresh)
        return Tokens(f"access-{number}", refresh, ends)

    def end_all(self) -> None:
        """End every token, as when the person takes the access back."""
        self.access.clear()
        self.refresh.clear()

    def fail(self, method: str, *errors: Exception) -> None:
        self.errors.setdefault(method, []).extend(errors)

    def perhaps_fail(self, method: str) -> None:
        if self.errors.get(method):
            raise self.errors[method].pop(0)

    def require(self, tokens: Tokens | None) -> None:
        ends = self.access.get(tokens.access_token) if tokens else None
        if ends is None or ends <= timezone.now():
            raise PlatformError(ErrorKind.AUTH, "TOKEN_EXPIRED", "The session has expired.")


def down(code: str = "PLATFORM_UNREACHABLE") -> PlatformError:
    return PlatformError(ErrorKind.TRANSIENT, code, "The platform cannot be reached at the moment.")


class PlayedPlatform(MetaPlatform):
    """Meta on the stage that the fixture set."""

    stage: Stage

    def authorize_url(self, state: str, verifier: str, redirect_uri: str) -> str:
        return f"https://platform.example/consent?{urlencode({'state': state, 'redirect_uri': redirect_uri})}"

    def exchange(self, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
        if callback.get("error"):
            raise ConsentError("CONSENT_DENIED", "The permissions were declined. Connect again and choose to continue.")
        self.stage.perhaps_fail("exchange")
        if callback.get("code") not in self.stage.codes:
            raise ConsentError("CODE_REFUSED", "The platform no longer accepts the code it sent.")
        self.stage.codes.remove(callback["code"])
        return Grant(self.stage.issue(), SCOPES, *self.stage.person)

    def refresh(self, tokens: Tokens) -> Tokens:
        stage = self.stage
        stage.refreshed.append(tokens.refresh_token or tokens.access_token)
        stage.at_gate.release()
        if stage.gate is not None:
            assert stage.gate.wait(20)
        with stage.lock:
            stage.perhaps_fail("refresh")
            if stage.gives_refresh_tokens:
                if tokens.refresh_token not in stage.refresh:
                    raise PlatformError(ErrorKind.AUTH, "TOKEN_EXPIRED", "The refresh token was used before.")
                stage.refresh.remove(tokens.refresh_token)
            else:
                stage.require(tokens)
            return stage.issue()

    def revoke(self, tokens: Tokens, external_user_id: str) -> None:
        self.stage.perhaps_fail("revoke")
        self.stage.revoked.append(tokens.access_token)

    def list_accounts(self) -> Iterator[Account]:
        self.stage.perhaps_fail("list_accounts")
        self.stage.require(self.tokens)
        for position, one in enumerate(self.stage.accounts):
            if self.stage.breaks_at and self.stage.breaks_at[0] == position:
                raise self.stage.breaks_at[1]
            yield one

    def list_assets(self, account: Account) -> list[Asset]:
        self.stage.perhaps_fail("list_assets")
        self.stage.require(self.tokens)
        return list(self.stage.assets.get(account.external_id, []))

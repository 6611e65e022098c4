"""What a platform must be able to do to live in the sandbox."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from .call import Answer, Call
from .models import Object

Page = Callable[[HttpRequest, str], HttpResponse]


class Platform(ABC):
    """One ad platform. URLs are /<slug>/<surface>/<path>: a surface stands for one of the platform's hosts."""

    slug: ClassVar[str]
    title: ClassVar[str]
    # Surfaces whose paths go to `answer`; what a surface's real paths begin with besides the rest of the URL.
    api_surfaces: ClassVar[frozenset[str]]
    path_prefixes: ClassVar[dict[str, str]] = {}
    # Pages for people, as (surface, pattern of the whole path, view, recorded in the journal).
    pages: ClassVar[tuple[tuple[str, str, Page, bool], ...]] = ()
    # How the tokens it issues look, form fields that carry a file as base64, and its settings with their defaults.
    tokens: ClassVar[re.Pattern[str]]
    binary_fields: ClassVar[frozenset[str]] = frozenset()
    settings: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """Executes one API call; a refusal is an Answer too."""

    def requests(self, call: Call) -> list[tuple[str, str]]:
        """The (method, path) pairs that faults are matched with: the call's own and those of the calls it carries."""
        return [(call.method, call.path)]

    @abstractmethod
    def unreadable(self, reason: str) -> Answer:
        """What it says to a body that cannot be parsed."""

    @abstractmethod
    def failing(self, call: Call, status: int) -> Answer:
        """Its usual body for an HTTP status."""

    @abstractmethod
    def throttled(self, call: Call, hint: Any) -> Answer:
        """Its own throttle error; the hint says how long, in the unit the platform speaks in."""

    @abstractmethod
    def token_expired(self, call: Call) -> Answer:
        """Its own answer to an access token that has expired."""

    @abstractmethod
    def token_revoked(self, call: Call) -> Answer:
        """Its own answer to a grant that was taken back; takes it back."""

    @abstractmethod
    def seed(self) -> None:
        """Fills an empty platform: accounts and what ads on them need, made long ago so that lagging reads show them."""

    @abstractmethod
    def new_account(self, number: int, wishes: dict[str, Any]) -> Object:
        """Creates the number-th account, with the wished-for values in place of the usual; ValueError if unknown."""

    @abstractmethod
    def change_account(self, account: Object, changes: dict[str, Any]) -> None:
        """Changes an account as the platform or its owner might; raises ValueError for a field it does not have."""

    @abstractmethod
    def replace_assets(self, kind: str, assets: list[dict[str, Any]]) -> None:
        """Puts the assets in place of those of the kind; raises ValueError for a kind it does not have."""

    @abstractmethod
    def issue_token(self, wishes: dict[str, Any]) -> dict[str, Any]:
        """Issues tokens as if a person had consented; answers as the platform's token endpoint does."""

    @abstractmethod
    def budget(self, stored: Object) -> dict[str, str] | None:
        """The object's budget as {type: daily|lifetime, amount in major units, currency}."""

    @abstractmethod
    def dashboard_path(self, account: Object) -> str:
        """Where the account's dashboard page is, as a path on the sandbox."""

"""What crosses the border to a platform: plain frozen data, and the abstract Platform that speaks it.

No Django model crosses. Everything above this border is the same for all platforms; everything below knows one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, ClassVar

from integrations.capabilities import Capabilities, Fit
from integrations.draft import Draft
from integrations.errors import PlatformError
from stratum.redaction import remember

if TYPE_CHECKING:
    from integrations.http import Http

# Connections --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tokens:
    """What a connection may do and until when. Times are aware; None means the platform names no end."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None

    def __post_init__(self) -> None:
        remember(self.access_token)
        remember(self.refresh_token)


@dataclass(frozen=True)
class Grant:
    """What a person allowed at the platform's consent page, and who that person is there."""

    tokens: Tokens
    scopes: frozenset[str]
    external_user_id: str
    external_user_name: str


class ConsentError(Exception):
    """The consent did not give us what we need. The message tells a person what happened and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# Accounts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """An ad account as the platform describes it. `unusable_reason` is empty when campaigns can run on it."""

    external_id: str
    name: str
    currency: str
    time_zone: str
    unusable_reason: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asset:
    """Something an ad needs besides the account. `kind` is one of AssetKind."""

    kind: str
    external_id: str
    name: str
    extra: Mapping[str, Any] = field(default_factory=dict)


class AssetKind(StrEnum):
    PAGE = "page"
    INSTAGRAM = "instagram"
    PIXEL = "pixel"
    IDENTITY = "identity"
    PROFILE = "profile"
    LOGO = "logo"
    CONVERSION_ACTION = "conversion_action"
    MUSIC = "music"


@dataclass(frozen=True)
class TargetingOption:
    """One answer of a targeting look-up. Sizes are people, None where the platform gives none.

    `kind` says of a location whether it is a country, a region or a city, `country` in which one a smaller place lies
    (ISO 3166-1 alpha-2).
    """

    external_id: str
    name: str
    detail: str = ""
    size_low: int | None = None
    size_high: int | None = None
    kind: str = ""
    country: str = ""


class TargetingKind(StrEnum):
    LOCATION = "location"
    LANGUAGE = "language"
    INTEREST = "interest"


# Publishing ---------------------------------------------------------------------------------------------------------


class Level(StrEnum):
    """Where an object stands. The order is the order of creation; switching on goes ad, ad set, campaign."""

    MEDIA = "media"
    CREATIVE = "creative"
    CAMPAIGN = "campaign"
    AD_SET = "ad_set"
    AD = "ad"


class Action(StrEnum):
    CREATE = "create"
    SWITCH_ON = "switch_on"
    SWITCH_OFF = "switch_off"
    END = "end"
    REMOVE = "remove"


@dataclass(frozen=True)
class Media:
    """A checked file. `sha256` names it in drafts; sizes in pixels, bytes and seconds.

    `codec` is a video's, as FFmpeg names it (h264, hevc); `has_sound` is None for pictures.
    """

    sha256: str
    kind: str
    content_type: str
    filename: str
    size: int
    width: int
    height: int
    duration: float | None = None
    codec: str = ""
    has_sound: bool | None = None
    is_animated: bool = False

    @property
    def length(self) -> str:
        """A video's length as players write it, 1:05; empty for a picture."""
        seconds = round(self.duration) if self.duration is not None else None
        return f"{seconds // 60}:{seconds % 60:02d}" if seconds is not None else ""


@dataclass(frozen=True)
class Order:
    """An approved content, ready to be planned. `prefix` is `<draft short id>-<approval number>`."""

    draft: Draft
    account: Account
    media: Mapping[str, Media]
    prefix: str
    now: datetime


@dataclass(frozen=True)
class Step:
    """One object to create, switch, end or remove.

    `key` is `<prefix>-<node key>`, stable over every retry. `node` is the draft path it comes from. `payload` is what the
    adapter's plan() wrote; other steps' ids stand in it as `{"$id": key}`. `needs` are the keys that come first.
    `external_id` is known for every action but CREATE. `name` is the object's full name at the platform.
    """

    key: str
    action: Action
    level: Level
    node: str
    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    external_id: str = ""


class Deadline(StrEnum):
    """How long a call may take as a whole; the seconds are in integrations.http."""

    READ = "read"
    CREATE = "create"
    MUTATE = "mutate"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Call:
    """One round trip that decides one or more steps. `request` is understood by the adapter that made it."""

    keys: tuple[str, ...]
    deadline: Deadline
    request: Mapping[str, Any]
    upload_bytes: int = 0


@dataclass(frozen=True)
class Outcome:
    """What one step came to: an external id, or an error whose kind says whether anything may exist.

    `usage` is how much of the platform's call allowance is used up, in percent; None if the answer did not say.
    """

    external_id: str = ""
    error: PlatformError | None = None
    usage: float | None = None

    @property
    def is_done(self) -> bool:
        return self.error is None


@dataclass(frozen=True)
class Node:
    """An object as the platform shows it. `fields` holds what the adapter's differences() compares."""

    external_id: str
    level: Level
    parent_id: str
    name: str
    is_on: bool
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """The platform shows something else than what was approved."""

    key: str
    node: str
    what: str
    approved: str
    found: str


class Delivery(StrEnum):
    LIVE = "live"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CampaignStatus:
    """A campaign's state as the platform tells it. `is_on` None means that the platform did not say."""

    delivery: Delivery
    is_on: bool | None
    detail: str = ""


OpenMedia = Callable[[str], IO[bytes]]


class Platform(ABC):
    """One ad platform. An instance speaks for one connection; class attributes are facts of the platform.

    Methods that talk raise PlatformError, except send(), whose outcomes carry it. plan(), calls() and differences() are
    pure: no clock, no network, no database.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    scopes: ClassVar[frozenset[str]]
    capabilities: ClassVar[Capabilities]
    #: Seconds after a write until "not found" may be believed.
    settle_seconds: ClassVar[float]
    #: How many calls may be under way at once for one account.
    parallel_calls: ClassVar[int] = 4
    #: Levels whose objects must be removed one by one; the others go with their parents.
    removal_levels: ClassVar[tuple[Level, ...]] = (Level.CAMPAIGN, Level.CREATIVE)
    #: Whether the platform can be asked about a campaign without creating it, see preflight().
    checks_beforehand: ClassVar[bool] = False
    #: Answer headers that identify a request to the platform's support, best first.
    trace_headers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, http: Http, tokens: Tokens | None) -> None:
        self.http = http
        self.tokens = tokens

    # OAuth. authorize_url and exchange work without a connection.
    @abstractmethod
    def authorize_url(self, state: str, verifier: str, redirect_uri: str) -> str:
        """Return the address of the platform's consent page for this state."""

    @abstractmethod
    def exchange(self, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
        """Turn the callback's parameters into a grant; ConsentError when the person or the scopes say no."""

    @abstractmethod
    def refresh(self, tokens: Tokens) -> Tokens:
        """Return fresh tokens; PlatformError of kind auth when a person must reconnect."""

    @abstractmethod
    def revoke(self, tokens: Tokens, external_user_id: str) -> None:
        """End our access at the platform."""

    # Accounts
    @abstractmethod
    def list_accounts(self) -> Iterable[Account]:
        """Yield every ad account this connection reaches, page by page as they arrive."""

    @abstractmethod
    def list_assets(self, account: Account) -> list[Asset]:
        """Return what ads of this account may use."""

    @abstractmethod
    def search_targeting(self, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
        """Look up locations, languages or interests by text."""

    # Before publishing
    @abstractmethod
    def fit(self, draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
        """Say what each part of the draft becomes: kept, changed, dropped or refused. Pure."""

    def preflight(self, order: Order, open_media: OpenMedia) -> dict[str, PlatformError]:
        """Have the platform check what an order would create, creating nothing; the errors of steps it would refuse.

        Only called where `checks_beforehand` says that the platform can be asked.
        """
        return {}

    # Publishing
    @abstractmethod
    def plan(self, order: Order) -> list[Step]:
        """Return the creations that make the approved content, parents before children. Pure."""

    @abstractmethod
    def calls(self, open_steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
        """Return the calls that can be made now, in parallel; each needs only known ids or steps of itself. Pure."""

    @abstractmethod
    def send(self, call: Call, account: Account, open_media: OpenMedia) -> dict[str, Outcome]:
        """Make the call and return an outcome for each of its keys. Never raises PlatformError."""

    @abstractmethod
    def find(self, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
        """Look the steps' objects up by key, or by parent and name; oldest first. No entry: not there."""

    @abstractmethod
    def read(self, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
        """Read the steps' objects back; answers key → node, without those that do not exist."""

    @abstractmethod
    def differences(
        self, steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
    ) -> list[Difference]:
        """Compare what was planned with what was read. Pure."""

    @abstractmethod
    def read_status(self, campaign_id: str, account: Account) -> CampaignStatus:
        """Ask whether the campaign is on and what it does."""

    @abstractmethod
    def dashboard_url(self, campaign_id: str, account: Account) -> str:
        """Return the address of the campaign in the platform's own manager."""

"""What the machine of people knows of its world: who they are, what they type, what an approved campaign may cost.

Days are days in New York, the account's zone; amounts are US dollars.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from integrations.contracts import Action
from integrations.errors import ErrorKind
from stratum.roles import Role
from tests.people import MORE, PEOPLE
from tests.publishing.imaginary import lost_answer, refused

NOW = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
TEAM = PEOPLE | MORE
#: Ada stays: she is who changes the others.
OTHERS = sorted(set(TEAM) - {"ada"})
ROLES: dict[str, set[str]] = {name: {str(role)} for name, (_, _, role) in TEAM.items()} | {
    "cora": {Role.CREATOR, Role.APPROVER, Role.PUBLISHER}
}
#: Event → the state in which it leaves a draft. Events that are not here leave it where it was.
LEADS_TO = {
    "draft.created": "draft",
    "draft.submitted": "submitted",
    "draft.withdrawn": "draft",
    "draft.approved": "approved",
    "draft.rejected": "rejected",
    "draft.revised": "draft",
    "draft.publishing": "publishing",
    "draft.retried": "publishing",
    "draft.published": "published",
}
#: What may go wrong at the platform while a run is worked on.
FAULTS: dict[str, dict[tuple[Action, str], list[Any]]] = {
    "it refuses the campaign": {(Action.CREATE, "c"): [refused(ErrorKind.INVALID)]},
    "it refuses the ad": {(Action.CREATE, "a1"): [refused(ErrorKind.INVALID)]},
    "it loses the answer to the last switch": {(Action.SWITCH_ON, "c"): [lost_answer]},
}


@dataclass(frozen=True)
class Promise:
    """What an approved campaign may cost: an amount on each day from the first to the last, if there is a last."""

    first: date
    last: date | None
    per_day: Decimal
    is_spread: bool

    def on(self, day: date) -> Decimal:
        return self.per_day if self.first <= day and (self.last is None or day <= self.last) else Decimal(0)

    def in_month(self, month: date, real_days: bool) -> Decimal:
        days = sum(1 for day in days_of_month(month) if self.on(day))
        return self.per_day * (days if real_days or self.is_spread else min(days, 30))


@dataclass
class Card:
    """What is known of one campaign: who had a hand in its content, what is on whose screen, what was approved."""

    pk: int
    creator: str
    hands: set[str]
    screens: dict[str, tuple[str, Any]] = field(default_factory=dict)
    approved: Any = None
    number: int = 0
    #: Levels that its submission or a decision on it found asked, and who filled which in this submission.
    asked: set[str] = field(default_factory=set)
    filled: dict[str, str] = field(default_factory=dict)


def days_of_month(month: date) -> Iterator[date]:
    for number in range(calendar.monthrange(month.year, month.month)[1]):
        yield month.replace(day=number + 1)


def promise_of(content: Any, today: date) -> Promise:
    """Return what content costs, starting today at the earliest."""
    campaign = content["campaign"]
    start, end = campaign["schedule"]["start"], campaign["schedule"]["end"]
    first = max(date.fromisoformat(start[:10]), today) if start else today
    last = date.fromisoformat(end[:10]) if end else None
    amount = Decimal(campaign["budget"]["amount"])
    if campaign["budget"]["type"] == "daily":
        return Promise(first, last, amount, is_spread=False)
    assert last is not None
    cents = (amount / ((last - first).days + 1)).quantize(Decimal("0.01"), ROUND_UP)
    return Promise(first, last, cents, is_spread=True)


@st.composite
def contents(draw: Callable[[Any], Any]) -> dict[str, Any]:
    """What somebody may type: a name, money, and days around now."""
    start = NOW.date() + timedelta(days=draw(st.sampled_from([-1, 0, 5, 11, 40])))
    length = draw(st.sampled_from([1, 7, 31, 60, None]))
    is_daily = length is None or draw(st.booleans())
    return {
        "name": draw(st.sampled_from(["Sale", "Sail", "Soil"])),
        "amount": str(draw(st.sampled_from([400, 600, 1000] if is_daily else [100, 1000, 9000]))),
        "type": "daily" if is_daily else "lifetime",
        "start": f"{start}T08:00",
        "end": f"{start + timedelta(days=length)}T20:00" if length else None,
    }


DEEDS = [
    "submit", "submit", "withdraw", "look", "approve", "approve", "look and approve", "look and approve", "reject",
    "revise", "revise", "roll_back", "publish", "retry", "cancel", "pause", "resume", "end",
]  # fmt: skip
CHANGES = [
    "nothing", "account is disabled", "account is missing", "somebody has other roles", "somebody leaves",
    "everybody returns",
]  # fmt: skip
#: Nobody by name is whoever should do it.
who = st.sampled_from(["", "", "", "", *sorted(TEAM)])
some_roles = st.sets(st.sampled_from(sorted(set(Role) - {Role.ADMIN})), max_size=2)
which = st.integers(0, 1)


#: Level → the roles that fill it.
FILLS: dict[str, set[str]] = {
    "approver": {Role.APPROVER, Role.ADMIN},
    "second_approver": {Role.APPROVER, Role.ADMIN},
    "finance": {Role.FINANCE},
    "admin": {Role.ADMIN},
}
#: Over how much a day a level is asked: 0 is every campaign, None is none.
which_level = st.sampled_from(["finance", "finance", "second_approver", "admin"])
thresholds = st.sampled_from([None, None, None, 500, 900])

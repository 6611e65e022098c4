"""Which call is to go wrong, and how. Faults are orders of a test; a platform's own refusals live in its folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q

from .models import Fault

DELAYS = frozenset({"delay"})
CONNECTION = frozenset({"drop_before", "drop_after", "reset", "truncate"})
ANSWERS = frozenset({"status", "rate_limit", "token_expired", "token_revoked", "error_body"})
VIEWS = frozenset({"stale_reads"})
ITEMS = frozenset({"refuse_item"})
EFFECTS = DELAYS | CONNECTION | ANSWERS | VIEWS | ITEMS
NEED_A_VALUE = frozenset({"delay", "status", "error_body", "stale_reads", "refuse_item"})
AFTER_BY_NATURE = frozenset({"drop_after", "truncate"})


@dataclass
class LiveFaults:
    """The faults in force when a call arrived, oldest first, and those that it met."""

    faults: Sequence[Fault] = ()
    met: list[Fault] = field(default_factory=list)

    def claim(self, requests: Iterable[tuple[str, str]], effects: frozenset[str]) -> Fault | None:
        """Takes the oldest fault with one of the effects that matches a (method, path) pair, and counts it down."""
        candidates = [fault for fault in self.faults if fault.effect in effects]
        if not candidates:
            return None
        requests = list(requests)
        matching = (fault for fault in candidates if any(_matches(fault, *request) for request in requests))
        claimed = next((fault for fault in matching if not _is_skipped(fault) and _count_down(fault)), None)
        if claimed:
            self.met.append(claimed)
        return claimed


def live(platform: str) -> LiveFaults:
    """The faults that may hit calls to the platform now."""
    open_ended_or_left = Q(remaining=None) | Q(remaining__gt=0)
    return LiveFaults(list(Fault.objects.filter(open_ended_or_left, platform__in=["", platform]).order_by("id")))


def _matches(fault: Fault, method: str, path: str) -> bool:
    return fault.method in ("", method) and re.search(fault.path, path) is not None


def _is_skipped(fault: Fault) -> bool:
    return Fault.objects.filter(pk=fault.pk, skip__gt=0).update(skip=F("skip") - 1) == 1


def _count_down(fault: Fault) -> bool:
    """True for exactly as many calls as the fault has left, however many threads ask at once."""
    if fault.remaining is None:
        return True
    return Fault.objects.filter(pk=fault.pk, remaining__gt=0).update(remaining=F("remaining") - 1) == 1

"""What each state looks like: a colour, an icon and a word, so that none of them carries the meaning alone."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """`tone` is neutral, quiet, accent, success, warning or danger; `icon` names one of static/img/icons.svg."""

    tone: str
    icon: str
    word: str


#: States of drafts, runs, steps, deliveries, connections, accounts, syncs and people. One word means one thing.
LOOKS: dict[str, Look] = {
    # drafts
    "draft": Look("accent", "pencil", "Draft"),
    "submitted": Look("warning", "clock", "Submitted"),
    "approved": Look("accent", "check", "Approved"),
    "rejected": Look("danger", "cross", "Rejected"),
    "publishing": Look("accent", "upload", "Publishing"),
    "published": Look("success", "check", "Published"),
    "failed": Look("danger", "cross", "Failed"),
    # runs and steps
    "queued": Look("neutral", "clock", "Queued"),
    "running": Look("accent", "spinner", "Running"),
    "waiting": Look("accent", "clock", "Waiting"),
    "succeeded": Look("success", "check", "Succeeded"),
    "needs_attention": Look("warning", "warning", "Needs attention"),
    "removing": Look("accent", "trash", "Removing"),
    "removed": Look("neutral", "trash", "Removed"),
    "planned": Look("quiet", "dot", "Planned"),
    "sending": Look("accent", "spinner", "Sending"),
    "done": Look("success", "check", "Done"),
    # deliveries
    "live": Look("success", "play", "Live"),
    "scheduled": Look("accent", "calendar", "Scheduled"),
    "paused": Look("warning", "pause", "Paused"),
    "ended": Look("neutral", "stop", "Ended"),
    "unknown": Look("warning", "warning", "Unknown"),
    # connections, accounts, syncs
    "connected": Look("success", "plug", "Connected"),
    "needs_reconnect": Look("warning", "warning", "Needs reconnecting"),
    "disconnected": Look("neutral", "plug", "Not connected"),
    "enabled": Look("success", "check", "Enabled"),
    "disabled": Look("neutral", "pause", "Disabled"),
    "stale": Look("warning", "warning", "Stale"),
    "unusable": Look("danger", "cross", "Not usable"),
    "complete": Look("success", "check", "Complete"),
    # people
    "active": Look("success", "check", "Active"),
    "deactivated": Look("neutral", "lock", "Deactivated"),
    "invited": Look("accent", "clock", "Invited"),
    "expired": Look("warning", "warning", "Expired"),
    # posts to webhooks
    "sent": Look("success", "check", "Sent"),
}


def look(status: str) -> Look:
    """Return the look of a state; an unknown one is shown by its own name, without a colour."""
    word = str(status)
    return LOOKS.get(word) or Look("neutral", "dot", word.replace("_", " ").capitalize() or "None")

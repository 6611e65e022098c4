from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from campaigns.content_rules import unwanted
from campaigns.content_rules.problem import Problem, Subject, required

#: Room in every name for the ` [st-<key>]` by which we find our own objects at the platform.
SUFFIX_ROOM = 40


def name_problems(subject: Subject) -> Iterator[Problem]:
    """Judge all names; those of siblings must differ, because children are found at the platform by parent and name."""
    draft = subject.draft
    yield from _one(subject, "campaign.name", draft.campaign.name, "campaign")
    yield from _siblings(subject, [(f"{ad_set.path}.name", ad_set.name) for ad_set in draft.ad_sets], "ad set")
    for ad_set in draft.ad_sets:
        yield from _siblings(subject, [(f"{ad_set.ad_path(ad)}.name", ad.name) for ad in ad_set.ads], "ad")


def _siblings(subject: Subject, named: Sequence[tuple[str, str]], what: str) -> Iterator[Problem]:
    counts = Counter(name.casefold() for _, name in named)
    for path, name in named:
        yield from _one(subject, path, name, what)
        if name and counts[name.casefold()] > 1:
            yield Problem("NAME_TAKEN", path, f"Another {what} here is called “{name}” too.", "Give each its own name.")


def _one(subject: Subject, path: str, name: str, what: str) -> Iterator[Problem]:
    if not name:
        yield required(path, f"Give the {what} a name.")
        return
    room = subject.capabilities.name_limit - SUFFIX_ROOM
    length = subject.capabilities.count(name)
    if length > room:
        message = f"The name has {length} characters; {subject.label} leaves room for {room}."
        yield Problem("NAME_TOO_LONG", path, message, f"Shorten it by {length - room}.")
    yield from unwanted.problems(unwanted.in_name(subject.capabilities, subject.label), path, name)

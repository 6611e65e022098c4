"""Keeps a draft to its account's conventions: how campaigns are named and what is added to their links.

What a convention makes is written into the draft and approved with it. It follows the draft's objective, name and start as
long as nobody writes something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from adaccounts import naming, presentation
from adaccounts.models import AdAccount
from adaccounts.naming import Facts
from campaigns import editing
from campaigns.content_rules.problem import Problem, Severity
from campaigns.editing import CAMPAIGN, Content


def begin(content: Content, account: AdAccount, now: datetime) -> Content:
    """Name the campaign by the account's pattern, from what was typed; a name that follows it already stays."""
    typed = _text(content, "name")
    facts = _facts(content, account, _text(content, "schedule.start")[:10] or now.date().isoformat())
    pattern = account.naming_pattern
    if not pattern or not typed or naming.words_in(pattern, typed, facts) is not None:
        return content
    return editing.apply(content, CAMPAIGN, {"name": naming.name(pattern, facts)})


def tag(content: Content, account: AdAccount, now: datetime) -> Content:
    """Fill in the URL tags by the account's rule where nobody wrote any."""
    if not account.url_tags_rule or _text(content, "url_tags"):
        return content
    return editing.apply(content, CAMPAIGN, {"url_tags": tags_of(content, account, now)})


def tags_of(content: Content, account: AdAccount, now: datetime) -> str:
    """Return the URL tags by the account's rule."""
    facts = _facts(content, account, _text(content, "schedule.start")[:10] or now.date().isoformat())
    return naming.tags(account.url_tags_rule, facts, presentation.macros(account))


def has_tags_of(content: Content, account: AdAccount) -> bool:
    """Say whether the URL tags are the account's rule's, and so follow the draft."""
    facts = _facts(content, account, "")
    return naming.has_tags_of(account.url_tags_rule, _text(content, "url_tags"), facts, presentation.macros(account))


def follow(before: Content, after: Content, account: AdAccount, now: datetime) -> Content:
    """Let name and URL tags follow what changed, where they were by the conventions and were not changed themselves."""
    if _text(before, "name") == _text(after, "name") and account.naming_pattern:
        after = _renamed(before, after, account, now)
    same_tags = _text(before, "url_tags") == _text(after, "url_tags")
    if account.url_tags_rule and same_tags and has_tags_of(before, account) and not has_tags_of(after, account):
        after = editing.apply(after, CAMPAIGN, {"url_tags": tags_of(after, account, now)})
    return after


def _renamed(before: Content, after: Content, account: AdAccount, now: datetime) -> Content:
    facts = _facts(before, account, "")
    words = naming.words_in(account.naming_pattern, _text(before, "name"), facts)
    if words is None:
        return after
    day = naming.day_in(account.naming_pattern, _text(before, "name"), facts)
    began = _text(before, "schedule.start")[:10] == _text(after, "schedule.start")[:10]
    start = day if began and day else _text(after, "schedule.start")[:10] or now.date().isoformat()
    new = naming.name(account.naming_pattern, _facts(after, account, start, campaign=words))
    return editing.apply(after, CAMPAIGN, {"name": new}) if new != _text(after, "name") else after


def problems(content: Content, account: AdAccount) -> Iterator[Problem]:
    """Warn of a name and of URL tags that are not by the account's conventions."""
    name, facts = _text(content, "name"), _facts(content, account, "")
    if account.naming_pattern and name and naming.words_in(account.naming_pattern, name, facts) is None:
        message = f"The ad account's campaigns are named {account.naming_pattern}."
        yield Problem("NAME_UNUSUAL", "campaign.name", message, "Follow it, or submit it as it is.", Severity.WARNING)
    if account.url_tags_rule and not has_tags_of(content, account):
        message = f"The ad account's links carry {account.url_tags_rule}."
        fix = "Write them so, or submit it as it is."
        yield Problem("URL_TAGS_UNUSUAL", "campaign.url_tags", message, fix, Severity.WARNING)


def _facts(content: Content, account: AdAccount, day: str, campaign: str = "") -> Facts:
    return Facts(account.platform, account.name, _text(content, "objective"), campaign or _text(content, "name"), day)


def _text(content: Content, path: str) -> str:
    value: Any = editing.leaf(content["campaign"], path)
    return value if isinstance(value, str) else ""

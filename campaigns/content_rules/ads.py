from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from campaigns.content_rules import unwanted
from campaigns.content_rules.media import media_problems
from campaigns.content_rules.problem import Problem, Severity, Subject, has_forbidden_characters, required, words
from integrations.capabilities import TextRule
from integrations.draft import Creative, CreativeType

#: What the texts of an ad are called in a sentence, by the draft's field.
TEXT_LABELS = {"headlines": "headline", "descriptions": "description", "primary_text": "primary text"}


def ad_problems(subject: Subject) -> Iterator[Problem]:
    """Judge what each ad shows, says and links to."""
    for ad_set, ad in subject.draft.ads():
        path = f"{ad_set.ad_path(ad)}.creative"
        yield from _type(subject, ad.creative, path)
        yield from media_problems(subject, ad.creative, path)
        yield from _texts(subject, ad.creative, path)
        yield from _call_to_action(subject, ad.creative, path)
        yield from _link(ad.creative.link_url, f"{path}.link_url")


def _type(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    if creative.type is None:
        yield required(f"{path}.type", "Choose what kind of ad this is.")
    elif subject.capabilities.creative(creative.type) is None:
        message = f"{subject.label} does not offer {words(creative.type.value)} ads here."
        yield Problem("NOT_OFFERED", f"{path}.type", message, "Choose another kind of ad.")


def _texts(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    for field, label in TEXT_LABELS.items():
        rule = subject.capabilities.texts.get(field)
        if rule is None:
            continue  # the platform shows no such text; the fit panel says so
        if field == "primary_text":
            texts = {f"{path}.{field}": creative.primary_text} if creative.primary_text else {}
        else:
            listed = creative.headlines if field == "headlines" else creative.descriptions
            texts = {f"{path}.{field}[{number}]": text for number, text in enumerate(listed) if text}
        if creative.type is CreativeType.CAROUSEL and field != "primary_text":
            rule = replace(rule, most=max(rule.most, len(creative.media)))  # each card may say something else
        yield from _how_many(subject, rule, f"{path}.{field}", label, len(texts))
        for place, text in texts.items():
            yield from _one_text(subject, rule, place, text)


def _how_many(subject: Subject, rule: TextRule, path: str, label: str, count: int) -> Iterator[Problem]:
    least = max(rule.least, 1 if rule.required else 0)
    if count < least:
        message = f"Write a {label}." if least == 1 else f"{subject.label} wants at least {least} {label}s."
        yield required(path, message)
    if count > rule.most:
        message = f"{subject.label} takes at most {rule.most} {label}{'' if rule.most == 1 else 's'} here, not {count}."
        yield Problem("TOO_MANY_TEXTS", path, message, f"Remove {count - rule.most}.")


def _one_text(subject: Subject, rule: TextRule, path: str, text: str) -> Iterator[Problem]:
    length = subject.capabilities.count(text)
    if rule.hard is not None and length > rule.hard:
        message = f"This has {length} characters; {subject.label} takes {rule.hard}."
        yield Problem("TEXT_TOO_LONG", path, message, f"Shorten it by {length - rule.hard}.")
    elif rule.soft is not None and length > rule.soft:
        message = f"This has {length} characters; after {rule.soft} it may be cut off on small screens."
        yield Problem("TEXT_MAY_BE_CUT", path, message, "Put what matters first.", Severity.WARNING)
    yield from unwanted.problems(unwanted.in_text(rule, subject.label), path, text)


def _call_to_action(subject: Subject, creative: Creative, path: str) -> Iterator[Problem]:
    if creative.call_to_action is None:
        yield required(f"{path}.call_to_action", "Choose what the button says.")
    elif creative.call_to_action not in subject.capabilities.calls_to_action:
        message = f"{subject.label} has no button “{words(creative.call_to_action.value)}”."
        yield Problem("NOT_OFFERED", f"{path}.call_to_action", message, "Choose another button.")


def _link(link: str, path: str) -> Iterator[Problem]:
    if not link:
        yield required(path, "Say where a click leads.", "Write an address that begins with https://.")
    elif not is_public_https(link):
        message = "This is no address that an ad can lead to."
        fix = "Write a whole address without spaces, for example https://shop.example.com/summer."
        yield Problem("LINK_INVALID", path, message, fix)


def is_public_https(link: str) -> bool:
    """Say whether the link is https, names a host on the internet, and carries no log-in."""
    if re.search(r"[\s\x00-\x20\x7f<>\"\\]", link):
        return False
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = parts.username is None and parts.password is None
    labels = host.split(".")
    return (
        parts.scheme == "https" and is_plain and len(labels) > 1 and all(labels) and not has_forbidden_characters(link)
    )

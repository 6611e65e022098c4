"""Template tags and filters of every page; templates/components/README.md shows them at work."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from stratum import formats, statuses

register = template.Library()

# Words and numbers --------------------------------------------------------------------------------------------------


@register.filter
def money(amount: Decimal | int | str | None, currency: str) -> str:
    """`{{ amount|money:account.currency }}`: an amount in major units, with its currency."""
    return formats.money(amount, currency)


@register.filter
def country(code: str) -> str:
    """`{{ "US"|country }}`: the English name of a country."""
    return formats.country(code)


@register.filter
def as_json(data: Any) -> str:
    """`{{ call.request|as_json }}`: JSON that a person can read; a text stays as it is."""
    return data if isinstance(data, str) else json.dumps(data, indent=2, ensure_ascii=False)


@register.filter
def initials(name: Any) -> str:
    return formats.initials(name)


@register.filter
def has_item(group: Any, item: Any) -> bool:
    """`{{ values|has_item:value }}`: whether the item is in the group."""
    return item in (group or ())


@register.filter
def item(group: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under the key."""
    return group[key]


@register.filter
def shorten(text: Any, length: int) -> str:
    """`{{ name|shorten:40 }}`: at most so many characters; the whole text is the title."""
    whole = str(text)
    if len(whole) <= length:
        return format_html("<bdi>{}</bdi>", whole)
    return format_html('<bdi title="{}">{}…</bdi>', whole, whole[: length - 1].rstrip())


# Times --------------------------------------------------------------------------------------------------------------


def _time(moment: datetime | None, text: str, title: str) -> str:
    if moment is None:
        return formats.NOTHING
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, text)


@register.filter
def date_time(moment: datetime | None, zone: str = "") -> str:
    """`{{ at|date_time }}` or `{{ at|date_time:account.time_zone }}`: day and time with the zone."""
    return _time(moment, formats.date_time(moment, zone), formats.date_time(moment, zone))


@register.filter
def short_time(moment: datetime | None, zone: str = "") -> str:
    """`{{ at|short_time }}`: 09:12 today, Jan 15, 09:12 this year; everything is in the title."""
    return _time(moment, formats.short_time(moment, zone) if moment else "", formats.date_time(moment, zone))


@register.filter
def ago(moment: datetime | None) -> str:
    """`{{ at|ago }}`: 5 minutes ago, in 3 days; the exact time is in the title."""
    return _time(moment, formats.ago(moment) if moment else "", formats.date_time(moment))


@register.filter
def duration(length: timedelta) -> str:
    """`{{ wait|duration }}`: 15 minutes, 1 hour 5 minutes."""
    return formats.duration(length)


@register.filter
def browser(user_agent: str) -> str:
    """`{{ session.browser|browser }}`: Firefox on Linux."""
    return formats.browser(user_agent)


# Signs --------------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> str:
    """`{% icon "check" %}`: decoration; with a label it speaks for itself."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" width="16" height="16" {}><use href="{}#{}"/></svg>',
        css, hidden, _icons(), name,
    )  # fmt: skip


@cache
def _icons() -> str:
    """The address of the sprite: a page has a hundred icons, and static() looks through all apps each time."""
    return static("img/icons.svg")


@register.simple_tag
def status(name: str, word: str = "") -> str:
    """`{% status draft.status %}`: the badge of a state; `word` replaces the usual one, never its meaning."""
    look = statuses.look(name)
    return badge(word or look.word, look.tone, look.icon)


@register.simple_tag
def badge(word: str, tone: str = "neutral", icon_name: str = "") -> str:
    """`{% badge "INVALID_TARGETING" "danger" "cross" %}`: a word with a colour and an icon."""
    moving = "spin" if icon_name == "spinner" else ""
    sign = icon(icon_name, css=moving) if icon_name and tone != "quiet" else ""
    return format_html('<span class="status tone-{}">{}{}</span>', tone, sign, word)


@register.filter
def message_tone(level: str) -> str:
    """The tone of a Django message's level."""
    return {"success": "success", "warning": "warning", "error": "danger"}.get(level, "accent")


@register.simple_tag
def stacked_bar(total: Any, label: str, **parts: Any) -> str:
    """`{% stacked_bar 17 "9 of 17 steps done" success=9 danger=1 %}`: parts of a whole, by tone, in this order."""
    whole = max(Decimal(str(total or 0)), sum((Decimal(str(part or 0)) for part in parts.values()), Decimal(0)))
    return format_html(
        '<svg class="stacked-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        label,
        format_html_join("", '<rect class="fill-{}" x="{}" y="0" width="{}" height="8"/>', _segments(whole, parts)),
    )


def _segments(whole: Decimal, parts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    start = Decimal(0)
    for tone, part in parts.items():
        width = Decimal(str(part or 0)) * 1000 / whole if whole else Decimal(0)
        yield tone, f"{start:.2f}", f"{width:.2f}"
        start += width


# Forms --------------------------------------------------------------------------------------------------------------


@register.filter
def control(field: BoundField) -> SafeString:
    """`{{ form.name|control }}`: the form field's widget with the class of its kind."""
    widget = field.field.widget
    css = "form-control"
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    return field.as_widget(attrs={"class": f"{css} {widget.attrs.get('class', '')}".strip()})


@register.filter
def choices(field: BoundField) -> Iterator[Any]:
    """The single boxes of a group of boxes or radio buttons, with the class of their kind."""
    field.field.widget.attrs["class"] = "form-check-input"
    yield from field


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_block_tag(takes_context=True)
def confirm(context: template.Context, content: str, action: str, label: str, title: str, **options: str) -> str:
    """A button that asks before it posts; the block's content is the question, and may hold further form fields.

    Options: `submit` (the word on the posting button, else the label), `css` (class of the opening button), `icon`,
    `tone` (danger or primary), `back` (the word on the button that leaves everything as it is).
    """
    own: dict[str, Any] = {"action": action, "label": label, "title": title, "content": content, "options": options}
    own |= {"id": f"confirm-{uuid.uuid4().hex[:8]}", "csrf_token": context.get("csrf_token")}
    return render_to_string("components/confirm.html", own)


# Navigation ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(context: template.Context, name: str, label: str, icon_name: str, **options: Any) -> dict[str, Any]:
    """`{% nav_item "campaigns:list" "Drafts" "pencil" query="status=draft" %}`: a link of the sidebar.

    It is the current page if address and query agree, or if the page sets `nav` to the item's label. Options: `query`,
    `count`, `count_label` (what the number counts, for people who cannot see where it stands), `count_id` (for a number
    that changes while the page stands). A page that this
    installation does not have is left out.
    """
    try:
        path = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    query = str(options.get("query", ""))
    url = f"{path}?{query}" if query else path
    return {
        "url": url, "label": label, "icon_name": icon_name, "current": _is_current(context, path, query, label),
        "count": options.get("count"), "count_label": options.get("count_label", ""),
        "count_id": options.get("count_id", ""),
    }  # fmt: skip


def _is_current(context: template.Context, path: str, query: str, label: str) -> bool:
    request = context.get("request")
    if chosen := context.get("nav"):
        return bool(chosen == label)
    if request is None or request.path != path:
        return False
    wanted = dict(parse_qsl(query))
    return request.GET.get("status", "") == wanted.get("status", "")

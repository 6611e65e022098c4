"""The control surface, by which tests look into the sandbox and steer it.

Bodies are JSON objects; what makes no sense is refused with 400 and {"error": text}.

GET    /_sandbox/requests?platform=&since=
    The journal, oldest first. `since` is the id of an entry (those after it) or an ISO time (those from it on).
    A call that is still being answered has status null and took_ms null; one that got no answer keeps status null;
    a truncated answer is shown as the text that went out. `fault` names the effects that struck.
DELETE /_sandbox/requests
    Empties the journal.
GET    /_sandbox/objects?platform=&kind=&account=&deleted=1
    [{id, platform, kind, account, parent, name, status, budget {type, amount, currency} or null, created_at,
    updated_at, deleted, first_on_at, data}]. `kind` is account, campaign, ad_set, ad, creative, media, page, pixel, ...
    Deleted ones are left out without deleted=1. `first_on_at` is when the object's own status first meant "on".
GET    /_sandbox/secrets
    Every token, code and app secret the sandbox ever issued, for tests that search for leaks.
POST   /_sandbox/faults {platform, match {method, path}, effect, value, times, when, skip}
    `path` is a regular expression searched in the path as the platform sees it. `times` is 1 if left out; null means
    until cleared. `when` is before (usual) or after: whether the call is executed before the effect strikes. `skip` is
    how many matching calls pass first, none if left out.
    A call meets at most one fault of each group:
    - delay (value: seconds)
    - drop_before, drop_after, reset, truncate
    - status (value: HTTP status), rate_limit (value: the platform's hint how long), token_expired, token_revoked,
      error_body (value: {status, body, content_type, headers}, or a bare body that goes out with 400)
    - stale_reads (value: seconds; younger objects are invisible to this read)
    - refuse_item (value: place in the list, from 0; a platform whose lists of objects have a fate each refuses that one)
    The first two groups strike a whole batch if one of its inner calls matches; the others strike the inner call.
GET, DELETE /_sandbox/faults
    What is left of them; clears them.
POST   /_sandbox/settings {latency_ms: 0, ...}
    Sets values: latency_ms is how long every API call takes at least, platforms add settings of their own. GET shows all.
POST   /_sandbox/tokens {platform, scopes?, expires_in?}
    Issues tokens as if someone had consented, and answers as the platform's token endpoint does.
POST   /_sandbox/seed {platform, accounts: n, ...}
    The platform then has exactly n accounts. Further, each optional: add_accounts [{id?, name?, currency?, ...}],
    remove_accounts [id] (they go missing), restore_accounts [id], update_accounts {id: {name, ...}} (fields named as
    the platform does), assets {kind: [{id, name, ...}]} (in place of those there), tokens "expire" or "revoke".
    Answers {"accounts": [...]} as /_sandbox/objects does.
POST   /_sandbox/reset {keep: ["tokens", "journal", "settings"]}
    All back to the first start, but for what is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

from . import journal, registry, seeding
from .credentials import APPS
from .exchange import CORE_SETTINGS
from .faults import AFTER_BY_NATURE, EFFECTS, NEED_A_VALUE
from .models import Fault, JournalEntry, Object, Setting, Token, iso, settings_in_force
from .platform import Platform

View = Callable[[HttpRequest], HttpResponse]
KEEPABLE = {"tokens", "journal", "settings"}


class OrderRefusedError(Exception):
    """The order makes no sense; the message says what to change."""


def _control(*methods: str) -> Callable[[View], View]:
    """Allows the methods, and takes bodies as JSON only: a page elsewhere cannot send that without asking first."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                return JsonResponse({"error": f"Use {' or '.join(methods)}."}, status=405)
            try:
                return view(request)
            except OrderRefusedError as refusal:
                return JsonResponse({"error": str(refusal)}, status=400)

        return guarded

    return decorate


@_control("GET", "DELETE")
def requests(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        JournalEntry.objects.all().delete()
        return JsonResponse({"ok": True})
    entries = _of_platform(JournalEntry.objects.order_by("id"), request)
    since = request.GET.get("since", "")
    if since.isdigit():
        entries = entries.filter(pk__gt=int(since))
    elif since:
        entries = entries.filter(at__gte=_time(since))
    return JsonResponse([journal.as_json(entry) for entry in entries], safe=False)


@_control("GET")
def objects(request: HttpRequest) -> HttpResponse:
    stored = _of_platform(Object.objects.order_by("id"), request)
    if request.GET.get("deleted") != "1":
        stored = stored.filter(deleted_at=None)
    for name in ("kind", "account"):
        if request.GET.get(name):
            stored = stored.filter(**{name: request.GET[name]})
    return JsonResponse([_as_json(item) for item in stored], safe=False)


@_control("GET")
def secrets(request: HttpRequest) -> HttpResponse:
    issued = [
        {"platform": token.platform, "kind": token.kind, "value": token.value}
        for token in Token.objects.order_by("id").iterator()
    ]
    apps = [{"platform": slug, "kind": "client_secret", "value": app.client_secret} for slug, app in APPS.items()]
    return JsonResponse(apps + issued, safe=False)


@_control("GET", "POST", "DELETE")
def faults(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        fault = _ordered_fault(_body(request))
        fault.save()
        return JsonResponse({"id": fault.pk})
    if request.method == "DELETE":
        Fault.objects.all().delete()
        return JsonResponse({"ok": True})
    left = Fault.objects.exclude(remaining=0).order_by("id")
    rows = left.values("id", "platform", "method", "path", "effect", "moment", "value", "remaining", "skip")
    return JsonResponse(list(rows), safe=False)


@_control("GET", "POST")
def settings(request: HttpRequest) -> HttpResponse:
    defaults = dict(CORE_SETTINGS)
    for platform in registry.all_platforms():
        defaults |= platform.settings
    if request.method == "POST":
        wanted = _body(request)
        if unknown := wanted.keys() - defaults.keys():
            raise OrderRefusedError(
                f"Unknown settings: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(defaults))}."
            )
        for name, value in wanted.items():
            Setting.objects.update_or_create(name=name, defaults={"value": value})
    return JsonResponse(settings_in_force(defaults))


@_control("POST")
def tokens(request: HttpRequest) -> HttpResponse:
    order = _body(request)
    return JsonResponse(_platform(order).issue_token(order))


@_control("POST")
def seed(request: HttpRequest) -> HttpResponse:
    order = _body(request)
    try:
        accounts = seeding.apply(_platform(order), order)
    except seeding.SeedError as error:
        raise OrderRefusedError(str(error)) from error
    return JsonResponse({"accounts": [_as_json(account) for account in accounts]})


@_control("POST")
def reset(request: HttpRequest) -> HttpResponse:
    keep = set(_body(request).get("keep", []))
    if keep - KEEPABLE:
        raise OrderRefusedError(f"keep takes {', '.join(sorted(KEEPABLE))}.")
    seeding.reset(keep)
    return JsonResponse({"ok": True})


def _ordered_fault(order: dict[str, Any]) -> Fault:
    match, effect, when = order.get("match") or {}, order.get("effect"), order.get("when", "before")
    if effect not in EFFECTS:
        raise OrderRefusedError(f"effect must be one of {', '.join(sorted(EFFECTS))}.")
    if effect in NEED_A_VALUE and order.get("value") is None:
        raise OrderRefusedError(f"{effect} needs a value.")
    if when not in ("before", "after"):
        raise OrderRefusedError("when must be before or after.")
    if order.get("platform"):
        _platform(order)
    return Fault(
        platform=order.get("platform") or "",
        method=(match.get("method") or "").upper(),
        path=_pattern(match.get("path") or ""),
        effect=effect,
        moment="after" if effect in AFTER_BY_NATURE else when,
        value=order.get("value"),
        remaining=order.get("times", 1),
        skip=order.get("skip", 0),
    )


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise OrderRefusedError(f"path is not a regular expression: {error}.") from error
    return text


def _body(request: HttpRequest) -> dict[str, Any]:
    if not request.body:
        return {}
    if request.content_type != "application/json":
        raise OrderRefusedError("The body must be JSON and say so.")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise OrderRefusedError(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise OrderRefusedError("The body must be a JSON object.")
    return body


def _platform(order: dict[str, Any]) -> Platform:
    platform = registry.find(str(order.get("platform")))
    if platform is None:
        raise OrderRefusedError(f"platform must be one of {', '.join(registry.PLATFORMS)}.")
    return platform


def _of_platform(rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    platform = request.GET.get("platform")
    return rows.filter(platform=platform) if platform else rows


def _time(text: str) -> Any:
    # A plus sign that was not escaped in the query has become a space.
    moment = parse_datetime(text.replace(" ", "+"))
    if moment is None or moment.tzinfo is None:
        raise OrderRefusedError("since must be the id of an entry or an ISO time with an offset.")
    return moment


def _as_json(stored: Object) -> dict[str, Any]:
    platform = registry.find(stored.platform)
    return {
        "id": stored.external_id,
        "platform": stored.platform,
        "kind": stored.kind,
        "account": stored.account or None,
        "parent": stored.parent or None,
        "name": stored.name,
        "status": stored.status or None,
        "budget": platform.budget(stored) if platform else None,
        "created_at": iso(stored.created_at),
        "updated_at": iso(stored.updated_at),
        "deleted": stored.deleted_at is not None,
        "first_on_at": iso(stored.first_on_at),
        "data": stored.data,
    }

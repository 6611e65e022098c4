"""What every page and every JSON answer share: refusals, envelopes, the sidebar."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django_htmx.http import HttpResponseClientRefresh

from stratum.storable import storable_json

if TYPE_CHECKING:
    from stratum.models import User

HTTP_STATUS = {
    "FORBIDDEN": 403,
    "DRAFT_NOT_FOUND": 404,
    "AD_ACCOUNT_NOT_FOUND": 404,
    "NOT_FOUND": 404,
    "VALIDATION_FAILED": 422,
    "BUDGET_EXCEEDS_CAP": 422,
    "CAMPAIGN_TOO_LARGE": 422,
    "RATE_LIMIT_EXCEEDED": 429,
    "PUBLISH_FAILED": 502,
    "PLATFORM_UNREACHABLE": 502,
}


class Refusal(Exception):
    """The product says no to an action: a stable code, a sentence that says why and what to do, and details.

    Anything that is not in HTTP_STATUS answers 409: the request was understood, and the state of things forbids it.
    """

    def __init__(self, code: str, message: str, details: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def status(self) -> int:
        return HTTP_STATUS.get(self.code, 409)


def member(request: HttpRequest) -> User:
    """Return who is asking: LoginRequired lets nobody but members through."""
    return cast("User", request.user)


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def success(data: Any, status: int = 200) -> JsonResponse:
    return JsonResponse({"success": True, "data": data}, status=status)


def failure(code: str, message: str, status: int, details: Any = None) -> JsonResponse:
    error = {"code": code, "message": message, "details": details}
    return JsonResponse({"success": False, "error": error}, status=status)


def body(request: HttpRequest) -> Mapping[str, Any]:
    """Return what was sent, from a form or a JSON object; Refusal VALIDATION_FAILED when it is neither."""
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        data = storable_json(json.loads(request.body or b"{}"))
    except (ValueError, RecursionError) as error:
        raise Refusal("VALIDATION_FAILED", f"The body is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise Refusal("VALIDATION_FAILED", "The body must be a JSON object.")
    return data


def answer(request: HttpRequest, data: Any, *, to: str, message: str = "", status: int = 200) -> HttpResponse:
    """Answer a successful action: the envelope for JSON, else the message and a redirect."""
    if wants_json(request):
        return success(data, status)
    if message:
        messages.success(request, message)
    return redirect(to)


def back(request: HttpRequest, default: str) -> str:
    """Return the page the form says it came from, if it is one of ours, else the default."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # A word without a slash would be taken for a view's name by redirect().
    return target if target.startswith("/") and ours else default


class ApiErrors:
    """Turns exceptions into the envelope for JSON, and an action's refusal into a message on a page otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # A page that htmx would swap into a part of this page helps nobody: static/js/app.js shows the sentence instead.
        if wants_json(request) or "HX-Request" in request.headers:
            return self._json(exception)
        if isinstance(exception, Refusal):
            messages.error(request, exception.message)
            return redirect(back(request, request.META.get("HTTP_REFERER") or settings.LOGIN_REDIRECT_URL))
        return None

    def _json(self, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return failure(exception.code, exception.message, exception.status, exception.details)
        if isinstance(exception, PermissionDenied):
            return failure("FORBIDDEN", str(exception) or "You may not do this.", 403)
        if isinstance(exception, Http404):
            return failure(getattr(exception, "code", "NOT_FOUND"), str(exception) or "There is nothing here.", 404)
        return None


class NotFound(Http404):
    """A 404 with a stable code for JSON: DRAFT_NOT_FOUND, AD_ACCOUNT_NOT_FOUND."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LoginRequired(LoginRequiredMiddleware):
    """Asks for a log-in on every page that does not say otherwise; JSON gets 401 in the envelope."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if wants_json(request):
            return failure("FORBIDDEN", "Log in first.", 401)
        if "HX-Request" in request.headers:
            return HttpResponseClientRefresh()
        return super().handle_no_permission(request, view_func)


def client_ip(request: HttpRequest) -> str:
    """Return the client's address: as many hops back in X-Forwarded-For as there are trusted proxies."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    hops = settings.TRUSTED_PROXIES
    if hops and len(forwarded) >= hops:
        return str(forwarded[-hops])
    return str(request.META.get("REMOTE_ADDR", ""))


#: Rooms above add to the sidebar through here: dotted paths of functions (request) → context.
SIDEBAR_PARTS: list[str] = []


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows beside its content."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    context: dict[str, Any] = {"unread_notifications": request.user.notifications.unread().count()}
    for path in SIDEBAR_PARTS:
        context |= import_string(path)(request)
    return context

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from integrations import cards, connections, oauth, platforms, signals
from integrations.models import Connection
from integrations.oauth import CallbackFailed
from integrations.signals import Note
from stratum import ui
from stratum.models import User
from stratum.ui import NotFound

CHANGE = "integrations.change_connection"


@require_GET
def integrations(request: HttpRequest) -> HttpResponse:
    """Show every platform with the state of its connection."""
    if not request.user.has_perm("integrations.view_connection"):
        raise PermissionDenied("Only members of the team with a role may see the connections. Ask an Admin for one.")
    found = cards.all_cards()
    if ui.wants_json(request):
        return ui.success([card.json for card in found])
    context = {"cards": found, "can_change": request.user.has_perm(CHANGE), "redirect_uri": oauth.redirect_uri()}
    return render(request, "integrations/integrations.html", context)


@require_POST
def connect(request: HttpRequest, platform: str) -> HttpResponse:
    """Send the Admin to the platform's consent page."""
    _admin(request, platform)
    url = oauth.start(request, platform)
    if ui.wants_json(request):
        label = platforms.label(platform)
        return ui.success({"oauth_url": url, "message": f"Open this address to give access at {label}."})
    return redirect(url)


# The log-in is asked for inside: the usual redirect to the log-in page would carry the code along in its address.
@login_not_required
@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the platform sent the Admin back with: store the connection, sync its accounts, say what came of it."""
    try:
        by = _admin_who_came_back(request)
        slug, grant = oauth.finish(request)
    except CallbackFailed as failure:
        return _not_connected(request, failure)
    stored = connections.store(grant, slug, by)
    responses = signals.connected.send_robust(Connection, platform=slug, by=by)
    _tell_connected(request, stored, signals.answers(responses))
    return redirect("integrations:list")


@require_POST
def disconnect(request: HttpRequest, platform: str) -> HttpResponse:
    """Erase the tokens and give the access back."""
    by = _admin(request, platform)
    label = platforms.label(platform)
    confirmed = connections.disconnect(platform, by)
    message = f"Disconnected from {label}. Ad accounts, caps and campaigns stay."
    if not confirmed:
        message += f" {label} did not confirm that our access has ended: remove the app in its settings there as well."
    data = {"platform": platform, "revoked_at_platform": confirmed, "message": message}
    return ui.answer(request, data, to="integrations:list", message=message)


@require_POST
def refresh(request: HttpRequest, platform: str) -> HttpResponse:
    """Renew the access now."""
    by = _admin(request, platform)
    label = platforms.label(platform)
    if connections.refresh_now(platform, by):
        message = f"Our access to {label} was renewed."
    else:
        message = f"{label} gave no new access: the present one goes on and ends when it did before."
    return ui.answer(request, {"platform": platform, "message": message}, to="integrations:list", message=message)


def _admin(request: HttpRequest, platform: str) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(CHANGE):
        raise PermissionDenied("Only an Admin may connect, renew or disconnect platforms.")
    if platform not in platforms.REGISTRY:
        raise NotFound("NOT_FOUND", "There is no platform of that name.")
    return user


def _admin_who_came_back(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise CallbackFailed(
            "SIGNED_OUT",
            "",
            "Nobody is logged in in this browser, so the answer of the platform cannot be taken.",
            "Log in as an Admin and press Connect again.",
            status=401,
        )
    if not user.has_perm(CHANGE):
        raise PermissionDenied("Only an Admin may connect, renew or disconnect platforms.")
    return user


def _not_connected(request: HttpRequest, failure: CallbackFailed) -> HttpResponse:
    if ui.wants_json(request):
        response: HttpResponse = ui.failure(failure.code, str(failure), failure.status, {"fix": failure.to_do})
    else:
        context = {"failure": failure, "can_try_again": bool(failure.platform and request.user.is_authenticated)}
        response = render(request, "integrations/not_connected.html", context, status=failure.status)
    # The address of this page holds the code: nothing that the page loads or leads to may learn it. Without any referrer,
    # its own form would be taken for one from elsewhere.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _tell_connected(request: HttpRequest, stored: connections.Stored, notes: list[Note]) -> None:
    label = platforms.label(stored.connection.platform)
    found = next((note.count for note in notes if note.count is not None), None)
    accounts = "" if found is None else f", {found} ad account{'' if found == 1 else 's'} found"
    messages.success(request, f"{label} connected{accounts}.")
    for note in notes:
        if note.is_problem:
            messages.warning(request, note.text)
        elif note.count is None:
            messages.info(request, note.text)
    if stored.former_name:
        now = stored.connection.external_user_name
        messages.warning(
            request,
            f"{label} was connected as {stored.former_name} before and is connected as {now} now. "
            f"Ad accounts that only {stored.former_name} could reach are stale until {stored.former_name} reconnects.",
        )

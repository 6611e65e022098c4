"""A person's own access: the second factor, backup codes, and where they are logged in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stratum import events, sessions, twofactor
from stratum.forms import CodeForm
from stratum.ui import member

LOGGED_OUT_ELSEWHERE = "person.logged_out_elsewhere"
SESSION_ENDED = "person.session_ended"


def _no_check(code: str) -> bool:
    return True


@never_cache
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Show the person's second factor and sessions."""
    return _page(request, CodeForm(check=_no_check, auto_id="off_%s"), CodeForm(check=_no_check, auto_id="new_%s"))


def _page(request: HttpRequest, off: CodeForm, new: CodeForm, status: int = 200) -> HttpResponse:
    user = member(request)
    context = {
        "is_on": twofactor.is_on(user), "is_required": twofactor.is_required(user), "left": twofactor.codes_left(user),
        "off": off, "new": new, "sessions": sessions.of(user), "current": request.session.session_key,
    }  # fmt: skip
    for form in (off, new):
        form.fields["code"].widget.attrs.pop("autofocus", None)
    return render(request, "stratum/security.html", context, status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the QR code of a new second factor; its first code turns it on, and shows the backup codes, this once."""
    user, key = member(request), request.session.session_key or ""
    row = twofactor.begin(user)
    form = CodeForm(request.POST or None, check=lambda code: twofactor.confirm(user, code, session_key=key))
    if form.is_valid():
        request.session[twofactor.SESSION_FLAG] = True
        return render(request, "stratum/backup_codes.html", {"codes": form.result, "is_new": True})
    context = {"form": form, "picture": twofactor.picture(row), "secret": row.secret}
    context |= {"is_required": twofactor.is_required(user)}
    return render(request, "stratum/two_factor_set_up.html", context, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters()
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Replace the backup codes and show the new ones, this once."""
    user = member(request)
    form = CodeForm(request.POST, check=lambda code: twofactor.new_backup_codes(user, code), auto_id="new_%s")
    if form.is_valid():
        return render(request, "stratum/backup_codes.html", {"codes": form.result})
    return _page(request, CodeForm(check=_no_check, auto_id="off_%s"), form, status=422)


@never_cache
@sensitive_post_parameters()
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Turn the person's own second factor off."""
    user, key = member(request), request.session.session_key or ""
    form = CodeForm(request.POST, check=lambda code: twofactor.turn_off(user, code, session_key=key), auto_id="off_%s")
    if not form.is_valid():
        return _page(request, form, CodeForm(check=_no_check, auto_id="new_%s"), status=422)
    request.session.pop(twofactor.SESSION_FLAG, None)
    messages.success(request, "Your second factor is off. You were logged out everywhere else.")
    return redirect("security")


@require_POST
def end_session(request: HttpRequest, public_id: str) -> HttpResponse:
    """End one session of the person's own."""
    user = member(request)
    ended = sessions.end_one(user, public_id)
    if ended is not None:
        events.record(user, SESSION_ENDED, user, address=ended.address, browser=ended.browser)
        messages.success(request, "That session is ended.")
    else:
        messages.info(request, "That session was over already.")
    return redirect("security")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Log the person out everywhere else."""
    user = member(request)
    count = sessions.end_others(user, but=request.session.session_key or "")
    events.record(user, LOGGED_OUT_ELSEWHERE, user, sessions=count)
    messages.success(request, "You are logged out everywhere else.")
    return redirect("security")

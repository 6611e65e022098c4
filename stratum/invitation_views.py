"""Invitations: what an Admin does with them, and the page that somebody who was invited opens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from stratum import invitations, login
from stratum.forms import InvitationForm, JoinForm
from stratum.models import Invitation, User
from stratum.team_views import admin_of, team_page
from stratum.ui import Refusal


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by mail."""
    admin, form = admin_of(request), InvitationForm(request.POST, auto_id="invite_%s")
    if form.is_valid() and _was_invited(form, admin):
        messages.success(request, f"{form.cleaned_data['email']} gets a mail with a link that is good for a week.")
        return redirect("team")
    return team_page(request, invitation=form, status=422)


def _was_invited(form: InvitationForm, admin: User) -> bool:
    try:
        invitations.invite(by=admin, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("email", refusal.message)
        return False
    return True


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the former one stops working."""
    row = get_object_or_404(Invitation, pk=pk)
    invitations.send_again(row, by=admin_of(request))
    messages.success(request, f"{row.email} gets a new link. The former one works no longer.")
    return redirect("team")


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an invitation."""
    row = get_object_or_404(Invitation, pk=pk)
    invitations.revoke(row, by=admin_of(request))
    messages.success(request, f"The invitation of {row.email} is revoked. Its link works no longer.")
    return redirect("team")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The page of an invitation: name and password make its reader a member. Its token stands in the query alone."""
    token = request.GET.get("token", "")
    try:
        row = invitations.read(token)
        return _join(request, row, token)
    except invitations.NotGood as error:
        return render(request, "stratum/invitation_not_good.html", {"reason": str(error)}, status=410)


def _join(request: HttpRequest, row: Invitation, token: str) -> HttpResponse:
    form = JoinForm(User(username=row.email, email=row.email), request.POST or None)
    if not form.is_valid():
        context = {"form": form, "invitation": row, "token": token}
        return render(request, "stratum/invitation.html", context, status=422 if form.is_bound else 200)
    names = {name: form.cleaned_data[name] for name in ("first_name", "last_name")}
    user = invitations.accept(row, password=form.cleaned_data["new_password1"], **names)
    if request.user.is_authenticated:
        request.session.flush()
    login.let_in(request, user, shown="invitation")
    messages.success(
        request, f"Welcome to the team. Your user name is {user.username}; your mail address works as well."
    )
    return redirect("home")

"""Settings → Team. A one-time password is shown in the answer to the form that made it, and nowhere again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stratum import audit, invitations, login, security_views, sessions, team, twofactor
from stratum.forms import ROLE_LINES, InvitationForm, PersonForm
from stratum.models import Authenticator, Event, User
from stratum.ui import Refusal

WORDS = {
    team.ADDED: "added this person",
    team.CHANGED: "changed this person",
    team.DEACTIVATED: "deactivated this person",
    team.REACTIVATED: "reactivated this person",
    team.PASSWORD_GIVEN: "made a one-time password",
    team.LOGGED_OUT: "logged this person out everywhere",
    invitations.JOINED: "joined the team",
    twofactor.TURNED_ON: "turned the second factor on",
    twofactor.TURNED_OFF: "turned the second factor off",
    twofactor.REMOVED: "removed the second factor",
    twofactor.NEW_CODES: "made new backup codes",
    twofactor.CODE_USED: "logged in with a backup code",
    twofactor.WRONG_CODE: "was asked for a code, and it was wrong",
    security_views.SESSION_ENDED: "ended one of their sessions",
    security_views.LOGGED_OUT_ELSEWHERE: "logged themselves out everywhere else",
    login.PASSWORD_CHANGED: "changed their password",
}


def admin_of(request: HttpRequest) -> User:
    """Return who is asking, if they may manage the team; else PermissionDenied."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("stratum.change_user"):
        raise PermissionDenied("Only an Admin may see and manage the team.")
    return user


def team_page(
    request: HttpRequest,
    *,
    form: PersonForm | None = None,
    invitation: InvitationForm | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """Return the page of the team, with the forms as they were sent."""
    has_factor = Exists(Authenticator.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False))
    people = User.objects.prefetch_related("groups").annotate(has_two_factor=has_factor)
    context = {
        "people": people.order_by("-is_active", Lower("first_name"), "username"),
        "form": form or PersonForm(),
        "invitation": invitation or InvitationForm(auto_id="invite_%s"),
        "invitations": invitations.waiting(),
        "role_lines": ROLE_LINES,
        "requires_two_factor": settings.REQUIRE_TWO_FACTOR,
    }
    return render(request, "stratum/team.html", context | extra, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List the team; POST adds a person and shows their one-time password."""
    admin = admin_of(request)
    if request.method != "POST":
        return team_page(request)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return team_page(request, form=form, status=422)
    added, password = team.add(by=admin, **form.cleaned_data)
    return team_page(request, status=201, given_to=added, password=password)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person; POST changes name, mail address and roles."""
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _detail(request, user, PersonForm(person=user))
    form = PersonForm(request.POST, person=user)
    if form.is_valid() and _was_changed(form, user, admin):
        messages.success(request, f"{form.name} is saved.")
        return redirect("team")
    return _detail(request, user, form, status=422)


def _was_changed(form: PersonForm, user: User, admin: User) -> bool:
    try:
        team.change(user, by=admin, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("roles", refusal.message)
        return False
    return True


def _detail(request: HttpRequest, user: User, form: PersonForm, status: int = 200, **extra: Any) -> HttpResponse:
    about = Event.objects.about(user.event_subject).exclude(code__in=login.COMING_AND_GOING)
    history = about.select_related("actor")[:20]
    context = {"person": user, "form": form, "entries": [_entry(event) for event in history]}
    context |= {"sessions": sessions.of(user), "has_two_factor": twofactor.is_on(user)}
    return render(request, "stratum/person.html", context | extra, status=status)


def _entry(event: Event) -> dict[str, Any]:
    changed = [f"{one.word}: {one.before} → {one.after}" for one in audit.changes(event.data) if one.before is not None]
    who, what = str(event.actor or audit.SYSTEM), WORDS.get(event.code, event.code)
    return {"who": who, "what": what, "at": event.at, "detail": "; ".join(changed)}


@never_cache
@require_POST
def give_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a one-time password and show it."""
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    password = team.give_password(user, by=admin)
    return _detail(request, user, PersonForm(person=user), given_to=user, password=password)


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    team.deactivate(user, by=admin)
    messages.success(request, f"{user} is deactivated and was logged out. Campaigns of theirs stay as they are.")
    return redirect(reverse("team"))


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    team.reactivate(user, by=admin)
    messages.success(request, f"{user} can log in again, with the same password and roles.")
    return redirect(reverse("team"))


@require_POST
def log_out(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of a person."""
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    team.log_out(user, by=admin)
    messages.success(request, f"{user} is logged out everywhere.")
    return redirect("person", pk=user.pk) if user != admin else redirect("login")


@require_POST
def remove_two_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor from somebody who lost it."""
    admin, user = admin_of(request), get_object_or_404(User, pk=pk)
    team.remove_two_factor(user, by=admin)
    messages.success(request, f"{user} can log in with the password alone, and was logged out everywhere.")
    return redirect("person", pk=user.pk)

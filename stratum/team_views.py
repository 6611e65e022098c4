"""Settings → Team. A one-time password is shown in the answer to the form that made it, and nowhere again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stratum import login, team
from stratum.forms import PersonForm
from stratum.models import Event, User
from stratum.ui import Refusal

WORDS = {
    team.ADDED: "added this person",
    team.CHANGED: "changed this person",
    team.DEACTIVATED: "deactivated this person",
    team.REACTIVATED: "reactivated this person",
    team.PASSWORD_GIVEN: "made a one-time password",
    login.PASSWORD_CHANGED: "changed their password",
}


def _admin(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm("stratum.change_user"):
        raise PermissionDenied("Only an Admin may see and manage the team.")
    return user


def _list(request: HttpRequest, form: PersonForm, status: int = 200, **extra: Any) -> HttpResponse:
    people = User.objects.prefetch_related("groups").order_by("-is_active", Lower("first_name"), "username")
    return render(request, "stratum/team.html", {"people": people, "form": form} | extra, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List the team; POST adds a person and shows their one-time password."""
    admin = _admin(request)
    if request.method != "POST":
        return _list(request, PersonForm())
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    added, password = team.add(by=admin, **form.cleaned_data)
    return _list(request, PersonForm(), status=201, given_to=added, password=password)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person; POST changes name, mail address and roles."""
    admin, user = _admin(request), get_object_or_404(User, pk=pk)
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
    history = Event.objects.about(user.event_subject).select_related("actor")[:20]
    context = {"person": user, "form": form, "entries": [_entry(event) for event in history]} | extra
    return render(request, "stratum/person.html", context, status=status)


def _entry(event: Event) -> dict[str, Any]:
    before, after = event.data.get("before", {}), event.data.get("after", {})
    changes = [f"{key}: {_text(old)} → {_text(after[key])}" for key, old in before.items() if old != after[key]]
    who, what = str(event.actor or "Stratum"), WORDS.get(event.code, event.code)
    return {"who": who, "what": what, "at": event.at, "detail": "; ".join(changes)}


def _text(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)


@never_cache
@require_POST
def give_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a one-time password and show it."""
    admin, user = _admin(request), get_object_or_404(User, pk=pk)
    password = team.give_password(user, by=admin)
    return _detail(request, user, PersonForm(person=user), given_to=user, password=password)


@require_POST
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, user = _admin(request), get_object_or_404(User, pk=pk)
    team.deactivate(user, by=admin)
    messages.success(request, f"{user} is deactivated and was logged out. Campaigns of theirs stay as they are.")
    return redirect(reverse("team"))


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, user = _admin(request), get_object_or_404(User, pk=pk)
    team.reactivate(user, by=admin)
    messages.success(request, f"{user} can log in again, with the same password and roles.")
    return redirect(reverse("team"))

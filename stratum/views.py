from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from stratum import events, login, paging, ui
from stratum.forms import LogInForm, OwnPasswordForm
from stratum.models import Notification, NotificationQuerySet


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token: it is stale, or it was not ours."""
    message = "This form is out of date. Go back, reload the page and send it again; what you typed is still in it."
    if ui.wants_json(request):
        return ui.failure("FORBIDDEN", "The CSRF token is missing or out of date.", 403)
    return render(request, "403.html", {"exception": message}, status=403)


class LogIn(auth_views.LoginView):
    """The log-in page; django-axes answers instead after too many wrong passwords."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PasswordChange(auth_views.PasswordChangeView):
    """The form by which a person changes their own password; other sessions of theirs end."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            events.record(form.user, login.PASSWORD_CHANGED, form.user)
        messages.success(self.request, "Your password is changed. You were logged out everywhere else.")
        return response

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _mine(request: HttpRequest) -> NotificationQuerySet:
    return Notification.objects.filter(user__pk=request.user.pk or 0)


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    """Show the person's notifications: the unread ones first, if there are any."""
    mine = _mine(request)
    unread, newest = mine.unread().count(), mine.values_list("pk", flat=True).first()
    chosen = request.GET.get("show") or ("unread" if unread else "all")
    rows = mine.unread() if chosen == "unread" else mine
    address = reverse("notifications")
    tabs = [
        {"label": "Unread", "url": f"{address}?show=unread", "current": chosen == "unread", "count": unread},
        {"label": "All", "url": f"{address}?show=all", "current": chosen != "unread"},
    ]
    context: dict[str, Any] = {"page": paging.page(request, rows, ["-id"], size=30), "tabs": tabs, "chosen": chosen}
    return render(request, "stratum/notifications.html", context | {"unread": unread, "newest": newest})


@require_GET
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page that the notification is about, and mark it as read: harmless, and the same when repeated."""
    row = get_object_or_404(_mine(request), pk=pk)
    Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(row.url, allowed_hosts=None)
    return redirect(row.url if is_ours else "notifications")


@require_POST
def mark_notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark the person's notifications as read, up to the newest one there was when the page was shown."""
    newest = request.POST.get("newest", "")
    rows = _mine(request).unread()
    if newest.isdecimal():
        rows = rows.filter(pk__lte=int(newest))
    count = rows.update(read_at=timezone.now())
    return ui.answer(request, {"read": count}, to=reverse("notifications"), message="Marked as read.")

"""Notifications: the list, the bell, and what a person wants to get by mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stratum import notifications, paging, ui
from stratum.formats import zone_name
from stratum.kinds import Kind
from stratum.models import MailChoice, Notification, NotificationQuerySet, User

NOTHING_NEW = 204


def _mine(request: HttpRequest) -> NotificationQuerySet:
    return Notification.objects.filter(user__pk=request.user.pk or 0)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
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
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page that the notification is about, and mark it as read: harmless, and the same when repeated."""
    row = get_object_or_404(_mine(request), pk=pk)
    Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=timezone.now())
    is_ours = url_has_allowed_host_and_scheme(row.url, allowed_hosts=None)
    return redirect(row.url if is_ours else "notifications")


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark the person's notifications as read, up to the newest one there was when the page was shown."""
    newest = request.POST.get("newest", "")
    rows = _mine(request).unread()
    if newest.isdecimal():
        rows = rows.filter(pk__lte=int(newest))
    count = rows.update(read_at=timezone.now())
    return ui.answer(request, {"read": count}, to=reverse("notifications"), message="Marked as read.")


@login_not_required
@never_cache
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """Answer how many are unread: nothing when it is what the page shows already, else the bells, to be swapped in.

    Whoever was logged out meanwhile gets nothing as well: a page that asks by itself must not be led away from what
    somebody types on it.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=NOTHING_NEW)
    unread = _mine(request).unread().count()
    if ui.wants_json(request):
        return ui.success({"unread": unread})
    if request.GET.get("shown") == str(unread):
        return HttpResponse(status=NOTHING_NEW)
    return HttpResponse(render_to_string("stratum/bell_news.html", {"unread_notifications": unread}))


class ChoicesForm(forms.Form):
    """For each kind of notification, when its mail is wanted."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, when in notifications.choices_of(user).items():
            self.fields[kind.value] = forms.ChoiceField(
                choices=MailChoice.When.choices, widget=forms.RadioSelect, initial=when, label=str(kind.label)
            )

    def chosen(self) -> dict[Kind, MailChoice.When]:
        """Return what was chosen."""
        return {Kind(name): MailChoice.When(value) for name, value in self.cleaned_data.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Show, and change, which mails the person gets."""
    user = ui.member(request)
    form = ChoicesForm(request.POST or None, user=user)
    if form.is_valid():
        notifications.choose(user, form.chosen())
        messages.success(request, "Your choice is saved. It holds for mails that wait as well.")
        return redirect("notification_choices")
    daily = f"{settings.MAIL_DAILY_HOUR:02}:00 {zone_name(notifications.next_daily(timezone.now()))}"
    context = {"form": form, "words": MailChoice.When.labels, "daily": daily}
    return render(request, "stratum/notification_choices.html", context, status=422 if form.is_bound else 200)

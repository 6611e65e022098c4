"""The Django admin as this product uses it: records to read, and nothing to change behind the workflow's back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html


class Records(AdminSite):
    """The admin site, with the product's own log-in, log-out and password pages instead of the admin's."""

    site_header = "Stratum records"
    site_title = "Stratum records"
    index_title = "Records"
    site_url = "/"

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        target = request.GET.get("next", "")
        if not request.user.is_authenticated:
            return redirect_to_login(target or reverse("admin:index"))
        if not self.has_permission(request):
            raise PermissionDenied("Only Admins, Approvers and Finance may open the records.")
        return redirect("admin:index")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("home")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("password_change")


def pretty(value: Any) -> str:
    """Return JSON as it is shown in a record: indented, escaped."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))

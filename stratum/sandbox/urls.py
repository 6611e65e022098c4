from __future__ import annotations

from django.urls import path, re_path

from . import control, front, shop

urlpatterns = [
    path("", front.home),
    path("favicon.ico", front.no_icon),
    path("static/sandbox.css", front.styles, name="styles"),
    path("shop/<path:rest>", shop.page),
    path("_sandbox/requests", control.requests),
    path("_sandbox/objects", control.objects),
    path("_sandbox/secrets", control.secrets),
    path("_sandbox/faults", control.faults),
    path("_sandbox/settings", control.settings),
    path("_sandbox/tokens", control.tokens),
    path("_sandbox/seed", control.seed),
    path("_sandbox/reset", control.reset),
    re_path(r"^(?P<slug>[a-z]+)/(?P<surface>[a-z0-9-]+)(?:/(?P<rest>.*))?$", front.platform_request),
]

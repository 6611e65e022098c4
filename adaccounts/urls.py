from __future__ import annotations

from django.urls import URLPattern, path

from adaccounts import views

app_name = "adaccounts"
urlpatterns: list[URLPattern] = [
    path("settings/ad-accounts", views.accounts, name="list"),
    path("ad-accounts/<slug:platform>/sync", views.sync, name="sync"),
    path("ad-accounts/<slug:platform>/<str:external_id>/examples", views.examples, name="examples"),
    path("ad-accounts/<slug:platform>/<str:external_id>", views.account, name="detail"),
    path("ad-accounts/<slug:platform>/<str:external_id>/approval-levels", views.approval_rules, name="approval_rules"),
]

from __future__ import annotations

from django.urls import URLPattern, path

from integrations import views

app_name = "integrations"
urlpatterns: list[URLPattern] = [
    path("settings/integrations", views.integrations, name="list"),
    path("settings/integrations/<slug:platform>/connect", views.connect, name="connect"),
    path("settings/integrations/<slug:platform>/disconnect", views.disconnect, name="disconnect"),
    path("settings/integrations/<slug:platform>/refresh", views.refresh, name="refresh"),
    path("oauth/callback", views.callback, name="callback"),
]

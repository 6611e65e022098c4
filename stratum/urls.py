from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.generic import RedirectView

from stratum import team_views, views
from stratum.health import healthz
from stratum.styleguide import styleguide

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="campaigns:list"), name="home"),
    path("", include("integrations.urls")),
    path("", include("adaccounts.urls")),
    path("", include("campaigns.urls")),
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", auth_views.LogoutView.as_view(), name="logout"),
    path("account/password", views.PasswordChange.as_view(), name="password_change"),
    path("notifications", views.notifications, name="notifications"),
    path("notifications/read", views.mark_notifications_read, name="notifications_read"),
    path("notifications/<int:pk>", views.notification, name="notification"),
    path("settings/team", team_views.people, name="team"),
    path("settings/team/<int:pk>", team_views.person, name="person"),
    path("settings/team/<int:pk>/password", team_views.give_password, name="person_password"),
    path("settings/team/<int:pk>/deactivate", team_views.deactivate, name="person_deactivate"),
    path("settings/team/<int:pk>/reactivate", team_views.reactivate, name="person_reactivate"),
    path("healthz", healthz, name="healthz"),
    path("_styleguide", styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]

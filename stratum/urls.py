from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from stratum import (
    audit_views,
    invitation_views,
    notification_views,
    security_views,
    team_views,
    views,
    webhook_views,
)
from stratum.health import healthz
from stratum.styleguide import styleguide

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="campaigns:list"), name="home"),
    path("", include("integrations.urls")),
    path("", include("adaccounts.urls")),
    path("", include("campaigns.urls")),
    path("login", views.LogIn.as_view(), name="login"),
    path("login/code", views.log_in_code, name="login_code"),
    path("invitation", invitation_views.join, name="invitation"),
    path("logout", auth_views.LogoutView.as_view(), name="logout"),
    path("account/password", views.PasswordChange.as_view(), name="password_change"),
    path("account/security", security_views.security, name="security"),
    path("account/security/two-factor", security_views.set_up, name="two_factor_set_up"),
    path("account/security/two-factor/off", security_views.turn_off, name="two_factor_off"),
    path("account/security/backup-codes", security_views.new_codes, name="backup_codes"),
    path("account/security/sessions/end-others", security_views.end_other_sessions, name="sessions_end_others"),
    path("account/security/sessions/<str:public_id>/end", security_views.end_session, name="session_end"),
    path("notifications", notification_views.listing, name="notifications"),
    path("notifications/count", notification_views.count, name="notifications_count"),
    path("notifications/read", notification_views.mark_read, name="notifications_read"),
    path("notifications/<int:pk>", notification_views.one, name="notification"),
    path("settings/notifications", notification_views.choices, name="notification_choices"),
    path("settings/audit", audit_views.trail, name="audit"),
    re_path(r"^settings/audit/export\.(?P<format>csv|jsonl)$", audit_views.export, name="audit_export"),
    path("settings/webhooks", webhook_views.hooks, name="webhooks"),
    path("settings/webhooks/<int:pk>", webhook_views.hook, name="webhook"),
    path("settings/webhooks/<int:pk>/test", webhook_views.test, name="webhook_test"),
    path("settings/webhooks/<int:pk>/enable", webhook_views.switch, {"to": "enable"}, name="webhook_enable"),
    path("settings/webhooks/<int:pk>/disable", webhook_views.switch, {"to": "disable"}, name="webhook_disable"),
    path("settings/webhooks/<int:pk>/delete", webhook_views.delete, name="webhook_delete"),
    path("settings/webhooks/<int:pk>/secret", webhook_views.show_secret, name="webhook_secret"),
    path("settings/webhooks/<int:pk>/new-secret", webhook_views.make_secret, name="webhook_new_secret"),
    path("settings/webhooks/<int:pk>/posts/<int:post_pk>/again", webhook_views.send_again, name="webhook_again"),
    path("settings/team", team_views.people, name="team"),
    path("settings/team/invitations", invitation_views.invite, name="invite"),
    path("settings/team/invitations/<int:pk>/again", invitation_views.send_again, name="invitation_again"),
    path("settings/team/invitations/<int:pk>/revoke", invitation_views.revoke, name="invitation_revoke"),
    path("settings/team/<int:pk>", team_views.person, name="person"),
    path("settings/team/<int:pk>/password", team_views.give_password, name="person_password"),
    path("settings/team/<int:pk>/log-out", team_views.log_out, name="person_log_out"),
    path("settings/team/<int:pk>/two-factor", team_views.remove_two_factor, name="person_two_factor"),
    path("settings/team/<int:pk>/deactivate", team_views.deactivate, name="person_deactivate"),
    path("settings/team/<int:pk>/reactivate", team_views.reactivate, name="person_reactivate"),
    path("healthz", healthz, name="healthz"),
    path("_styleguide", styleguide, name="styleguide"),
    path("admin/", admin.site.urls),
]

from __future__ import annotations

from django.urls import path

from campaigns.views import progress, stopping

app_name = "campaigns"

urlpatterns = [
    path("campaign-drafts/<int:draft_id>/progress", progress.progress, name="progress"),
    path("publish-logs", progress.logs, name="logs"),
    path("campaigns/stop-account/<int:account_id>", stopping.stop_account, name="stop_account"),
]

from __future__ import annotations

from django.urls import path

from campaigns.views import actions, checks, copying, lists, lookup, media, nodes, progress, review, stopping, templates

app_name = "campaigns"

urlpatterns = [
    path("campaigns/pending-approval", review.pending, name="pending"),
    path("campaign-drafts/<int:draft_id>", review.detail, name="detail"),
    path("campaign-drafts/<int:draft_id>/preview", review.preview, name="preview"),
    path("campaign-drafts/<int:draft_id>/submit", actions.submit, name="submit"),
    path("campaign-drafts/<int:draft_id>/withdraw", actions.withdraw, name="withdraw"),
    path("campaign-drafts/<int:draft_id>/approve", actions.approve, name="approve"),
    path("campaign-drafts/<int:draft_id>/reject", actions.reject, name="reject"),
    path("campaign-drafts/<int:draft_id>/revise", actions.revise, name="revise"),
    path("campaign-drafts/<int:draft_id>/publish", actions.publish, name="publish"),
    path("campaign-drafts/<int:draft_id>/retry", actions.retry, name="retry"),
    path("campaign-drafts/<int:draft_id>/roll-back", actions.roll_back, name="roll_back"),
    path("campaign-drafts/<int:draft_id>/cancel", actions.cancel, name="cancel"),
    path("campaign-drafts/<int:draft_id>/pause", actions.pause, name="pause"),
    path("campaign-drafts/<int:draft_id>/resume", actions.resume, name="resume"),
    path("campaign-drafts/<int:draft_id>/end", actions.end, name="end"),
    path("campaign-drafts/<int:draft_id>/look-again", actions.look_again, name="look_again"),
    path("campaign-drafts/<int:draft_id>/adopt", actions.adopt, name="adopt"),
    path("campaign-drafts/<int:draft_id>/confirm-nothing", actions.confirm_nothing, name="confirm_nothing"),
    path("campaign-drafts/<int:draft_id>/remove", actions.remove, name="remove"),
    path("campaign-drafts/<int:draft_id>/duplicate", actions.duplicate, name="duplicate"),
    path("campaign-drafts/<int:draft_id>/checks", checks.checks, name="checks"),
    path("campaign-drafts/<int:draft_id>/copy", copying.copy, name="copy"),
    path("campaign-drafts/<int:draft_id>/template", templates.keep, name="keep_template"),
    path("campaign-templates", templates.listed, name="templates"),
    path("campaign-templates/<int:template_id>/start", templates.start, name="start_from_template"),
    path("campaign-templates/<int:template_id>/rename", templates.rename, name="rename_template"),
    path("campaign-templates/<int:template_id>/delete", templates.delete, name="delete_template"),
    path("campaigns", lists.campaigns, name="list"),
    path("campaigns/new", lists.new, name="new"),
    path("campaign-drafts", lists.create, name="create"),
    path("campaign-drafts/<int:draft_id>/nodes/<slug:node>", nodes.save, name="save_node"),
    path("campaign-drafts/<int:draft_id>/targeting", lookup.targeting, name="targeting"),
    path("media", media.library, name="media"),
    path("media/<slug:sha256>", media.serve, name="media_file"),
    path("media/<slug:sha256>/thumbnail", media.thumbnail, name="media_thumbnail"),
    path("campaign-drafts/<int:draft_id>/progress", progress.progress, name="progress"),
    path("publish-logs", progress.logs, name="logs"),
    path("campaigns/stop-account/<int:account_id>", stopping.stop_account, name="stop_account"),
]

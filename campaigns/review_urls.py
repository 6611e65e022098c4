"""What people say and read about a draft on its way to approval, beside the actions themselves."""

from __future__ import annotations

from django.urls import URLPattern, path

from campaigns.views import comments, opinions, review, waiting

urlpatterns: list[URLPattern] = [
    path("campaign-drafts/<int:draft_id>/decisions/<int:number>", review.decided, name="decided"),
    path("campaign-drafts/<int:draft_id>/comments", comments.of_draft, name="comments"),
    path("campaign-drafts/<int:draft_id>/comments/<int:thread_id>/resolve", comments.resolve, name="comment_resolve"),
    path("campaign-drafts/<int:draft_id>/comments/<int:thread_id>/reopen", comments.reopen, name="comment_reopen"),
    path("campaign-drafts/<int:draft_id>/look", waiting.look, name="look"),
    path("campaign-drafts/<int:draft_id>/needed-by", waiting.needed_by, name="needed_by"),
    path("campaign-drafts/<int:draft_id>/guest-links", opinions.links, name="guest_links"),
    path("campaign-drafts/<int:draft_id>/guest-links/<int:link_id>/revoke", opinions.revoke, name="guest_link_revoke"),
    path("opinions", opinions.opinion, name="opinion"),
    path("opinions/pictures/<int:number>", opinions.picture, name="opinion_picture"),
]

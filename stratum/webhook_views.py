"""Settings → Webhooks."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stratum import paging, webhooks
from stratum.models import User, Webhook, WebhookPost
from stratum.ui import member
from stratum.webhook_forms import WebhookForm


def _admin(request: HttpRequest) -> User:
    user = member(request)
    if not user.has_perm("stratum.change_webhook"):
        raise PermissionDenied("Only an Admin may see and manage webhooks.")
    return user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hooks(request: HttpRequest) -> HttpResponse:
    """List the webhooks; POST adds one."""
    admin, form = _admin(request), WebhookForm(request.POST or None)
    if form.is_valid():
        webhook = webhooks.add(by=admin, **form.cleaned_data)
        messages.success(request, f"“{webhook.name}” is added. Send a test to see whether it arrives.")
        return redirect(webhook.get_absolute_url())
    rows = Webhook.objects.annotate(last_tried=Max("posts__tried_at"))
    context = {"webhooks": rows.defer("secret", "url"), "form": form}
    return render(request, "stratum/webhooks.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a webhook and what was posted there; POST changes it."""
    admin, webhook = _admin(request), get_object_or_404(Webhook.objects.defer("secret", "url"), pk=pk)
    form = WebhookForm(request.POST or None, webhook=webhook)
    if form.is_valid():
        webhooks.change(webhook, by=admin, **form.cleaned_data)
        messages.success(request, f"“{form.cleaned_data['name']}” is saved.")
        return redirect(webhook.get_absolute_url())
    posts = paging.page(request, webhook.posts.select_related("event"), ["-id"], size=20)
    context = {"webhook": webhook, "form": form, "page": posts, "nav": "Webhooks"}
    return render(request, "stratum/webhook.html", context, status=422 if form.is_bound else 200)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a test message now and say what came of it."""
    admin, webhook = _admin(request), get_object_or_404(Webhook, pk=pk)
    post = webhooks.test(webhook, by=admin)
    if post.state == WebhookPost.State.SENT:
        messages.success(request, f"The test arrived: {webhook.host} answered {post.status} after {post.took_ms} ms.")
    elif post.state == WebhookPost.State.FAILED:
        messages.error(request, f"The test did not arrive. {post.error}")
    else:
        messages.info(request, "The test is on its way. Reload this page in a moment.")
    return redirect(webhook.get_absolute_url())


@never_cache
@require_POST
def show_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the secret by which a receiver checks the signature."""
    webhook = get_object_or_404(Webhook, pk=pk)
    secret = webhooks.read_secret(webhook, by=_admin(request))
    return render(request, "stratum/webhook_secret.html", {"webhook": webhook, "secret": secret, "nav": "Webhooks"})


@require_POST
def make_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the signing secret."""
    admin, webhook = _admin(request), get_object_or_404(Webhook, pk=pk)
    webhooks.make_secret(webhook, by=admin)
    messages.success(request, "There is a new secret. Posts are signed with it from now on: show it and give it on.")
    return redirect(webhook.get_absolute_url())


@require_POST
def switch(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Enable or disable a webhook."""
    admin, webhook = _admin(request), get_object_or_404(Webhook.objects.defer("secret", "url"), pk=pk)
    if to == "enable":
        webhooks.enable(webhook, by=admin)
        messages.success(request, f"“{webhook.name}” is enabled. What happens from now on is posted there.")
    else:
        webhooks.stop(webhook, by=admin)
        messages.success(request, f"“{webhook.name}” is disabled. Nothing is posted there.")
    return redirect(webhook.get_absolute_url())


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a webhook and its log."""
    admin, webhook = _admin(request), get_object_or_404(Webhook.objects.defer("secret", "url"), pk=pk)
    webhooks.delete(webhook, by=admin)
    messages.success(request, f"“{webhook.name}” is deleted.")
    return redirect("webhooks")


@require_POST
def send_again(request: HttpRequest, pk: int, post_pk: int) -> HttpResponse:
    """Put a post that failed into the queue again."""
    admin, post = _admin(request), get_object_or_404(WebhookPost, pk=post_pk, webhook=pk)
    webhooks.send_again(post, by=admin)
    messages.success(request, f"“{post.title}” is sent again.")
    return redirect("webhook", pk=pk)

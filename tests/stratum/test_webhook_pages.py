from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from stratum import webhooks
from stratum.kinds import Kind
from stratum.models import Event, Webhook, WebhookPost
from stratum.tasks import send_webhooks
from tests.stratum.receivers import Answer
from tests.stratum.test_webhooks import happen, hook

DATA = {"name": "Team channel", "format": "slack", "kinds": ["decided", "failed"]}


def test_an_admin_adds_a_webhook_and_the_address_is_shown_to_nobody_again(receiver, ada, as_user):
    client, url = as_user(ada), f"{receiver.url}/services/T0/secret"

    answer = client.post(reverse("webhooks"), DATA | {"url": url})

    webhook = Webhook.objects.get()
    assert answer.url == webhook.get_absolute_url()
    assert (webhook.url, webhook.kinds, webhook.created_by) == (url, ["decided", "failed"], ada)
    for address in (reverse("webhooks"), webhook.get_absolute_url(), reverse("audit")):
        page = client.get(address).content.decode()
        assert "Team channel" in page
        assert "secret" not in re.sub(r"(?i)secret and state|new-secret|/secret\"", "", page)
    assert Event.objects.get(code=webhooks.ADDED).data["host"] == receiver.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "url"),
        ({"url": ""}, "url"),
        ({"name": ""}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["gossip"]}, "kinds"),
        ({"format": "fax"}, "format"),
    ],
)
def test_wrong_input_names_the_field_keeps_the_rest_and_adds_nothing(ada, as_user, change, field):
    answer = as_user(ada).post(reverse("webhooks"), DATA | {"url": "https://hooks.example.com/x"} | change)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Webhook.objects.exists()
    assert "Team channel" in answer.content.decode() or field == "name"


def test_an_empty_address_keeps_the_one_there_is(receiver, ada, as_user):
    webhook = hook(receiver, ada)

    as_user(ada).post(webhook.get_absolute_url(), {"name": "New", "url": "", "kinds": ["failed"]})

    changed = Webhook.objects.get()
    assert (changed.name, changed.url, changed.kinds) == ("New", webhook.url, ["failed"])
    data = Event.objects.get(code=webhooks.CHANGED).data
    assert (data["before"]["name"], data["after"]["name"], data["new_address"]) == ("Ours", "New", False)


def test_a_new_address_is_recorded_without_being_told(receiver, ada, as_user):
    webhook = hook(receiver, ada)

    as_user(ada).post(
        webhook.get_absolute_url(), {"name": "Ours", "url": f"{receiver.url}/other", "kinds": ["decided"]}
    )

    assert Webhook.objects.get().url.endswith("/other")
    event = Event.objects.get(code=webhooks.CHANGED)
    assert event.data["new_address"] is True
    assert "/other" not in str(event.data)


def test_saving_without_a_change_records_nothing(receiver, ada):
    webhook = hook(receiver, ada)
    webhooks.change(webhook, by=ada, name="Ours", url="", kinds=[Kind.DECIDED])

    assert not Event.objects.filter(code=webhooks.CHANGED).exists()


def test_a_test_that_arrives_says_what_was_answered(receiver, ada, as_user):
    webhook = hook(receiver, ada)

    page = as_user(ada).post(reverse("webhook_test", args=[webhook.pk]), follow=True).content.decode()

    assert "The test arrived" in page
    assert "answered 200" in page
    assert b"A test from Stratum" in receiver.received[0].body


def test_a_test_that_fails_says_why_and_is_not_tried_again(receiver, ada, as_user):
    webhook = hook(receiver, ada)
    receiver.answer = Answer(404, b"<b>no such hook</b>")

    page = as_user(ada).post(reverse("webhook_test", args=[webhook.pk]), follow=True).content.decode()

    assert "The test did not arrive. It answered 404." in page
    assert escape("<b>no such hook</b>") in page
    assert WebhookPost.objects.get().state == "failed"
    assert send_webhooks() == 0


def test_the_secret_is_shown_on_request_and_that_is_recorded(receiver, ada, as_user):
    webhook, client = hook(receiver, ada), as_user(ada)

    answer = client.post(reverse("webhook_secret", args=[webhook.pk]))

    assert webhook.secret.replace("+", "&#x2B;") in answer.content.decode() or webhook.secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert Event.objects.get(code=webhooks.SECRET_SHOWN).actor == ada
    client.post(reverse("webhook_new_secret", args=[webhook.pk]))
    assert Webhook.objects.get().secret != webhook.secret


def test_a_slack_webhook_has_no_secret(receiver, ada, as_user):
    webhook = hook(receiver, ada, format="slack")

    answer = as_user(ada).post(reverse("webhook_secret", args=[webhook.pk]), headers={"Accept": "application/json"})

    assert answer.status_code == 409


def test_disabled_and_enabled_again_it_posts_only_what_is_new(receiver, ada, as_user):
    webhook, client = hook(receiver, ada), as_user(ada)
    happen()
    client.post(reverse("webhook_disable", args=[webhook.pk]))
    happen()
    client.post(reverse("webhook_enable", args=[webhook.pk]))
    happen(title="New")

    send_webhooks()
    assert len(receiver.received) == 1
    assert b"New" in receiver.received[0].body


def test_a_failed_post_is_sent_again_by_hand(receiver, ada, as_user):
    webhook = hook(receiver, ada)
    happen()
    WebhookPost.objects.update(state="failed", attempts=6)
    post = WebhookPost.objects.get()

    as_user(ada).post(reverse("webhook_again", args=[webhook.pk, post.pk]))

    assert send_webhooks() == 1
    assert len(receiver.received) == 1
    with pytest.raises(webhooks.Refusal):
        webhooks.send_again(post, by=ada)


def test_a_deleted_webhook_leaves_its_trace_in_the_audit_trail(receiver, ada, as_user):
    webhook = hook(receiver, ada)
    happen()
    pk = webhook.pk

    assert as_user(ada).post(reverse("webhook_delete", args=[pk])).url == reverse("webhooks")
    assert not Webhook.objects.exists()
    assert Event.objects.get(code=webhooks.DELETED).subject == f"webhook:{pk}"


def test_a_lost_key_does_not_break_the_pages(receiver, ada, as_user, settings):
    from cryptography.fernet import Fernet

    webhook = hook(receiver, ada)
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    assert as_user(ada).get(reverse("webhooks")).status_code == 200
    assert "unreadable" in as_user(ada).get(webhook.get_absolute_url()).content.decode()
    as_user(ada).post(webhook.get_absolute_url(), {"name": "Again", "url": receiver.url, "kinds": ["decided"]})
    assert Webhook.objects.defer("secret").get().url == receiver.url


def test_the_pages_need_the_same_queries_for_many_posts(receiver, ada, as_user, queries):
    webhook, client = hook(receiver, ada), as_user(ada)
    happen()
    one = queries(lambda: client.get(webhook.get_absolute_url()))
    for _ in range(15):
        happen()

    assert queries(lambda: client.get(webhook.get_absolute_url())) == one

"""Webhooks: what is posted, signed and tried again, and when an address is given up."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from stratum import events, notifications, posting, webhooks
from stratum.kinds import Kind
from stratum.models import Event, Notification, Webhook, WebhookPost
from stratum.tasks import clear_out, ring, send_webhooks
from tests.people import person
from tests.stratum.receivers import Answer, Receiver

State = WebhookPost.State


def hook(receiver, ada, *, format="signed", kinds=(Kind.DECIDED,), name="Ours") -> Webhook:  # noqa: A002
    return webhooks.add(by=ada, name=name, format=format, url=f"{receiver.url}/hook", kinds=list(kinds))


def happen(users=(), code="draft.approved", title="“Summer” was approved", by=None, body="Go."):
    event = events.record(by, code, "draft:7")
    notifications.notify(users, event=event, title=title, body=body, url="/campaign-drafts/7")
    return event


def post() -> WebhookPost:
    return WebhookPost.objects.get()


def guide() -> dict:
    """What the documentation tells receivers to do, ready to be called."""
    text = (Path(site.BASE_DIR) / "docs/webhooks.md").read_text()
    found: dict = {}
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], found)
    return found


# What is posted -----------------------------------------------------------------------------------------------------


def test_an_event_is_posted_once_however_many_people_are_told(receiver, ada, anne, carl):
    hook(receiver, ada)
    happen([ada, anne, carl])

    assert send_webhooks() == 1
    assert send_webhooks() == 0
    assert len(receiver.received) == 1
    assert (post().state, post().status, post().answer) == (State.SENT, 200, "ok")


def test_it_is_posted_although_nobody_else_is_told(receiver, ada):
    hook(receiver, ada)
    happen([ada], by=ada)

    assert not Notification.objects.exists()
    assert send_webhooks() == 1


def test_only_the_chosen_kinds_are_posted(receiver, ada):
    hook(receiver, ada, kinds=[Kind.FAILED])
    happen()

    assert send_webhooks() == 0


def test_signed_json_holds_the_event(receiver, ada, anne):
    hook(receiver, ada)
    event = happen(by=anne)
    send_webhooks()

    body = json.loads(receiver.received[0].body)
    assert body == {
        "type": "draft.approved",
        "timestamp": event.at.isoformat(),
        "data": {
            "kind": "decided", "subject": "draft:7", "by": "Anne Approver", "title": "“Summer” was approved", "text": "Go.",
            "url": "http://testserver/campaign-drafts/7",
        },
    }  # fmt: skip


def test_the_documented_check_takes_our_signature_and_nothing_else(receiver, ada):
    webhook = hook(receiver, ada)
    happen()
    send_webhooks()
    got, is_genuine = receiver.received[0], guide()["is_genuine"]

    assert is_genuine(webhook.secret, got.headers, got.body)
    assert not is_genuine(webhook.secret, got.headers, got.body + b" ")
    assert not is_genuine("whsec_AAAA", got.headers, got.body)
    assert not is_genuine(webhook.secret, got.headers | {"webhook-id": "msg_0"}, got.body)
    moved = str(int(got.headers["webhook-timestamp"]) + 1)
    assert not is_genuine(webhook.secret, got.headers | {"webhook-timestamp": moved}, got.body)


def test_the_documented_check_refuses_what_is_older_than_five_minutes(receiver, ada, time_machine):
    webhook = hook(receiver, ada)
    happen()
    send_webhooks()
    got, is_genuine = receiver.received[0], guide()["is_genuine"]

    time_machine.move_to(timezone.now() + timedelta(seconds=290))
    assert is_genuine(webhook.secret, got.headers, got.body)
    time_machine.move_to(timezone.now() + timedelta(seconds=20))
    assert not is_genuine(webhook.secret, got.headers, got.body)


def test_slack_gets_a_link_and_no_mention_that_somebody_typed(receiver, ada):
    hook(receiver, ada, format="slack")
    happen(title="“<!channel> A&B|C” was approved", body="<@U1> & more")
    send_webhooks()

    got = receiver.received[0]
    assert json.loads(got.body)["text"] == (
        "<http://testserver/campaign-drafts/7|“&lt;!channel&gt; A&amp;B¦C” was approved>\n&lt;@U1&gt; &amp; more"
    )
    assert "webhook-signature" not in got.headers


# What fails ---------------------------------------------------------------------------------------------------------


def test_a_failing_post_is_tried_after_1_5_30_120_480_minutes_and_then_has_failed(receiver, ada, time_machine):
    hook(receiver, ada)
    receiver.answer = Answer(500, b"broken; password=hunter2")
    happen()
    time_machine.move_to(timezone.now(), tick=False)
    waits = []
    for _ in posting.BACK_OFF:
        send_webhooks()
        waits.append((post().due_at - timezone.now()) // timedelta(minutes=1))
        time_machine.move_to(post().due_at - timedelta(seconds=1), tick=False)
        assert send_webhooks() == 0
        time_machine.move_to(post().due_at, tick=False)
    send_webhooks()

    assert waits == [1, 5, 30, 120, 480]
    assert (post().state, post().attempts, post().status) == (State.FAILED, 6, 500)
    assert post().error == "It answered 500."
    assert "hunter2" not in post().answer
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    assert len({got.headers["webhook-signature"] for got in receiver.received}) == 6


def test_one_that_succeeds_later_is_sent_and_forgets_the_failures(receiver, ada, time_machine):
    webhook = hook(receiver, ada)
    receiver.answers = [Answer(503, headers={"Retry-After": "600"})]
    happen()
    send_webhooks()
    assert timedelta(seconds=590) < post().due_at - timezone.now() <= timedelta(seconds=600)
    assert Webhook.objects.get().failures == 1

    time_machine.move_to(post().due_at)
    send_webhooks()
    assert post().state == State.SENT
    webhook.refresh_from_db()
    assert webhook.failures == 0


def test_nobody_makes_us_wait_longer_than_an_hour(receiver, ada):
    hook(receiver, ada)
    receiver.answer = Answer(429, headers={"Retry-After": "99999"})
    happen()
    send_webhooks()

    assert post().due_at - timezone.now() <= timedelta(hours=1)


def test_a_redirect_is_a_failure_that_says_what_to_do(receiver, ada):
    hook(receiver, ada)
    receiver.answer = Answer(307, headers={"Location": f"{receiver.url}/else"})
    happen()
    send_webhooks()

    assert "Redirects are not followed" in post().error
    assert len(receiver.received) == 1


def test_an_address_that_leads_inside_is_refused_at_every_post(receiver, ada, settings):
    hook(receiver, ada)
    settings.ALLOW_INSECURE_LOOPBACK = False
    happen()
    send_webhooks()

    assert post().state == State.WAITING
    assert "127.0.0.1 is not a public address" in post().error
    assert receiver.received == []


def test_an_address_that_fails_twenty_times_in_a_row_is_disabled_and_the_admins_are_told(receiver, ada, anne):
    hook(receiver, ada)
    receiver.answer = Answer(500)
    for _ in range(posting.FAILURES - 1):
        happen()
    send_webhooks()
    assert Webhook.objects.get().is_enabled
    happen()

    send_webhooks()
    webhook = Webhook.objects.get()
    assert not webhook.is_enabled
    assert "20 times in a row" in webhook.disabled_why
    notice = Notification.objects.get(kind=Kind.SECURITY)
    assert (notice.user, notice.url) == (ada, webhook.get_absolute_url())
    assert Event.objects.filter(code=posting.DISABLED).count() == 1
    happen()
    assert WebhookPost.objects.count() == posting.FAILURES


def test_gone_means_gone(receiver, ada):
    hook(receiver, ada)
    receiver.answer = Answer(410)
    happen()
    send_webhooks()

    assert not Webhook.objects.get().is_enabled


def test_what_waits_for_a_disabled_address_is_given_up(receiver, ada):
    webhook = hook(receiver, ada)
    happen()
    webhooks.stop(webhook, by=ada)

    send_webhooks()
    assert (post().state, post().error) == (State.FAILED, "The webhook was disabled.")
    assert not posting.is_due()
    assert receiver.received == []


def test_a_sender_that_dies_leaves_a_post_that_is_made_later(receiver, ada, monkeypatch, time_machine):
    hook(receiver, ada)
    happen()

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(posting.outbound, "request", dies)
        with pytest.raises(KeyboardInterrupt):
            send_webhooks()
    assert send_webhooks() == 0  # claimed: perhaps somebody is still at it
    time_machine.move_to(timezone.now() + posting.CLAIM + timedelta(seconds=1))
    assert send_webhooks() == 1
    assert post().state == State.SENT


def test_one_bad_address_does_not_stop_the_others(receiver, ada):
    other = Receiver()
    hook(receiver, ada, name="A")
    Webhook.objects.filter(name="A").update(url="http://127.0.0.1:1/")
    webhooks.add(by=ada, name="B", format="slack", url=other.url, kinds=[Kind.DECIDED])
    happen()

    send_webhooks()
    other.close()
    assert len(other.received) == 1
    assert set(WebhookPost.objects.values_list("state", flat=True)) == {State.WAITING, State.SENT}


def test_a_lost_key_keeps_nobody_from_being_told(receiver, ada, settings):
    hook(receiver, ada)
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]

    happen([ada])
    send_webhooks()
    assert Notification.objects.count() == 1
    assert "No key in TOKEN_KEYS" in post().error


# Keeping ------------------------------------------------------------------------------------------------------------


def test_address_and_secret_lie_encrypted_and_appear_in_no_event(receiver, ada):
    webhook = hook(receiver, ada)
    webhooks.make_secret(webhook, by=ada)
    webhook = Webhook.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stratum_webhook")
        stored = str(cursor.fetchall())

    told = str(list(Event.objects.values_list("data", flat=True)))
    for secret in (webhook.secret, webhook.url):
        assert secret not in stored
        assert secret not in told


def test_rotating_the_keys_takes_webhooks_along(receiver, ada, settings, capsys):
    webhook = hook(receiver, ada)
    new = Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [new, *settings.TOKEN_KEYS]

    call_command("rotate_token_keys")

    settings.TOKEN_KEYS = [new]
    assert Webhook.objects.get().secret == webhook.secret


def test_old_posts_are_cleared_and_the_events_stay(receiver, ada):
    hook(receiver, ada)
    happen()
    send_webhooks()
    happen()
    WebhookPost.objects.update(created_at=timezone.now() - timedelta(days=31))

    assert clear_out() == 1
    assert post().state == State.WAITING
    assert Event.objects.filter(code="draft.approved").count() == 2


@pytest.mark.django_db(transaction=True)
def test_posts_vanish_with_the_change_that_caused_them(receiver):
    hook(receiver, person("ada"))
    with transaction.atomic():
        happen()
        transaction.set_rollback(True)

    assert not WebhookPost.objects.exists()


def test_the_queue_is_rung_for_a_post_that_is_due(receiver, ada):
    hook(receiver, ada)
    happen()

    assert ring() == 1
    assert OrmQ.objects.get().func() == "stratum.tasks.send_webhooks"


def test_only_admins_manage_webhooks(receiver, ada, anne):
    webhook = hook(receiver, ada)

    for refused in (
        webhooks.stop,
        webhooks.enable,
        webhooks.delete,
        webhooks.test,
        webhooks.make_secret,
        webhooks.read_secret,
    ):
        with pytest.raises(PermissionDenied, match="Only an Admin"):
            refused(webhook, by=anne)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_make_each_post_once(receiver, monkeypatch):
    hook(receiver, person("ada"))
    for _ in range(20):
        happen()
    gate, due = Barrier(2), posting._due

    def sender(_: int) -> int:
        try:
            gate.wait(10)
            return send_webhooks()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(sender, range(2)))

    assert sum(taken) == 20
    assert not due().exists()
    assert len({got.headers["webhook-id"] for got in receiver.received}) == len(receiver.received) == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_claim_a_post_at_once_one_gets_it(receiver):
    hook(receiver, person("ada"))
    for _ in range(15):
        happen()
    gate = Barrier(8)

    def claim(pk: int) -> bool:
        try:
            gate.wait(10)
            return posting._claim(pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        got = [sum(pool.map(claim, [pk] * 8)) for pk in WebhookPost.objects.values_list("pk", flat=True)]

    assert got == [1] * 15

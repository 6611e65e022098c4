"""Mails as they arrive at a real SMTP server."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from stratum import events, invitations, notifications
from stratum.models import Notification, User
from stratum.roles import Role
from stratum.tasks import send_mail
from tests.stratum.smtp_server import SmtpServer


@pytest.fixture
def server(settings):
    server = SmtpServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.close()


def tell(users, title):
    event = events.record(None, "draft.approved", "draft:1")
    notifications.notify(users, event=event, title=title, body="Größe: 5 €\n.\nEnd", url="/settings/notifications")


def test_a_digest_arrives_as_text_and_html_and_its_links_work(server, ada, as_user):
    tell([ada], "“Sommer” was approved")
    tell([ada], "“Winter” was approved")

    assert send_mail() == 1
    (message,) = server.received
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "“Sommer” was approved, and 1 more"
    assert re.fullmatch(r"<notifications-\d+@testserver>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Größe: 5 €\r\n.\r\nEnd".replace("\r\n", "\n") in text.replace("\r\n", "\n")
    assert "“Winter” was approved" in html
    link = re.findall(r"http://testserver(/notifications/\d+)", text)[1]
    assert as_user(ada).get(link).url == "/settings/notifications"
    assert Notification.objects.unread().count() == 1


def test_an_address_that_the_server_refuses_keeps_nobody_else_waiting(server, ada, anne):
    User.objects.filter(pk=ada.pk).update(email="bad@example.com")
    tell([ada, anne], "Approved")

    assert send_mail() == 1
    assert [message["To"] for message in server.received] == ["anne@example.com"]
    assert "No such user" in Notification.objects.get(user=ada).mail_error


def test_somebody_who_is_invited_joins_by_the_link_in_the_mail(server, ada):
    invitations.invite(by=ada, email="nora@example.com", roles=[Role.CREATOR])

    send_mail()
    (message,) = server.received
    link = re.search(r"http://testserver(/invitation\?token=\S+)", message.get_body(("plain",)).get_content())[1]
    guest = Client()
    names = {"first_name": "Nora", "last_name": "Neu"}
    passwords = {"new_password1": "a long walk home", "new_password2": "a long walk home"}
    assert guest.get(link).status_code == 200
    assert guest.post(link, names | passwords).status_code == 302
    assert guest.get(reverse("notifications")).status_code == 200
    assert User.objects.get(email="nora@example.com").roles == ["Creator"]

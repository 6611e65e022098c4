"""A guest without an account sees one content by a link, says once what they think, and decides nothing."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns import authoring, opinions, workflow
from campaigns.models import Approval, GuestLink
from stratum.models import Event, Notification
from tests.campaigns.drive import ask, client_of, fresh, press
from tests.factories import make_draft, make_media
from tests.people import person

pytestmark = pytest.mark.django_db
AGREE = {"opinion": "agrees", "name": "Clara Client", "comment": "Go."}


@pytest.fixture(autouse=True)
def nobody_was_counted():
    cache.clear()


def path_of(draft) -> str:
    _, url = opinions.make(draft.pk, by=draft.created_by, guest="Acme Inc.")
    return url.removeprefix("http://testserver")


def picture_of(path: str, number: int = 0) -> str:
    return path.replace("/opinions", f"/opinions/pictures/{number}")


@pytest.fixture
def draft():
    return make_draft("submitted")


def test_the_address_is_shown_once_and_only_its_hash_is_kept(draft):
    answer = client_of("carl").post(f"/campaign-drafts/{draft.pk}/guest-links", {"guest": "Acme Inc."})

    token = unquote(re.search(r"/opinions\?token=([\w%-]+)", answer.content.decode())[1])
    assert answer.status_code == 201
    secret, signature = token.split(":")
    stored = str(GuestLink.objects.values().get()) + str(list(Event.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert signature not in stored
    assert token not in client_of("carl").get(draft.get_absolute_url()).content.decode()


def test_a_guest_sees_the_campaign_its_numbers_and_its_own_pictures_and_nothing_else(draft):
    path, guest = path_of(draft), Client()

    answer = guest.get(path)

    html = answer.content.decode()
    for part in (
        "Summer Sale 2024",
        "$1,000.00 a day",
        "$92,000.00",
        "Jun 1 – Aug 31, 2027",
        "Carl Creator",
        "Acme Inc.",
    ):
        assert part in html
    for hidden in (
        draft.account.external_id,
        "campaign-drafts",
        draft.short_id,
        draft.content_hash,
        "/media/",
        "/login",
    ):
        assert hidden not in html
    assert re.findall(r'src="(/opinions[^"]+)"', html) == [picture_of(path)]
    picture = guest.get(picture_of(path))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert not guest.cookies
    assert "<a " not in html


def test_it_is_kept_from_search_engines_referrers_and_caches(draft):
    answer = Client().get(path_of(draft))

    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_pictures_of_other_campaigns_cannot_be_asked_for(draft):
    make_media()
    path = path_of(draft)

    assert Client().get(picture_of(path, 1)).status_code == 404
    assert Client().get(picture_of(f"{path}x")).status_code == 404


@pytest.mark.parametrize(("opinion", "code"), [("agrees", "draft.guest_agreed"), ("objects", "draft.guest_objected")])
def test_an_opinion_is_recorded_and_told_and_changes_nothing_about_the_draft(draft, opinion, code):
    person("anne")

    answer = Client(enforce_csrf_checks=True).post(path_of(draft), AGREE | {"opinion": opinion})

    assert "Thank you" in answer.content.decode()
    event = Event.objects.get(code=code)
    assert (event.actor, event.data["name"], event.data["comment"]) == (None, "Clara Client", "Go.")
    assert event.data["content_hash"] == draft.content_hash
    assert set(Notification.objects.values_list("user__username", flat=True)) == {"carl", "anne", "ada"}
    assert (fresh(draft).status, Approval.objects.count()) == ("submitted", 0)
    assert "Clara Client" in client_of("anne").get(draft.get_absolute_url()).content.decode()


def test_it_is_good_once(draft):
    path = path_of(draft)
    Client().post(path, AGREE)

    again, look = Client().post(path, AGREE | {"opinion": "objects"}), Client().get(path)

    assert (again.status_code, look.status_code) == (410, 410)
    assert "Summer Sale" not in look.content.decode()
    assert Client().get(picture_of(path)).status_code == 404
    assert GuestLink.objects.get().opinion == "agrees"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"opinion": "approve"}, "Say whether you agree or object."),
        ({"name": " "}, "Write your name."),
        ({"name": "x" * 201}, "Write at most 200 characters."),
        ({"opinion": "objects", "comment": ""}, "Say what should change."),
        ({"comment": "x" * 2001}, "Write at most 2,000 characters"),
    ],
)
def test_what_is_incomplete_comes_back_as_it_was_typed(draft, sent, field):
    answer = Client().post(path_of(draft), AGREE | sent)

    assert answer.status_code == 422
    assert field in answer.content.decode()
    assert (AGREE | sent)["name"].strip() in answer.content.decode()
    assert GuestLink.objects.get().answered_at is None


def spoil(draft, path: str, how: str) -> str:
    """Make the link show nothing, in one of several ways; return the address."""
    link = GuestLink.objects.get()
    match how:
        case "revoked":
            opinions.revoke(draft.pk, link.pk, by=person("carl"))
        case "expired":
            GuestLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        case "changed":
            workflow.withdraw(draft.pk, by=person("carl"))
            content = copy.deepcopy(draft.draft_json)
            content["campaign"]["name"] = "Winter Sale"
            authoring.save(draft.pk, by=person("carl"), draft_json=content, version=draft.version)
        case "decided":
            workflow.approve(draft.pk, by=person("anne"), content_hash=draft.content_hash)
        case "signature":
            return path[:-1] + ("a" if path[-1] != "a" else "b")
    return path


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("revoked", opinions.ENDED),
        ("expired", opinions.ENDED),
        ("changed", opinions.CHANGED),
        ("decided", opinions.DECIDED),
        ("signature", opinions.UNKNOWN),
    ],
)
def test_a_link_that_is_over_shows_nothing_takes_nothing_and_says_why(draft, how, reason):
    path = spoil(draft, path_of(draft), how)

    look, answer = Client().get(path), Client().post(path, AGREE)

    assert (look.status_code, answer.status_code) == (410, 410)
    assert reason in look.content.decode()
    assert "Sale" not in look.content.decode()
    assert Client().get(picture_of(path)).status_code == 404
    assert GuestLink.objects.get().answered_at is None


def test_a_comment_is_shown_as_text(draft):
    Client().post(path_of(draft), AGREE | {"comment": "<b>No</b>"})

    assert "&lt;b&gt;No&lt;/b&gt;" in client_of("carl").get(draft.get_absolute_url()).content.decode()


def test_too_many_pages_from_one_place_are_refused(draft):
    path, guest = path_of(draft), Client()

    statuses = [guest.get(path).status_code for _ in range(31)]

    assert set(statuses[:30]) == {200}
    assert statuses[30] == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(path).status_code == 200


def test_only_the_creator_and_admins_ask_guests_and_only_before_the_decision(draft):
    url = f"/campaign-drafts/{draft.pk}/guest-links"

    assert ask("anne", "post", url, {"guest": "Acme"}).status_code == 403
    assert ask("carl", "post", url, {"guest": " "}).status_code == 422
    press("approve", draft, "anne")
    assert ask("carl", "post", url, {"guest": "Acme"}).status_code == 409


def test_every_step_is_in_the_trail(draft):
    path = path_of(draft)
    Client().get(path)
    Client().get(path)
    opinions.revoke(draft.pk, GuestLink.objects.get().pk, by=person("carl"))

    codes = list(Event.objects.about(draft.event_subject).order_by("id").values_list("code", flat=True))
    assert codes == ["draft.guest_link_made", "draft.guest_opened", "draft.guest_link_revoked"]


def test_json_says_how_each_link_stands(draft):
    path = path_of(draft)
    path_of(draft)
    Client().post(path, AGREE)

    rows = ask("vera", "get", f"/campaign-drafts/{draft.pk}/guest-links").json()["data"]

    assert [(row["state"], row["name"]) for row in rows] == [("waiting", ""), ("agrees", "Clara Client")]

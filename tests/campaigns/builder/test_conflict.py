from __future__ import annotations

import re

import pytest

from campaigns.models import CampaignDraft
from tests.campaigns.builder.pages import form_in, open_node
from tests.factories import image_bytes, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(carl):
    return make_draft(created_by=carl)


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


@pytest.fixture
def other(ada, as_user):
    """Ada, who may edit every draft."""
    return as_user(ada)


def campaign(draft):
    return CampaignDraft.objects.get(pk=draft.pk).content.campaign


def test_two_texts_for_one_field_are_both_shown_and_nothing_is_saved(client, other, draft):
    mine, theirs = open_node(client, draft), open_node(other, draft)
    theirs.send(other, name="Ada's name")

    response = mine.send(client, name="Carl's name")

    page = response.content.decode()
    assert response.status_code == 409
    assert "Carl&#x27;s name" in page
    assert "Ada&#x27;s name" in page
    assert "Ada Admin saved this campaign after you opened it" in page
    assert campaign(draft).name == "Ada's name"


def clash(client, other, draft, **mine):
    form, theirs = open_node(client, draft), open_node(other, draft)
    theirs.send(other, name="Ada's name", budget__amount="700")
    page = form.send(client, **mine).content.decode()
    return form_in(page, f"/campaign-drafts/{draft.pk}/nodes/campaign")


def test_each_field_can_be_chosen_for_itself(client, other, draft):
    form = clash(client, other, draft, name="Carl's name", budget__amount="900")

    form.send(client, **{"choice.name": "theirs", "choice.budget.amount": "mine"})

    assert (campaign(draft).name, str(campaign(draft).budget.amount)) == ("Ada's name", "900")


def test_all_of_mine_can_be_kept(client, other, draft):
    form = clash(client, other, draft, name="Carl's name", budget__amount="900")

    form.send(client, do="keep_mine", **{"choice.name": "theirs"})

    assert (campaign(draft).name, str(campaign(draft).budget.amount)) == ("Carl's name", "900")


def test_a_choice_that_is_overtaken_again_asks_again(client, other, draft):
    form = clash(client, other, draft, name="Carl's name")
    open_node(other, draft).send(other, name="Ada's second name")

    response = form.send(client, **{"choice.name": "mine"})

    assert response.status_code == 409
    assert campaign(draft).name == "Ada's second name"


def test_changes_to_different_fields_are_joined_and_said_so(client, other, draft):
    mine, theirs = open_node(client, draft), open_node(other, draft)
    theirs.send(other, name="Ada's name")

    response = mine.send(client, budget__amount="900")

    assert (campaign(draft).name, str(campaign(draft).budget.amount)) == ("Ada's name", "900")
    assert "Your changes were joined with theirs." in client.get(response["Location"]).content.decode()


def test_changes_to_different_nodes_are_joined(client, other, draft):
    mine, theirs = open_node(client, draft, "s1"), open_node(other, draft, "a1")
    theirs.send(other, creative__link_url="https://example.com/ada")

    mine.send(client, name="Carl's ad set")

    ad_set = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0]
    assert ad_set.name == "Carl's ad set"
    assert ad_set.ads[0].creative.link_url == "https://example.com/ada"


def test_the_same_change_twice_is_no_clash(client, other, draft):
    mine, theirs = open_node(client, draft), open_node(other, draft)
    theirs.send(other, name="The same")

    assert mine.send(client, name="The same").status_code == 302


def test_a_form_that_does_not_say_what_it_showed_clashes_wherever_it_differs(client, other, draft):
    form = open_node(client, draft)
    open_node(other, draft).send(other, name="Ada's name")

    response = form.send(client, base=None, budget__amount="900")

    assert response.status_code == 409
    assert campaign(draft).name == "Ada's name"


@pytest.mark.parametrize("version", [None, "", "x", "999999999999", "-1", "0"])
def test_a_form_without_a_version_never_overwrites(client, draft, version):
    response = open_node(client, draft).send(client, version=version, base=None, name="Overwritten")

    assert response.status_code == 409
    assert campaign(draft).name == "Summer Sale 2024"


@pytest.mark.parametrize("base", ["", "[]", "{", '{"name": {"a": [1]}}', "[" * 5000])
def test_a_base_that_cannot_be_read_never_overwrites(client, other, draft, base):
    form = open_node(client, draft)
    open_node(other, draft).send(other, name="Ada's name")

    assert form.send(client, base=base, name="Carl's name").status_code == 409
    assert campaign(draft).name == "Ada's name"


def test_text_for_a_deleted_part_is_shown_to_be_copied(client, other, draft):
    form = open_node(client, draft, "s1")
    open_node(other, draft, "s1").send(other, do="delete")

    response = form.send(client, name="My long thought")

    assert response.status_code == 409
    assert "My long thought" in response.content.decode()
    assert "deleted after you opened it" in response.content.decode()


def test_text_for_a_draft_that_was_submitted_meanwhile_is_shown_to_be_copied(client, other, draft):
    form = open_node(client, draft)
    open_node(other, draft).send(other, do="submit")

    response = form.send(client, name="My long thought")

    assert response.status_code == 409
    assert "My long thought" in response.content.decode()
    assert "Only a draft can be edited." in response.content.decode()


def test_a_picture_uploaded_into_a_clash_is_not_lost(client, other, draft, tmp_path):
    form = open_node(client, draft, "a1")
    open_node(other, draft, "a1").send(other, name="Ada's ad")
    picture = tmp_path / "new.png"
    picture.write_bytes(image_bytes(700, 700, "#123456", "PNG"))

    with picture.open("rb") as file:
        page = form.send(client, name="Carl's ad", files={"upload": file}).content.decode()
    form_in(page, f"/campaign-drafts/{draft.pk}/nodes/a1").send(client)

    ad = CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].ads[0]
    assert ad.name == "Carl's ad"
    assert len(ad.creative.media) == 1
    assert ad.creative.media != draft.content.media()


def test_text_survives_a_log_out(client, carl, draft, as_user):
    form = open_node(client, draft, "s1")
    client.logout()

    response = form.send(client, name="Typed after the log-out", targeting__age_min="abc")
    assert re.match(r"/login\?next=", response["Location"])
    assert CampaignDraft.objects.get(pk=draft.pk).version == 1

    client.post("/login", {"username": "carl", "password": "correct horse battery"})
    page = client.get(f"/campaign-drafts/{draft.pk}?node=s1").content.decode()
    assert "This text is not saved yet." in page
    again = form_in(page)
    assert again.fields["name"] == ["Typed after the log-out"]
    assert again.fields["targeting.age_min"] == ["abc"]

    again.send(client)
    assert CampaignDraft.objects.get(pk=draft.pk).content.ad_sets[0].name == "Typed after the log-out"


def test_text_typed_before_a_log_in_still_notices_what_others_saved(client, other, draft):
    form = open_node(client, draft)
    client.logout()
    form.send(client, name="Typed after the log-out")
    open_node(other, draft).send(other, name="Ada's name")
    client.post("/login", {"username": "carl", "password": "correct horse battery"})

    again = form_in(client.get(f"/campaign-drafts/{draft.pk}?node=campaign").content.decode())

    assert again.send(client).status_code == 409
    assert campaign(draft).name == "Ada's name"


def test_text_that_is_too_long_to_keep_is_said_to_be_lost(client, draft):
    form = open_node(client, draft, "a1")
    client.logout()

    form.send(client, creative__primary_text="x" * 200_000)

    assert "too long to keep" in client.get("/login").content.decode()


def test_somebody_else_does_not_find_the_text(client, cora, draft):
    form = open_node(client, draft)
    client.logout()
    form.send(client, name="Carl's secret")
    client.post("/login", {"username": "cora", "password": "correct horse battery"})

    page = client.get(f"/campaign-drafts/{draft.pk}?node=campaign").content.decode()

    assert "Carl&#x27;s secret" not in page


def test_json_without_a_log_in_gets_401(client, draft):
    client.logout()

    response = client.post(
        f"/campaign-drafts/{draft.pk}/nodes/campaign", {"name": "x"}, headers={"Accept": "application/json"}
    )

    assert response.status_code == 401

"""Templates: kept from a campaign without its dates, for the whole team, changed by whoever made them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import CampaignDraft, CampaignTemplate
from stratum.models import Event
from tests.campaigns.builder.pages import form_in
from tests.factories import make_account, make_draft, make_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(carl, as_user):
    return as_user(carl)


def keep(client, draft, name):
    return client.post(f"/campaign-drafts/{draft.pk}/template", {"name": name})


def test_a_template_holds_the_content_and_no_dates_and_the_campaign_stays(client, carl):
    draft = make_draft(created_by=carl)
    keep(client, draft, "  Seasonal   sale ")

    template = CampaignTemplate.objects.get()
    assert (template.name, template.created_by, template.account) == ("Seasonal sale", carl, draft.account)
    assert template.content["campaign"]["schedule"] == {"start": None, "end": None}
    assert template.content["ad_sets"] == draft.draft_json["ad_sets"]
    assert CampaignDraft.objects.get().draft_json == draft.draft_json
    assert Event.objects.get(code="template.created").data["draft"] == draft.pk


@pytest.mark.parametrize(
    ("name", "message"),
    [(" ", "Name the template."), ("SEASONAL sale", "already"), ("x" * 201, "at most 200 characters")],
)
def test_a_name_that_cannot_be_is_told_at_its_field_and_kept(client, carl, name, message):
    make_template("Seasonal sale")
    answer = keep(client, make_draft(created_by=carl), name)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert CampaignTemplate.objects.count() == 1


def test_a_draft_starts_from_a_template_on_its_own_account_with_nothing_changed_but_the_dates(client, carl):
    template = make_template()
    make_draft()  # Meta is connected
    page = client.get(template.get_absolute_url()).content.decode()
    assert "Nothing: everything is carried over as it is." in page
    form = form_in(page, "taking-form")
    answer = form.send(client, **{"campaign.name": "Spring sale", "campaign.schedule.start": "2027-03-01T09:00"})
    again = form.send(client)

    made = CampaignDraft.objects.get(name="Spring sale")
    assert answer["Location"] == again["Location"] == made.get_absolute_url()
    assert made.draft_json["campaign"]["schedule"] == {"start": "2027-03-01T09:00:00", "end": None}
    assert made.draft_json["ad_sets"] == template.content["ad_sets"]
    assert made.created_by == carl


def test_a_template_of_an_account_that_is_not_enabled_asks_for_another_one(client):
    make_draft()
    closed = make_account("act_2", name="Closed", is_enabled=False)
    page = client.get(make_template(account=closed).get_absolute_url())

    assert page.status_code == 200
    assert "Show what changes" in page.content.decode()
    assert "taking-form" not in page.content.decode()


def test_whoever_made_it_and_admins_rename_and_delete_and_nobody_else(client, cora, ada, as_user):
    template = make_template()
    make_template("Taken")
    url = f"/campaign-templates/{template.pk}"

    assert as_user(cora).post(f"{url}/rename", {"name": "Mine"}).status_code == 403
    assert as_user(cora).post(f"{url}/delete").status_code == 403
    refused = client.post(f"{url}/rename", {"name": "taken"})
    assert refused.status_code == 422
    assert 'value="taken"' in refused.content.decode()
    client.post(f"{url}/rename", {"name": "Winter sale"})
    assert CampaignTemplate.objects.get(pk=template.pk).name == "Winter sale"
    as_user(ada).post(f"{url}/delete")
    assert not CampaignTemplate.objects.filter(pk=template.pk).exists()
    assert client.post(f"{url}/delete").status_code == 404


def test_the_list_takes_as_many_queries_for_twenty_templates_as_for_one(client, django_assert_num_queries):
    make_template()
    client.get("/campaign-templates")
    with CaptureQueriesContext(connection) as few:
        client.get("/campaign-templates")
    for number in range(20):
        make_template(f"Template {number}")
    with django_assert_num_queries(len(few)):
        assert "Template 19" in client.get("/campaign-templates").content.decode()

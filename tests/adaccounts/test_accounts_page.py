from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from adaccounts.models import AdAccount, CapCommitment
from stratum.models import User
from tests.factories import make_account, make_connection
from tests.people import PEOPLE, person

PAGE = "/settings/ad-accounts"
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.usefixtures("stage")


def many(count: int, start: int = 1, **fields) -> None:
    values = {"platform": "meta", "currency": "USD", "time_zone": "America/New_York", "synced_at": timezone.now()}
    AdAccount.objects.bulk_create(
        AdAccount(external_id=f"act_{n}", name=f"Shop {n:04}", **(values | fields)) for n in range(start, start + count)
    )


def page_of(client, **query) -> str:
    return client.get(PAGE, query).content.decode()


@pytest.fixture
def admin(ada, as_user):
    return as_user(ada)


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_with_a_role_sees_the_accounts_and_admins_the_buttons(connected, as_user, name):
    connected()
    make_account()

    page = page_of(as_user(person(name)))

    assert "Acme Corp Main" in page
    assert ("Set Budget Cap" in page, "Sync Accounts" in page) == (name == "ada", name == "ada")


@pytest.mark.parametrize("path", [PAGE, "/ad-accounts/meta/act_123456789", "/ad-accounts/meta/sync"])
def test_somebody_without_a_role_sees_nothing(db, as_user, path):
    make_account()
    nobody = User.objects.create_user("nobody", "nobody@example.com", "x")

    assert as_user(nobody).get(path).status_code == 403


@pytest.mark.parametrize("name", PEOPLE)
def test_one_accounts_page_has_its_forms_for_admins_only(db, as_user, name):
    one = make_account()

    page = as_user(person(name)).get(f"/ad-accounts/meta/{one.external_id}").content.decode()

    assert ("daily_budget_cap" in page, "default_page" in page) == (name == "ada", name == "ada")
    assert "Acme Corp" in page


def test_without_accounts_the_page_says_what_to_do(admin, vera, as_user):
    assert "/settings/integrations" in page_of(admin)
    assert "An Admin has to connect a platform first." in page_of(as_user(vera))


def test_a_row_says_what_flow_2_shows(admin, connected):
    connected()
    make_account(is_enabled=False)

    page = page_of(admin)

    for words in [
        "Acme Corp Main",
        "act_123456789",
        "USD",
        "America/New_York",
        "Disabled",
        ">Enable<",
        "Set Budget Cap",
    ]:
        assert words in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_enabled": True}, ["Enabled", ">Disable<"]),
        ({"stale_since": timezone.now(), "is_enabled": False}, ["Stale", "Missing since the sync of"]),
        ({"unusable_reason": "Meta has disabled this account."}, ["Not usable", "Meta has disabled this account."]),
        ({"assets_error": "Meta could not answer."}, ["Its assets could not be read: Meta could not answer."]),
        ({"name": "<b>Acme</b>"}, ["&lt;b&gt;Acme&lt;/b&gt;"]),
    ],
)
def test_a_row_says_how_an_account_is(admin, fields, words):
    make_account(**fields)

    page = page_of(admin)

    assert [word for word in words if word not in page] == []


def test_a_row_that_cannot_be_used_has_no_button_to_enable_it(admin):
    make_account(stale_since=timezone.now(), is_enabled=False)

    assert ">Enable<" not in page_of(admin)


def test_a_row_shows_what_is_committed_beside_the_caps(admin):
    one = make_account(daily_cap=1000, monthly_cap=30000)
    CapCommitment.objects.create(
        account=one, draft_id=1, approval_number=1, from_day=date(2020, 1, 1), per_day=Decimal(400)
    )

    page = page_of(admin)

    assert "$400.00" in page
    assert "of $1,000.00" in page
    assert "$12,000.00" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"act_1", "act_2", "act_3", "act_4"}),
        ({"q": "shop 2"}, {"act_2"}),
        ({"q": "ACT_3"}, {"act_3"}),
        ({"q": "nothing"}, set()),
        ({"show": "enabled"}, {"act_1"}),
        ({"show": "disabled"}, {"act_2"}),
        ({"show": "unavailable"}, {"act_3", "act_4"}),
        ({"show": "nonsense"}, {"act_1", "act_2", "act_3", "act_4"}),
        ({"enabled_only": "true"}, {"act_1"}),
        ({"platform": "meta"}, {"act_1", "act_2", "act_3", "act_4"}),
        ({"platform": "google"}, set()),
        ({"q": "a\x00b"}, set()),
    ],
)
def test_accounts_are_found_by_name_id_platform_and_state(admin, query, found):
    make_account("act_1", name="Shop 1")
    make_account("act_2", name="Shop 2", is_enabled=False)
    make_account("act_3", name="Shop 3", is_enabled=False, stale_since=timezone.now())
    make_account("act_4", name="Shop 4", is_enabled=False, unusable_reason="Closed.")

    answer = admin.get(PAGE, query, headers=JSON)

    assert {one["platform_account_id"] for one in answer.json()["data"]} == found
    page = page_of(admin, **query)
    assert {key for key in ("act_1", "act_2", "act_3", "act_4") if f">{key}<" in page} == found


def test_enabled_accounts_come_first(admin):
    make_account("act_1", name="A", is_enabled=False)
    make_account("act_2", name="Z", is_enabled=True)

    page = page_of(admin)

    assert page.index("act_2") < page.index("act_1")


def test_every_account_is_on_exactly_one_page(admin):
    many(120)
    many(7, start=200, is_enabled=True)
    url, seen = PAGE, []
    while url:
        context = admin.get(url).context
        [section] = context["sections"]
        seen += [row.account.pk for row in section.rows]
        url = section.next_url

    assert len(seen) == len(set(seen)) == 127


def test_with_several_platforms_each_shows_some_and_links_to_all(admin):
    many(30)
    many(3, platform="google")

    sections = admin.get(PAGE).context["sections"]

    assert [(s.platform, len(s.rows), s.more_url) for s in sections] == [
        ("meta", 20, f"{PAGE}?platform=meta"),
        ("google", 3, ""),
    ]


def test_a_position_that_was_not_made_here_is_not_found(admin):
    many(3)

    assert admin.get(PAGE, {"after": "nonsense"}).status_code == 404


def test_the_page_asks_the_database_as_often_for_many_accounts_as_for_one(admin, connected):
    connected()

    def queries() -> int:
        admin.get(PAGE)
        with CaptureQueriesContext(database) as captured:
            assert admin.get(PAGE).status_code == 200
        return len(captured)

    many(1, is_enabled=True)
    few = queries()
    many(300, start=2, is_enabled=True)

    assert queries() == few <= 20


def test_one_accounts_page_asks_as_often_for_many_assets_as_for_one(admin):
    one = make_account(assets=[("page", "1", "Acme")])
    url = f"/ad-accounts/meta/{one.external_id}"
    admin.get(url)
    with CaptureQueriesContext(database) as few:
        admin.get(url)
    for number in range(2, 60):
        one.assets.create(kind="page", external_id=str(number), name=f"Page {number}")

    with CaptureQueriesContext(database) as more:
        admin.get(url)

    assert len(more) == len(few)


def test_a_default_that_is_gone_is_shown_as_gone(admin):
    make_account(assets=[("page", "1", "Acme")], defaults={"page": "77"}, assets_synced_at=timezone.now())

    assert "77: no longer available" in admin.get("/ad-accounts/meta/act_123456789").content.decode()


def test_accounts_of_a_disconnected_platform_are_still_shown(admin):
    make_connection(status="disconnected")
    make_account()

    page = page_of(admin)

    assert "Acme Corp Main" in page
    assert "Not connected" in page
    assert "Sync Accounts" not in page

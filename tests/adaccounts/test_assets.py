"""What ads need besides is read for enabled accounts, and never lost to a reading that failed."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from adaccounts import assets, syncing, tasks
from adaccounts.models import AccountAsset, AdAccount
from integrations.contracts import Asset, AssetKind
from integrations.errors import PlatformError
from stratum.models import Event
from tests.factories import make_account
from tests.played import account, down

pytestmark = pytest.mark.django_db

PAGE, OTHER_PAGE = Asset(AssetKind.PAGE, "1", "Acme"), Asset(AssetKind.PAGE, "2", "Acme Outlet")
PIXEL = Asset(AssetKind.PIXEL, "9", "Shop")


@pytest.fixture(autouse=True)
def connection(connected):
    return connected()


def bare_account(external_id: str = "act_1", **fields) -> AdAccount:
    return make_account(external_id, assets=[], **({"defaults": {}} | fields))


def known(one: AdAccount) -> set[tuple[str, str, bool]]:
    return {(asset.kind, asset.external_id, asset.is_stale) for asset in AccountAsset.objects.filter(account=one)}


def test_reading_keeps_what_the_platform_offers(stage):
    one = bare_account()
    stage.assets["act_1"] = [PAGE, OTHER_PAGE, PIXEL]

    assert assets.refresh(one) == ""

    assert known(one) == {("page", "1", False), ("page", "2", False), ("pixel", "9", False)}
    one.refresh_from_db()
    assert one.assets_synced_at is not None


def test_what_is_gone_is_stale_and_comes_back(stage):
    one = bare_account()
    stage.assets["act_1"] = [PAGE, PIXEL]
    assets.refresh(one)
    stage.assets["act_1"] = [PIXEL]
    assets.refresh(one)

    assert known(one) == {("page", "1", True), ("pixel", "9", False)}

    stage.assets["act_1"] = [PAGE, PIXEL]
    assets.refresh(one)
    assert known(one) == {("page", "1", False), ("pixel", "9", False)}


def test_a_failed_reading_leaves_everything_and_says_why(stage):
    one = bare_account()
    stage.assets["act_1"] = [PAGE]
    assets.refresh(one)
    stage.fail("list_assets", down())

    assert assets.refresh(one) == down().message

    one.refresh_from_db()
    assert (known(one), one.assets_error) == ({("page", "1", False)}, down().message)


@pytest.mark.parametrize(
    ("found", "before", "after"),
    [
        ([PAGE, PIXEL], {}, {"page": "1", "pixel": "9"}),
        ([PAGE, OTHER_PAGE, PIXEL], {}, {"pixel": "9"}),
        ([PAGE, PIXEL], {"page": "7"}, {"page": "7", "pixel": "9"}),
        ([PAGE, PIXEL], {"page": "", "pixel": ""}, {"page": "", "pixel": ""}),
        ([], {}, {}),
    ],
)
def test_the_only_choice_becomes_the_default_unless_somebody_chose(stage, found, before, after):
    one = bare_account(defaults=before)
    stage.assets["act_1"] = found

    assets.refresh(one)

    one.refresh_from_db()
    assert one.defaults == after
    assert Event.objects.filter(code="account.defaults_chosen").exists() is (before != after)


def test_a_sync_reads_the_assets_of_enabled_accounts_only(stage):
    enabled, disabled = bare_account("act_1"), bare_account("act_2", is_enabled=False)
    stage.accounts = [account(1), account(2)]
    stage.assets = {"act_1": [PAGE], "act_2": [PAGE]}

    syncing.sync("meta")

    assert (len(known(enabled)), len(known(disabled))) == (1, 0)


def test_a_sync_goes_on_after_an_account_whose_assets_fail(stage):
    first, second = bare_account("act_1"), bare_account("act_2")
    stage.accounts = [account(1), account(2)]
    stage.assets = {"act_1": [PAGE], "act_2": [PAGE]}
    stage.fail("list_assets", down())

    syncing.sync("meta")

    assert (len(known(first)), len(known(second))) == (0, 1)


def test_what_a_request_has_no_time_for_goes_to_the_queue(stage):
    first, second = bare_account("act_1"), bare_account("act_2")
    stage.assets = {"act_1": [PAGE], "act_2": [PAGE]}

    assets.refresh_enabled("meta", before=timezone.now(), ends=time.monotonic())

    assert (known(first), known(second)) == (set(), set())
    [queued] = OrmQ.objects.filter(key="default")
    tasks.refresh_assets(*queued.task["args"])
    assert (len(known(first)), len(known(second))) == (1, 1)


def test_a_task_leaves_to_the_next_one_what_it_has_no_time_for(stage, monkeypatch):
    first, second = bare_account("act_1"), bare_account("act_2")
    stage.assets = {"act_1": [PAGE], "act_2": [PAGE]}
    monkeypatch.setattr(assets, "TASK_SECONDS", -1.0)

    assets.refresh_queued("meta", timezone.now(), after=first.pk)

    [queued] = OrmQ.objects.filter(key="default")
    assert queued.task["args"][2] == second.pk - 1


def test_what_was_just_read_is_not_read_again(stage):
    bare_account("act_1", assets_synced_at=timezone.now())

    assets.refresh_enabled("meta", before=timezone.now() - timedelta(minutes=1), ends=None)

    assert not AccountAsset.objects.exists()


def test_ended_access_stops_the_reading_of_all(stage):
    one, two = bare_account("act_1"), bare_account("act_2")
    stage.end_all()

    with pytest.raises(PlatformError):
        assets.refresh(one)
    assets.refresh_enabled("meta", before=timezone.now(), ends=None)

    two.refresh_from_db()
    assert two.assets_error == ""

"""What an account gives to new campaigns: a logo that is chosen, a business name that is written down."""

from __future__ import annotations

from typing import Any

from adaccounts.models import AdAccount
from stratum.models import User
from tests.factories import make_account

URL = "/ad-accounts/google/1234567890"


def make() -> AdAccount:
    assets = [("logo", "7", "Acme logo"), ("conversion_action", "9", "Purchase")]
    return make_account("1234567890", platform="google", assets=assets, defaults={"logo": "7"}, extra={})


def test_the_business_name_is_written_down_and_kept(db: None, as_user: Any, ada: User) -> None:
    account = make()
    admin = as_user(ada)

    page = admin.get(URL).content.decode()
    admin.post(URL, {"default_business_name": "Acme Corp", "default_logo": "7"})

    assert 'name="default_business_name"' in page
    account.refresh_from_db()
    assert account.defaults == {"business_name": "Acme Corp", "logo": "7"}
    assert 'value="Acme Corp"' in admin.get(URL).content.decode()


def test_a_logo_that_the_account_has_not_is_refused(db: None, as_user: Any, ada: User) -> None:
    account = make()

    as_user(ada).post(URL, {"default_logo": "8"})

    account.refresh_from_db()
    assert account.defaults == {"logo": "7"}

"""Every route of the Graph API that the sandbox serves: method, node and edge, and the permissions that open it."""

from __future__ import annotations

from stratum.sandbox.models import Object

from . import accounts, graph
from .graph import Route, Routes

_READ = ("ads_read", "ads_management")
_PAGES = ("pages_show_list",)

_PERSON: Routes = {
    ("GET", "user", ""): Route(graph.me, ()),
    ("GET", "user", "adaccounts"): Route(accounts.my_accounts, _READ),
    ("GET", "user", "accounts"): Route(accounts.my_pages, _PAGES),
    ("GET", "user", "permissions"): Route(accounts.my_permissions, ()),
    ("DELETE", "user", "permissions"): Route(accounts.withdraw_permissions, ()),
}
_ACCOUNTS: Routes = {
    ("GET", Object.Kind.ACCOUNT, ""): Route(accounts.read_object, _READ),
    ("GET", Object.Kind.PAGE, ""): Route(accounts.read_object, _PAGES),
    ("GET", Object.Kind.PIXEL, ""): Route(accounts.read_object, _READ),
    ("GET", Object.Kind.ACCOUNT, "promote_pages"): Route(accounts.assets(Object.Kind.PAGE), _READ),
    ("GET", Object.Kind.ACCOUNT, "instagram_accounts"): Route(accounts.assets(Object.Kind.INSTAGRAM), _READ),
    ("GET", Object.Kind.ACCOUNT, "connected_instagram_accounts"): Route(accounts.assets(Object.Kind.INSTAGRAM), _READ),
    ("GET", Object.Kind.ACCOUNT, "adspixels"): Route(accounts.assets(Object.Kind.PIXEL), _READ),
    ("GET", Object.Kind.ACCOUNT, "minimum_budgets"): Route(accounts.minimum_budgets, _READ),
}

ROUTES: Routes = {**_PERSON, **_ACCOUNTS}

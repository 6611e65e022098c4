"""Every route of the Graph API that the sandbox serves: method, node and edge, and the permissions that open it."""

from __future__ import annotations

from stratum.sandbox.models import Object

from . import accounts, ads, adsets, campaigns, creatives, estimates, graph, images, lists, search, storing, videos
from .graph import Route, Routes

_READ = ("ads_read", "ads_management")
_WRITE = ("ads_management",)
_PAGES = ("pages_show_list",)
_ACCOUNT, _CAMPAIGN, _AD_SET, _AD = Object.Kind.ACCOUNT, Object.Kind.CAMPAIGN, Object.Kind.AD_SET, Object.Kind.AD
_CREATIVE, _MEDIA = Object.Kind.CREATIVE, Object.Kind.MEDIA

_PERSON: Routes = {
    ("GET", "user", ""): Route(graph.me, ()),
    ("GET", "user", "adaccounts"): Route(accounts.my_accounts, _READ),
    ("GET", "user", "accounts"): Route(accounts.my_pages, _PAGES),
    ("GET", "user", "permissions"): Route(accounts.my_permissions, ()),
    ("DELETE", "user", "permissions"): Route(accounts.withdraw_permissions, ()),
    ("GET", "search", ""): Route(search.search, _READ),
}
_ASSETS: Routes = {
    ("GET", Object.Kind.PAGE, ""): Route(accounts.read_object, _PAGES),
    ("GET", Object.Kind.PIXEL, ""): Route(accounts.read_object, _READ),
    ("GET", _ACCOUNT, "promote_pages"): Route(accounts.assets(Object.Kind.PAGE), _READ),
    ("GET", _ACCOUNT, "instagram_accounts"): Route(accounts.assets(Object.Kind.INSTAGRAM), _READ),
    ("GET", _ACCOUNT, "connected_instagram_accounts"): Route(accounts.assets(Object.Kind.INSTAGRAM), _READ),
    ("GET", _ACCOUNT, "adspixels"): Route(accounts.assets(Object.Kind.PIXEL), _READ),
    ("GET", _ACCOUNT, "delivery_estimate"): Route(estimates.delivery_estimate, _READ),
    ("GET", _ACCOUNT, "minimum_budgets"): Route(accounts.minimum_budgets, _READ),
}
_READS: Routes = {
    ("GET", kind, ""): Route(accounts.read_object, _READ)
    for kind in (_ACCOUNT, _CAMPAIGN, _AD_SET, _AD, _CREATIVE, _MEDIA)
}
_LISTS: Routes = {
    ("GET", _ACCOUNT, "campaigns"): Route(lists.of_account(_CAMPAIGN), _READ),
    ("GET", _ACCOUNT, "adsets"): Route(lists.of_account(_AD_SET), _READ),
    ("GET", _ACCOUNT, "ads"): Route(lists.of_account(_AD), _READ),
    ("GET", _ACCOUNT, "adcreatives"): Route(lists.of_account(_CREATIVE), _READ),
    ("GET", _ACCOUNT, "adimages"): Route(images.listed, _READ),
    ("GET", _ACCOUNT, "advideos"): Route(lists.videos_of_account(), _READ),
    ("GET", _CAMPAIGN, "adsets"): Route(lists.below(_AD_SET), _READ),
    ("GET", _CAMPAIGN, "ads"): Route(lists.ads_of_campaign(), _READ),
    ("GET", _AD_SET, "ads"): Route(lists.below(_AD), _READ),
    ("GET", _AD, "adcreatives"): Route(lists.creative_of_ad(), _READ),
    ("GET", _MEDIA, "thumbnails"): Route(videos.thumbnails, _READ),
}
_WRITES: Routes = {
    ("POST", _ACCOUNT, "campaigns"): Route(campaigns.create, _WRITE, writes=True),
    ("POST", _ACCOUNT, "adsets"): Route(adsets.create, _WRITE, writes=True),
    ("POST", _ACCOUNT, "adcreatives"): Route(creatives.create, _WRITE, writes=True),
    ("POST", _ACCOUNT, "ads"): Route(ads.create, _WRITE, writes=True),
    ("POST", _ACCOUNT, "adimages"): Route(images.upload, _WRITE, writes=True),
    ("POST", _ACCOUNT, "advideos"): Route(videos.upload, _WRITE, writes=True),
    ("POST", _CAMPAIGN, ""): Route(campaigns.update, _WRITE, writes=True),
    ("POST", _AD_SET, ""): Route(adsets.update, _WRITE, writes=True),
    ("POST", _AD, ""): Route(ads.update, _WRITE, writes=True),
    ("POST", _CREATIVE, ""): Route(creatives.update, _WRITE, writes=True),
    ("DELETE", _ACCOUNT, "adimages"): Route(images.delete, _WRITE, writes=True),
}
_DELETES: Routes = {
    ("DELETE", kind, ""): Route(storing.delete, _WRITE, writes=True)
    for kind in (_CAMPAIGN, _AD_SET, _AD, _CREATIVE, _MEDIA)
}

ROUTES: Routes = {**_PERSON, **_ASSETS, **_READS, **_LISTS, **_WRITES, **_DELETES}

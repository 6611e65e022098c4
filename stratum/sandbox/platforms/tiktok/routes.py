"""Every endpoint of the API that the sandbox serves, and the permissions that open it."""

from __future__ import annotations

from collections.abc import Mapping

from stratum.sandbox.models import Object

from . import accounts, adgroups, ads, campaigns, images, lists, oauth, search, switching, videos
from .endpoints import Endpoint, Open

_ACCOUNT, _ADS, _CREATIVE, _PIXEL = ("1",), ("2",), ("6",), ("8",)
_CAMPAIGN, _AD_GROUP, _AD = Object.Kind.CAMPAIGN, Object.Kind.AD_SET, Object.Kind.AD

WITHOUT_TOKEN: Mapping[str, Open] = {
    "oauth2/access_token": oauth.access_token,
    "oauth2/revoke_token": oauth.revoke_token,
}
ENDPOINTS: Mapping[str, Endpoint] = {
    "oauth2/advertiser/get": Endpoint("GET", oauth.advertisers, of_advertiser=False),
    "user/info": Endpoint("GET", oauth.user_info, of_advertiser=False),
    "advertiser/info": Endpoint("GET", accounts.info, _ACCOUNT, of_advertiser=False),
    "identity/get": Endpoint("GET", accounts.identities, _CREATIVE),
    "pixel/list": Endpoint("GET", accounts.pixels, _PIXEL),
    "file/music/get": Endpoint("GET", accounts.music, _CREATIVE),
    "tool/region": Endpoint("GET", search.regions, _ADS),
    "tool/targeting/search": Endpoint("GET", search.places, _ADS),
    "tool/language": Endpoint("GET", search.languages, _ADS),
    "tool/interest_category": Endpoint("GET", search.interests, _ADS),
    "campaign/get": Endpoint("GET", lists.of(_CAMPAIGN), _ADS),
    "adgroup/get": Endpoint("GET", lists.of(_AD_GROUP), _ADS),
    "ad/get": Endpoint("GET", lists.of(_AD), _ADS),
    "campaign/create": Endpoint("POST", campaigns.create, _ADS, writes=True),
    "campaign/update": Endpoint("POST", campaigns.update, _ADS, writes=True),
    "adgroup/create": Endpoint("POST", adgroups.create, _ADS, writes=True),
    "adgroup/update": Endpoint("POST", adgroups.update, _ADS, writes=True),
    "ad/create": Endpoint("POST", ads.create, _ADS, writes=True),
    "ad/update": Endpoint("POST", ads.update, _ADS, writes=True),
    "campaign/status/update": Endpoint("POST", switching.of(_CAMPAIGN), _ADS, writes=True),
    "adgroup/status/update": Endpoint("POST", switching.of(_AD_GROUP), _ADS, writes=True),
    "ad/status/update": Endpoint("POST", switching.of(_AD), _ADS, writes=True),
    "file/image/ad/upload": Endpoint("POST", images.upload, _CREATIVE, writes=True),
    "file/image/ad/info": Endpoint("GET", images.info, _CREATIVE),
    "file/image/ad/search": Endpoint("GET", images.search, _CREATIVE),
    "file/video/ad/upload": Endpoint("POST", videos.upload, _CREATIVE, writes=True),
    "file/video/ad/info": Endpoint("GET", videos.info, _CREATIVE),
    "file/video/ad/search": Endpoint("GET", videos.search, _CREATIVE),
    "file/video/suggestcover": Endpoint("GET", videos.covers, _CREATIVE),
}

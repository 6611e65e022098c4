"""The page that stands for Google Ads: /aw/campaigns?__e=<customer id>&campaignId=<id>."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import dashboard
from stratum.sandbox.dashboard import Card, Dashboard, Node, Status
from stratum.sandbox.models import Object, settings_in_force

from . import assets, catalogue, money, statuses
from .seed import MANAGER

_PRIMARY = {
    "ELIGIBLE": Status("Eligible", "good"),
    "PAUSED": Status("Paused", "idle"),
    "PENDING": Status("Pending", "wait"),
    "ENDED": Status("Ended", "idle"),
    "REMOVED": Status("Removed", "bad"),
    "NOT_ELIGIBLE": Status("Not eligible", "wait"),
}
_AGES = {
    "AGE_RANGE_18_24": "18 to 24",
    "AGE_RANGE_25_34": "25 to 34",
    "AGE_RANGE_35_44": "35 to 44",
    "AGE_RANGE_45_54": "45 to 54",
    "AGE_RANGE_55_64": "55 to 64",
    "AGE_RANGE_65_UP": "65 and older",
}
_OWN = {"ENABLED": Status("Enabled", "good"), "PAUSED": Status("Paused", "idle"), "REMOVED": Status("Removed", "bad")}
MOST_LISTED = 200
_KINDS = ("responsiveSearchAd", "demandGenMultiAssetAd", "demandGenVideoResponsiveAd")
_IMAGES = ("marketingImages", "squareMarketingImages", "portraitMarketingImages", "tallPortraitMarketingImages")


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The account's campaigns, or the chosen one with everything below it."""
    digits = request.GET.get("__e", MANAGER)
    account = Object.objects.filter(platform="google", kind=Object.Kind.ACCOUNT, external_id=digits).first()
    if account is None:
        return dashboard.not_found(request, "Google Ads", f"There is no account {digits}.")
    chosen = [part for part in request.GET.get("campaignId", "").split(",") if part]
    return dashboard.show(request, _page(account, chosen, settings_in_force(dict(statuses.DEFAULTS))))


def _page(account: Object, chosen: list[str], settings: dict[str, Any]) -> Dashboard:
    campaigns = Object.objects.filter(platform="google", kind=Object.Kind.CAMPAIGN, account=account.external_id)
    listed = campaigns.present().order_by("-id")[:MOST_LISTED]
    found = list(campaigns.filter(external_id__in=chosen) if chosen else listed)
    list_url = f"/google/web/aw/campaigns?__e={account.external_id}"
    node = _campaign_in_full if chosen else _campaign_in_list
    return Dashboard(
        platform="Google Ads",
        product="Google Ads",
        account=account.name,
        account_id=f"{account.external_id[:3]}-{account.external_id[3:6]}-{account.external_id[6:]}",
        account_facts=[
            ("Status", account.data["status"].capitalize()),
            ("Currency", account.data["currency"]),
            ("Time zone", account.data["time_zone"]),
        ],
        campaigns=[node(campaign, settings, f"{list_url}&campaignId={campaign.external_id}") for campaign in found],
        in_full=bool(chosen),
        list_url=list_url,
        missing=sorted(set(chosen) - {campaign.external_id for campaign in found}),
    )


def _campaign_in_list(campaign: Object, settings: dict[str, Any], url: str) -> Node:
    facts = _facts(("Type", _words(campaign.data["advertisingChannelType"])), ("Budget", _budget(campaign)))
    return Node("Campaign", campaign.name, campaign.external_id, _status(campaign, settings), facts, url=url)


def _campaign_in_full(campaign: Object, settings: dict[str, Any], url: str) -> Node:
    data = campaign.data
    _, reasons = statuses.primary(campaign, settings)
    facts = _facts(
        ("Type", _words(data["advertisingChannelType"])),
        ("Budget", _budget(campaign)),
        ("Bidding", _words(data["biddingStrategyType"])),
        ("Schedule", f"{data['startDateTime'][:10]} to {(data['endDateTime'] or 'no end')[:10]}"),
        ("EU political ads", "No" if data["containsEuPoliticalAdvertising"].startswith("DOES_NOT") else "Yes"),
        ("Final URL suffix", data.get("finalUrlSuffix") or ""),
        ("Status details", ", ".join(map(_words, reasons))),
        *_people(data["criteria"]),
    )
    groups = [_ad_group(group, campaign) for group in _below(campaign, Object.Kind.AD_SET)]
    status = _status(campaign, settings)
    return Node("Campaign", campaign.name, campaign.external_id, status, facts, children=groups, url=url)


def _ad_group(group: Object, campaign: Object) -> Node:
    ads = [_ad(ad) for ad in _below(group, Object.Kind.AD)]
    facts = _facts(*_people(group.data["criteria"]))
    return Node("Ad group", group.name, group.external_id, _OWN[group.status], facts, children=ads)


def _ad(ad: Object) -> Node:
    kind = next(name for name in _KINDS if name in ad.data["ad"])
    content, link = ad.data["ad"][kind], ad.data["ad"]["finalUrls"][0]
    headlines, descriptions = (
        [item["text"] for item in content.get(name, [])] for name in ("headlines", "descriptions")
    )
    name = content.get("businessName", "")
    facts = _facts(
        ("Type", _words(ad.data["type"])),
        ("Headlines", " | ".join(headlines)),
        ("Descriptions", " | ".join(descriptions)),
        ("Business name", name.get("text", "") if isinstance(name, dict) else name),
    )
    card = {
        "headline": headlines[0],
        "text": descriptions[0],
        "button": content.get("callToActionText", ""),
        "link": link,
    }
    pictures = [url for url in map(_picture_url, _pictures(ad, content)) if url]
    cards = [Card(image_url=url, **card) for url in pictures] or [Card(**card)]
    title = ad.name or headlines[0]
    return Node("Ad", title, ad.external_id.rpartition("~")[2], _OWN[ad.status], facts, cards=cards)


def _pictures(ad: Object, content: dict[str, Any]) -> list[str]:
    return [link["asset"] for field in _IMAGES for link in content.get(field, [])]


def _picture_url(name: str) -> str:
    number = name.rpartition("/")[2]
    stored = Object.objects.filter(platform="google", kind=Object.Kind.MEDIA, external_id=number).first()
    return assets.url(stored) if stored else ""


def _people(criteria: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Whom the criteria let in and whom they leave out."""
    found: dict[str, list[str]] = {}
    for criterion in criteria:
        label, value = _criterion(criterion)
        found.setdefault(f"{label} left out" if criterion["negative"] else label, []).append(value)
    return [(label, ", ".join(values)) for label, values in found.items()]


def _criterion(criterion: dict[str, Any]) -> tuple[str, str]:
    match criterion["type"]:
        case "LOCATION":
            return "Locations", catalogue.places()[criterion["criterionId"]].name
        case "LANGUAGE":
            return "Languages", catalogue.LANGUAGES[criterion["criterionId"]][0]
        case "KEYWORD":
            keyword = criterion["keyword"]
            return "Keywords", f"{keyword['text']} ({keyword['matchType'].lower()})"
        case "USER_INTEREST":
            number = criterion["userInterest"]["userInterestCategory"].rpartition("/")[2]
            return "Interests", catalogue.INTERESTS[number].name
        case "AGE_RANGE":
            return "Ages", _AGES.get(criterion["ageRange"]["type"], "unknown")
    return "Genders", criterion["gender"]["type"].lower()


def _below(stored: Object, kind: Object.Kind) -> list[Object]:
    """The children, those that went with their parent too."""
    children = Object.objects.filter(platform="google", kind=kind, parent=stored.external_id)
    return list((children if stored.deleted_at else children.present()).order_by("id"))


def _status(campaign: Object, settings: dict[str, Any]) -> Status:
    word, _ = statuses.primary(campaign, settings)
    return _PRIMARY.get(word, Status(_words(word), "wait"))


def _budget(campaign: Object) -> str:
    budget = money.budget(campaign)
    assert budget is not None
    return f"{budget['currency']} {budget['amount']} {'a day' if budget['type'] == 'daily' else 'in all'}"


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _facts(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in pairs if value]

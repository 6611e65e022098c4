"""The page that stands for Snapchat Ads Manager: /{ad account}/campaigns and /{ad account}/campaigns/{campaign}."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import dashboard
from stratum.sandbox.dashboard import Card, Dashboard, Node, Status
from stratum.sandbox.models import Object, settings_in_force

from . import catalogue, media, money, statuses
from .fields import parsed

MOST_LISTED = 200
#: What stands in the way of delivery, in words.
_HINDRANCES = {
    "VALID": "Nothing in the way",
    "INVALID_NOT_ACTIVE": "Paused",
    "INVALID_START_TIME": "Waits for its start",
    "INVALID_END_TIME": "Past its end",
    "INVALID_NOT_EFFECTIVE_ACTIVE": "The campaign is not on",
    "INVALID_NO_EFFECTIVE_ACTIVE_CHILD": "Nothing below is on",
    "INVALID_NOT_APPROVED_REVIEW_STATUS": "Waits for review",
}


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The account's campaigns, or one with everything below it."""
    account_id, _, chosen = path.strip("/").partition("/campaigns")
    account = Object.objects.filter(platform="snapchat", kind=Object.Kind.ACCOUNT, external_id=account_id).first()
    if account is None:
        return dashboard.not_found(request, "Snapchat", f"There is no ad account {account_id}.")
    base_url = f"{request.scheme}://{request.get_host()}"
    return dashboard.show(request, _page(account, chosen.strip("/"), base_url))


def _page(account: Object, chosen: str, base_url: str) -> Dashboard:
    campaigns = Object.objects.filter(platform="snapchat", kind=Object.Kind.CAMPAIGN, account=account.external_id)
    listed = campaigns.present().order_by("-id")[:MOST_LISTED]
    found = list(campaigns.filter(external_id=chosen) if chosen else listed)
    list_url = f"/snapchat/web/{account.external_id}/campaigns"
    zone = account.data["timezone"]
    nodes = [
        _in_full(row, zone, base_url) if chosen else _in_list(row, f"{list_url}/{row.external_id}") for row in found
    ]
    return Dashboard(
        platform="Snapchat",
        product="Ads Manager",
        account=account.name,
        account_id=account.external_id,
        account_facts=[
            ("Status", account.status.capitalize()),
            ("Currency", account.data["currency"]),
            ("Time zone", zone),
        ],
        campaigns=nodes,
        in_full=bool(chosen),
        list_url=list_url,
        missing=[] if found or not chosen else [chosen],
    )


def _in_list(campaign: Object, url: str) -> Node:
    facts = _facts(("Objective", _objective(campaign)), ("Spending cap", _budget(campaign)))
    return Node("Campaign", campaign.name, campaign.external_id, _status(campaign), facts, url=url)


def _in_full(campaign: Object, zone: str, base_url: str) -> Node:
    restricted = (campaign.data.get("regulations") or {}).get("restricted_delivery_signals")
    facts = _facts(
        ("Objective", _objective(campaign)),
        ("Spending cap", _budget(campaign) or "None"),
        ("Schedule", _schedule(campaign, zone)),
        ("Delivery", _delivery(statuses.of_campaign(campaign))),
        ("Housing, credit or employment", "Yes" if restricted else ""),
    )
    below = [_ad_squad(row, zone, base_url) for row in _below(campaign, Object.Kind.AD_SET)]
    return Node("Campaign", campaign.name, campaign.external_id, _status(campaign), facts, children=below)


def _ad_squad(ad_squad: Object, zone: str, base_url: str) -> Node:
    data = ad_squad.data
    spec = data["targeting"]
    facts = _facts(
        ("Budget", _budget(ad_squad)),
        ("Schedule", _schedule(ad_squad, zone)),
        ("Goal", _words(data["optimization_goal"])),
        ("Bid strategy", _words(data["bid_strategy"])),
        ("Placements", _words(data["placement_v2"]["config"])),
        ("Locations", ", ".join(_place(geo) for geo in spec["geos"] if geo["operation"] == "INCLUDE")),
        ("Not", ", ".join(_place(geo) for geo in spec["geos"] if geo["operation"] == "EXCLUDE")),
        ("People", "; ".join(_person(entry) for entry in spec.get("demographics", []))),
        ("Interests", ", ".join(_interests(spec))),
        ("Delivery", _delivery(statuses.of_ad_squad(ad_squad))),
    )
    below = [_ad(row, base_url) for row in _below(ad_squad, Object.Kind.AD)]
    return Node("Ad squad", ad_squad.name, ad_squad.external_id, _status(ad_squad), facts, children=below)


def _ad(ad: Object, base_url: str) -> Node:
    settings = settings_in_force(dict(statuses.DEFAULTS))
    creative = _one(Object.Kind.CREATIVE, ad.data["creative_id"])
    assert creative is not None
    profile = _one(Object.Kind.PROFILE, creative.data["profile_properties"]["profile_id"])
    facts = _facts(
        ("Type", _words(ad.data["type"])),
        ("Review", _words(statuses.review(ad, settings))),
        ("Public profile", profile.name if profile else "Deleted"),
        ("Creative", creative.external_id),
    )
    return Node("Ad", ad.name, ad.external_id, _status(ad), facts, cards=[_card(creative, base_url)])


def _card(creative: Object, base_url: str) -> Card:
    top = _one(Object.Kind.MEDIA, creative.data["top_snap_media_id"])
    is_image = top is not None and top.data["type"] == "IMAGE"
    return Card(
        image_url=media.url(top, base_url) if top is not None and is_image else "",
        headline=creative.data["headline"],
        text=creative.data.get("brand_name", ""),
        button=_words(creative.data.get("call_to_action", "")),
        link=(creative.data.get("web_view_properties") or {}).get("url", ""),
    )


def _one(kind: Object.Kind, external_id: str) -> Object | None:
    return Object.objects.filter(platform="snapchat", kind=kind, external_id=external_id).first()


def _below(stored: Object, kind: Object.Kind) -> list[Object]:
    """The children, those that went with their parent too."""
    children = Object.objects.filter(platform="snapchat", kind=kind, parent=stored.external_id)
    return list((children if stored.deleted_at else children.present()).order_by("id"))


def _status(stored: Object) -> Status:
    if stored.deleted_at:
        return Status("Deleted", "bad")
    return Status("Active", "good") if stored.status == "ACTIVE" else Status("Paused", "idle")


def _objective(campaign: Object) -> str:
    return _words(campaign.data["objective_v2_properties"]["objective_v2_type"])


def _budget(stored: Object) -> str:
    budget = money.budget(stored)
    if budget is None:
        return ""
    return f"{budget['currency']} {budget['amount']} {'a day' if budget['type'] == 'daily' else 'in all'}"


def _schedule(stored: Object, zone: str) -> str:
    start, end = (_minute(stored.data.get(name), zone) for name in ("start_time", "end_time"))
    return f"{start} to {end}" if end else f"from {start}, without an end"


def _minute(text: str | None, zone: str) -> str:
    moment = parsed(text)
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


def _place(geo: dict[str, Any]) -> str:
    name = catalogue.countries()[geo["country_code"]].title()
    regions = [catalogue.REGIONS[geo["country_code"]][number].title() for number in geo.get("region_id", [])]
    return f"{', '.join(regions)} ({name})" if regions else name


def _person(entry: dict[str, Any]) -> str:
    ages = ", ".join(entry.get("age_groups", []))
    low, high = entry.get("min_age"), entry.get("max_age")
    ages = ages or (f"{low or 13} to {high}" if high else f"{low or 13} and older")
    languages = [catalogue.LANGUAGES[code] for code in entry.get("languages", [])]
    return ", ".join([ages, {"MALE": "men", "FEMALE": "women"}.get(entry.get("gender", ""), "all genders"), *languages])


def _interests(spec: dict[str, Any]) -> list[str]:
    return [catalogue.INTERESTS[key][0] for entry in spec.get("interests", []) for key in entry["category_id"]]


def _delivery(words: list[str]) -> str:
    return ". ".join(_HINDRANCES.get(word, _words(word)) for word in words)


def _words(code: str) -> str:
    """A constant of Snapchat's as a reader would say it."""
    return code.replace("_", " ").capitalize()


def _facts(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in pairs if value]

"""The page that stands for Meta Ads Manager: /adsmanager/manage/campaigns?act=<digits>&selected_campaign_ids=<ids>."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import dashboard
from stratum.sandbox.call import Call
from stratum.sandbox.dashboard import Card, Dashboard, Node, Status
from stratum.sandbox.faults import LiveFaults
from stratum.sandbox.models import Object, settings_in_force

from . import catalogue, media, money, statuses
from .view import View

_WORDS = {
    "ACTIVE": Status("Active", "good"),
    "PAUSED": Status("Off", "idle"),
    "CAMPAIGN_PAUSED": Status("Campaign is off", "idle"),
    "ADSET_PAUSED": Status("Ad set is off", "idle"),
    "PENDING_REVIEW": Status("In review", "wait"),
    "ARCHIVED": Status("Archived", "idle"),
    "DELETED": Status("Deleted", "bad"),
}
_ACCOUNT_STATUSES = {
    1: "Active",
    2: "Disabled",
    3: "Unsettled",
    7: "In risk review",
    9: "In grace period",
    101: "Closed",
}
MOST_LISTED = 200


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The account's campaigns, or the chosen ones with everything below them."""
    digits = request.GET.get("act", "")
    account = Object.objects.filter(platform="meta", kind=Object.Kind.ACCOUNT, external_id=f"act_{digits}").first()
    if account is None:
        return dashboard.not_found(request, "Meta", f"There is no ad account {digits or '(none)'}.")
    settings = settings_in_force(dict(statuses.DEFAULTS))
    base_url = f"{request.scheme}://{request.get_host()}"
    view = View(Call("adsmanager", "GET", path, base_url, settings, LiveFaults()))
    chosen = [part for part in request.GET.get("selected_campaign_ids", "").split(",") if part]
    return dashboard.show(request, _page(account, chosen, view))


def _page(account: Object, chosen: list[str], view: View) -> Dashboard:
    campaigns = Object.objects.filter(platform="meta", kind=Object.Kind.CAMPAIGN, account=account.external_id)
    found = (
        list(campaigns.filter(external_id__in=chosen))
        if chosen
        else list(campaigns.present().order_by("-id")[:MOST_LISTED])
    )
    list_url = f"/meta/adsmanager/adsmanager/manage/campaigns?act={account.data['account_id']}"
    node = _campaign_in_full if chosen else _campaign_in_list
    return Dashboard(
        platform="Meta",
        product="Ads Manager",
        account=account.name,
        account_id=account.data["account_id"],
        account_facts=[
            ("Status", _ACCOUNT_STATUSES.get(account.data["account_status"], str(account.data["account_status"]))),
            ("Currency", account.data["currency"]),
            ("Time zone", account.data["timezone_name"]),
        ],
        campaigns=[
            node(campaign, view, f"{list_url}&selected_campaign_ids={campaign.external_id}") for campaign in found
        ],
        in_full=bool(chosen),
        list_url=list_url,
        missing=sorted(set(chosen) - {campaign.external_id for campaign in found}),
    )


def _campaign_in_list(campaign: Object, view: View, url: str) -> Node:
    facts = _facts(
        ("Objective", _words(campaign.data["objective"].removeprefix("OUTCOME_"))), ("Budget", _budget(campaign))
    )
    return Node("Campaign", campaign.name, campaign.external_id, _status(campaign, view), facts, url=url)


def _campaign_in_full(campaign: Object, view: View, url: str) -> Node:
    facts = _facts(
        ("Objective", _words(campaign.data["objective"].removeprefix("OUTCOME_"))),
        ("Budget", _budget(campaign) or "Set on the ad sets"),
        ("Bid strategy", _words(campaign.data.get("bid_strategy", ""))),
        ("Special ad categories", ", ".join(map(_words, campaign.data["special_ad_categories"])) or "None"),
        ("Made", _minute(campaign.created_at, view.account_of(campaign).data["timezone_name"])),
    )
    ad_sets = [_ad_set(ad_set, view) for ad_set in _below(campaign, Object.Kind.AD_SET)]
    return Node(
        "Campaign", campaign.name, campaign.external_id, _status(campaign, view), facts, children=ad_sets, url=url
    )


def _ad_set(ad_set: Object, view: View) -> Node:
    zone = view.account_of(ad_set).data["timezone_name"]
    spec = ad_set.data["targeting"]
    facts = _facts(
        ("Budget", _budget(ad_set) or "Set on the campaign"),
        ("Schedule", _schedule(ad_set.data, zone)),
        ("Goal", _words(ad_set.data["optimization_goal"])),
        ("Locations", _places(spec["geo_locations"])),
        ("Age", f"{spec['age_min']} to {spec['age_max']}{'+' if spec['age_max'] == 65 else ''}"),
        ("Gender", {(1,): "Men", (2,): "Women"}.get(tuple(spec.get("genders", [])), "All")),
        ("Interests", ", ".join(_interests(spec))),
        ("Languages", ", ".join(catalogue.LOCALES[key] for key in spec.get("locales", []))),
    )
    ads = [_ad(ad, view) for ad in _below(ad_set, Object.Kind.AD)]
    return Node("Ad set", ad_set.name, ad_set.external_id, _status(ad_set, view), facts, children=ads)


def _ad(ad: Object, view: View) -> Node:
    creative = view.object(Object.Kind.CREATIVE, ad.data["creative_id"])
    assert creative is not None
    facts = _facts(("Creative", creative.external_id), ("URL parameters", creative.data.get("url_tags", "")))
    spec = creative.data["object_story_spec"]
    story = spec.get("link_data") or spec.get("video_data")
    return Node(
        "Ad",
        ad.name,
        ad.external_id,
        _status(ad, view),
        facts,
        text=story.get("message", ""),
        cards=_cards(creative, story, view),
    )


def _cards(creative: Object, story: dict[str, Any], view: View) -> list[Card]:
    parts = story.get("child_attachments") or [story]
    return [_card(creative, story, part, view) for part in parts]


def _card(creative: Object, story: dict[str, Any], part: dict[str, Any], view: View) -> Card:
    button = part.get("call_to_action") or story.get("call_to_action") or {}
    return Card(
        image_url=_image_url(creative, part, view),
        headline=part.get("name") or part.get("title", ""),
        text=part.get("description") or part.get("link_description", ""),
        button=_words(button.get("type", "")),
        link=part.get("link") or button.get("value", {}).get("link", ""),
    )


def _image_url(creative: Object, part: dict[str, Any], view: View) -> str:
    """The image of a card, or the picture of its video."""
    image = view.object(Object.Kind.MEDIA, f"{creative.account.removeprefix('act_')}:{part.get('image_hash')}")
    if image:
        return media.url(image, view.call.base_url)
    video = view.object(Object.Kind.MEDIA, str(part.get("video_id")))
    return media.picture(video, view.call.base_url) if video else ""


def _below(stored: Object, kind: Object.Kind) -> list[Object]:
    """The children, those that were deleted with their parent too."""
    children = Object.objects.filter(platform="meta", kind=kind, parent=stored.external_id)
    return list((children if stored.deleted_at else children.present()).order_by("id"))


def _status(stored: Object, view: View) -> Status:
    word = statuses.effective(stored, view)
    return _WORDS.get(word, Status(_words(word), "wait"))


def _budget(stored: Object) -> str:
    budget = money.budget(stored)
    if budget is None:
        return ""
    return f"{budget['currency']} {budget['amount']} {'a day' if budget['type'] == 'daily' else 'in all'}"


def _schedule(data: dict[str, Any], zone: str) -> str:
    start, end = (_time(data.get(name), zone) for name in ("start_time", "end_time"))
    return f"{start} to {end}" if end else f"from {start}, without an end"


def _time(text: str | None, zone: str) -> str:
    return _minute(datetime.fromisoformat(text), zone) if text else ""


def _minute(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _places(geo: dict[str, Any]) -> str:
    names = [catalogue.countries()[code] for code in geo.get("countries", [])]
    names += [catalogue.REGIONS[str(item["key"])].name for item in geo.get("regions", [])]
    names += [catalogue.CITIES[str(item["key"])].name for item in geo.get("cities", [])]
    names += [str(item["key"]) for item in geo.get("zips", [])]
    return ", ".join([*names, *geo.get("country_groups", [])])


def _interests(spec: dict[str, Any]) -> list[str]:
    parts = [spec, *spec.get("flexible_spec", [])]
    return [catalogue.INTERESTS[str(item["id"])].name for part in parts for item in part.get("interests", [])]


def _words(code: str) -> str:
    """A platform constant as a reader would say it."""
    return code.replace("_", " ").capitalize()


def _facts(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in pairs if value]

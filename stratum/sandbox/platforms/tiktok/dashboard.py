"""The page that stands for TikTok Ads Manager: /i18n/perf/campaign?aadvid=<advertiser>&keyword=<campaign>."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import dashboard
from stratum.sandbox.call import Call
from stratum.sandbox.dashboard import Card, Dashboard, Node, Status
from stratum.sandbox.faults import LiveFaults
from stratum.sandbox.models import Object, settings_in_force

from . import catalogue, media, money, statuses

_WORDS = {
    "ENABLE": Status("Active", "good"),
    "DELIVERY_OK": Status("Active", "good"),
    "DISABLE": Status("Inactive", "idle"),
    "CAMPAIGN_DISABLE": Status("Campaign is off", "idle"),
    "ADGROUP_DISABLE": Status("Ad group is off", "idle"),
    "NOT_START": Status("Not started", "wait"),
    "AUDIT": Status("In review", "wait"),
    "TIME_DONE": Status("Completed", "idle"),
    "DONE": Status("Completed", "idle"),
    "DELETE": Status("Deleted", "bad"),
    "CAMPAIGN_DELETE": Status("Deleted", "bad"),
    "ADGROUP_DELETE": Status("Deleted", "bad"),
}
_ACCOUNT_STATUSES = {"STATUS_ENABLE": "Approved", "STATUS_DISABLE": "Closed", "STATUS_LIMIT": "Restricted"}
_PATH = "/tiktok/web/i18n/perf/campaign"
MOST_LISTED = 200


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The account's campaigns, or those that the keyword finds with everything below them."""
    advertiser = request.GET.get("aadvid", "")
    account = Object.objects.filter(platform="tiktok", kind=Object.Kind.ACCOUNT, external_id=advertiser).first()
    if account is None:
        return dashboard.not_found(request, "TikTok", f"There is no ad account {advertiser or '(none)'}.")
    settings = settings_in_force(dict(statuses.DEFAULTS))
    call = Call("web", "GET", path, f"{request.scheme}://{request.get_host()}", settings, LiveFaults())
    return dashboard.show(request, _page(account, request.GET.get("keyword", ""), call))


def _page(account: Object, keyword: str, call: Call) -> Dashboard:
    campaigns = Object.objects.filter(platform="tiktok", kind=Object.Kind.CAMPAIGN, account=account.external_id)
    found = list(
        campaigns.filter(external_id=keyword) if keyword else campaigns.present().order_by("-id")[:MOST_LISTED]
    )
    list_url = f"{_PATH}?aadvid={account.external_id}"
    return Dashboard(
        platform="TikTok",
        product="TikTok Ads Manager",
        account=account.name,
        account_id=account.external_id,
        account_facts=[
            ("Status", _ACCOUNT_STATUSES.get(account.status, account.status)),
            ("Currency", account.data["currency"]),
            ("Time zone", account.data["display_timezone"]),
        ],
        campaigns=[_campaign(campaign, account, call, list_url, in_full=bool(keyword)) for campaign in found],
        in_full=bool(keyword),
        list_url=list_url,
        missing=[] if found or not keyword else [keyword],
    )


def _campaign(campaign: Object, account: Object, call: Call, list_url: str, *, in_full: bool) -> Node:
    data = campaign.data
    facts = _facts(("Objective", _words(data["objective_type"])), ("Budget", _budget(campaign)))
    ad_groups: list[Node] = []
    if in_full:
        facts += _facts(
            ("Campaign budget optimization", "On" if data["budget_optimize_on"] else "Off"),
            ("Special ad categories", ", ".join(map(_words, data["special_industries"])) or "None"),
            ("Made", _local(campaign.created_at, account)),
        )
        ad_groups = [_ad_group(child, account, call) for child in _below(campaign, Object.Kind.AD_SET)]
    url = f"{list_url}&keyword={campaign.external_id}"
    return Node(
        "Campaign", campaign.name, campaign.external_id, _status(campaign, call), facts, children=ad_groups, url=url
    )


def _ad_group(ad_group: Object, account: Object, call: Call) -> Node:
    data = ad_group.data
    facts = _facts(
        ("Budget", _budget(ad_group) or "Set on the campaign"),
        ("Schedule", _schedule(data, account)),
        ("Goal", f"{_words(data['optimization_goal'])}, billed by {data['billing_event']}"),
        ("Event", _words(data.get("optimization_event") or "")),
        ("Locations", ", ".join(catalogue.PLACES[location].name for location in data["location_ids"])),
        ("Age", ", ".join(group.removeprefix("AGE_").replace("_", "-") for group in data["age_groups"])),
        ("Gender", _words(data["gender"].removeprefix("GENDER_"))),
        ("Languages", ", ".join(catalogue.LANGUAGES[code] for code in data["languages"])),
        ("Interests", ", ".join(catalogue.INTERESTS[interest].name for interest in data["interest_category_ids"])),
    )
    ads = [_ad(ad, call) for ad in _below(ad_group, Object.Kind.AD)]
    return Node("Ad group", ad_group.name, ad_group.external_id, _status(ad_group, call), facts, children=ads)


def _ad(ad: Object, call: Call) -> Node:
    data = ad.data
    facts = _facts(
        ("Format", _words(data["ad_format"])),
        ("Identity", _name_of(Object.Kind.IDENTITY, data["identity_id"])),
        ("Music", _name_of(Object.Kind.ASSET, data.get("music_id", ""))),
        ("Video", data.get("video_id", "")),
    )
    pictures = Object.objects.filter(platform="tiktok", kind=Object.Kind.MEDIA, external_id__in=data["image_ids"])
    by_id = {picture.external_id: picture for picture in pictures}
    cards = [
        Card(
            image_url=media.url(by_id[external_id], call),
            button=_words(data["call_to_action"]),
            link=data["landing_page_url"],
        )
        for external_id in data["image_ids"]
    ]
    return Node("Ad", ad.name, ad.external_id, _status(ad, call), facts, text=data["ad_text"], cards=cards)


def _below(stored: Object, kind: Object.Kind) -> list[Object]:
    """The children, those that were deleted with their parent too."""
    children = Object.objects.filter(platform="tiktok", kind=kind, parent=stored.external_id)
    return list((children if stored.deleted_at else children.present()).order_by("id"))


def _status(stored: Object, call: Call) -> Status:
    word = statuses.secondary(stored, call).partition("_STATUS_")[2]
    return _WORDS.get(word, Status(_words(word), "wait"))


def _budget(stored: Object) -> str:
    budget = money.budget(stored)
    if budget is None:
        return ""
    return f"{budget['currency']} {budget['amount']} {'a day' if budget['type'] == 'daily' else 'in all'}"


def _schedule(data: dict[str, str], account: Object) -> str:
    start, end = (
        _local(datetime.strptime(data[name], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC), account)
        for name in ("schedule_start_time", "schedule_end_time")
    )
    return f"{start} to {end}" if data["schedule_type"] == "SCHEDULE_START_END" else f"from {start}, without an end"


def _local(moment: datetime, account: Object) -> str:
    return moment.astimezone(ZoneInfo(account.data["display_timezone"])).strftime("%Y-%m-%d %H:%M")


def _name_of(kind: Object.Kind, external_id: str) -> str:
    found = Object.objects.filter(platform="tiktok", kind=kind, external_id=external_id).first()
    return found.name if found else ""


def _words(code: str) -> str:
    """A platform constant as a reader would say it."""
    return code.replace("_", " ").capitalize()


def _facts(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, value) for label, value in pairs if value]

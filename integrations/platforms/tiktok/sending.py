"""Makes a call and says what became of each of its steps. Never raises PlatformError: outcomes carry it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from integrations.contracts import Call, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import deadline_seconds
from integrations.platforms.tiktok import payloads, reading, refusals, targeting, uploading
from integrations.platforms.tiktok.capabilities import MOST_IDS_PER_SWITCH
from integrations.platforms.tiktok.client import Ads
from integrations.platforms.tiktok.refusals import Blame

log = logging.getLogger(__name__)
_Maker = Callable[[Ads, Call, OpenMedia], dict[str, Outcome]]


def send(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Make the call; return an outcome for each of its keys. All its requests share the time of its deadline."""
    makers: dict[str, _Maker] = {
        "image": uploading.send_image,
        "video": uploading.send_video,
        "cover": uploading.send_cover,
        "music": uploading.send_music,
        "campaign": _send_campaign,
        "ad_set": _send_ad_set,
        "ads": _send_ads,
        "switch": _send_switch,
        "end": _send_end,
        "keep": _keep,
    }
    bounded = ads.within(deadline_seconds(call.deadline, call.upload_bytes))
    try:
        return makers[call.request["kind"]](bounded, call, open_media)
    except PlatformError as error:
        return {key: Outcome(error=error) for key in call.keys}


# Creating ---------------------------------------------------------------------------------------------------------------


def _send_campaign(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Make the campaign, after asking whether the account may show ads in every country that its ad groups name.

    Asked now, a country that cannot be had stops everything before anything was made.
    """
    fields = call.request["fields"]
    targeting.require(ads, fields["advertiser_id"], fields["objective_type"], call.request["countries"])
    data = ads.post("campaign/create/", fields, blame=Blame(Level.CAMPAIGN, call.request["node"]))
    return _made(call, data, "campaign_id")


def _send_ad_set(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    request, node = call.request, call.request["node"]
    fields = _not_in_the_past(targeting.resolved(ads, request["fields"], request["objective"], node))
    return _made(call, ads.post("adgroup/create/", fields, blame=Blame(Level.AD_SET, node)), "adgroup_id")


def _made(call: Call, data: Mapping[str, Any], field: str) -> dict[str, Outcome]:
    external_id = str(data.get(field) or "")
    if not external_id:
        raise refusals.unreadable(200, dict(data), is_write=True)
    return {call.keys[0]: Outcome(external_id)}


def _not_in_the_past(fields: dict[str, Any]) -> dict[str, Any]:
    """Put a start that passed since it was planned to now: TikTok takes one of some hours ago, and none of yesterday."""
    start = datetime.strptime(fields["schedule_start_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return {**fields, "schedule_start_time": payloads.written(max(start, timezone.now()))}


def _send_ads(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Make up to twenty ads of one ad group. TikTok tells their ids by their names, which are unique in an ad group."""
    nodes = call.request["nodes"]
    blame = Blame(Level.AD, nodes[0].rpartition(".ads[")[0], nodes)
    try:
        data = ads.post("ad/create/", call.request["fields"], blame=blame)
    except PlatformError as error:
        return _refused_ads(call, error)
    found = _by_name(data.get("creatives"))
    names: dict[str, str] = call.request["names"]
    if any(name.strip() not in found for name in names.values()):
        found |= _asked_by_name(ads, call, data)
    unclear = refusals.unreadable(200, data, is_write=True)
    return {
        key: Outcome(found[name.strip()]) if name.strip() in found else Outcome(error=unclear)
        for key, name in names.items()
    }


def _refused_ads(call: Call, error: PlatformError) -> dict[str, Outcome]:
    """Blame the one ad that a refusal speaks of; the others were not made because of it, and may be sent again."""
    nodes = dict(zip(call.keys, call.request["nodes"], strict=True))
    blamed = [key for key, node in nodes.items() if error.path == node or error.path.startswith(f"{node}.")]
    if error.kind is not ErrorKind.INVALID or not blamed:
        return {key: Outcome(error=error) for key in call.keys}
    message = "This was not carried out, because another ad in the same call was refused."
    beside = PlatformError(ErrorKind.TRANSIENT, "NOT_CARRIED_OUT", message)
    return {key: Outcome(error=error if key in blamed else beside) for key in call.keys}


def _by_name(rows: Any) -> dict[str, str]:
    listed = rows if isinstance(rows, list) else []
    return {
        str(row["ad_name"]).strip(): str(row["ad_id"])
        for row in listed
        if isinstance(row, Mapping) and row.get("ad_id") and row.get("ad_name")
    }


def _asked_by_name(ads: Ads, call: Call, data: Mapping[str, Any]) -> dict[str, str]:
    """Read the names of the ads that the answer only counts; nothing if they cannot be read now."""
    ids = [str(ad_id) for ad_id in data.get("ad_ids") or []]
    advertiser = call.request["fields"]["advertiser_id"]
    try:
        return _by_name(list(ads.filtered("ad/get/", advertiser, "ad_ids", ids, fields=["ad_id", "ad_name"])))
    except PlatformError as error:
        log.info("The names of ads that were just made could not be read: %s", error)
        return {}


# Switching, ending, removing --------------------------------------------------------------------------------------------


def _send_switch(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    request, level = call.request, Level(call.request["level"])
    try:
        data = ads.post(request["path"], request["body"], blame=Blame(level, request["node"]))
    except PlatformError as error:
        if request["body"]["operation_status"] != "DELETE" or error.kind not in (ErrorKind.INVALID, ErrorKind.GONE):
            raise
        return _removed_already(ads, call, error)
    done = data.get(request["field"])
    switched = set(request["body"][request["field"]]) if done is None else {str(external_id) for external_id in done}
    unclear = refusals.unreadable(200, data, is_write=True)
    return {
        key: Outcome(external_id) if external_id in switched else Outcome(error=unclear)
        for key, external_id in request["ids"].items()
    }


def _removed_already(ads: Ads, call: Call, error: PlatformError) -> dict[str, Outcome]:
    """TikTok refuses to delete what is deleted. Whatever is gone is removed; the rest is sent again by itself."""
    ids: dict[str, str] = call.request["ids"]
    advertiser = call.request["body"]["advertiser_id"]
    there = reading.present(ads, advertiser, Level(call.request["level"]), list(ids.values()))
    if there == set(ids.values()):
        raise error
    again = PlatformError(ErrorKind.TRANSIENT, "NOT_CARRIED_OUT", "Something else in the same call was gone already.")
    return {
        key: Outcome(error=again) if external_id in there else Outcome(external_id) for key, external_id in ids.items()
    }


def _send_end(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Switch a campaign off for good: its ad groups too, so that switching it on again elsewhere runs nothing.

    The campaign's switch is what stops spending and alone decides.
    """
    outcomes = _send_switch(ads, call, open_media)
    if all(outcome.is_done for outcome in outcomes.values()):
        try:
            _switch_ad_groups_off(ads, call.request["body"]["advertiser_id"], call.request["ids"].values())
        except PlatformError as error:
            log.info("The campaign is off; its ad groups stay as they are: %s", error)
    return outcomes


def _switch_ad_groups_off(ads: Ads, advertiser: str, campaigns: Iterable[str]) -> None:
    rows = ads.filtered("adgroup/get/", advertiser, "campaign_ids", list(campaigns), fields=["adgroup_id"])
    ids = [str(row["adgroup_id"]) for row in rows]
    for start in range(0, len(ids), MOST_IDS_PER_SWITCH):
        body = {
            "advertiser_id": advertiser,
            "adgroup_ids": ids[start : start + MOST_IDS_PER_SWITCH],
            "operation_status": "DISABLE",
            "allow_partial_success": True,
        }
        ads.post("adgroup/status/update/", body)


def _keep(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    return {key: Outcome(external_id) for key, external_id in call.request["ids"].items()}

"""What the sandbox's Google Ads refuses in a mutate, each rule by one change to a tree that passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from . import ads_client
from .ads_client import AdsClient, demand_gen_tree, name, operations, picture, put, search_tree
from .process import SandboxProcess

BUDGET, CAMPAIGN, GROUP = "campaignBudgetOperation", "campaignOperation", "adGroupOperation"
KEYWORD, PLACE, AD = "adGroupCriterionOperation", "campaignCriterionOperation", "adGroupAdOperation"
RSA, MULTI = f"{AD}.ad.responsiveSearchAd", f"{AD}.ad.demandGenMultiAssetAd"
LONG = "x" * 31
SEARCH_RULES: list[tuple[str, Any, str, str]] = [
    (f"{BUDGET}.amountMicros", "20000001", "campaignBudgetError", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT"),
    (f"{BUDGET}.amountMicros", "0", "campaignBudgetError", "NEGATIVE_MONEY_AMOUNT"),
    (f"{BUDGET}.amountMicros", None, "fieldError", "REQUIRED"),
    (f"{BUDGET}.explicitlyShared", True, "fieldError", "REQUIRED"),  # a shared budget has a name
    (
        f"{BUDGET}.totalAmountMicros",
        "1",
        "campaignBudgetError",
        "TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY",
    ),
    (
        f"{BUDGET}.period",
        "CUSTOM_PERIOD",
        "campaignBudgetError",
        "BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD",
    ),
    (f"{BUDGET}.deliveryMethod", "ACCELERATED", "campaignBudgetError", "CANNOT_USE_ACCELERATED_DELIVERY_MODE"),
    (f"{CAMPAIGN}.name", None, "fieldError", "REQUIRED"),
    (f"{CAMPAIGN}.name", "x" * 256, "stringLengthError", "TOO_LONG"),
    (f"{CAMPAIGN}.name", "a\nb", "campaignError", "INVALID_CAMPAIGN_NAME"),
    (f"{CAMPAIGN}.containsEuPoliticalAdvertising", None, "fieldError", "REQUIRED"),
    (f"{CAMPAIGN}.advertisingChannelType", None, "fieldError", "REQUIRED"),
    (
        f"{CAMPAIGN}.advertisingChannelType",
        "HOTEL",
        "operationAccessDeniedError",
        "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE",
    ),
    (f"{CAMPAIGN}.targetSpend", None, "fieldError", "REQUIRED"),
    (f"{CAMPAIGN}.campaignBudget", name("campaignBudgets", 77), "mutateError", "RESOURCE_NOT_FOUND"),
    (f"{CAMPAIGN}.campaignBudget", "budget 1", "requestError", "RESOURCE_NAME_MALFORMED"),
    (f"{CAMPAIGN}.resourceName", name("campaigns", 5), "newResourceCreationError", "CANNOT_SET_ID_FOR_CREATE"),
    (f"{CAMPAIGN}.resourceName", name("campaigns", -1), "newResourceCreationError", "DUPLICATE_TEMP_IDS"),
    (
        f"{CAMPAIGN}.networkSettings",
        {"targetGoogleSearch": False},
        "campaignError",
        "CAMPAIGN_MUST_TARGET_AT_LEAST_ONE_NETWORK",
    ),
    (
        f"{CAMPAIGN}.networkSettings",
        {"targetSearchNetwork": True},
        "campaignError",
        "CANNOT_TARGET_SEARCH_NETWORK_WITHOUT_GOOGLE_SEARCH",
    ),
    (f"{CAMPAIGN}.startDateTime", "2020-01-01 00:00:00", "campaignError", "CANNOT_SET_DATE_TO_PAST"),
    (f"{CAMPAIGN}.endDateTime", "2020-01-01 23:59:59", "campaignError", "CANNOT_SET_DATE_TO_PAST"),
    (f"{CAMPAIGN}.startDateTime", "2030-01-01 09:00:00", "dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED"),
    (f"{CAMPAIGN}.startDateTime", "2030-01-01", "dateRangeError", "INVALID_DATE"),
    (f"{CAMPAIGN}.startDateTime", "2030-02-30 00:00:00", "dateRangeError", "INVALID_DATE"),
    (f"{CAMPAIGN}.finalUrlSuffix", "?utm=1", "urlFieldError", "FINAL_URL_SUFFIX_MALFORMED"),
    (f"{GROUP}.name", "", "fieldError", "REQUIRED"),
    (f"{GROUP}.campaign", None, "fieldError", "REQUIRED"),
    (f"{GROUP}.type", "DISPLAY_STANDARD", "adGroupError", "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"),
    (
        f"{GROUP}.audienceSetting",
        {"useAudienceGrouped": False},
        "settingError",
        "SETTING_VALUE_NOT_COMPATIBLE_WITH_CAMPAIGN",
    ),
    (f"{KEYWORD}.keyword", {"text": "x", "matchType": "UNSPECIFIED"}, "fieldError", "REQUIRED"),
    (f"{KEYWORD}.keyword.text", "x" * 81, "criterionError", "KEYWORD_TEXT_TOO_LONG"),
    (f"{KEYWORD}.keyword.text", "語" * 41, "criterionError", "KEYWORD_TEXT_TOO_LONG"),
    (f"{KEYWORD}.keyword.text", "a b c d e f g h i j k", "criterionError", "KEYWORD_HAS_TOO_MANY_WORDS"),
    (f"{KEYWORD}.keyword.text", "50% off", "criterionError", "KEYWORD_HAS_INVALID_CHARS"),
    (f"{KEYWORD}.keyword", None, "criterionError", "CONCRETE_TYPE_REQUIRED"),
    (f"{PLACE}.location.geoTargetConstant", "geoTargetConstants/1", "criterionError", "INVALID_CRITERION_ID"),
    (
        f"{PLACE}.location.geoTargetConstant",
        "geoTargetConstants/2192",
        "criterionError",
        "CANNOT_TARGET_OBSOLETE_CRITERION",
    ),
    (f"{AD}.ad.finalUrls", [], "fieldError", "REQUIRED"),
    (f"{AD}.ad.finalUrls", ["example.com"], "urlFieldError", "INVALID_PROTOCOL_IN_FINAL_URL"),
    (f"{AD}.ad.finalUrls", ["https://localhost"], "urlFieldError", "MALFORMED_FINAL_URL"),
    (f"{AD}.ad.name", "A name", "adError", "CANNOT_SET_FIELD"),
    (f"{AD}.ad", None, "fieldError", "REQUIRED"),
    (f"{RSA}.headlines", [{"text": "A"}, {"text": "B"}], "collectionSizeError", "TOO_FEW"),
    (f"{RSA}.headlines", [{"text": str(n)} for n in range(16)], "collectionSizeError", "TOO_MANY"),
    (f"{RSA}.headlines.0.text", LONG, "stringLengthError", "TOO_LONG"),
    (f"{RSA}.headlines.0.text", "語" * 16, "stringLengthError", "TOO_LONG"),
    (f"{RSA}.headlines.0.text", " ", "stringLengthError", "EMPTY"),
    (f"{RSA}.headlines.0.text", "B", "assetError", "DUPLICATE_ASSET"),
    (f"{RSA}.headlines.0.text", "Buy now!!", "policyFindingError", "POLICY_FINDING"),
    (f"{RSA}.descriptions", [{"text": "One"}], "collectionSizeError", "TOO_FEW"),
    (f"{RSA}.path2", "sale", "adError", "CANNOT_SET_PATH2_WITHOUT_PATH1"),
]
DEMAND_GEN_RULES: list[tuple[str, Any, str, str]] = [
    (f"{BUDGET}.amountMicros", "4990000", "campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM"),
    (f"{CAMPAIGN}.networkSettings", {"targetGoogleSearch": True}, "campaignError", "INCOMPATIBLE_CAMPAIGN_FIELD"),
    (
        f"{CAMPAIGN}.geoTargetTypeSetting",
        {"positiveGeoTargetType": "PRESENCE"},
        "settingError",
        "SETTING_TYPE_IS_NOT_COMPATIBLE_WITH_CAMPAIGN",
    ),
    (f"{GROUP}.type", "SEARCH_STANDARD", "adGroupError", "AD_GROUP_TYPE_NOT_VALID_FOR_ADVERTISING_CHANNEL_TYPE"),
    (f"{MULTI}.businessName", None, "fieldError", "REQUIRED"),
    (f"{MULTI}.businessName", "x" * 26, "stringLengthError", "TOO_LONG"),
    (f"{MULTI}.logoImages", [], "collectionSizeError", "TOO_FEW"),
    (f"{MULTI}.logoImages", [{"asset": name("assets", 9)}], "mutateError", "RESOURCE_NOT_FOUND"),
    (f"{MULTI}.squareMarketingImages", None, "adError", "MISSING_REQUIRED_IMAGE_ASPECT_RATIO"),
    (f"{MULTI}.marketingImages", [{"asset": name("assets", -10)}], "imageError", "ASPECT_RATIO_NOT_ALLOWED"),
    (f"{MULTI}.headlines", [{"text": str(n)} for n in range(6)], "collectionSizeError", "TOO_MANY"),
    (f"{MULTI}.headlines.0.text", LONG, "stringLengthError", "TOO_LONG"),
    (f"{MULTI}.descriptions", [], "collectionSizeError", "TOO_FEW"),
    (f"{MULTI}.callToActionText", "Click here", "adError", "INVALID_CALL_TO_ACTION_TEXT"),
    ("assetOperation.imageAsset.data", picture(200, 200), "imageError", "IMAGE_TOO_SMALL"),
    ("assetOperation.imageAsset.data", "aGVsbG8=", "imageError", "INVALID_IMAGE"),
    ("assetOperation.imageAsset.data", picture(kind="BMP"), "imageError", "FORMAT_NOT_ALLOWED"),
    ("assetOperation.imageAsset.data", picture(kind="JPEG", cmyk=True), "imageError", "CMYK_JPEG_NOT_ALLOWED"),
    ("assetOperation.name", None, "assetError", "NAME_REQUIRED_FOR_ASSET_TYPE"),
    ("assetOperation.imageAsset", None, "assetError", "ASSET_DATA_IS_MISSING"),
    (KEYWORD, ads_client.KEYWORD, "criterionError", "CANNOT_ADD_CRITERIA_TYPE"),
    (f"{AD}.ad", ads_client.SEARCH_AD["ad"], "operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_CAMPAIGN_TYPE"),
]


def ids(rules: list[tuple[str, Any, str, str]]) -> list[str]:
    return [f"{rule[3]} {rule[0].split('.', 1)[-1]}" for rule in rules]


@pytest.mark.parametrize("rule", SEARCH_RULES, ids=ids(SEARCH_RULES))
def test_a_search_tree_breaks_a_rule(ads: AdsClient, rule: tuple[str, Any, str, str]) -> None:
    path, value, category, code = rule

    assert (category, code) in ads.faults(operations(put(search_tree(), path, value)))
    assert ads.search("SELECT campaign.id FROM campaign") == []


@pytest.mark.parametrize("rule", DEMAND_GEN_RULES, ids=ids(DEMAND_GEN_RULES))
def test_a_demand_gen_tree_breaks_a_rule(ads: AdsClient, rule: tuple[str, Any, str, str]) -> None:
    path, value, category, code = rule

    assert (category, code) in ads.faults(operations(put(demand_gen_tree(ads.logo()), path, value)))
    assert ads.search("SELECT campaign.id FROM campaign") == []


def test_the_trees_pass_unchanged(ads: AdsClient) -> None:
    assert len(ads.mutate(operations(search_tree()))["mutateOperationResponses"]) == 6
    tree = put(demand_gen_tree(ads.logo()), f"{CAMPAIGN}.name", "Other")
    assert len(ads.mutate(operations(tree))["mutateOperationResponses"]) == 6


@pytest.mark.parametrize(
    ("criterion", "category", "code"),
    [
        (
            {"userInterest": {"userInterestCategory": f"customers/{ads_client.MAIN}/userInterests/92501"}},
            "criterionError",
            "CANNOT_ADD_USER_INTERESTS_TO_SEARCH_CAMPAIGNS",
        ),
        (
            {"location": {"geoTargetConstant": "geoTargetConstants/2840"}},
            "criterionError",
            "CANNOT_ATTACH_CRITERIA_AT_CAMPAIGN_AND_ADGROUP",
        ),
        ({"keyword": {"text": "running shoes", "matchType": "PHRASE"}}, "mutateError", "RESOURCE_ALREADY_EXISTS"),
    ],
)
def test_a_further_criterion_breaks_a_rule(ads: AdsClient, criterion: Any, category: str, code: str) -> None:
    more = {KEYWORD: {"create": {"adGroup": name("adGroups", -3), **criterion}}}

    assert (category, code) in ads.faults([*operations(search_tree()), more])


def test_not_everybody_can_be_excluded(ads: AdsClient) -> None:
    genders = [
        {KEYWORD: {"create": {"adGroup": name("adGroups", -3), "negative": True, "gender": {"type": value}}}}
        for value in ("MALE", "FEMALE", "UNDETERMINED")
    ]

    assert ads.faults([*operations(search_tree()), *genders]) == [("criterionError", "CANNOT_EXCLUDE_ALL_TARGETS")]
    assert ads.mutate([*operations(search_tree()), *genders[:2]])


def test_a_total_budget_needs_an_end_and_enough_for_each_day(ads: AdsClient) -> None:
    tree = demand_gen_tree(ads.logo())
    tree[BUDGET] = {
        "resourceName": name("campaignBudgets", -1),
        "period": "CUSTOM_PERIOD",
        "totalAmountMicros": "40000000",
        "explicitlyShared": False,
    }
    assert ads.faults(operations(tree))[0] == ("campaignError", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET")

    today = timezone.now()
    tree[CAMPAIGN]["endDateTime"] = f"{today + timedelta(days=30):%Y-%m-%d} 23:59:59"
    assert ads.faults(operations(tree))[0] == ("campaignBudgetError", "BUDGET_BELOW_PER_DAY_MINIMUM")

    tree[CAMPAIGN]["endDateTime"] = f"{today + timedelta(days=5):%Y-%m-%d} 23:59:59"
    assert ads.mutate(operations(tree))


def test_names_are_taken_until_they_are_removed(ads: AdsClient) -> None:
    made = ads.mutate(operations(search_tree()))["mutateOperationResponses"]
    campaign = made[1]["campaignResult"]["resourceName"]

    assert ("campaignError", "DUPLICATE_CAMPAIGN_NAME") in ads.faults(operations(search_tree()))
    ads.mutate([{CAMPAIGN: {"remove": campaign}}])
    assert ads.mutate(operations(search_tree()))


def test_the_parents_fault_echoes_in_its_children(ads: AdsClient) -> None:
    found = ads.faults(operations(put(search_tree(), f"{CAMPAIGN}.name", "")))

    assert found[0] == ("fieldError", "REQUIRED")
    assert set(found[1:]) == {("newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS")}


def test_a_fault_says_where_it_is(ads: AdsClient) -> None:
    answer = ads.try_mutate(operations(put(search_tree(), f"{RSA}.headlines.1.text", LONG)))
    (error,) = answer.json()["error"]["details"][0]["errors"]

    elements = [(e["fieldName"], e.get("index")) for e in error["location"]["fieldPathElements"]]
    assert elements == [
        ("mutate_operations", 5),
        ("ad_group_ad_operation", None),
        ("create", None),
        ("ad", None),
        ("responsive_search_ad", None),
        ("headlines", 1),
    ]
    assert answer.headers["request-id"] == answer.json()["error"]["details"][0]["requestId"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"campaign_operation": {}}, 'Unknown name "campaign_operation"'),
        ({CAMPAIGN: {"create": {"advertising_channel_type": "SEARCH"}}}, "Unknown name"),
        ({CAMPAIGN: {"create": {"status": "ACTIVE"}}}, "Invalid value"),
        ({CAMPAIGN: {"create": {"targetSpend": {}, "manualCpc": {}}}}, "oneof"),
        ({BUDGET: {"create": {"amountMicros": 1.5}}}, "TYPE_INT64"),
        ({BUDGET: {"create": {"explicitlyShared": "false"}}}, "TYPE_BOOL"),
        ({"assetOperation": {"create": {"imageAsset": {"data": "%%"}}}}, "Base64"),
        ({CAMPAIGN: {"create": {}}, GROUP: {"create": {}}}, "oneof"),
    ],
)
def test_json_is_read_strictly(ads: AdsClient, body: Any, message: str) -> None:
    answer = ads.try_mutate([body])

    assert answer.status_code == 400
    assert message in answer.json()["error"]["message"]


def test_conversions_want_a_conversion_action(ads: AdsClient, sandbox: SandboxProcess) -> None:
    tree = put(put(search_tree(), f"{CAMPAIGN}.targetSpend", None), f"{CAMPAIGN}.maximizeConversions", {})
    assert ads.mutate(operations(tree), validateOnly=True) == {}

    sandbox.post("seed", platform="google", assets={"conversion_action": []})
    assert ads.faults(operations(tree))[0] == ("campaignError", "CONVERSION_TRACKING_NOT_ENABLED")


def test_changes_need_a_mask_and_something_that_is_there(ads: AdsClient) -> None:
    made = ads.mutate(operations(search_tree()))["mutateOperationResponses"]
    campaign = made[1]["campaignResult"]["resourceName"]
    on = {"resourceName": campaign, "status": "ENABLED"}

    assert ads.faults([{CAMPAIGN: {"update": on}}]) == [("fieldMaskError", "FIELD_MASK_MISSING")]
    immutable = {"update": on | {"advertisingChannelType": "DISPLAY"}, "updateMask": "advertisingChannelType"}
    assert ads.faults([{CAMPAIGN: immutable}]) == [("fieldError", "IMMUTABLE_FIELD")]
    gone = on | {"resourceName": name("campaigns", 99)}
    assert ads.faults([{CAMPAIGN: {"update": gone, "updateMask": "status"}}]) == [("mutateError", "RESOURCE_NOT_FOUND")]
    ads.mutate([{CAMPAIGN: {"remove": campaign}}])
    removed = ads.faults([{CAMPAIGN: {"update": on, "updateMask": "status"}}])
    assert removed == [("operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE")]


def test_at_most_three_search_ads_are_on(ads: AdsClient) -> None:
    tree = put(search_tree(), f"{AD}.status", "ENABLED")
    more = [{AD: {"create": put({"a": dict(tree[AD])}, "a.status", "ENABLED")["a"]}} for _ in range(3)]

    assert ads.faults([*operations(tree), *more]) == [("resourceCountLimitExceededError", "AD_GROUP_AD_LIMIT")]


def test_an_operation_can_be_refused_by_order_and_takes_all_with_it(ads: AdsClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("refuse_item", path="googleAds:mutate$", platform="google", value=1)

    assert ads.faults(operations(search_tree()))[0] == ("fieldError", "INVALID_VALUE")
    assert ads.try_mutate(operations(search_tree())).status_code == 200

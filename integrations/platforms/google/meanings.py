"""What Google's error codes mean to us, as tables: category and value → kind, stable code, what to do.

Reference: Google Ads API v26, the error enums of the official protos, "Error types" and "Understand API errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from integrations.errors import ErrorKind

_INVALID, _PERMISSION, _LIMITED = ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.RATE_LIMITED
_TRANSIENT, _AMBIGUOUS, _AUTH, _GONE = ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS, ErrorKind.AUTH, ErrorKind.GONE


@dataclass(frozen=True)
class Meaning:
    """`wait` is in seconds; `path` the draft path that is to blame when Google's own location names none."""

    kind: ErrorKind
    code: str
    advice: str = ""
    wait: float | None = None
    path: str = ""


_APP = Meaning(
    _PERMISSION,
    "APP_NOT_APPROVED",
    "The Google Cloud project of this installation may not be used with this account yet. Ask the administrator to look at "
    "its access level on the Google Ads API page of the Cloud Console.",
)
_ACCESS = Meaning(
    _PERMISSION,
    "PERMISSION_DENIED",
    "The person who connected Google Ads does not reach this account that way any more. Sync the ad accounts, or let an "
    "Admin reconnect Google Ads with a person who has access.",
)
_READ_ONLY = Meaning(
    _PERMISSION,
    "PERMISSION_DENIED",
    "The person who connected Google Ads may only look at this account. Give them standard access in Google Ads.",
)
_ACCOUNT = Meaning(
    _PERMISSION,
    "AD_ACCOUNT_UNUSABLE",
    "Open the account in Google Ads to see what is wrong, then sync the ad accounts.",
)
_PERSON = Meaning(
    _PERMISSION, "PERMISSION_DENIED", "Settle this with the Google account that was connected, or connect another one."
)
_SLOW = Meaning(
    _LIMITED,
    "RATE_LIMIT_EXCEEDED",
    "Google limits how often it may be asked. Nothing was created by this request; it goes on after a pause.",
    10.0,
)
_UNCLEAR = Meaning(_AMBIGUOUS, "PLATFORM_ERROR")
_AGAIN = Meaning(
    _TRANSIENT, "CONCURRENT_CHANGE", "Somebody changed the same objects at that moment. It is tried again."
)
_LIMIT = Meaning(_INVALID, "PLATFORM_LIMIT", "The account has as many of these as Google allows. Remove some there.")
_TARGETING = Meaning(_INVALID, "INVALID_TARGETING")
_CREATIVE = Meaning(_INVALID, "INVALID_CREATIVE")
_BUDGET = Meaning(_INVALID, "INVALID_BUDGET", path="campaign.budget.amount")
_SCHEDULE = Meaning(_INVALID, "INVALID_SCHEDULE", path="campaign.schedule.start")
_DECLARATION = Meaning(
    _INVALID,
    "INVALID_DECLARATION",
    "Google wants it declared whether campaigns hold political advertising for the EU; for those made elsewhere too.",
    path="campaign.declarations.eu_political",
)
_POLICY = Meaning(
    _INVALID, "POLICY_VIOLATION", "Change the text, the picture or the link that Google's ads policy objects to."
)

#: (category, value) → meaning; None stands for every other value of the category.
MEANINGS: Final[Mapping[tuple[str, str | None], Meaning]] = MappingProxyType(
    {
        ("authenticationError", None): Meaning(_AUTH, "TOKEN_EXPIRED"),
        ("authenticationError", "NOT_ADS_USER"): _PERSON,
        ("authenticationError", "TWO_STEP_VERIFICATION_NOT_ENROLLED"): _PERSON,
        ("authenticationError", "ADVANCED_PROTECTION_NOT_ENROLLED"): _PERSON,
        ("authenticationError", "CUSTOMER_NOT_FOUND"): _ACCESS,
        ("authenticationError", "ORGANIZATION_NOT_APPROVED"): _APP,
        ("authorizationError", None): _ACCESS,
        ("authorizationError", "CUSTOMER_NOT_ENABLED"): _ACCOUNT,
        ("authorizationError", "ACTION_NOT_PERMITTED"): _READ_ONLY,
        ("authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"): _ACCOUNT,
        ("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"): _APP,
        ("authorizationError", "DEVELOPER_TOKEN_NOT_APPROVED"): _APP,
        ("authorizationError", "DEVELOPER_TOKEN_PROHIBITED"): _APP,
        ("authorizationError", "PROJECT_DISABLED"): _APP,
        ("authorizationError", "MISSING_TOS"): _APP,
        ("authorizationError", "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION"): _APP,
        ("requestError", "CLOUD_PROJECT_NOT_FOUND"): _APP,
        ("requestError", "UNSUPPORTED_VERSION"): Meaning(
            _INVALID,
            "API_VERSION_RETIRED",
            "This version of Stratum speaks a retired version of Google's API. Update Stratum.",
        ),
        ("requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT"): _ACCOUNT,
        ("requestError", "RPC_DEADLINE_TOO_SHORT"): _UNCLEAR,
        ("operationAccessDeniedError", None): _READ_ONLY,
        ("operationAccessDeniedError", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE"): Meaning(
            _GONE, "OBJECT_NOT_FOUND"
        ),
        ("resourceAccessDeniedError", None): _READ_ONLY,
        ("mutateError", "RESOURCE_NOT_FOUND"): Meaning(_GONE, "OBJECT_NOT_FOUND"),
        ("mutateError", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED"): _DECLARATION,
        ("quotaError", None): _SLOW,
        ("internalError", None): _UNCLEAR,
        ("databaseError", None): _AGAIN,
        ("databaseError", "REQUEST_TOO_LARGE"): Meaning(_INVALID, "CAMPAIGN_TOO_LARGE", "Split the campaign."),
        # The name carries our mark: an earlier attempt made the campaign, and its answer was lost.
        ("campaignError", "DUPLICATE_CAMPAIGN_NAME"): Meaning(_AMBIGUOUS, "ALREADY_EXISTS"),
        ("campaignError", "CANNOT_SET_DATE_TO_PAST"): _SCHEDULE,
        ("campaignError", "CONVERSION_TRACKING_NOT_ENABLED"): Meaning(
            _INVALID,
            "INVALID_OPTIMIZATION",
            "Set up conversion tracking in Google Ads, or choose another optimization.",
            path="campaign.assets.conversion_action",
        ),
        ("campaignError", "END_DATE_TIME_REQUIRED_FOR_TOTAL_BUDGET"): Meaning(
            _INVALID, "INVALID_SCHEDULE", path="campaign.schedule.end"
        ),
        ("campaignError", "DURATION_TOO_LONG_FOR_TOTAL_BUDGET"): Meaning(
            _INVALID,
            "INVALID_SCHEDULE",
            "End the campaign earlier, or choose a daily budget.",
            path="campaign.schedule.end",
        ),
        ("campaignBudgetError", None): _BUDGET,
        ("campaignBudgetError", "CAMPAIGN_BUDGET_PERIOD_NOT_AVAILABLE"): Meaning(
            _INVALID, "INVALID_BUDGET", "Choose a daily budget for this account.", path="campaign.budget.type"
        ),
        ("dateRangeError", None): _SCHEDULE,
        ("criterionError", None): _TARGETING,
        ("criterionError", "MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION"): _DECLARATION,
        ("adGroupError", "MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION"): _DECLARATION,
        ("adGroupCriterionError", None): _TARGETING,
        ("campaignCriterionError", None): _TARGETING,
        ("adError", None): _CREATIVE,
        ("adGroupAdError", None): _CREATIVE,
        ("assetError", None): _CREATIVE,
        ("assetLinkError", None): _CREATIVE,
        ("imageError", None): _CREATIVE,
        ("urlFieldError", None): _CREATIVE,
        ("youtubeVideoRegistrationError", None): _CREATIVE,
        ("policyFindingError", None): _POLICY,
        ("policyViolationError", None): _POLICY,
        ("biddingError", None): Meaning(_INVALID, "INVALID_OPTIMIZATION", "Choose another optimization."),
        ("resourceCountLimitExceededError", None): _LIMIT,
    }
)
#: `error.status` of an answer that names no reason of the Google Ads API (google.rpc.Code).
STATUSES: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "UNAUTHENTICATED": Meaning(_AUTH, "TOKEN_EXPIRED"),
        "PERMISSION_DENIED": _ACCESS,
        "RESOURCE_EXHAUSTED": _SLOW,
        "NOT_FOUND": Meaning(_INVALID, "PLATFORM_REFUSED"),
        "INVALID_ARGUMENT": Meaning(_INVALID, "PLATFORM_REFUSED"),
        "FAILED_PRECONDITION": Meaning(_INVALID, "PLATFORM_REFUSED"),
        "OUT_OF_RANGE": Meaning(_INVALID, "PLATFORM_REFUSED"),
        "UNIMPLEMENTED": Meaning(_INVALID, "PLATFORM_REFUSED"),
    }
)
#: `google.rpc.ErrorInfo.reason` of answers from before the Google Ads API itself.
REASONS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "SERVICE_DISABLED": Meaning(
            _PERMISSION,
            "APP_NOT_APPROVED",
            "The Google Ads API is not enabled in the Google Cloud project of this installation. Ask the administrator to "
            "enable it.",
        ),
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Meaning(_AUTH, "TOKEN_EXPIRED"),
        "RATE_LIMIT_EXCEEDED": _SLOW,
    }
)

#: Operation → field of Google's → (draft path, code). A path that begins with a point continues the operation's own node.
FIELDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "campaignBudgetOperation": {
            "amount_micros": ("campaign.budget.amount", "INVALID_BUDGET"),
            "total_amount_micros": ("campaign.budget.amount", "INVALID_BUDGET"),
            "period": ("campaign.budget.type", "INVALID_BUDGET"),
        },
        "campaignOperation": {
            "name": ("campaign.name", "INVALID_NAME"),
            "start_date_time": ("campaign.schedule.start", "INVALID_SCHEDULE"),
            "end_date_time": ("campaign.schedule.end", "INVALID_SCHEDULE"),
            "contains_eu_political_advertising": ("campaign.declarations.eu_political", "INVALID_DECLARATION"),
            "final_url_suffix": ("campaign.url_tags", "INVALID_CREATIVE"),
            "advertising_channel_type": ("campaign.objective", "INVALID_OBJECTIVE"),
            "target_spend": ("campaign.objective", "INVALID_OPTIMIZATION"),
            "maximize_conversions": ("campaign.objective", "INVALID_OPTIMIZATION"),
            "maximize_conversion_value": ("campaign.objective", "INVALID_OPTIMIZATION"),
        },
        "adGroupOperation": {"name": (".name", "INVALID_NAME")},
        "adGroupAdOperation": {
            "name": (".name", "INVALID_NAME"),
            "final_urls": (".creative.link_url", "INVALID_CREATIVE"),
            "headlines": (".creative.headlines", "INVALID_CREATIVE"),
            "long_headlines": (".creative.headlines", "INVALID_CREATIVE"),
            "descriptions": (".creative.descriptions", "INVALID_CREATIVE"),
            "marketing_images": (".creative.media", "INVALID_CREATIVE"),
            "square_marketing_images": (".creative.media", "INVALID_CREATIVE"),
            "portrait_marketing_images": (".creative.media", "INVALID_CREATIVE"),
            "tall_portrait_marketing_images": (".creative.media", "INVALID_CREATIVE"),
            "videos": (".creative.media", "INVALID_CREATIVE"),
            "call_to_action_text": (".creative.call_to_action", "INVALID_CREATIVE"),
            "call_to_actions": (".creative.call_to_action", "INVALID_CREATIVE"),
            "business_name": ("campaign.assets.business_name", "INVALID_ASSET"),
            "logo_images": ("campaign.assets.logo", "INVALID_ASSET"),
        },
    }
)

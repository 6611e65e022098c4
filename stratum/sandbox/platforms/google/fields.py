"""The fields that each resource may be asked for (v26, "Google Ads fields")."""

from __future__ import annotations

_CUSTOMER = (
    "id",
    "descriptive_name",
    "currency_code",
    "time_zone",
    "manager",
    "test_account",
    "status",
    "resource_name",
)
_CAMPAIGN = (
    "id", "name", "resource_name", "status", "primary_status", "primary_status_reasons", "serving_status",
    "advertising_channel_type", "start_date_time", "end_date_time", "final_url_suffix", "bidding_strategy_type",
    "contains_eu_political_advertising", "campaign_budget", "geo_target_type_setting.positive_geo_target_type",
    "geo_target_type_setting.negative_geo_target_type", "network_settings.target_google_search",
    "network_settings.target_search_network", "network_settings.target_content_network",
    "network_settings.target_partner_search_network",
)  # fmt: skip
_BUDGET = (
    "id", "name", "resource_name", "amount_micros", "total_amount_micros", "period", "explicitly_shared",
    "delivery_method", "status",
)  # fmt: skip
_AD_GROUP = (
    "id", "name", "resource_name", "status", "type", "campaign", "optimized_targeting_enabled",
    "audience_setting.use_audience_grouped",
)  # fmt: skip
_CRITERION = (
    "criterion_id", "resource_name", "negative", "type", "status", "location.geo_target_constant",
    "language.language_constant", "age_range.type", "gender.type", "user_interest.user_interest_category", "keyword.text",
    "keyword.match_type",
)  # fmt: skip
_TEXTS = ("headlines", "descriptions", "business_name", "logo_images")
_AD = (
    "status", "resource_name", "ad_group", "policy_summary.approval_status", "policy_summary.review_status", "ad.id",
    "ad.name", "ad.type", "ad.final_urls", "ad.resource_name",
    *(f"ad.responsive_search_ad.{name}" for name in ("headlines", "descriptions", "path1", "path2")),
    *(f"ad.demand_gen_multi_asset_ad.{name}" for name in (
        *_TEXTS, "marketing_images", "square_marketing_images", "portrait_marketing_images",
        "tall_portrait_marketing_images", "call_to_action_text",
    )),
    *(f"ad.demand_gen_video_responsive_ad.{name}" for name in (*_TEXTS, "long_headlines", "videos")),
)  # fmt: skip
_ASSET = (
    "id", "name", "resource_name", "type", "image_asset.full_size.width_pixels", "image_asset.full_size.height_pixels",
    "image_asset.full_size.url", "image_asset.file_size", "image_asset.mime_type", "youtube_video_asset.youtube_video_id",
)  # fmt: skip

#: Resource → fields that may be asked for, by resource.
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "customer": {"customer": _CUSTOMER},
    "customer_client": {"customer_client": (*_CUSTOMER, "level", "hidden", "client_customer")},
    "currency_constant": {
        "currency_constant": (
            "code",
            "billable_unit_micros",
            "demand_gen_info.minimum_budget_per_day_micros",
            "resource_name",
        )
    },
    "campaign": {"campaign": _CAMPAIGN, "campaign_budget": _BUDGET, "customer": _CUSTOMER},
    "campaign_budget": {"campaign_budget": _BUDGET},
    "campaign_criterion": {"campaign_criterion": _CRITERION, "campaign": _CAMPAIGN},
    "ad_group": {"ad_group": _AD_GROUP, "campaign": _CAMPAIGN},
    "ad_group_criterion": {"ad_group_criterion": _CRITERION, "ad_group": _AD_GROUP, "campaign": _CAMPAIGN},
    "ad_group_ad": {"ad_group_ad": _AD, "ad_group": _AD_GROUP, "campaign": _CAMPAIGN},
    "asset": {"asset": _ASSET},
    "conversion_action": {"conversion_action": ("id", "name", "resource_name", "category", "status")},
    "language_constant": {"language_constant": ("id", "name", "code", "targetable", "resource_name")},
    "user_interest": {"user_interest": ("user_interest_id", "name", "taxonomy_type", "resource_name")},
    "geo_target_constant": {
        "geo_target_constant": (
            "id",
            "name",
            "country_code",
            "target_type",
            "status",
            "canonical_name",
            "resource_name",
        )
    },
    "you_tube_video_upload": {
        "you_tube_video_upload": ("resource_name", "video_upload_id", "video_id", "state", "channel_id")
    },
}

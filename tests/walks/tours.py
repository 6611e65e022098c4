"""What the seven flows meet and fill in on each platform: labels as the pages have them."""

from __future__ import annotations

import re
from dataclasses import dataclass

ACCOUNT = "Acme Corp Main"
#: Labels of fields with what is written there or chosen from their list.
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tour:
    """One platform. `accounts` is how many the sandbox has; `audience` how the preview reads the interests."""

    slug: str
    title: str
    label: str
    accounts: int
    account_id: str
    permissions: tuple[str, ...]
    campaign: Fields
    ad_set: Fields
    ad: Fields
    interests: tuple[str, ...]
    audience: str
    #: What the platform's own page says of a campaign that is on and begins next year.
    stands: re.Pattern[str] = re.compile("Active", re.IGNORECASE)
    upload: str = "Upload an image"
    shown: str = "Image"
    size: tuple[int, int] = (1200, 1200)

    @property
    def ad_set_budgets(self) -> bool:
        return any(label == "Daily budget" for label, _ in self.ad_set)


_OPTIMIZED: Fields = (("Daily budget", "500"), ("Optimization", "Conversions"))
_HEADLINE = ("Headline", "Summer Sale - Up to 50% Off!")
_DESCRIPTION = ("Description", "Shop now for the best deals")
META = Tour(
    slug="meta",
    title="Meta (Facebook/Instagram)",
    label="Meta",
    accounts=6,
    account_id="act_123456789",
    permissions=("ads_management", "ads_read", "business_management"),
    campaign=(("Facebook Page", "Acme Corp"), ("Conversion event", "Purchase")),
    ad_set=_OPTIMIZED,
    ad=(_HEADLINE, _DESCRIPTION),
    interests=("Fashion", "Shopping"),
    audience="Fashion, Shopping",
)
GOOGLE = Tour(
    slug="google",
    title="Google Ads",
    label="Google Ads",
    accounts=7,
    account_id="1234567890",
    permissions=("adwords",),
    campaign=(
        ("Business name", "Acme Corp"),
        ("Logo", "Acme logo"),
        ("Conversion action", "Purchase"),
        ("Political advertising in the EU", "No"),
    ),
    ad_set=(("Optimization", "Conversions"),),
    ad=(_HEADLINE, _DESCRIPTION),
    interests=("Fashionistas", "Shoppers"),
    audience="Fashionistas, Shoppers",
    stands=re.compile("Pending"),
    upload="Add pictures",
    shown="Pictures",
)
TIKTOK = Tour(
    slug="tiktok",
    title="TikTok Ads",
    label="TikTok",
    accounts=5,
    account_id="7012345678901234561",
    permissions=("Ads Management",),
    campaign=(
        ("TikTok account", "Acme Corp"),
        ("Music", "Summer Breeze"),
        ("Pixel", "Acme Shop Pixel"),
        ("Conversion event", "Purchase"),
    ),
    ad_set=_OPTIMIZED,
    ad=(("Primary text", "Everything for the summer, at half the price."),),
    interests=("Apparel", "Shopping"),
    audience="Apparel & Accessories, Shopping",
    size=(1080, 1920),
)
SNAPCHAT = Tour(
    slug="snapchat",
    title="Snapchat Ads",
    label="Snapchat",
    accounts=5,
    account_id="b5a1c0de-7f3e-4d2a-9c41-0e8f6b2d7a10",
    permissions=(),
    campaign=(
        ("Public profile", "Acme Corp"),
        ("Brand name", "Acme Corp"),
        ("Snap Pixel", "Acme Shop Pixel"),
        ("Conversion event", "Purchase"),
    ),
    ad_set=_OPTIMIZED,
    ad=(_HEADLINE,),
    interests=("Fashion", "Shopaholics"),
    audience="Fashion & Style Gurus, Shopaholics",
    size=(1080, 1920),
)
TOURS = (META, GOOGLE, TIKTOK, SNAPCHAT)

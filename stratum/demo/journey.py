"""The journey from Connect to Published on one platform, each step by the person whose step it is."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from django.utils import timezone
from PIL import Image, ImageDraw

from stratum.demo.browsing import Lost, Page, Person
from stratum.demo.stack import Stack

PUBLISH_SECONDS = 120
DAILY_CAP, MONTHLY_CAP = "1000", "30000"


@dataclass(frozen=True)
class Play:
    """What is filled in for one platform: leaves of the campaign, the ad set and the ad, and the picture's size."""

    account: str
    campaign: dict[str, str] = field(default_factory=dict)
    ad_set: dict[str, Any] = field(default_factory=dict)
    ad: dict[str, Any] = field(default_factory=dict)
    picture: tuple[int, int] = (1200, 1200)
    pictures: int = 1
    choose: dict[str, str] = field(default_factory=dict)  # select of the campaign → a word of the option to take
    interests: tuple[str, ...] = ()
    defaults: dict[str, str] = field(default_factory=dict)  # account default → a word of the option to take


#: The flows' own example, as each platform takes it.
PLAYS: dict[str, Play] = {
    "meta": Play(
        account="Acme Corp Main",
        campaign={"objective": "conversions", "assets.conversion_event": "purchase"},
        choose={"assets.page": "Acme Corp", "assets.pixel": "Acme Shop Pixel"},
        ad_set={"targeting.age_min": "25", "targeting.age_max": "54", "optimization": "conversions"},
        interests=("Fashion", "Shopping"),
        ad={
            "creative.primary_text": "Everything for the summer, at half the price.",
            "creative.descriptions": ["Shop now for the best deals"],
        },
    ),
    "google": Play(
        account="Acme Corp Main",
        campaign={
            "objective": "conversions",
            "assets.business_name": "Acme Corp",
            "declarations.eu_political": "no",
        },
        choose={"assets.logo": "Acme logo", "assets.conversion_action": "Purchase"},
        ad_set={"targeting.age_min": "25", "targeting.age_max": "54", "optimization": "conversions"},
        interests=("Fashionistas", "Shoppers"),
        ad={"creative.descriptions": ["Shop now for the best deals"]},
    ),
    "tiktok": Play(
        account="Acme Corp Main",
        campaign={"objective": "conversions", "assets.conversion_event": "purchase"},
        choose={
            "assets.identity": "Acme Corp",
            "assets.music": "Summer Breeze",
            "assets.pixel": "Acme Shop Pixel",
        },
        ad_set={"targeting.age_min": "25", "targeting.age_max": "54", "optimization": "conversions"},
        interests=("Apparel", "Shopping"),
        ad={
            "name": "Summer Sale - Carousel Ad",
            "creative.type": "carousel",
            "creative.primary_text": "Everything for the summer, at half the price.",
        },
        picture=(1080, 1920),
        pictures=2,
    ),
    "snapchat": Play(
        account="Acme Corp Main",
        campaign={
            "objective": "conversions",
            "assets.conversion_event": "purchase",
            "assets.business_name": "Acme Corp",
        },
        choose={"assets.profile": "Acme Corp", "assets.pixel": "Acme Shop Pixel"},
        ad_set={"targeting.age_min": "25", "targeting.age_max": "54", "optimization": "conversions"},
        interests=("Fashion", "Shopaholics"),
        picture=(1080, 1920),
    ),
}


class Journey:
    """One platform's way through the product, on a running stack."""

    def __init__(self, platform: str, stack: Stack, say: Callable[[str], None]) -> None:
        self.platform, self.play, self.stack, self.say = platform, PLAYS[platform], stack, say
        self.people = {name: Person(name, stack.base_url) for name in ("ada", "carl", "anne", "paul")}
        self.draft = ""
        self.account = ""

    def go(self) -> str:
        """Make the whole journey and return the platform's campaign id; Lost says where it ended."""
        for name, person in self.people.items():
            person.log_in(self.stack.passwords[name])
        self._connect()
        self._enable()
        self._build()
        self._submit()
        self._approve()
        campaign_id = self._publish()
        self._look(campaign_id)
        return campaign_id

    def _connect(self) -> None:
        ada = self.people["ada"]
        page = ada.open("/settings/integrations")
        consent = ada.send(page.form(action=f"/{self.platform}/connect"))
        page = ada.send(consent.form(button="Allow"), button="Allow")
        if "connected" not in page.text:
            raise Lost(f"not connected: {page.text[:400]}")
        self.say(f"Ada connected {self.platform} and its ad accounts were synced")

    def _enable(self) -> None:
        ada = self.people["ada"]
        sync = ada.open("/settings/ad-accounts").form(action=f"/ad-accounts/{self.platform}/sync")
        ada.send(sync)
        accounts = ada.data("/settings/ad-accounts")
        mine = [a for a in accounts if a["platform"] == self.platform and a["name"] == self.play.account]
        if not mine:
            raise Lost(f"no account {self.play.account} among {[a['name'] for a in accounts]}")
        self.account = mine[0]["platform_account_id"]
        path = f"/ad-accounts/{self.platform}/{self.account}"
        form = ada.open(path).form(action=path, has="is_enabled")
        if form.fields["is_enabled"] == ["true"]:
            ada.send(form)
        caps = ada.open(path).form(action=path, has="daily_budget_cap")
        ada.send(caps, {"daily_budget_cap": DAILY_CAP, "monthly_budget_cap": MONTHLY_CAP})
        self.say(
            f"Ada enabled {self.play.account} ({self.account}) with caps of {DAILY_CAP} a day, {MONTHLY_CAP} a month"
        )

    def _build(self) -> None:
        carl, year = self.people["carl"], timezone.localdate().year + 1
        form = carl.open("/campaigns/new").form(action="/campaign-drafts")
        page = carl.send(
            form,
            {
                "platform": self.platform,
                "account": self.account,
                "name": f"Summer Sale {year}",
                "objective": self.play.campaign.get("objective", "traffic"),
                "budget.amount": "1000",
                "budget.type": "daily",
                "schedule.start": f"{year}-06-01T00:00",
                "schedule.end": f"{year}-08-31T23:59",
            },
        )
        self.draft = page.url.split("?")[0].removeprefix(self.stack.base_url)
        content = carl.data(self.draft)["draft_json"]
        ad_set = content["ad_sets"][0]
        self._save("campaign", self.play.campaign, choose=self.play.choose)
        self._save(
            ad_set["key"], {"name": "US - 25-54", "targeting.locations.add": "United States", **self.play.ad_set}
        )
        self._add_interests(ad_set["key"])
        for number in range(self.play.pictures):
            self._save(ad_set["ads"][0]["key"], self._ad_values(), files=self._picture(number))
        shown = "a picture" if self.play.pictures == 1 else f"{self.play.pictures} pictures"
        self.say(f"Carl built Summer Sale {year}: 1,000 a day, June to August, one ad set, one ad with {shown}")

    def _save(
        self, node: str, values: dict[str, Any], *, choose: dict[str, str] | None = None, files: Any = None
    ) -> Page:
        carl = self.people["carl"]
        form = carl.open(f"{self.draft}?node={node}").form(action=f"/nodes/{node}")
        chosen = {name: form.option(name, word) for name, word in (choose or {}).items()}
        known = {name: value for name, value in values.items() if name in form.fields or name in form.options}
        return carl.send(form, {**known, **chosen}, button="Save as draft", files=files)

    def _add_interests(self, node: str) -> None:
        carl = self.people["carl"]
        for interest in self.play.interests:
            form = carl.open(f"{self.draft}?node={node}").form(action=f"/nodes/{node}")
            asked = {"search.targeting.interests": interest, "do": "search:targeting.interests"}
            form = carl.send(form, asked).form(action=f"/nodes/{node}")
            taken = [value for value in form.fields["targeting.interests"] if value]
            found = form.option("targeting.interests", interest)
            carl.send(form, {"targeting.interests": [*taken, found]}, button="Save as draft")

    def _ad_values(self) -> dict[str, Any]:
        return {
            "name": "Summer Sale - Image Ad",
            "creative.headlines": ["Summer Sale - Up to 50% Off!"],
            "creative.call_to_action": "shop_now",
            "creative.link_url": "https://shop.example.com/summer",
            **self.play.ad,
        }

    def _picture(self, number: int) -> dict[str, tuple[str, bytes, str]]:
        """Return a picture to upload; each number draws another one."""
        width, height = self.play.picture
        image = Image.new("RGB", (width, height), "#e9744c")
        draw = ImageDraw.Draw(image)
        top = height * (0.15 + number * 0.1)
        draw.ellipse((width * 0.3, top, width * 0.7, top + width * 0.4), fill="#f8d66d")
        draw.rectangle((0, height * 0.7, width, height), fill="#2f5d8a")
        target = io.BytesIO()
        image.save(target, "JPEG", quality=88)
        return {"upload": ("summer-sale.jpg", target.getvalue(), "image/jpeg")}

    def _submit(self) -> None:
        carl = self.people["carl"]
        page = carl.open(self.draft)
        form = page.form(button="Submit for Approval")
        carl.send(form, button="Submit for Approval")
        self._require("submitted")
        self.say("Carl submitted it for approval")

    def _approve(self) -> None:
        anne = self.people["anne"]
        page = anne.open("/campaigns/pending-approval")
        form = page.form(action=f"{self.draft}/approve")
        anne.send(form)
        self._require("approved")
        self.say("Anne reviewed it and approved exactly this content")

    def _publish(self) -> str:
        paul = self.people["paul"]
        paul.send(paul.open(self.draft).form(action=f"{self.draft}/publish"), button="Publish to Platform")
        ends, told = time.monotonic() + PUBLISH_SECONDS, -1
        while time.monotonic() < ends:
            progress = paul.data(f"{self.draft}/progress")
            if progress["steps_done"] != told:
                told = progress["steps_done"]
                self.say(f"Publishing: {told} of {progress['steps_total']} steps done")
            if progress["draft_status"] != "publishing":
                break
            time.sleep(0.3)
        self._require("published")
        return str(paul.data(self.draft)["platform_campaign_id"])

    def _require(self, status: str) -> None:
        draft = self.people["carl"].data(self.draft)
        if draft["status"] != status:
            problems = [problem["message"] for problem in draft["problems"]]
            raise Lost(f"the campaign is {draft['status']}, not {status}: {draft['error_message']} {problems}")

    def _look(self, campaign_id: str) -> None:
        """Look at the sandbox itself: the campaign must be there, and on."""
        answer = requests.get(
            f"{self.stack.sandbox_url}/_sandbox/objects", params={"platform": self.platform}, timeout=20
        )
        found = next((o for o in answer.json() if o["kind"] == "campaign" and o["id"] == campaign_id), None)
        if found is None:
            raise Lost(f"the sandbox does not know campaign {campaign_id}")
        self.say(f"{self.platform} shows “{found['name']}”: {found['status']}")

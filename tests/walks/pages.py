"""One of every kind of page, with what is hard to show: long names, right-to-left names, problems, runs in trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from adaccounts.models import AdAccount, SyncRun
from campaigns.models import Approval, CampaignDraft, CampaignTemplate, PublishRun, PublishStep, SavedAudience
from integrations.contracts import Action, Level
from integrations.models import ApiCall, Connection
from stratum import events, notifications
from stratum.models import Invitation, User, Webhook, WebhookPost
from tests.campaigns.drive import RunState, draft_in, make_run
from tests.factories import (
    make_account,
    make_audience,
    make_connection,
    make_draft,
    make_draft_json,
    make_media,
    make_template,
)
from tests.people import PEOPLE, person

ARABIC = "حملة الصيف الكبيرة للأحذية والملابس"
LONG = "Überlänge" * 20


@dataclass(frozen=True)
class Page:
    """A page: the name of its address, who looks at it and where it is. Some answer with an error, and still are pages."""

    name: str
    who: str
    url: Callable[[], str]
    status: int = 200
    note: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.note) if part)


def fill() -> None:
    """Make everything that the pages below show."""
    for name in PEOPLE:
        person(name)
    User.objects.create_user("layla", "layla@example.com", first_name="ليلى", last_name="عبد الرحمن")
    _accounts()
    _drafts()
    ada = person("ada")
    made = {"format": Webhook.Format.SIGNED, "url": "https://hooks.example.com/", "secret": "c2VjcmV0"}
    webhook = Webhook.objects.create(name=f"{ARABIC} {LONG}"[:80], created_by=ada, kinds=["decided"], **made)
    Invitation.objects.create(email="new@example.com", invited_by=ada, expires_at=timezone.now() + timedelta(days=7))
    for number in range(3):
        event = events.record(None, "draft.submitted", f"draft:{number}")
        WebhookPost.objects.create(
            webhook=webhook, event=event, title=ARABIC, state=WebhookPost.State.FAILED, error=LONG
        )
        notifications.notify([ada], event=event, title=f"“{ARABIC}” waits for you", body="$1.00", url="/")


def _accounts() -> None:
    make_connection(expires_at=timezone.now() + timedelta(days=3), last_error="The platform did not answer.")
    make_connection("google", status=Connection.Status.NEEDS_RECONNECT, last_error="Access was taken back there.")
    make_account(daily_cap=1500, monthly_cap=40_000)
    make_account("act_2", name=f"Acme {ARABIC}", is_enabled=False, currency="JPY", time_zone="Asia/Tokyo")
    make_account("act_3", name=LONG, stale_since=timezone.now())
    make_account("act_4", name="Closed shop", unusable_reason="Meta has disabled this account.", is_enabled=False)
    make_account("act_5", name="Acme Japan", currency="JPY", time_zone="Asia/Tokyo")
    make_audience(f"{ARABIC} {LONG}"[:200])
    make_template()
    make_template(f"{ARABIC} {LONG}"[:200], content=_troubled())
    SyncRun.objects.create(platform="meta", state=SyncRun.State.COMPLETE, new=2, updated=3, stale=1)


def _drafts() -> None:
    make_draft(draft_json=_troubled())
    make_draft("submitted", draft_json=make_draft_json(name=ARABIC, media=make_media(colour="#336699").sha256))
    for state in ("submitted", "approved", "rejected", "publishing"):
        draft_in(state)
    for delivery in ("live", "paused", "ended"):
        draft_in("published", delivery=delivery)
    _steps(draft_in("failed").runs.get(), failed=True)
    unclear = draft_in("failed", may_be_live="unknown", error_code="PLATFORM_ERROR", name="Needs attention")
    unclear.runs.all().delete()
    _steps(make_run(unclear, RunState.NEEDS_ATTENTION, error_code="PLATFORM_ERROR", error_message="It is not known."))


def _troubled() -> dict[str, Any]:
    """Content with something wrong in every part."""
    content = make_draft_json(name=f"{ARABIC} {LONG}")
    content["campaign"]["budget"]["amount"] = "1,000.1234567890"
    content["campaign"]["schedule"] = {"start": "2027-08-01T00:00", "end": "2027-06-01T00:00"}
    ad_set = content["ad_sets"][0]
    ad_set["targeting"] |= {"age_min": 70, "age_max": "thirteen", "locations": [{"kind": "country", "id": "Atlantis"}]}
    ad_set["ads"][0]["creative"] |= {"link_url": "nowhere", "headlines": ["x" * 300], "media": ["f" * 64]}
    return content


def _steps(run: PublishRun, *, failed: bool = False) -> None:
    rows = [
        (Level.MEDIA, "media", "summer-sale.jpg", "done", Action.CREATE),
        (Level.CAMPAIGN, "campaign", ARABIC, "done", Action.CREATE),
        (Level.AD_SET, "ad_sets[s1]", "US - 25-54", "failed" if failed else "sending", Action.CREATE),
        (Level.CREATIVE, "ad_sets[s1].ads[a1].creative", "Image ad", "planned", Action.CREATE),
        (Level.AD, "ad_sets[s1].ads[a1]", "Image ad", "planned", Action.CREATE),
        (Level.CAMPAIGN, "campaign", ARABIC, "planned", Action.SWITCH_ON),
    ]
    for position, (level, node, name, state, action) in enumerate(rows):
        error = {"error_code": "INVALID_TARGETING", "error_message": "Age range invalid."} if state == "failed" else {}
        done = {"external_id": f"2384292700000{position}", "took_ms": 120} if state == "done" else {}
        PublishStep.objects.create(
            run=run, position=position, key=f"x-1-{position}", level=level, node=node, name=name, state=state,
            action=action, **error, **done,
        )  # fmt: skip
    run.error_path = "ad_sets[s1].targeting.age_max" if failed else ""
    run.save()
    for status in (200, 400, None):
        ApiCall.objects.create(
            platform="meta", run=run.api_reference, method="POST", url=f"https://graph.facebook.com/{LONG}",
            status=status, request={"name": LONG}, response={"error": {"message": ARABIC}}, error="" if status else "Gone",
        )  # fmt: skip


def at(name: str, *args: Any, query: str = "") -> Callable[[], str]:
    return lambda: reverse(name, args=args) + query


def draft(name: str = "campaigns:detail", *, query: str = "", **wanted: str) -> Callable[[], str]:
    """Return the address of the first draft that is so."""
    return lambda: reverse(name, args=[CampaignDraft.objects.filter(**wanted).order_by("pk")[0].pk]) + query


def picture(name: str) -> Callable[[], str]:
    return lambda: reverse(name, args=[make_media().sha256])


def account(name: str = "adaccounts:detail", external_id: str = "act_123456789") -> Callable[[], str]:
    return at(name, "meta", external_id)


def decided() -> str:
    approval = Approval.objects.order_by("pk")[0]
    return reverse("campaigns:decided", args=[approval.draft_id, approval.number])


def stopping() -> str:
    return reverse("campaigns:stop_account", args=[make_account().pk])


def stopped() -> str:
    runs = PublishRun.objects.filter(draft__status="published").values_list("pk", flat=True)
    return f"{stopping()}?runs={','.join(map(str, runs))}"


def colleague() -> str:
    return reverse("person", args=[User.objects.get(username="layla").pk])


def hook() -> str:
    return reverse("webhook", args=[Webhook.objects.get().pk])


def taken(name: str) -> Callable[[], str]:
    """The campaign with something wrong in every part, as it would be on an account in yen."""
    return lambda: f"{draft(name, status='draft')()}?account={AdAccount.objects.get(external_id='act_5').pk}"


def with_audience() -> str:
    audience = SavedAudience.objects.get(name__startswith=ARABIC)
    return f"{draft('campaigns:audiences', status='draft')()}?audience={audience.pk}&ad_set=s1"


def from_template() -> str:
    return CampaignTemplate.objects.get(name__startswith=ARABIC).get_absolute_url()


PAGES = [
    Page("login", "", at("login")),
    Page("password_change", "ada", at("password_change")),
    Page("notifications", "ada", at("notifications")),
    Page("notifications", "vera", at("notifications"), note="empty"),
    Page("team", "ada", at("team")),
    Page("person", "ada", colleague),
    Page("invitation", "", at("invitation"), 410),
    Page("security", "vera", at("security")),
    Page("two_factor_set_up", "vera", at("two_factor_set_up")),
    Page("notification_choices", "anne", at("notification_choices")),
    Page("audit", "anne", at("audit")),
    Page("audit", "anne", at("audit", query="?subject=nothing"), note="nothing found"),
    Page("webhooks", "ada", at("webhooks")),
    Page("webhook", "ada", hook),
    Page("integrations:list", "ada", at("integrations:list")),
    Page("integrations:list", "vera", at("integrations:list"), note="to look at"),
    Page("integrations:callback", "ada", at("integrations:callback", query="?state=x&error=access_denied"), 400),
    Page("adaccounts:list", "ada", at("adaccounts:list")),
    Page("adaccounts:list", "ada", at("adaccounts:list", query="?q=nothing"), note="nothing found"),
    Page("adaccounts:detail", "ada", account()),
    Page("adaccounts:detail", "vera", account(external_id="act_3"), note="stale"),
    Page("campaigns:list", "carl", at("campaigns:list")),
    Page("campaigns:list", "carl", at("campaigns:list", query="?q=nothing"), note="nothing found"),
    Page("campaigns:new", "carl", at("campaigns:new")),
    Page("campaigns:checks", "carl", draft("campaigns:checks", status="draft")),
    Page("campaigns:copy", "carl", draft("campaigns:copy", status="draft")),
    Page("campaigns:copy", "carl", taken("campaigns:copy"), note="shown"),
    Page("campaigns:audiences", "carl", draft("campaigns:audiences", status="draft", query="?ad_set=s1")),
    Page("campaigns:audiences", "carl", with_audience, note="in use"),
    Page("campaigns:templates", "carl", at("campaigns:templates")),
    Page("campaigns:keep_template", "carl", draft("campaigns:keep_template", status="draft")),
    Page("campaigns:start_from_template", "carl", from_template),
    Page("campaigns:pending", "anne", at("campaigns:pending")),
    Page("campaigns:detail", "carl", draft(status="draft"), note="campaign"),
    Page("campaigns:detail", "carl", draft(status="draft", query="?node=s1"), note="ad set"),
    Page("campaigns:detail", "carl", draft(status="draft", query="?node=a1"), note="ad"),
    Page("campaigns:preview", "carl", draft("campaigns:preview", status="draft")),
    Page("campaigns:detail", "anne", draft(status="submitted"), note="submitted"),
    Page("campaigns:detail", "paul", draft(status="approved"), note="approved"),
    Page("campaigns:detail", "carl", draft(status="rejected"), note="rejected"),
    Page("campaigns:detail", "paul", draft(status="publishing"), note="publishing"),
    Page("campaigns:detail", "carl", draft(status="failed"), note="failed"),
    Page("campaigns:detail", "paul", draft(may_be_live="unknown"), note="needs attention"),
    Page("campaigns:detail", "paul", draft(delivery="live"), note="live"),
    Page("campaigns:detail", "paul", draft(delivery="paused"), note="paused"),
    Page("campaigns:logs", "ada", at("campaigns:logs")),
    Page("campaigns:import", "carl", at("campaigns:import")),
    Page("campaigns:decided", "anne", decided),
    Page("campaigns:opinion", "", at("campaigns:opinion"), 410),
    Page("campaigns:media", "carl", at("campaigns:media")),
    Page("campaigns:media_details", "carl", picture("campaigns:media_details")),
    Page("campaigns:media_crop", "carl", picture("campaigns:media_crop")),
    Page("campaigns:stop_account", "paul", stopping),
    Page("campaigns:stop_account", "paul", stopped, note="stopped"),
    Page("404", "vera", lambda: "/nowhere", 404),
    Page("403", "vera", at("team"), 403),
    Page("admin", "anne", at("admin:index")),
    Page("admin", "anne", at("admin:campaigns_campaigndraft_changelist"), note="campaigns"),
    Page("admin", "anne", draft("admin:campaigns_campaigndraft_change", status="approved"), note="campaign"),
    Page("admin", "ada", at("admin:stratum_event_changelist"), note="events"),
]
#: Addresses that answer with something else than a page of their own: a redirect, a part of a page, a file, JSON.
NO_PAGES = {
    "home", "login_code", "notification", "notifications_count", "healthz", "styleguide", "adaccounts:sync",
    "adaccounts:examples",
    "campaigns:bulk", "campaigns:bulk_run", "campaigns:export", "campaigns:import_template", "campaigns:import_make",
    "campaigns:comments", "campaigns:guest_links", "campaigns:opinion_picture",
    "campaigns:targeting", "campaigns:progress", "campaigns:media_file", "campaigns:media_thumbnail",
}  # fmt: skip

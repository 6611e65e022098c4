"""What must hold to submit, approve and publish: a list of problems, each with what to do about it.

The content's own rules are pure and stand in campaigns/content_rules; here they meet what only the database knows: the
connection, the account, its assets and its caps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from adaccounts import caps
from adaccounts.models import AdAccount
from campaigns import conventions
from campaigns.content_rules.ad_sets import ad_set_problems
from campaigns.content_rules.ads import ad_problems
from campaigns.content_rules.campaign import campaign_problems
from campaigns.content_rules.money import AMOUNT_LIMIT, money_problems
from campaigns.content_rules.names import name_problems
from campaigns.content_rules.problem import Problem, Severity, Subject, day
from campaigns.content_rules.schedule import days_of, schedule_problems
from campaigns.landing import pages
from campaigns.models import CampaignDraft, MediaAsset
from integrations import draft as drafts
from integrations import platforms
from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account, Media, Platform
from integrations.models import Connection
from stratum.formats import money
from stratum.ui import Refusal

__all__ = [
    "Judgement",
    "Problem",
    "Severity",
    "content_problems",
    "judge",
    "media_in",
    "media_of",
    "now_in",
    "problems_of",
    "require_ready",
    "require_resumable",
    "span_of",
]

#: The refusal's own code when such a problem is among many, the most telling first.
TELLING = {
    "PLATFORM_NOT_CONNECTED": "PLATFORM_NOT_CONNECTED",
    "TOKEN_EXPIRED": "TOKEN_EXPIRED",
    "AD_ACCOUNT_NOT_ENABLED": "AD_ACCOUNT_NOT_ENABLED",
    "AD_ACCOUNT_STALE": "AD_ACCOUNT_NOT_ENABLED",
    "AD_ACCOUNT_UNUSABLE": "AD_ACCOUNT_NOT_ENABLED",
    "BUDGET_EXCEEDS_CAP": "BUDGET_EXCEEDS_CAP",
    "CAP_RAISED_FOR_OWN": "BUDGET_EXCEEDS_CAP",
}
TELLS_AGAINST_RESUMING = frozenset(TELLING) - {"BUDGET_EXCEEDS_CAP", "CAP_RAISED_FOR_OWN"} | {"END_PASSED"}
BUDGET = "campaign.budget.amount"


def now_in(account: AdAccount) -> datetime:
    """Return the wall clock in the account's time zone, naive like the times of a draft."""
    return timezone.now().astimezone(ZoneInfo(account.time_zone)).replace(tzinfo=None)


def content_problems(
    reading: drafts.Reading, account: Account, platform: type[Platform], media: Mapping[str, Media], now_local: datetime
) -> list[Problem]:
    """Return what is wrong with the content by itself; `now_local` is the account's wall clock. Pure."""
    subject = Subject(reading.draft, account, platform.capabilities, platform.label, media, now_local)
    unread = [Problem("UNREADABLE", leaf.path, leaf.message, f"“{leaf.typed}” is kept.") for leaf in reading.unread]
    found = [
        *name_problems(subject),
        *campaign_problems(subject),
        *money_problems(subject),
        *schedule_problems(subject),
        *ad_set_problems(subject),
        *ad_problems(subject),
    ]
    # What could not be read stands empty in the draft, and is not "missing".
    told = {leaf.path for leaf in reading.unread}
    return unread + [problem for problem in found if problem.path not in told]


def media_of(draft: CampaignDraft) -> dict[str, Media]:
    """Return those of the draft's files that are in the media library, by SHA-256."""
    return media_in(draft.content)


def media_in(content: drafts.Draft) -> dict[str, Media]:
    """Return those of the content's files that are in the media library, by SHA-256."""
    sums = content.files()
    return {asset.sha256: asset.contract for asset in MediaAsset.objects.filter(sha256__in=sums)} if sums else {}


@dataclass(frozen=True)
class Judgement:
    """What stands in a draft's way, and what was looked at to know it: what the platform makes of it, and its files."""

    problems: list[Problem]
    fits: list[Fit]
    media: Mapping[str, Media]


def judge(draft: CampaignDraft, *, own_commitment: tuple[int, int] | None = None) -> Judgement:
    """Judge the draft as things are now.

    `own_commitment` (draft id, approval number) is what the draft counts under the caps already.
    """
    account = draft.account
    try:
        platform = platforms.platform_class(account.platform)
    except platforms.UnknownPlatform:
        message = f"This version cannot publish to {platforms.label(account.platform)} yet."
        return Judgement([Problem("PLATFORM_NOT_CONNECTED", "", message, "Choose another.")], [], {})
    media = media_of(draft)
    fits = platforms.offline(platform.slug).fit(draft.content, account.contract, media)
    found = content_problems(draft.reading, account.contract, platform, media, now_in(account))
    blamed = {problem.path for problem in found}
    refused = [problem for problem in _fit_problems(platform, fits) if problem.path not in blamed]
    problems = [
        *_connection_problems(account),
        *_account_problems(account),
        *found,
        *refused,
        *pages.problems_of(draft.content),
        *conventions.problems(draft.reading.json, account),
        *_asset_problems(draft, platform),
        *_cap_problems(draft, own_commitment),
    ]
    return Judgement(problems, fits, media)


def problems_of(draft: CampaignDraft, *, own_commitment: tuple[int, int] | None = None) -> list[Problem]:
    """Return everything that stands in the draft's way as things are now; see judge()."""
    return judge(draft, own_commitment=own_commitment).problems


def require_ready(draft: CampaignDraft, *, own_commitment: tuple[int, int] | None = None) -> None:
    """Raise Refusal with the most telling code and all errors as details when anything stands in the draft's way."""
    _refuse([problem for problem in problems_of(draft, own_commitment=own_commitment) if problem.is_error])


def require_resumable(draft: CampaignDraft) -> None:
    """Raise Refusal when a published campaign cannot go on: no connection, no usable account, or its end has passed.

    Its money is counted already and stays counted while it is paused, so the caps are not asked again.
    """
    _refuse([problem for problem in problems_of(draft) if problem.code in TELLS_AGAINST_RESUMING])


def _refuse(errors: list[Problem]) -> None:
    if not errors:
        return
    details = [problem.as_data for problem in errors]
    for code, refusal in TELLING.items():
        for problem in errors:
            if problem.code == code:
                raise Refusal(refusal, f"{problem.message} {problem.fix}".strip(), details)
    count = "one thing is" if len(errors) == 1 else f"{len(errors)} things are"
    raise Refusal(
        "VALIDATION_FAILED", f"This campaign is not ready, {count} missing or wrong: {errors[0].message}", details
    )


def span_of(draft: CampaignDraft) -> caps.Span:
    """Return what the draft counts under its account's caps, in days of the account's zone, no day of the past.

    Raises ValueError when the content names no positive amount, or no days to spend it on.
    """
    budget, schedule = draft.content.campaign.budget, draft.content.campaign.schedule
    if budget.amount is None or budget.type is None or not 0 < budget.amount < AMOUNT_LIMIT:
        raise ValueError("The content names no budget that could be counted.")
    first, last = days_of(schedule, now_in(draft.account).date())
    if last is not None and last < first:
        raise ValueError("The campaign ends before it begins.")
    if budget.type is drafts.BudgetType.DAILY:
        return caps.daily_span(budget.amount, first, last)
    if last is None:
        raise ValueError("A lifetime budget without an end cannot be spread.")
    return caps.lifetime_span(budget.amount, first, last, _digits(draft))


def _connection_problems(account: AdAccount) -> Iterator[Problem]:
    connection = Connection.objects.filter(platform=account.platform).first()
    name = platforms.label(account.platform)
    fix = f"An Admin must connect {name} under Settings → Integrations."
    if connection is None or connection.status == Connection.Status.DISCONNECTED:
        yield Problem("PLATFORM_NOT_CONNECTED", "", f"{name} is not connected.", fix)
        return
    is_over = connection.ends_at is not None and connection.ends_at <= timezone.now()
    if not connection.is_usable or is_over:
        yield Problem("TOKEN_EXPIRED", "", f"{name} no longer accepts our access.", fix.replace("connect", "reconnect"))


def _account_problems(account: AdAccount) -> Iterator[Problem]:
    where = "under Settings → Ad Accounts"
    if not account.is_enabled:
        fix = f"An Admin can enable it {where}."
        yield Problem("AD_ACCOUNT_NOT_ENABLED", "", f"The ad account {account} is not enabled.", fix)
    if account.stale_since is not None:
        message = f"The platform no longer shows us the ad account {account}."
        yield Problem("AD_ACCOUNT_STALE", "", message, f"An Admin can restore its access and sync {where}.")
    if account.unusable_reason:
        message = f"The ad account {account} cannot run campaigns: {account.unusable_reason.rstrip('.')}."
        yield Problem("AD_ACCOUNT_UNUSABLE", "", message, f"Settle that at the platform, then sync {where}.")


def _fit_problems(platform: type[Platform], fits: list[Fit]) -> Iterator[Problem]:
    """Say what the platform's own code knows it would refuse."""
    for fit in fits:
        if fit.verdict is Verdict.REFUSED:
            yield Problem("PLATFORM_REFUSES", fit.path, f"{platform.label} refuses this: {fit.becomes}", "Change it.")


def _asset_problems(draft: CampaignDraft, platform: type[Platform]) -> Iterator[Problem]:
    """Name chosen assets that the account does not have, or not any more; silent until its assets were read once.

    What the platform does not use is left out of the ads, which the fit says, and nobody has to choose it.
    """
    account, chosen = draft.account, draft.content.campaign.assets
    used = [rule for rule in platform.capabilities.assets if not rule.is_text]
    wanted = {rule.kind: (rule.label, asset) for rule in used if (asset := str(getattr(chosen, rule.kind)))}
    if not wanted or account.assets_synced_at is None:
        return
    has = set(account.assets.filter(is_stale=False).values_list("kind", "external_id"))
    for kind, (label, external_id) in wanted.items():
        if (kind, external_id) not in has:
            message = f"{label}: the ad account has none with the id {external_id} that we can use."
            yield Problem("ASSET_UNKNOWN", f"campaign.assets.{kind}", message, "Choose another, or sync the account.")


def _cap_problems(draft: CampaignDraft, own_commitment: tuple[int, int] | None) -> Iterator[Problem]:
    try:
        span = span_of(draft)
    except ValueError:
        return  # the content's own problems say what is missing
    for breach in caps.check(draft.account, span, excluding=own_commitment):
        yield Problem("BUDGET_EXCEEDS_CAP", BUDGET, _breach_sentence(breach), _ways_out(breach, span, draft))
    yield from _raised_cap_problems(draft, span, own_commitment)


def _raised_cap_problems(
    draft: CampaignDraft, span: caps.Span, own_commitment: tuple[int, int] | None
) -> Iterator[Problem]:
    """Say that somebody raised the cap for their own campaign: it needs the former cap, or another Admin's word."""
    account = draft.account
    raised_by = account.caps_raised_by_id
    if raised_by is None or settings.ALLOW_SELF_APPROVAL or raised_by not in draft.hands:
        return
    if caps.check(account.before_the_raise, span, excluding=own_commitment):
        message = f"{account.caps_raised_by} had a hand in this campaign and raised the cap that it needs."
        fix = "Another Admin can confirm the caps under Settings → Ad Accounts: Set Budget Cap."
        yield Problem("CAP_RAISED_FOR_OWN", BUDGET, message, fix)


def _breach_sentence(breach: caps.Load) -> str:
    when = f"on {day(breach.when)}" if breach.cap is caps.Cap.DAILY else f"in {breach.when:%B %Y}"
    limit, committed, adds, left = (
        money(amount, breach.currency) for amount in (breach.limit, breach.committed, breach.adds, breach.left)
    )
    return (
        f"The ad account's {breach.cap.value} cap would be passed {when}: the cap is {limit}, other campaigns hold "
        f"{committed}, this campaign adds {adds}, and {left} is left."
    )


def _ways_out(breach: caps.Load, span: caps.Span, draft: CampaignDraft) -> str:
    lower = "Lower the budget"
    if not span.is_spread and breach.left > 0:
        fits = (breach.left * span.per_day / breach.adds).quantize(Decimal(1).scaleb(-_digits(draft)), ROUND_DOWN)
        lower += f" to {money(fits, breach.currency)} a day" if fits > 0 else ""
    return f"{lower}, shorten the schedule, or ask an Admin to raise the {breach.cap.value} cap."


def _digits(draft: CampaignDraft) -> int:
    """Return how many decimals the platform takes in the account's currency."""
    return platforms.platform_class(draft.platform).capabilities.minor_digits(draft.account.currency)

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from campaigns import rules
from campaigns.rules import Severity
from integrations import draft as drafts
from tests.campaigns.sample_platform import ACCOUNT, CAPABILITIES, MEDIA, SamplePlatform

NOW = datetime(2027, 5, 20, 12, 0)

AD: dict[str, Any] = {
    "key": "a1",
    "name": "Image ad",
    "creative": {
        "type": "image",
        "media": ["square"],
        "headlines": ["Up to 50% off!"],
        "descriptions": ["Shop now"],
        "primary_text": "Everything for the summer.",
        "call_to_action": "shop_now",
        "link_url": "https://shop.example.com/summer",
    },
}
AD_SET: dict[str, Any] = {
    "key": "s1",
    "name": "US",
    "targeting": {"locations": ["US"], "age_min": 25, "age_max": 54},
    "optimization": "conversions",
    "ads": [AD],
}
CONTENT: dict[str, Any] = {
    "campaign": {
        "name": "Summer Sale",
        "objective": "conversions",
        "budget": {"amount": "1000", "type": "daily"},
        "schedule": {"start": "2027-06-01T00:00", "end": "2027-08-31T23:59"},
        "launch": "live",
        "assets": {"page": "1", "pixel": "2", "conversion_event": "purchase"},
        "declarations": {"eu_political": False},
        "url_tags": "utm_source=ads",
    },
    "ad_sets": [AD_SET],
}


def at(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Return a change that puts the value at a path of steps: `ad_sets.0.budget`."""

    def change(content: dict[str, Any]) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            content = content.setdefault(step, {}) if isinstance(content, dict) else content[step]
        content[last] = value

    return change


def ad_set(key: str, name: str, **fields: Any) -> dict[str, Any]:
    ads = [copy.deepcopy(AD) | {"key": f"{key}a"}]
    return copy.deepcopy(AD_SET) | {"key": key, "name": name, "ads": ads} | fields


def second_ad_set(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["ad_sets"].append(ad_set("s2", "Canada") | fields)


def judge(*changes: Callable[[dict[str, Any]], None], account=ACCOUNT, platform=SamplePlatform, now=NOW):
    content = copy.deepcopy(CONTENT)
    for change in changes:
        change(content)
    return rules.content_problems(drafts.read(content), account, platform, MEDIA, now)


def codes(problems: list[rules.Problem], severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
    return sorted((problem.code, problem.path) for problem in problems if problem.severity is severity)


def test_complete_content_has_no_problem():
    assert judge() == []


C, S, A = "campaign", "ad_sets[s1]", "ad_sets[s1].ads[a1]"
CREATIVE, TARGETING = "ad_sets.0.ads.0.creative", "ad_sets.0.targeting"
WITH_FILM = (at(f"{CREATIVE}.type", "video"), at(f"{CREATIVE}.media", ["film"]))
LONG_AGO = at("campaign.schedule", {"start": "2020-01-01T00:00", "end": None})

ERRORS = [
    # names
    ([at("campaign.name", " ")], [("REQUIRED", f"{C}.name")]),
    ([at("campaign.name", "n" * 60)], []),
    ([at("campaign.name", "n" * 61)], [("NAME_TOO_LONG", f"{C}.name")]),
    ([at("campaign.name", "Summer\x07Sale")], [("CONTROL_CHARACTERS", f"{C}.name")]),
    ([at("campaign.name", "Summer\nSale")], [("CONTROL_CHARACTERS", f"{C}.name")]),
    ([at("campaign.name", "Sale \u202etxt")], [("CONTROL_CHARACTERS", f"{C}.name")]),
    ([at("campaign.name", "تخفيضات الصيف 👨‍👩‍👧")], []),
    ([at("campaign.name", "Sale [st-abc-1-c]")], [("RESERVED_TEXT", f"{C}.name")]),
    ([at("ad_sets.0.name", "")], [("REQUIRED", f"{S}.name")]),
    ([second_ad_set(name="us")], [("NAME_TAKEN", f"{S}.name"), ("NAME_TAKEN", "ad_sets[s2].name")]),
    ([second_ad_set(name="")], [("REQUIRED", "ad_sets[s2].name")]),
    ([second_ad_set()], []),
    (
        [lambda content: content["ad_sets"][0]["ads"].append(copy.deepcopy(AD) | {"key": "a2"})],
        [("NAME_TAKEN", f"{A}.name"), ("NAME_TAKEN", f"{S}.ads[a2].name")],
    ),
    # campaign
    ([at("campaign.objective", None)], [("REQUIRED", f"{C}.objective")]),
    ([at("campaign.objective", "awareness")], [("NOT_OFFERED", f"{C}.objective")]),
    ([at("campaign.objective", "traffic")], [("NOT_OFFERED", f"{S}.optimization")]),
    ([at("campaign.launch", "")], [("REQUIRED", f"{C}.launch")]),
    ([at("campaign.url_tags", "?utm_source=ads")], [("URL_TAGS_INVALID", f"{C}.url_tags")]),
    ([at("campaign.url_tags", "utm_source=my ads")], [("URL_TAGS_INVALID", f"{C}.url_tags")]),
    ([at("campaign.url_tags", "utm_campaign={{campaign.id}}&x=%20")], []),
    ([at("campaign.assets.page", "")], [("REQUIRED", f"{C}.assets.page")]),
    ([at("campaign.assets.pixel", "")], [("REQUIRED", f"{C}.assets.pixel")]),
    ([at("campaign.assets.conversion_event", None)], [("REQUIRED", f"{C}.assets.conversion_event")]),
    ([at("campaign.assets", {"page": "1"}), at("ad_sets.0.optimization", "link_clicks")], []),
    ([at("campaign.declarations", {})], [("REQUIRED", f"{C}.declarations.eu_political")]),
    (
        [at("campaign.declarations.special_ad_categories", ["war"])],
        [("NOT_OFFERED", f"{C}.declarations.special_ad_categories")],
    ),
    # money
    ([at("campaign.budget", {})], [("REQUIRED", f"{C}.budget.amount")]),
    ([at("campaign.budget.type", None)], [("REQUIRED", f"{C}.budget.type")]),
    ([at("campaign.budget.amount", "0")], [("BUDGET_NOT_POSITIVE", f"{C}.budget.amount")]),
    ([at("campaign.budget.amount", "-5")], [("BUDGET_NOT_POSITIVE", f"{C}.budget.amount")]),
    ([at("campaign.budget.amount", "5.00")], []),
    ([at("campaign.budget.amount", "4.99")], [("BUDGET_BELOW_MINIMUM", f"{C}.budget.amount")]),
    ([at("campaign.budget.amount", "100.500")], []),
    ([at("campaign.budget.amount", "100.005")], [("TOO_MANY_DECIMALS", f"{C}.budget.amount")]),
    ([at("campaign.budget.amount", "99.1234567891")], [("TOO_MANY_DECIMALS", f"{C}.budget.amount")]),
    ([at("campaign.budget.amount", "1e14")], [("BUDGET_TOO_LARGE", f"{C}.budget.amount")]),
    ([at("campaign.budget", {"amount": "460", "type": "lifetime"})], []),
    (
        [at("campaign.budget", {"amount": "459.99", "type": "lifetime"})],
        [("BUDGET_BELOW_MINIMUM", f"{C}.budget.amount")],
    ),
    (
        [at("campaign.budget", {"amount": "9000", "type": "lifetime"}), at("campaign.schedule.end", None)],
        [("REQUIRED", f"{C}.schedule.end")],
    ),
    ([at("ad_sets.0.budget", "1000")], []),
    ([at("ad_sets.0.budget", "1000.01")], [("AD_SET_BUDGETS_EXCEED_CAMPAIGN", f"{C}.budget.amount")]),
    ([at("ad_sets.0.budget", "0")], [("BUDGET_NOT_POSITIVE", f"{S}.budget")]),
    ([at("ad_sets.0.budget", "4")], [("BUDGET_BELOW_MINIMUM", f"{S}.budget")]),
    ([at("ad_sets.0.budget", "500"), second_ad_set()], [("AD_SET_BUDGETS_INCOMPLETE", "ad_sets[s2].budget")]),
    ([at("ad_sets.0.budget", "500"), second_ad_set(budget="500")], []),
    (
        [at("ad_sets.0.budget", "500"), second_ad_set(budget="501")],
        [("AD_SET_BUDGETS_EXCEED_CAMPAIGN", f"{C}.budget.amount")],
    ),
    # schedule
    ([at("campaign.schedule", {})], []),
    ([at("campaign.schedule.end", "2027-05-31T00:00")], [("END_BEFORE_START", f"{C}.schedule.end")]),
    ([at("campaign.schedule.end", "2027-06-01T00:00")], [("END_BEFORE_START", f"{C}.schedule.end")]),
    (
        [at("campaign.schedule", {"start": "2027-05-01T00:00", "end": "2027-05-20T12:00"})],
        [("END_PASSED", f"{C}.schedule.end")],
    ),
    ([at("campaign.schedule.end", "2027-06-01T23:59")], [("SCHEDULE_TOO_SHORT", f"{C}.schedule.end")]),
    ([at("campaign.schedule.end", "2027-06-02T00:00")], []),
    (
        [at("campaign.schedule", {"start": "2020-01-01T00:00", "end": "2027-05-21T11:00"})],
        [("SCHEDULE_TOO_SHORT", f"{C}.schedule.end")],
    ),
    ([at("campaign.schedule.end", "2038-01-01T00:00")], [("TOO_FAR_AHEAD", f"{C}.schedule.end")]),
    ([at("campaign.schedule.end", "9999-12-31T23:59")], [("TOO_FAR_AHEAD", f"{C}.schedule.end")]),
    ([at("campaign.schedule", {"start": "0001-01-01T00:00"})], []),
    # ad sets
    ([at("ad_sets", [])], [("REQUIRED", "ad_sets")]),
    ([at("ad_sets.0.ads", [])], [("REQUIRED", f"{S}.ads")]),
    ([at("ad_sets.0.optimization", None)], [("REQUIRED", f"{S}.optimization")]),
    ([at(f"{TARGETING}.locations", [])], [("REQUIRED", f"{S}.targeting.locations")]),
    ([at(f"{TARGETING}.locations", ["XX"])], [("LOCATION_UNKNOWN", f"{S}.targeting.locations")]),
    ([at(f"{TARGETING}.locations", ["us", "ca"])], []),
    (
        [at(f"{TARGETING}.excluded_locations", ["US"])],
        [("LOCATION_CONTRADICTION", f"{S}.targeting.excluded_locations")],
    ),
    ([at(f"{TARGETING}.excluded_locations", [{"kind": "region", "id": "US"}])], []),
    (
        [at(f"{TARGETING}.excluded_locations", [{"kind": "city", "id": ""}])],
        [("LOCATION_UNKNOWN", f"{S}.targeting.excluded_locations")],
    ),
    ([at(f"{TARGETING}.age_min", 12)], [("AGE_OUT_OF_RANGE", f"{S}.targeting.age_min")]),
    ([at(f"{TARGETING}.age_min", 13), at(f"{TARGETING}.age_max", 65)], []),
    ([at(f"{TARGETING}.age_max", 66)], [("AGE_OUT_OF_RANGE", f"{S}.targeting.age_max")]),
    ([at(f"{TARGETING}.age_min", 65), at(f"{TARGETING}.age_max", 13)], [("AGES_SWAPPED", f"{S}.targeting.age_max")]),
    ([at(f"{TARGETING}.age_min", None), at(f"{TARGETING}.age_max", None)], []),
    ([at(f"{TARGETING}.interests", [{"id": "", "name": "Tea"}])], [("ID_MISSING", f"{S}.targeting.interests")]),
    ([at(f"{TARGETING}.languages", [{"id": "", "name": "Klingon"}])], [("ID_MISSING", f"{S}.targeting.languages")]),
    # special ad categories
    (
        [at("campaign.declarations.special_ad_categories", ["housing"])],
        [("CATEGORY_RESTRICTS", f"{S}.targeting.age_max"), ("CATEGORY_RESTRICTS", f"{S}.targeting.age_min")],
    ),
    (
        [at("campaign.declarations.special_ad_categories", ["housing"]), at(TARGETING, {"locations": ["US"]})],
        [],
    ),
    (
        [
            at("campaign.declarations.special_ad_categories", ["housing"]),
            at(TARGETING, {"locations": ["US"], "genders": ["female"]}),
        ],
        [("CATEGORY_RESTRICTS", f"{S}.targeting.genders")],
    ),
    ([at("campaign.declarations.special_ad_categories", ["gambling"])], []),
    # EU
    (
        [at(f"{TARGETING}.locations", ["DE"])],
        [("REQUIRED", f"{C}.declarations.dsa_beneficiary"), ("REQUIRED", f"{C}.declarations.dsa_payor")],
    ),
    (
        [
            at(f"{TARGETING}.locations", ["DE"]),
            at("campaign.declarations.dsa_beneficiary", "Acme"),
            at("campaign.declarations.dsa_payor", "Acme"),
        ],
        [],
    ),
    # creatives
    ([at(f"{CREATIVE}.type", None)], [("REQUIRED", f"{A}.creative.type")]),
    ([at(f"{CREATIVE}.media", [])], [("REQUIRED", f"{A}.creative.media")]),
    ([at(f"{CREATIVE}.media", ["square", "second"])], [("MEDIA_COUNT", f"{A}.creative.media")]),
    ([at(f"{CREATIVE}.media", ["gone"])], [("MEDIA_MISSING", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["film"])], [("MEDIA_KIND", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["heavy"])], [("MEDIA_TOO_LARGE", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["small"])], [("MEDIA_TOO_SMALL", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["tall"])], [("MEDIA_RATIO", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["broad"])], [("MEDIA_RATIO", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.media", ["edge"])], []),
    ([at(f"{CREATIVE}.media", ["tiff"])], [("MEDIA_TYPE", f"{A}.creative.media[0]")]),
    ([at(f"{CREATIVE}.type", "video"), at(f"{CREATIVE}.media", ["film"])], []),
    ([*WITH_FILM, at(f"{CREATIVE}.cover", "square")], []),
    ([*WITH_FILM, at(f"{CREATIVE}.cover", "tall")], [("COVER_RATIO", f"{A}.creative.cover")]),
    ([*WITH_FILM, at(f"{CREATIVE}.cover", "gone")], [("MEDIA_MISSING", f"{A}.creative.cover")]),
    ([*WITH_FILM, at(f"{CREATIVE}.cover", "film")], [("MEDIA_TYPE", f"{A}.creative.cover")]),
    ([at(f"{CREATIVE}.cover", "gone")], []),  # of a picture's ad it means nothing
    (
        [at(f"{CREATIVE}.type", "video"), at(f"{CREATIVE}.media", ["blink"])],
        [("MEDIA_DURATION", f"{A}.creative.media[0]")],
    ),
    (
        [at(f"{CREATIVE}.type", "video"), at(f"{CREATIVE}.media", ["epic"])],
        [("MEDIA_DURATION", f"{A}.creative.media[0]")],
    ),
    ([at(f"{CREATIVE}.type", "carousel")], [("REQUIRED", f"{A}.creative.media")]),
    ([at(f"{CREATIVE}.type", "carousel"), at(f"{CREATIVE}.media", ["square", "second"])], []),
    (
        [at(f"{CREATIVE}.type", "carousel"), at(f"{CREATIVE}.media", ["square", "second", "third", "fourth"])],
        [("MEDIA_COUNT", f"{A}.creative.media")],
    ),
    # texts
    ([at(f"{CREATIVE}.headlines", [])], [("REQUIRED", f"{A}.creative.headlines")]),
    ([at(f"{CREATIVE}.headlines", [""])], [("REQUIRED", f"{A}.creative.headlines")]),
    ([at(f"{CREATIVE}.headlines", ["h" * 41])], [("TEXT_TOO_LONG", f"{A}.creative.headlines[0]")]),
    ([at(f"{CREATIVE}.headlines", ["one", "two"])], [("TOO_MANY_TEXTS", f"{A}.creative.headlines")]),
    (
        [
            at(f"{CREATIVE}.type", "carousel"),
            at(f"{CREATIVE}.media", ["square", "second"]),
            at(f"{CREATIVE}.headlines", ["one", "two"]),
        ],
        [],
    ),
    ([at(f"{CREATIVE}.descriptions", [])], []),
    ([at(f"{CREATIVE}.descriptions", ["Nice 🎉"])], [("EMOJI", f"{A}.creative.descriptions[0]")]),
    ([at(f"{CREATIVE}.descriptions", ["Ein schönes – “Hemd”"])], []),
    ([at(f"{CREATIVE}.primary_text", "p" * 101)], [("TEXT_TOO_LONG", f"{A}.creative.primary_text")]),
    ([at(f"{CREATIVE}.primary_text", "two\nlines")], []),
    ([at(f"{CREATIVE}.primary_text", "bell\x07")], [("CONTROL_CHARACTERS", f"{A}.creative.primary_text")]),
    ([at(f"{CREATIVE}.call_to_action", None)], [("REQUIRED", f"{A}.creative.call_to_action")]),
    ([at(f"{CREATIVE}.call_to_action", "sign_up")], [("NOT_OFFERED", f"{A}.creative.call_to_action")]),
    # links
    ([at(f"{CREATIVE}.link_url", "")], [("REQUIRED", f"{A}.creative.link_url")]),
]
LINKS = [
    ("https://shop.example.com", True),
    ("https://shop.example.com:8443/a?b=c&d=%20#top", True),
    ("https://bücher.example/ä", True),
    ("http://shop.example.com", False),
    ("shop.example.com", False),
    ("https://", False),
    ("https:///summer", False),
    ("https://localhost/summer", False),
    ("https://shop..example.com/", False),
    ("https://shop.example.com/my page", False),
    ("https://shop.example.com/\tx", False),
    ("https://user:pw@shop.example.com/", False),
    ("https://shop.example.com:99999/", False),
    ("https://[::1/", False),
    ("javascript:alert(1)", False),
    ("https://shop.example.com\\@evil.example", False),
]


#: The same in every process: a name made of the changes would hold their addresses in memory.
CASES = [f"{n}-{'-'.join(code for code, _ in expected) or 'nothing'}" for n, (_, expected) in enumerate(ERRORS)]


@pytest.mark.parametrize(("changes", "expected"), ERRORS, ids=CASES)
def test_each_fault_is_found_at_its_own_place_and_nothing_else(changes, expected):
    assert codes(judge(*changes)) == sorted(expected)


@pytest.mark.parametrize(("link", "is_good"), LINKS)
def test_a_link_is_https_to_a_host_on_the_internet(link, is_good):
    expected = [] if is_good else [("LINK_INVALID", f"{A}.creative.link_url")]

    assert codes(judge(at(f"{CREATIVE}.link_url", link))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([LONG_AGO], [("START_PASSED", f"{C}.schedule.start")]),
        ([at("campaign.schedule.start", "2027-05-20T12:00")], []),
        ([at(f"{CREATIVE}.headlines", ["h" * 25])], []),
        ([at(f"{CREATIVE}.headlines", ["h" * 26])], [("TEXT_MAY_BE_CUT", f"{A}.creative.headlines[0]")]),
        (
            [at(f"{TARGETING}.locations", [{"kind": "region", "id": "3847"}])],
            [
                ("DSA_UNCLEAR", f"{C}.declarations.dsa_beneficiary"),
                ("DSA_UNCLEAR", f"{C}.declarations.dsa_payor"),
            ],
        ),
        ([at(f"{TARGETING}.locations", [{"kind": "region", "id": "3847", "country": "US"}])], []),
    ],
    ids=["start passed", "start now", "soft limit", "over soft limit", "region", "region in the US"],
)
def test_what_only_deserves_a_look_is_a_warning(changes, expected):
    problems = judge(*changes)

    assert codes(problems, Severity.WARNING) == expected
    assert codes(problems) == []


def test_what_cannot_be_read_is_told_once_and_not_called_missing():
    problems = judge(at("campaign.budget.amount", "a lot"), at("ad_sets.0.targeting.age_min", "young"))

    assert codes(problems) == [("UNREADABLE", f"{S}.targeting.age_min"), ("UNREADABLE", f"{C}.budget.amount")]


def test_yen_have_no_decimals():
    yen = replace(ACCOUNT, currency="JPY")

    assert codes(judge(at("campaign.budget.amount", "1000.5"), account=yen)) == [
        ("TOO_MANY_DECIMALS", f"{C}.budget.amount")
    ]
    assert judge(at("campaign.budget.amount", "1000.00"), account=yen) == []


def test_an_account_that_names_its_payer_needs_no_declaration():
    account = replace(ACCOUNT, extra={"payer": "Acme GmbH"})

    assert judge(at(f"{TARGETING}.locations", ["DE"]), account=account) == []


def test_a_day_on_which_the_clocks_go_forward_has_23_hours():
    # Berlin, 2027-03-28: 02:00 becomes 03:00.
    winter = at("campaign.schedule", {"start": "2027-03-27T12:00", "end": "2027-03-28T12:00"})
    now = datetime(2027, 3, 1)

    assert codes(judge(winter, now=now)) == [("SCHEDULE_TOO_SHORT", f"{C}.schedule.end")]
    assert judge(winter, now=now, account=replace(ACCOUNT, time_zone="UTC")) == []


def test_a_lifetime_budget_counts_the_days_from_now_when_the_start_has_passed():
    lifetime = at("campaign.budget", {"amount": "49", "type": "lifetime"})
    schedule = at("campaign.schedule", {"start": "2020-01-01T00:00", "end": "2027-05-29T23:59"})

    assert codes(judge(lifetime, schedule)) == [("BUDGET_BELOW_MINIMUM", f"{C}.budget.amount")]
    assert codes(judge(lifetime, schedule, now=datetime(2027, 5, 21))) == []


def test_a_platform_with_budgets_on_ad_sets_only_wants_them_there():
    class AdSetBudgets(SamplePlatform):
        capabilities = replace(CAPABILITIES, budget_levels=frozenset({"ad_set"}))

    assert codes(judge(platform=AdSetBudgets)) == [("REQUIRED", f"{S}.budget")]
    assert judge(at("ad_sets.0.budget", "900"), platform=AdSetBudgets) == []


def test_a_platform_without_a_budget_type_or_kind_of_ad_says_so():
    class Narrow(SamplePlatform):
        capabilities = replace(CAPABILITIES, budget_types=frozenset({"lifetime"}), creatives=())

    assert codes(judge(platform=Narrow)) == [
        ("NOT_OFFERED", f"{A}.creative.type"),
        ("NOT_OFFERED", f"{C}.budget.type"),
    ]


def test_wide_characters_count_as_the_platform_counts():
    class Counts(SamplePlatform):
        capabilities = replace(CAPABILITIES, count=lambda text: 2 * len(text))

    assert codes(judge(at("campaign.name", "夏" * 31), platform=Counts)) == [("NAME_TOO_LONG", f"{C}.name")]
    assert codes(judge(at("campaign.name", "夏" * 30), platform=Counts)) == []


@pytest.mark.parametrize(("changes", "expected"), ERRORS, ids=CASES)
def test_every_problem_says_what_is_wrong_in_full_sentences(changes, expected):
    sentences = [text for problem in judge(*changes) for text in (problem.message, problem.fix) if text]

    assert [text for text in sentences if not text.endswith(".")] == []

"""Accounts, log-in customers, queries and pages of the sandbox's Google Ads; its log-in; its films and dashboard."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from . import ads_client
from .ads_client import AdsClient, codes, demand_gen_tree, operations, search_tree
from .process import SandboxProcess

ADWORDS = "https://www.googleapis.com/auth/adwords"
CALLBACK = "http://127.0.0.1:8000/oauth/callback"


def test_direct_accounts_are_listed(ads: AdsClient) -> None:
    answer = ads.call("GET", "v26/customers:listAccessibleCustomers", login_customer_id="")

    names = [ads_client.MANAGER, ads_client.OUTLET, ads_client.CANCELLED]
    assert answer.json() == {"resourceNames": [f"customers/{number}" for number in names]}


@pytest.mark.parametrize(
    ("customer", "login", "status", "code"),
    [
        (ads_client.MAIN, ads_client.MANAGER, 200, None),
        (ads_client.OUTLET, "", 200, None),
        (ads_client.MAIN, "", 403, "USER_PERMISSION_DENIED"),
        (ads_client.MAIN, ads_client.OUTLET, 403, "USER_PERMISSION_DENIED"),
        (ads_client.MAIN, "100-020-0030", 400, "INVALID_LOGIN_CUSTOMER_ID"),
        (ads_client.CANCELLED, "", 403, "CUSTOMER_NOT_ENABLED"),
        ("123", "", 400, "INVALID_CUSTOMER_ID"),
        ("9999999999", ads_client.MANAGER, 403, "USER_PERMISSION_DENIED"),
    ],
)
def test_an_account_is_reached_through_the_right_login(
    ads: AdsClient, customer: str, login: str, status: int, code: str | None
) -> None:
    ads.customer, ads.login = customer, login
    answer = ads.ask("SELECT customer.id FROM customer")

    assert answer.status_code == status
    assert code is None or [value for _, value in codes(answer)] == [code]


def test_a_manager_shows_what_is_below_it(ads: AdsClient) -> None:
    ads.customer = ads_client.MANAGER
    rows = ads.search("SELECT customer_client.id, customer_client.level, customer_client.status FROM customer_client")

    found = {row["customerClient"]["id"]: row["customerClient"]["level"] for row in rows}
    assert found[ads_client.MANAGER] == "0"
    assert found[ads_client.MAIN] == "1"
    assert ads_client.OUTLET not in found


@pytest.mark.parametrize(
    ("customer", "changes", "expected"),
    [
        (ads_client.MANAGER, {}, ("requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT")),
        (ads_client.SUSPENDED, {}, ("authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT")),
        (ads_client.MAIN, {"role": "READ_ONLY"}, ("authorizationError", "ACTION_NOT_PERMITTED")),
    ],
)
def test_some_accounts_cannot_be_written_to(
    ads: AdsClient, sandbox: SandboxProcess, customer: str, changes: Any, expected: tuple[str, str]
) -> None:
    sandbox.post("seed", platform="google", update_accounts={customer: changes})
    ads.customer = customer

    assert ads.faults(operations(search_tree())) == [expected]


def test_tokens_are_asked_for_and_their_scope(ads: AdsClient, sandbox: SandboxProcess) -> None:
    query = "SELECT customer.id FROM customer"
    good, ads.token = ads.token, "ya29.unknown"
    assert codes(ads.ask(query)) == [("authenticationError", "OAUTH_TOKEN_INVALID")]
    ads.token = sandbox.post("tokens", platform="google", scopes=["openid"])["access_token"]
    assert ads.ask(query).json()["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    ads.token = good
    sandbox.post("seed", platform="google", tokens="expire")
    assert codes(ads.ask(query)) == [("authenticationError", "OAUTH_TOKEN_EXPIRED")]
    assert ads.call("GET", "v26/customers:listAccessibleCustomers", Authorization="").status_code == 401


def test_versions_and_paths_are_those_of_today(ads: AdsClient) -> None:
    assert codes(ads.call("GET", "v22/customers:listAccessibleCustomers")) == [("requestError", "UNSUPPORTED_VERSION")]
    assert ads.call("GET", "v23/customers:listAccessibleCustomers").status_code == 200
    assert ads.call("GET", "v26/customers:listEverything").status_code == 404
    assert ads.call("POST", "v26/customers:listAccessibleCustomers", {}).status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("campaign.id FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("SELECT campaign.id FROM campaigns", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.startDateTime FROM campaign", "BAD_FIELD_NAME"),
        ("SELECT asset.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'O'Neil'", "UNEXPECTED_INPUT"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name ~ 'x'", "BAD_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN 5", "EXPECTED_LIST"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.name = 'x", "STRING_NOT_TERMINATED"),
    ],
)
def test_queries_are_read_strictly(ads: AdsClient, query: str, code: str) -> None:
    assert codes(ads.ask(query)) == [("queryError", code)]


def test_pages_have_a_size_of_their_own(ads: AdsClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", google_page_size=5)
    query = "SELECT language_constant.id FROM language_constant"
    first = ads.ask(query).json()
    second = ads.ask(query, pageToken=first["nextPageToken"]).json()

    assert len(first["results"]) == len(second["results"]) == 5
    assert first["results"] != second["results"]
    assert codes(ads.ask(query, pageSize=5)) == [("requestError", "PAGE_SIZE_NOT_SUPPORTED")]
    assert codes(ads.ask(query, pageToken="nonsense")) == [("requestError", "INVALID_PAGE_TOKEN")]


def test_numbers_are_texts_and_empty_answers_have_no_results(ads: AdsClient) -> None:
    ads.mutate(operations(search_tree()))
    (row,) = ads.search(
        "SELECT campaign.id, campaign_budget.amount_micros FROM campaign WHERE campaign.name LIKE 'spring%'"
    )

    assert row["campaignBudget"]["amountMicros"] == "20000000"
    assert isinstance(row["campaign"]["id"], str)
    assert "results" not in ads.ask("SELECT campaign.id FROM campaign WHERE campaign.name = 'none'").json()


def test_validating_makes_nothing(ads: AdsClient, sandbox: SandboxProcess) -> None:
    assert ads.mutate(operations(demand_gen_tree(ads.logo())), validateOnly=True) == {}

    assert ads.search("SELECT campaign.id FROM campaign") == []
    assert [row["name"] for row in sandbox.get("objects", platform="google", kind="media", account=ads.customer)] == [
        "Acme logo"
    ]


def test_a_campaign_goes_through_its_states(ads: AdsClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", google_review_seconds=0)
    made = ads.mutate(operations(search_tree()))["mutateOperationResponses"]
    names = {
        name: next(r[name]["resourceName"] for r in made if name in r)
        for name in ("campaignResult", "adGroupResult", "adGroupAdResult")
    }

    assert _state(ads) == ("PAUSED", ["CAMPAIGN_PAUSED"])
    ads.mutate([_on("campaignOperation", names["campaignResult"])])
    assert _state(ads) == ("NOT_ELIGIBLE", ["AD_GROUPS_PAUSED"])
    ads.mutate([_on("adGroupOperation", names["adGroupResult"])])
    assert _state(ads) == ("NOT_ELIGIBLE", ["AD_GROUP_ADS_PAUSED"])
    ads.mutate([_on("adGroupAdOperation", names["adGroupAdResult"])])
    assert _state(ads) == ("ELIGIBLE", [])
    ads.mutate([{"campaignOperation": {"remove": names["campaignResult"]}}])
    assert _state(ads) == ("REMOVED", ["CAMPAIGN_REMOVED"])
    assert ads.search("SELECT ad_group.id FROM ad_group") == []


def _state(ads: AdsClient) -> tuple[str, list[str]]:
    (row,) = ads.search("SELECT campaign.primary_status, campaign.primary_status_reasons FROM campaign")
    return row["campaign"]["primaryStatus"], row["campaign"]["primaryStatusReasons"]


def _on(operation: str, resource_name: str) -> dict[str, Any]:
    return {operation: {"update": {"resourceName": resource_name, "status": "ENABLED"}, "updateMask": "status"}}


def test_a_stale_read_does_not_see_what_is_new(ads: AdsClient, sandbox: SandboxProcess) -> None:
    ads.mutate(operations(search_tree()))
    order = {
        "platform": "google",
        "match": {"path": "googleAds:search"},
        "effect": "stale_reads",
        "value": 60,
        "times": 1,
    }
    sandbox.post("faults", **order)

    assert ads.search("SELECT campaign.id FROM campaign") == []
    assert len(ads.search("SELECT campaign.id FROM campaign")) == 1


@pytest.mark.parametrize(
    ("effect", "value", "status", "expected"),
    [
        ("rate_limit", 7, 429, ("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED")),
        ("rate_limit", {"value": "RESOURCE_EXHAUSTED", "seconds": 9}, 429, ("quotaError", "RESOURCE_EXHAUSTED")),
        ("token_expired", None, 401, ("authenticationError", "OAUTH_TOKEN_EXPIRED")),
        ("token_revoked", None, 401, ("authenticationError", "OAUTH_TOKEN_REVOKED")),
        ("status", 500, 500, ("internalError", "INTERNAL_ERROR")),
    ],
)
def test_faults_speak_googles_language(
    ads: AdsClient, sandbox: SandboxProcess, effect: str, value: Any, status: int, expected: tuple[str, str]
) -> None:
    order = {"platform": "google", "match": {"path": "search"}, "effect": effect}
    sandbox.post("faults", **order, **({} if value is None else {"value": value}))
    answer = ads.ask("SELECT customer.id FROM customer")

    assert (answer.status_code, codes(answer)) == (status, [expected])


def test_places_are_suggested(ads: AdsClient) -> None:
    answer = ads.call(
        "POST", "v26/geoTargetConstants:suggest", {"locale": "en", "locationNames": {"names": ["Germ"]}}
    ).json()

    assert [row["geoTargetConstant"]["id"] for row in answer["geoTargetConstantSuggestions"]] == ["2276"]


# Log-in -------------------------------------------------------------------------------------------------------------


def _asked(**changes: Any) -> str:
    query = {
        "client_id": ads_client.CLIENT_ID,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": f"openid email {ADWORDS}",
        "state": "s",
        "access_type": "offline",
    }
    return urlencode({name: value for name, value in (query | changes).items() if value})


def _consented(sandbox: SandboxProcess, **changes: Any) -> dict[str, list[str]]:
    url = f"{sandbox.url}/google/accounts/o/oauth2/v2/auth?{_asked(**changes)}"
    with requests.Session() as browser:
        page = browser.get(url, timeout=10).text
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": token, "decision": "allow", "granted": ADWORDS}
        answer = browser.post(url, data=form, allow_redirects=False, timeout=10)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def _token(sandbox: SandboxProcess, **form: str) -> requests.Response:
    app = {"client_id": ads_client.CLIENT_ID, "client_secret": ads_client.CLIENT_SECRET}
    return requests.post(f"{sandbox.url}/google/oauth2/token", data=app | form, timeout=10)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/oauth/callback"},
        {"response_type": "token"},
        {"scope": ""},
        {"scope": "https://www.googleapis.com/auth/gmail"},
        {"access_type": "forever"},
        {"code_challenge": "short", "code_challenge_method": "S256"},
        {"code_challenge": "A" * 43, "code_challenge_method": "plain"},
    ],
)
def test_no_app_can_have_meant_this(sandbox: SandboxProcess, changes: dict[str, str]) -> None:
    page = requests.get(f"{sandbox.url}/google/accounts/o/oauth2/v2/auth?{_asked(**changes)}", timeout=10)

    assert page.status_code == 400


def test_only_a_forced_consent_brings_another_refresh_token(sandbox: SandboxProcess) -> None:
    def redeemed(**changes: str) -> dict[str, Any]:
        (code,) = _consented(sandbox, **changes)["code"]
        answer: dict[str, Any] = _token(
            sandbox, grant_type="authorization_code", code=code, redirect_uri=CALLBACK
        ).json()
        return answer

    assert "refresh_token" in redeemed()
    assert "refresh_token" not in redeemed()
    assert "refresh_token" in redeemed(prompt="consent")
    assert "refresh_token" not in redeemed(prompt="consent", access_type="online")


def test_a_renewal_answers_no_refresh_token_and_ends_with_the_grant(sandbox: SandboxProcess) -> None:
    refresh = sandbox.post("tokens", platform="google")["refresh_token"]

    renewed = _token(sandbox, grant_type="refresh_token", refresh_token=refresh).json()
    assert set(renewed) == {"access_token", "expires_in", "scope", "token_type"}

    sandbox.post("seed", platform="google", tokens="revoke")
    dead = _token(sandbox, grant_type="refresh_token", refresh_token=refresh)
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")
    assert _token(sandbox, grant_type="password").json()["error"] == "unsupported_grant_type"
    wrong = _token(sandbox, client_secret="wrong", grant_type="refresh_token", refresh_token=refresh)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


def test_secrets_are_in_no_journal(sandbox: SandboxProcess, ads: AdsClient) -> None:
    (code,) = _consented(sandbox, prompt="consent")["code"]
    _token(sandbox, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    ads.search("SELECT customer.id FROM customer")

    kept = repr(sandbox.get("requests", platform="google"))
    assert [
        row["value"] for row in sandbox.get("secrets") if row["platform"] == "google" and row["value"] in kept
    ] == []


# Films and pages ----------------------------------------------------------------------------------------------------


def test_a_film_is_uploaded_in_two_requests(sandbox: SandboxProcess, ads: AdsClient) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"x" * 100
    path = f"resumable/upload/v26/customers/{ads.customer}/youTubeVideoUploads:create"
    start = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start"}
    title = {"youTubeVideoUpload": {"videoTitle": "Film", "videoPrivacy": "UNLISTED"}}

    assert ads.call("POST", path, title).status_code == 400
    assert codes(ads.call("POST", path, {"youTubeVideoUpload": {}}, **start)) == [("fieldError", "REQUIRED")]
    opened = ads.call("POST", path, title, **start)
    address = opened.headers["X-Goog-Upload-URL"]
    headers = {
        "Authorization": f"Bearer {ads.token}",
        "login-customer-id": ads.login,
        "Content-Type": "video/mp4",
        "X-Goog-Upload-Command": "upload, finalize",
        "X-Goog-Upload-Offset": "0",
    }
    done = requests.post(address, data=film, headers=headers, timeout=10)
    again = requests.post(address, data=film, headers=headers, timeout=10)

    assert (opened.headers["X-Goog-Upload-Status"], done.headers["X-Goog-Upload-Status"]) == ("active", "final")
    assert done.json()["resourceName"].startswith(f"customers/{ads.customer}/youTubeVideoUploads/")
    assert again.status_code == 404
    assert sandbox.get("requests", platform="google")[-2]["files"][0]["size"] == len(film)


def test_the_dashboard_shows_a_campaign_and_says_when_there_is_none(sandbox: SandboxProcess, ads: AdsClient) -> None:
    made = ads.mutate(operations(demand_gen_tree(ads.logo())))["mutateOperationResponses"]
    number = next(r["campaignResult"]["resourceName"] for r in made if "campaignResult" in r).rpartition("/")[2]
    base = f"{sandbox.url}/google/web/aw/campaigns?__e={ads.customer}"

    shown = requests.get(f"{base}&campaignId={number}", timeout=10)
    assert shown.status_code == 200
    for words in ("Spring sale", "Demand gen", "USD 20.00 a day", "United States", "Shop now", "simgad/"):
        assert words in shown.text
    picture = f"{sandbox.url}/google/tpc/simgad/" + shown.text.split("simgad/")[1][:64]
    assert requests.get(picture, timeout=10).headers["Content-Type"] == "image/png"
    assert "Spring sale" in requests.get(base, timeout=10).text
    assert requests.get(f"{base}&campaignId=1", timeout=10).status_code == 404
    assert requests.get(base.replace(ads.customer, "1"), timeout=10).status_code == 404

"""Campaigns as CSV: what goes out comes in as it was, and whatever is wrong with a file is told by row and column."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import CampaignDraft
from campaigns.sheets import columns, making, reading, writing
from integrations import draft as drafts
from stratum import spreadsheets
from tests.campaigns.drive import client_of
from tests.factories import (
    make_account,
    make_connection,
    make_draft,
    make_draft_json,
    make_large_draft_json,
    make_media,
)
from tests.people import person

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db

EXPORT, IMPORT = "/campaigns/export.csv", "/campaigns/import"
MAKE, BAD = "/campaigns/import/make", "/campaigns/import/bad-rows.csv"


@pytest.fixture(autouse=True)
def account():
    make_connection()
    return make_account()


def exported(name: str = "carl", query: str = "") -> str:
    answer: Any = client_of(name).get(EXPORT + query)
    assert answer["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content).decode()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def sheet(*rows: dict[str, str]) -> str:
    """A file of these rows; what a row does not say is empty."""
    usual = {"platform": "meta", "account": "act_123456789"}
    names = list(dict.fromkeys([*usual, *(name for row in rows for name in row)]))
    cells = [names, *([(usual | row).get(name, "") for name in names] for row in rows)]
    return "".join(map(spreadsheets.line, cells))


def upload(text: str | bytes, name: str = "carl", **more: str) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return client_of(name).post(IMPORT, {"file": SimpleUploadedFile("a.csv", data, "text/csv"), **more})


def make(text: str, name: str = "carl", once: str = "abcdefgh") -> Any:
    return client_of(name).post(MAKE, {"sheet": json.dumps(text), "once": once})


def faults(text: str) -> list[str]:
    return [str(fault) for plan in making.planned(text) for fault in plan.faults]


# Out and in again -----------------------------------------------------------------------------------------------------


def test_what_was_exported_is_imported_as_it_was():
    contents = [make_draft_json(), make_large_draft_json(3, 4), drafts.empty(), drafts.read({"ad_sets": []}).json]
    odd = make_draft_json(name='=HYPERLINK("x")')
    odd["ad_sets"][0]["ads"] = []
    odd["ad_sets"][0]["targeting"] |= {
        "locations": [
            {"kind": "country", "id": "US", "name": "Named: so"},
            {"kind": "city", "id": "2418779", "name": "Reno"},
            {"kind": "region", "id": "3843", "name": ""},
        ],
        "interests": [{"id": "6003", "name": "a: b"}, {"id": "x: y", "name": ""}],
        "keywords": ["one\ntwo", "json:three"],
        "genders": ["female"],
    }
    odd["campaign"]["declarations"] |= {"eu_political": False, "dsa_payor": "'=quoted"}
    strange = make_draft_json(name="'+1")
    strange["ad_sets"][0]["ads"][0]["creative"] |= {
        "headlines": ["", "second"],
        "primary_text": "a\r\nb\nc",
        "type": "carousel",
    }
    for content in [*contents, odd, strange]:
        make_draft(draft_json=content)
    before = [draft.draft_json for draft in CampaignDraft.objects.order_by("-pk")]
    text = exported()
    CampaignDraft.objects.all().delete()

    assert faults(text) == []
    make(text)

    after = {json.dumps(draft.draft_json, sort_keys=True) for draft in CampaignDraft.objects.all()}
    wanted = {json.dumps(_with_defaults(content), sort_keys=True) for content in before}
    assert after == wanted


def _with_defaults(content: dict[str, Any]) -> dict[str, Any]:
    """An asset that nobody named is the account's default, in every new draft."""
    for kind, external_id in make_account().defaults.items():
        content["campaign"]["assets"][kind] = content["campaign"]["assets"][kind] or external_id
    return content


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
values = (
    st.none()
    | st.booleans()
    | st.integers()
    | texts
    | st.lists(texts, max_size=3)
    | st.dictionaries(texts, texts, max_size=2)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(value=values | st.lists(st.fixed_dictionaries({"id": texts, "name": texts}), max_size=2))
def test_whatever_a_leaf_holds_comes_back_from_its_cell(value):
    for column in {column.kind: column for column in columns.COLUMNS}.values():
        part: dict[str, Any] = {}
        column.put(part, value)

        line = spreadsheets.line([column.cell(part)])
        cell = spreadsheets.original(next(csv.reader(io.StringIO(line, newline="")))[0])

        assert not cell.startswith(("=", "+", "-", "@")) or line.startswith(("'", "\"'"))
        assert column.leaf(cell) == value or columns._same(column.leaf(cell), value)


def test_every_leaf_of_a_draft_has_a_column():
    assert columns.leaves_without_a_column() == set()


def test_the_template_can_be_imported():
    text = b"".join(client_of("carl").get("/campaigns/import/template.csv").streaming_content).decode()

    make(text)

    draft = CampaignDraft.objects.get()
    assert (draft.name, len(list(draft.content.ads()))) == ("Example campaign", 2)


def test_an_export_is_what_the_list_shows_one_row_for_each_ad():
    make_draft("submitted", draft_json=make_large_draft_json(2, 3))
    make_draft(draft_json=make_draft_json(name="Not this one"))

    rows = table(exported("vera", "?status=submitted&q=summer"))

    assert len(rows) == 6
    assert {row["status"] for row in rows} == {"submitted"}
    assert exported().startswith("\ufeffstatus,")


def test_an_export_asks_by_the_portion(monkeypatch):
    for _ in range(5):
        make_draft()
    monkeypatch.setattr(writing, "PORTION", 2)

    with CaptureQueriesContext(connection) as queries:
        assert len(list(writing.lines(CampaignDraft.objects.all()))) == 6

    assert len(queries) == 4


# The check ------------------------------------------------------------------------------------------------------------


def test_a_check_shows_what_would_be_made_and_makes_nothing():
    ad_set = {"campaign_name": "One", "ad_set_name": "A"}

    page = upload(sheet(ad_set | {"ad_name": "1"}, ad_set | {"ad_name": "2"})).content.decode()

    assert "1 campaign can be made" in page
    assert "to settle" in page
    assert not CampaignDraft.objects.exists()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"budget": "a lot"}, "Row 2, budget: Not an amount. Write digits with a point, for example 1000.00."),
        ({"age_min": "25.5"}, "Row 2, age_min: Not a whole number."),
        ({"account": "act_0"}, "Row 2, account: No ad account “act_0” of Meta can be used for new campaigns."),
        ({"account": ""}, "Row 2, account: Name the ad account that pays, by its id at the platform."),
        (
            {"platform": "myspace"},
            "Row 2, account: No ad account “act_123456789” of myspace can be used for new campaigns.",
        ),
        ({"page": "1.02938E+14"}, "Row 2, page: A spreadsheet has shortened this number."),
        ({"objective": "fame"}, "Row 2, objective: Not one of the choices."),
        ({"start": "1 June"}, "Row 2, start: Not a date and time. Write it like 2027-06-01T09:00."),
        ({"ad_name": "x", "media": "none.jpg"}, "Row 2, media: The media library has no “none.jpg”. Upload it first."),
        ({"ad_set_ref": "My Ref!"}, "Row 2, ad_set_ref: Use up to 12 small letters and digits, or leave it empty."),
        ({"keywords": "json:[1"}, "Row 2, keywords: After “json:” must come JSON."),
        ({"genders": "everybody"}, "Row 2, genders: Not one of the choices."),
        ({"headlines": "x" * 1001}, "Row 2, headlines: String should have at most 1000 characters"),
    ],
)
def test_each_fault_is_told_by_row_and_column(row, fault):
    told = faults(sheet({"campaign_name": "One"} | row))

    assert any(one.startswith(fault) for one in told), told


def test_rows_of_one_part_that_disagree_are_told():
    rows = [
        {"campaign_name": "One", "budget": "5", "ad_name": "1"},
        {"campaign_name": "One", "budget": "6", "ad_name": "2"},
    ]

    assert faults(sheet(*rows)) == ["Row 3, budget: Row 2 of the same part says “5”."]


def test_empty_cells_go_on_with_the_row_above():
    rows = [
        {"campaign_name": "One", "budget": "5", "ad_set_name": "A", "ad_name": "1"},
        {"platform": "", "account": "", "ad_name": "2"},
        {"campaign_name": "Two"},
    ]

    plans = making.planned(sheet(*rows))

    assert [(plan.name, len(plan.ad_sets), plan.ad_count, plan.faults) for plan in plans] == [
        ("One", 1, 2, []),
        ("Two", 0, 0, []),
    ]


def test_media_can_be_named_as_they_were_uploaded():
    asset = make_media(filename="summer.jpg")

    plan = making.planned(sheet({"campaign_name": "One", "ad_name": "1", "media": "summer.jpg"}))[0]

    assert plan.ad_sets[0]["ads"][0]["creative"]["media"] == [asset.sha256]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Row 1 lacks account and campaign_name."),
        (b"account,campaign_nam\nx,y", "is it “campaign_name”?"),
        (b"account,campaign_name", "There is no row below the names of the columns."),
        (b"account,campaign_name,account\nx,y,z", "Row 1 names a column twice: account."),
        (b'account,campaign_name\nx,"y', "This is no CSV"),
        (b"account,campaign_name\n\xff,y", "This is no UTF-8 text."),
        (b"account,campaign_name\n" + b"x,y\n" * 2001, "2,000 are the most"),
        (b"x" * (reading.MAX_BYTES + 1), "1,048,576 are the most"),
    ],
)
def test_a_file_that_is_not_of_the_format_is_refused_as_a_whole(data, message):
    answer = upload(data)

    assert answer.status_code == 422
    assert message in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("spoken", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_what_spreadsheets_make_of_a_file_is_read(spoken, delimiter):
    text = sheet({"campaign_name": "Été"}).replace(",", delimiter)

    assert "1 campaign can be made" in upload(text.encode(spoken)).content.decode()


# Made -----------------------------------------------------------------------------------------------------------------


def test_the_good_are_made_and_the_bad_come_back_with_their_errors_to_be_corrected():
    text = sheet(
        {"campaign_name": "Good", "ad_name": "1"},
        {"campaign_name": "Bad", "budget": "=1+1", "ad_name": "1"},
        {"campaign_name": "Bad", "ad_name": "2"},
        {"campaign_name": "Fine"},
    )

    page = make(text).content.decode()
    bad = b"".join(client_of("carl").post(BAD, {"sheet": json.dumps(text)}).streaming_content).decode()

    assert "2 drafts made, 1 not" in page
    assert set(CampaignDraft.objects.values_list("name", flat=True)) == {"Good", "Fine"}
    assert [row["campaign_name"] for row in table(bad)] == ["Bad", "Bad"]
    assert table(bad)[0]["errors"].startswith("budget: Not an amount.")
    assert table(bad)[0]["budget"] == "'=1+1"
    make(bad.replace("'=1+1", "5"), once="hgfedcba")
    assert CampaignDraft.objects.get(name="Bad").content.campaign.budget.amount == 5


def test_a_press_twice_makes_nothing_twice():
    text = sheet({"campaign_name": "One"}, {"campaign_name": "Two"})

    make(text)
    page = make(text).content.decode()

    assert "2 drafts made" in page
    assert CampaignDraft.objects.count() == 2
    make(text, once="another2")
    assert CampaignDraft.objects.count() == 4


def test_a_draft_is_whole_or_not_there(monkeypatch):
    from campaigns import drafting
    from stratum.ui import Refusal

    real = drafting.make

    def refuse(account, content, **more):
        if content["campaign"]["name"] == "Two":
            raise Refusal("AD_ACCOUNT_NOT_ENABLED", "It was disabled meanwhile.")
        return real(account, content, **more)

    monkeypatch.setattr(drafting, "make", refuse)
    page = make(sheet({"campaign_name": "One"}, {"campaign_name": "Two"})).content.decode()

    assert "1 draft made, 1 not" in page
    assert "It was disabled meanwhile." in page


def test_imported_drafts_are_of_the_person_who_imported_them():
    make(sheet({"campaign_name": "One"}), "cora")

    assert CampaignDraft.objects.get().created_by == person("cora")


def test_a_program_gets_every_fault_by_row_and_column():
    data = {"file": SimpleUploadedFile("a.csv", sheet({"campaign_name": "One", "budget": "x"}).encode())}

    answer = client_of("carl").post(IMPORT, data, headers={"accept": "application/json"}).json()["data"]["campaigns"][0]

    assert (answer["errors"][0]["row"], answer["errors"][0]["column"]) == (2, "budget")


cells = st.dictionaries(
    st.sampled_from(sorted(columns.READ)), texts | st.sampled_from(["json:{}", "json:[[1]]", "json:1e999"]), min_size=1
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=st.lists(cells, min_size=1, max_size=4))
def test_no_file_breaks_the_check(rows):
    plans = making.planned(sheet({"campaign_name": "One"}, *rows))

    making.open_points(plans)
    assert all(plan.faults or plan.reading for plan in plans)
    assert len(table("".join(making.bad_rows(plans)))) == sum(len(plan.rows) for plan in plans if plan.faults)


def test_the_documentation_names_every_column():
    text = (ROOT / "docs/csv.md").read_text()

    assert [name for name in columns.READ if f"`{name}`" not in text] == []

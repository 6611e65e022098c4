"""What no database can keep is taken out of addresses, forms and JSON before anything meets it."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory

from campaigns.models import Comment
from stratum.storable import StorableRequests, storable, storable_json
from tests.factories import make_draft

NUL, HALF = "\x00", "\ud83d"


def seen_by_a_view(request):
    def view(asked):
        middleware.process_view(asked, view, (), {})
        return HttpResponse()

    middleware = StorableRequests(view)
    middleware(request)
    return request


def test_texts_lose_what_cannot_be_kept_and_nothing_else():
    assert storable(f"a{NUL}b{HALF}c 🔥\n") == "abc 🔥\n"
    assert storable_json({f"k{NUL}": [f"v{NUL}", 1, None, {"x": HALF}]}) == {"k": ["v", 1, None, {"x": ""}]}


def test_an_address_and_a_form_are_cleaned_and_stay_what_they_were():
    request = seen_by_a_view(RequestFactory().post("/?q=a%00b&q=c", {f"n{NUL}": [f"x{NUL}", "y"], "other": "z"}))

    assert request.GET.getlist("q") == ["ab", "c"]
    assert (request.POST.getlist("n"), request.POST["other"]) == (["x", "y"], "z")
    with pytest.raises(AttributeError, match="immutable"):
        request.POST["other"] = "changed"


def test_a_clean_form_is_not_touched():
    request = RequestFactory().post("/?q=a", {"name": "x"})
    before = (request.GET, request.POST)

    seen_by_a_view(request)

    assert request.GET is before[0]
    assert request.POST is before[1]
    assert isinstance(request.GET, QueryDict)


@pytest.mark.django_db
def test_filters_forms_and_json_answer_whatever_is_sent(ada, carl, as_user):
    draft = make_draft(created_by=carl)
    client = as_user(ada)

    assert client.get("/publish-logs", {"platform": NUL}).status_code == 200
    assert client.get("/campaigns", {"q": NUL, "status": NUL}).status_code == 200
    sent = {"text": f"Look{NUL} here{HALF}", "node": "campaign"}
    answer = client.post(
        f"/campaign-drafts/{draft.pk}/comments", sent, "application/json", headers={"accept": "application/json"}
    )

    assert answer.status_code == 200, answer.content
    assert Comment.objects.get().text == "Look here"

"""Comments on the parts of a draft: said, answered, resolved, opened again; on its page, in the builder and as JSON."""

from __future__ import annotations

import copy

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import authoring, comments
from campaigns.models import Comment
from stratum.models import Event, Notification
from stratum.ui import NotFound, Refusal
from tests.campaigns.builder.pages import open_node
from tests.campaigns.drive import ask, client_of, press
from tests.factories import make_draft, make_large_draft_json
from tests.people import person

pytestmark = pytest.mark.django_db


def say(draft, name: str = "anne", text: str = "Why so dear?", node: str = "campaign") -> Comment:
    return comments.write(draft, by=person(name), node=node, text=text)


def url(draft, *more: object) -> str:
    return "/".join([f"/campaign-drafts/{draft.pk}/comments", *map(str, more)])


def told(code: str) -> set[str]:
    return set(Notification.objects.filter(event__code=code).values_list("user__username", flat=True))


def test_a_comment_is_about_a_part_and_its_creator_is_told_where():
    draft = make_draft("submitted")

    answer = ask("anne", "post", url(draft), {"node": "a1", "text": "The headline shouts."})

    assert [(row["where"], row["comments"][0]["text"]) for row in answer.json()["data"]] == [
        ("Summer Sale - Image Ad", "The headline shouts.")
    ]
    row = Notification.objects.get()
    assert (row.user, row.kind, row.body) == (person("carl"), "commented", "The headline shouts.")
    assert row.url == f"/campaign-drafts/{draft.pk}?node=a1#comments"


def test_an_answer_goes_to_the_creator_and_everybody_in_the_thread_but_not_to_who_wrote_it():
    draft = make_draft("submitted")
    first = say(draft)

    comments.answer(draft, first.pk, by=person("paul"), text="It is the launch.")
    comments.answer(draft, first.pk, by=person("carl"), text="Yes.")

    assert told("draft.comment_answered") == {"anne", "carl", "paul"}
    by_carl = Notification.objects.filter(event__actor=person("carl")).values_list("user__username", flat=True)
    assert set(by_carl) == {"anne", "paul"}


def test_resolving_and_opening_again_are_recorded_once_each():
    draft = make_draft("submitted")
    first = say(draft)

    for verb in ("resolve", "resolve", "reopen", "reopen", "resolve"):
        assert ask("carl", "post", url(draft, first.pk, verb)).status_code == 200

    codes = list(Event.objects.about(draft.event_subject).order_by("id").values_list("code", flat=True))
    assert codes == ["draft.commented", "draft.comment_resolved", "draft.comment_reopened", "draft.comment_resolved"]
    assert told("draft.comment_resolved") == {"anne"}


def test_pressing_twice_says_it_once_and_another_text_from_the_same_page_is_not_lost():
    draft = make_draft("submitted")
    client = client_of("anne")

    for text in ("Why?", "Why?", "And when?"):
        client.post(url(draft), {"node": "campaign", "text": text, "once": "abcd2345"})

    assert list(Comment.objects.values_list("text", flat=True)) == ["Why?", "And when?"]


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_what_cannot_be_said_comes_back_as_it_was_typed(text):
    draft = make_draft("submitted")

    answer = client_of("anne").post(url(draft), {"node": "a1", "text": text})

    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert text in answer.content.decode()
    assert '<option value="a1" selected>' in answer.content.decode()


def test_it_is_shown_as_it_was_written_and_not_as_markup():
    draft = make_draft("submitted")
    say(draft, text="<script>alert(1)</script>")

    html = client_of("anne").get(draft.get_absolute_url()).content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html


def test_a_viewer_reads_and_says_nothing():
    draft = make_draft("submitted")
    first = say(draft)

    assert "Why so dear?" in client_of("vera").get(draft.get_absolute_url()).content.decode()
    with pytest.raises(PermissionDenied):
        comments.answer(draft, first.pk, by=person("vera"), text="I too.")


def test_a_thread_belongs_to_its_draft():
    thread, other = say(make_draft("submitted")), make_draft("submitted")

    with pytest.raises(NotFound):
        comments.answer(other, thread.pk, by=person("anne"), text="Here?")
    with pytest.raises(NotFound):
        comments.resolve(other, thread.pk, by=person("anne"))
    with pytest.raises(Refusal):
        comments.write(other, by=person("anne"), node="nowhere", text="Here?")


def test_comments_stay_when_the_draft_is_revised_and_when_their_part_is_deleted():
    draft = make_draft("submitted")
    say(draft, node="a1", text="The headline shouts.")
    press("reject", draft, "anne")
    press("revise", draft, "carl")
    content = copy.deepcopy(draft.draft_json)
    content["ad_sets"][0]["ads"] = []
    authoring.save(draft.pk, by=person("carl"), draft_json=content, version=draft.version)

    html = client_of("carl").get(draft.get_absolute_url()).content.decode()  # the builder, at the campaign

    assert "The headline shouts." in html
    assert "Summer Sale - Image Ad" in html
    assert "(deleted)" in html


def test_the_tree_counts_open_comments_of_a_part_and_of_what_is_below():
    draft = make_draft()
    say(draft, node="a1", text="One")
    comments.resolve(draft, say(draft, node="a1", text="Two").pk, by=person("carl"))
    say(draft, node="s1", text="Three")

    page = client_of("carl").get(draft.get_absolute_url())

    ad_set = page.context["bench"].tree.ad_sets[0]
    assert (ad_set.comments, ad_set.branches[0].comments) == (2, 1)
    assert "2<span" in page.content.decode()


def test_a_comment_from_the_builder_saves_what_was_typed_beside_it():
    draft = make_draft()
    client = client_of("carl")

    open_node(client, draft, "a1").send(client, do="comment", name="New name", comment="Is this good?")
    first = Comment.objects.get()
    open_node(client, draft, "a1").send(client, do=f"answer:{first.pk}", **{f"answer-{first.pk}": "It is."})
    open_node(client, draft, "a1").send(client, do=f"resolve:{first.pk}")

    assert (first.node, first.text) == ("a1", "Is this good?")
    first.refresh_from_db()
    assert (first.answers.get().text, first.resolved_by) == ("It is.", person("carl"))
    draft.refresh_from_db()
    assert draft.draft_json["ad_sets"][0]["ads"][0]["name"] == "New name"


def test_an_empty_comment_in_the_builder_is_said_so_and_the_rest_is_saved():
    draft = make_draft()
    client = client_of("carl")

    open_node(client, draft, "a1").send(client, do="comment", name="New name", comment=" ")

    assert "Write something first." in client.get(draft.get_absolute_url()).content.decode()
    draft.refresh_from_db()
    assert draft.draft_json["ad_sets"][0]["ads"][0]["name"] == "New name"


def test_a_large_campaign_with_many_comments_is_read_in_as_many_queries_as_a_small_one():
    def queries(draft) -> int:
        client.get(draft.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            client.get(draft.get_absolute_url())
        return len(captured)

    client = client_of("anne")
    small, large = make_draft("submitted"), make_draft("submitted", draft_json=make_large_draft_json())
    say(small)
    for number in range(5):
        say(large, node=f"s{number}")

    assert queries(large) == queries(small)

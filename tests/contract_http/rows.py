"""Every address of the product × everybody: who gets what, written down from the design's section on roles, by hand.

A new address needs a row here; test_who_gets_where.py fails until it has one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns import comments, opinions
from tests.contract_http.scene import ANYBODY, EVERYBODY, NORA, ROLES, Args, Scene, Sent, synced
from tests.people import PASSWORD, person

#: Ada is Admin, Carl created the draft, Cora is another Creator, Anne Approver, Paul Publisher, Vera Viewer.
MEMBERS = frozenset({*ROLES, NORA})
TEAM = frozenset(ROLES)
ADMIN = frozenset({"ada"})
CREATORS = frozenset({"ada", "carl", "cora"})
OWNERS = frozenset({"ada", "carl"})
DECIDERS = frozenset({"ada", "anne"})
SPEAKERS = TEAM - {"vera"}
SWITCHERS = frozenset({"ada", "paul"})
PUBLISHERS = frozenset({"ada", "carl", "paul"})


@dataclass(frozen=True)
class Row:
    """An address and a method: who is let in and what they are answered. Others get 403, the logged-out the log-in."""

    name: str
    who: frozenset[str]
    method: str = "get"
    state: str = "draft"
    args: Args = lambda scene: []
    sent: Sent = lambda scene: {}
    done: int = 200
    as_json: bool = False
    #: Whoever is answered otherwise.
    but: Mapping[str, int] = field(default_factory=dict)
    #: Whether the logged-out are led to the log-in and back here.
    asks_to_log_in: bool = True

    def answer(self, name: str) -> int:
        if name in self.but:
            return self.but[name]
        if name == ANYBODY:
            return 401 if self.as_json else 302
        return self.done if name in self.who else 403

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.name}"


def of_draft(scene: Scene) -> list[Any]:
    return [scene.draft.pk]


def of_guest_link(scene: Scene) -> list[Any]:
    link, _ = opinions.make(scene.draft.pk, by=scene.draft.created_by, guest="Acme")
    return [scene.draft.pk, link.pk]


def of_thread(scene: Scene) -> list[Any]:
    return [scene.draft.pk, comments.write(scene.draft, by=person("carl"), node="campaign", text="Why?").pk]


def of_account(scene: Scene) -> list[Any]:
    return ["meta", scene.account.external_id]


def of_colleague(scene: Scene) -> list[Any]:
    return [scene.colleague.pk]


def of_template(scene: Scene) -> list[Any]:
    return [scene.template.pk]


def of_webhook(scene: Scene) -> list[Any]:
    return [scene.webhook.pk]


def meta(scene: Scene) -> list[Any]:
    return ["meta"]


def action(name: str, who: frozenset[str], state: str, sent: Sent = lambda scene: {}, done: int = 200) -> Row:
    return Row(f"campaigns:{name}", who, "post", state, of_draft, sent, done, as_json=True)


def _the_hash(scene: Scene) -> dict[str, Any]:
    return {"content_hash": scene.draft.content_hash}


def _why(scene: Scene) -> dict[str, Any]:
    return {"reason": "I looked there."}


def _adoption(scene: Scene) -> dict[str, Any]:
    step = scene.draft.runs.get().steps.get()
    return {"key": step.key, "external_id": "23842927000000001", "reason": "I looked there."}


def _renamed(scene: Scene) -> dict[str, Any]:
    content = copy.deepcopy(scene.draft.draft_json)
    content["campaign"]["name"] = "Autumn Sale"
    return {"draft_json": content, "version": scene.draft.version}


def _node(scene: Scene) -> dict[str, Any]:
    return {"name": "Autumn Sale", "version": scene.draft.version, "base": '{"name": "Summer Sale 2024"}', "do": "save"}


def _new_draft(scene: Scene) -> dict[str, Any]:
    return {"platform": "meta", "account": scene.account.external_id, "name": "Autumn Sale"}


def _ticked(scene: Scene) -> dict[str, Any]:
    return {"action": "pause", "row": f"{scene.draft.pk}:{scene.draft.version}"}


def _pausing(scene: Scene) -> dict[str, Any]:
    return {"action": "pause", f"hash-{scene.draft.pk}": scene.draft.content_hash}


def _person(scene: Scene) -> dict[str, Any]:
    return {"first_name": "Max", "last_name": "Maier", "email": "max.maier@example.com", "roles": ["Viewer"]}


WEBHOOK_ACTIONS = ["test", "enable", "disable", "delete", "new_secret"]
HOUSE = [
    Row("home", MEMBERS, done=302),
    Row("login", MEMBERS, done=302, but={ANYBODY: 200}),
    Row("logout", MEMBERS, "post", done=302),
    Row("password_change", MEMBERS),
    Row("password_change", MEMBERS, "post", sent=lambda s: {"old_password": PASSWORD}, done=422),
    Row("login_code", MEMBERS, done=302, but={ANYBODY: 302}, asks_to_log_in=False),  # nobody's code is waited for
    Row("invitation", MEMBERS, done=410, but={ANYBODY: 410}),  # without a token there is none
    Row("security", MEMBERS),
    Row("two_factor_set_up", MEMBERS),
    Row("two_factor_off", MEMBERS, "post", done=422),  # let in, and asked for a code
    Row("backup_codes", MEMBERS, "post", done=422),
    Row("sessions_end_others", MEMBERS, "post", done=302),
    Row("session_end", MEMBERS, "post", args=lambda s: ["unknown"], done=302),
    Row("notifications", MEMBERS),
    Row("notifications_count", MEMBERS, but={ANYBODY: 204}),
    Row("notification_choices", MEMBERS),
    Row("notification_choices", MEMBERS, "post", sent=lambda s: {"decided": "sometimes"}, done=422),
    Row("notifications_read", MEMBERS, "post", done=302),
    Row("notification", MEMBERS, args=lambda s: [s.notification.pk], done=302),
    Row("team", ADMIN),
    Row("team", ADMIN, "post", sent=_person, done=201),
    Row("person", ADMIN, args=of_colleague),
    Row("person", ADMIN, "post", args=of_colleague, sent=_person, done=302),
    Row("person_password", ADMIN, "post", args=of_colleague),
    Row("person_deactivate", ADMIN, "post", args=of_colleague, done=302),
    Row("person_reactivate", ADMIN, "post", args=of_colleague, done=302),
    Row("person_log_out", ADMIN, "post", args=of_colleague, done=302),
    Row("person_two_factor", ADMIN, "post", args=of_colleague, done=302),
    Row("invite", ADMIN, "post", sent=lambda s: {"email": "new@example.com", "roles": ["Viewer"]}, done=302),
    Row("invitation_again", ADMIN, "post", args=lambda s: [s.invitation.pk], done=302),
    Row("invitation_revoke", ADMIN, "post", args=lambda s: [s.invitation.pk], done=302),
    Row("audit", DECIDERS),
    Row("audit_export", DECIDERS, "post", args=lambda s: ["csv"]),
    Row("webhooks", ADMIN),
    Row("webhooks", ADMIN, "post", sent=lambda s: {"name": ""}, done=422),
    Row("webhook", ADMIN, args=of_webhook),
    Row("webhook", ADMIN, "post", args=of_webhook, sent=lambda s: {"name": ""}, done=422),
    *[Row(f"webhook_{name}", ADMIN, "post", args=of_webhook, done=302) for name in WEBHOOK_ACTIONS],
    Row("webhook_secret", ADMIN, "post", args=of_webhook),
    Row("webhook_again", ADMIN, "post", args=lambda s: [s.webhook.pk, s.lost_post.pk], done=302),
    Row("healthz", MEMBERS, done=503, but={ANYBODY: 503}),  # open to probes; no queue runs in these tests
    Row("styleguide", MEMBERS, done=404, but={ANYBODY: 404}),  # there is none outside development
]
CONNECTIONS = [
    Row("integrations:list", TEAM),
    Row("integrations:connect", ADMIN, "post", args=meta, as_json=True),
    Row("integrations:disconnect", ADMIN, "post", args=meta, as_json=True),
    Row("integrations:refresh", ADMIN, "post", args=meta, as_json=True),
    Row("integrations:callback", ADMIN, done=400, but={ANYBODY: 401}),  # nobody here asked for what it brings
]
ACCOUNTS = [
    Row("adaccounts:list", TEAM),
    Row("adaccounts:sync", TEAM, args=lambda s: [synced(s)]),
    Row("adaccounts:sync", ADMIN, "post", args=meta, as_json=True),
    Row("adaccounts:detail", TEAM, args=of_account),
    Row("adaccounts:examples", TEAM, args=of_account),
    Row("adaccounts:detail", ADMIN, "put", args=of_account, sent=lambda s: {"is_enabled": False}, as_json=True),
    Row("adaccounts:approval_rules", ADMIN, "post", args=of_account, sent=lambda s: {"level": "finance"}, done=302),
    Row("adaccounts:detail", ADMIN, "post", args=of_account, sent=lambda s: {"daily_budget_cap": "5"}, done=302),
]
CAMPAIGNS = [
    Row("campaigns:list", TEAM),
    Row("campaigns:bulk", TEAM, done=302),
    Row("campaigns:bulk", TEAM, "post", state="published", sent=_ticked),
    Row("campaigns:bulk_run", TEAM, done=302),
    Row("campaigns:bulk_run", TEAM, "post", state="published", sent=_pausing),  # each row is refused alone
    Row("campaigns:export", TEAM),
    Row("campaigns:import", CREATORS),
    Row("campaigns:import", CREATORS, "post", done=422),  # let in, and asked for a file
    Row("campaigns:import_template", CREATORS),
    Row("campaigns:import_make", CREATORS, done=302),
    Row("campaigns:import_make", CREATORS, "post", done=422),
    Row("campaigns:import_bad_rows", CREATORS, "post", sent=lambda s: {"sheet": '"account,campaign_name\\nx,y"'}),
    Row("campaigns:pending", TEAM),
    Row("campaigns:logs", TEAM),
    Row("campaigns:new", CREATORS),
    Row("campaigns:create", CREATORS, "post", sent=_new_draft, done=302),
    Row("campaigns:detail", TEAM, args=of_draft),
    Row("campaigns:detail", OWNERS, "put", args=of_draft, sent=_renamed, as_json=True),
    Row("campaigns:preview", TEAM, args=of_draft),
    Row("campaigns:save_node", OWNERS, "post", args=lambda s: [s.draft.pk, "campaign"], sent=_node, done=302),
    Row("campaigns:targeting", OWNERS, args=of_draft),
    Row("campaigns:checks", TEAM, args=of_draft),
    Row("campaigns:checks", OWNERS | DECIDERS, "post", args=of_draft),
    Row("campaigns:copy", CREATORS, args=of_draft),
    Row("campaigns:audiences", OWNERS, args=of_draft),
    Row("campaigns:audiences", OWNERS, "post", args=of_draft, done=409),  # let in, and told that nothing was shown
    Row(
        "campaigns:keep_audience",
        CREATORS,
        "post",
        args=of_draft,
        sent=lambda s: {"ad_set": "s1", "name": "A"},
        done=302,
    ),
    Row("campaigns:delete_audience", OWNERS, "post", args=lambda s: [s.draft.pk, s.audience.pk], done=302),
    Row("campaigns:templates", TEAM),
    Row("campaigns:keep_template", CREATORS, args=of_draft),
    Row("campaigns:keep_template", CREATORS, "post", args=of_draft, sent=lambda s: {"name": "Sale"}, done=302),
    Row("campaigns:start_from_template", CREATORS, args=of_template),
    Row("campaigns:start_from_template", CREATORS, "post", args=of_template, done=422),
    Row("campaigns:rename_template", OWNERS, "post", args=of_template, sent=lambda s: {"name": "Sale"}, done=302),
    Row("campaigns:delete_template", OWNERS, "post", args=of_template, done=302),
    Row("campaigns:copy", CREATORS, "post", args=of_draft, done=422),  # let in, and asked for an account
    Row("campaigns:progress", TEAM, state="published", args=of_draft),
    Row("campaigns:media", TEAM),
    Row("campaigns:media", CREATORS, "post", done=422),  # let in, and asked for a file
    Row("campaigns:media_file", TEAM, args=lambda s: [s.picture]),
    Row("campaigns:media_thumbnail", TEAM, args=lambda s: [s.picture]),
    Row("campaigns:media_details", TEAM, args=lambda s: [s.picture]),
    Row("campaigns:media_crop", CREATORS, args=lambda s: [s.picture]),
    Row(
        "campaigns:media_crop", CREATORS, "post", args=lambda s: [s.picture], done=422
    ),  # let in, and asked for a shape
    Row("campaigns:media_cover", OWNERS, "post", args=lambda s: [s.picture], done=422),  # let in; a picture has none
    Row("campaigns:media_delete", OWNERS, "post", args=lambda s: [s.unused_picture], done=302),
    Row("campaigns:stop_account", SWITCHERS, args=lambda s: [s.account.pk]),
    Row("campaigns:stop_account", SWITCHERS, "post", args=lambda s: [s.account.pk], done=302),
    Row("campaigns:look", TEAM, "post", "submitted", of_draft, as_json=True),
    action("needed_by", OWNERS, "submitted"),
    Row("campaigns:guest_links", TEAM, args=of_draft, as_json=True),
    Row(
        "campaigns:guest_links", OWNERS, "post", args=of_draft, sent=lambda s: {"guest": "Acme"}, done=201, as_json=True
    ),
    Row("campaigns:guest_link_revoke", OWNERS, "post", args=of_guest_link, as_json=True),
    Row("campaigns:opinion", MEMBERS, done=410, but={ANYBODY: 410}),
    Row("campaigns:opinion_picture", MEMBERS, args=lambda s: [0], done=404, but={ANYBODY: 404}),
    Row("campaigns:decided", TEAM, state="approved", args=lambda s: [s.draft.pk, 1]),
    Row("campaigns:comments", TEAM, args=of_draft, as_json=True),
    Row("campaigns:comments", SPEAKERS, "post", args=of_draft, sent=lambda s: {"text": "Why?"}, as_json=True),
    Row("campaigns:comment_resolve", SPEAKERS, "post", args=of_thread, as_json=True),
    Row("campaigns:comment_reopen", SPEAKERS, "post", args=of_thread, as_json=True),
    action("submit", OWNERS, "draft"),
    action("withdraw", OWNERS, "submitted"),
    action("approve", DECIDERS, "submitted", _the_hash),
    action("reject", DECIDERS, "submitted", _why),
    action("revise", OWNERS, "rejected"),
    action("publish", PUBLISHERS, "approved"),
    action("cancel", PUBLISHERS, "publishing"),
    action("retry", PUBLISHERS, "failed"),
    action("roll_back", OWNERS, "failed"),
    action("pause", PUBLISHERS, "live"),  # whoever could have started it may stop it
    action("resume", SWITCHERS, "paused"),
    action("end", SWITCHERS, "live"),
    action("duplicate", CREATORS, "published", done=201),
    action("look_again", PUBLISHERS, "needs_attention"),
    action("adopt", PUBLISHERS, "needs_attention", _adoption),
    action("confirm_nothing", PUBLISHERS, "needs_attention", _why),
    action("remove", PUBLISHERS, "needs_attention", _why),
]
ROWS = [*HOUSE, *CONNECTIONS, *ACCOUNTS, *CAMPAIGNS]

#: Records in the Django admin → who may look. Nobody adds, changes or deletes one there.
RECORDS: dict[str, frozenset[str]] = {
    "campaigns_campaigndraft": DECIDERS,
    "campaigns_approval": DECIDERS,
    "campaigns_publishrun": DECIDERS,
    "campaigns_mediaasset": frozenset(),
    "adaccounts_adaccount": DECIDERS,
    "adaccounts_syncrun": frozenset(),
    "integrations_connection": DECIDERS,
    "integrations_apicall": ADMIN,
    "stratum_event": DECIDERS,
    "stratum_user": ADMIN,
    "stratum_notification": frozenset(),
    **dict.fromkeys(["django_q_schedule", "django_q_success", "django_q_failure", "django_q_ormq"], frozenset()),
}
#: The admin's own addresses → who gets in; they lead everybody else to the product's log-in or refuse.
ADMIN_PAGES: dict[str, frozenset[str]] = {
    "index": DECIDERS,
    "login": DECIDERS,
    "logout": DECIDERS,
    "password_change": DECIDERS,
    "password_change_done": DECIDERS,
    "jsi18n": DECIDERS,
    "app_list": DECIDERS,
    "autocomplete": frozenset(),
    "view_on_site": frozenset(),
}
assert set(EVERYBODY) == {*MEMBERS, ANYBODY}

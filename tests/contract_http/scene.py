"""One of everything that an address can name, as it stands when a row of a table is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from adaccounts.models import AdAccount, SyncRun
from campaigns.models import CampaignDraft, CampaignTemplate, SavedAudience
from stratum import events, notifications
from stratum.models import Invitation, Notification, User, Webhook, WebhookPost
from tests.campaigns.drive import RunState, draft_in, make_run
from tests.factories import make_account, make_audience, make_media, make_template
from tests.people import PEOPLE, person

#: Somebody whom no Admin has given a role yet.
NORA = "nora"
ANYBODY = "anonymous"
ROLES = list(PEOPLE)
EVERYBODY = [*ROLES, NORA, ANYBODY]
JSON = {"accept": "application/json"}


@dataclass
class Scene:
    """What there is, and who asks."""

    asks: str
    state: str = "draft"
    _draft: CampaignDraft | None = field(default=None, init=False)

    @property
    def user(self) -> User | None:
        if self.asks == ANYBODY:
            return None
        if self.asks == NORA:
            return User.objects.filter(username=NORA).first() or User.objects.create_user(NORA, "nora@example.com")
        return person(self.asks)

    @property
    def draft(self) -> CampaignDraft:
        """Carl's draft in the state of the row."""
        if self._draft is None:
            self._draft = _draft_in(self.state)
        return self._draft

    @property
    def account(self) -> AdAccount:
        return make_account()

    @property
    def template(self) -> CampaignTemplate:
        """One of Carl's."""
        return make_template()

    @property
    def audience(self) -> SavedAudience:
        """One of Carl's."""
        return make_audience()

    @property
    def picture(self) -> str:
        return str(make_media().sha256)

    @property
    def unused_picture(self) -> str:
        """A picture of Carl's that no campaign shows."""
        return str(make_media(90, 90, colour="#abcdef").sha256)

    @property
    def notification(self) -> Notification:
        """One of whoever asks; of Vera for those who cannot have any."""
        told = self.user or person("vera")
        event = events.record(None, "draft.submitted", self.draft)
        notifications.notify([told], event=event, title="It waits for you", url="/campaigns")
        return Notification.objects.get(user=told)

    @property
    def colleague(self) -> User:
        """Somebody of the team who is nobody that asks."""
        return User.objects.filter(username="max").first() or User.objects.create_user("max", "max@example.com")

    @property
    def invitation(self) -> Invitation:
        """One that waits to be accepted."""
        ends = timezone.now() + timedelta(days=7)
        return Invitation.objects.create(email="new@example.com", invited_by=person("ada"), expires_at=ends)

    @property
    def webhook(self) -> Webhook:
        """One that leads to a port on which nobody listens."""
        made = {"format": Webhook.Format.SIGNED, "url": "http://127.0.0.1:9/hook", "secret": "c2VjcmV0"}
        found, _ = Webhook.objects.get_or_create(name="Hook", defaults={**made, "created_by": person("ada")})
        return found

    @property
    def lost_post(self) -> WebhookPost:
        event = events.record(None, "draft.submitted", self.draft)
        return WebhookPost.objects.create(webhook=self.webhook, event=event, state=WebhookPost.State.FAILED)

    def ask(self, name: str, args: list[Any], method: str, sent: Any, *, as_json: bool = False) -> Any:
        client = Client()
        if self.user is not None:
            client.force_login(self.user)
        headers = JSON if as_json else {}
        if method == "get":
            return client.get(reverse(name, args=args), headers=headers)
        form = {} if not as_json else {"content_type": "application/json"}
        return getattr(client, method)(reverse(name, args=args), sent or {}, headers=headers, **form)


def _draft_in(state: str) -> CampaignDraft:
    """Return Carl's draft in the state, or published and switched so, or failed with a run that needs a person."""
    if state in {"live", "paused"}:
        return draft_in("published", delivery=state)
    if state != "needs_attention":
        return draft_in(state)
    draft = draft_in("failed")
    draft.runs.all().delete()
    make_run(draft, RunState.NEEDS_ATTENTION)
    return draft


def synced(scene: Scene) -> str:
    """A sync has ended; return the platform's name."""
    SyncRun.objects.create(platform="meta", state=SyncRun.State.COMPLETE)
    return "meta"


Args = Callable[[Scene], list[Any]]
Sent = Callable[[Scene], Mapping[str, Any]]

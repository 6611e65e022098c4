"""A machine that lets any people do anything in any order, and a model of what must come of it.

The model is written from the design by hand: it knows roles, hands, screens and money in its own words, and asks nothing of
campaigns/permissions.py or adaccounts/caps.py. Days are days in New York, the account's zone; amounts are US dollars.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adaccounts import approval_rules, editing
from adaccounts.models import AdAccount, CapCommitment
from campaigns import authoring, workflow
from campaigns.models import Approval, CampaignDraft, PublishRun
from campaigns.publishing import runner
from integrations.contracts import Action, Level
from stratum import team
from stratum.models import Event, User
from stratum.roles import Role
from stratum.ui import Refusal
from tests.factories import make_account, make_connection, make_draft_json
from tests.people import person
from tests.publishing.imaginary import World
from tests.publishing.people_model import (
    CHANGES,
    DEEDS,
    FAULTS,
    FILLS,
    LEADS_TO,
    NOW,
    OTHERS,
    ROLES,
    TEAM,
    ZONE,
    Card,
    Promise,
    contents,
    promise_of,
    some_roles,
    thresholds,
    which,
    which_level,
    who,
)


class PeopleMachine(RuleBasedStateMachine):
    """Two campaigns on one account with caps; each rule is something a person, the clock or the platform does."""

    world: ClassVar[World]
    template: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(NOW, tick=True)
        self.clock = self.travel.start()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.world.things.clear()
        self.world.faults.clear()
        self.roles = copy.deepcopy(ROLES)
        self.active = set(TEAM)
        self.promised: dict[tuple[int, int], Promise] = {}
        self.cards: list[Card] = []
        self.over: dict[str, int] = {}
        self.strictest: dict[str, int] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
        self.travel.stop()

    # What the model knows -------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return timezone.now().astimezone(ZONE).date()

    def holds(self, name: str, *roles: str) -> bool:
        return name in self.active and not self.roles[name].isdisjoint({*roles, Role.ADMIN})

    def fills(self, name: str, level: str) -> bool:
        return name in self.active and not self.roles[name].isdisjoint(FILLS[level])

    def attempt(self, call: Callable[[], Any]) -> Any:
        """Return what came of it; None if the product said no."""
        try:
            return call()
        except (Refusal, PermissionDenied):
            return None

    def user(self, name: str) -> User:
        return User.objects.get(username=name)  # fresh: roles are remembered by the object

    def draft(self, card: Card) -> CampaignDraft:
        return CampaignDraft.objects.select_related("account").get(pk=card.pk)

    def act(self, action: str, name: str, card: Card, **more: Any) -> Any:
        return self.attempt(lambda: getattr(workflow, action)(card.pk, by=self.user(name), **more))

    def content(self, typed: dict[str, Any]) -> dict[str, Any]:
        made = copy.deepcopy(self.template)
        made["campaign"] |= {
            "name": typed["name"],
            "budget": {"amount": typed["amount"], "type": typed["type"]},
            "schedule": {"start": typed["start"], "end": typed["end"]},
        }
        made["ad_sets"][0]["budget"] = None
        return made

    def promise(self, card: Card) -> None:
        """Note what is committed from now on, and look whether it may be."""
        new = promise_of(card.approved, self.today)
        self.promised[(card.pk, card.number)] = new
        account = AdAccount.objects.get()
        if account.daily_cap is not None:
            for day in self.days_of(new):
                together = sum(one.on(day) for one in self.promised.values())
                assert together <= account.daily_cap, f"{together} committed on {day}, the cap is {account.daily_cap}"
        if account.monthly_cap is not None:
            for month in sorted({day.replace(day=1) for day in self.days_of(new)}):
                real = account.count_real_days
                together = sum(one.in_month(month, real) for one in self.promised.values())
                assert together <= account.monthly_cap, f"{together} in {month:%B}, the cap is {account.monthly_cap}"

    def asked_of(self, card: Card, content: Any) -> set[str]:
        """Return the levels that the rules of this moment ask of the content.

        Ada alone changes rules here, so where she had a hand in a campaign the strictest there ever were hold.
        """
        per_day = promise_of(content, self.today).per_day
        rules = self.strictest if "ada" in card.hands else self.over
        return {"approver"} | {level for level, over in rules.items() if per_day > over}

    def days_of(self, one: Promise) -> list[date]:
        last = one.last or one.first + timedelta(days=200)
        return [one.first + timedelta(days=n) for n in range((last - one.first).days + 1)]

    # People ---------------------------------------------------------------------------------------------------------
    # Few rules with many deeds each: the machine plays only some of its rules in a game, and each game needs all deeds.

    @initialize(typed=st.lists(contents(), min_size=2, max_size=2))
    def begin(self, typed: list[dict[str, Any]]) -> None:
        account = AdAccount.objects.get()
        for name, one in zip(["carl", "cora"], typed, strict=True):
            made = authoring.create(account, by=self.user(name), draft_json=self.content(one))
            self.cards.append(Card(made.pk, name, {name}))

    @rule(number=which, deed=st.sampled_from(DEEDS), name=who)
    def somebody_acts(self, number: int, deed: str, name: str) -> None:
        card = self.cards[number]
        if deed in {"pause", "resume", "end"}:
            self.switch(card, deed, name or "ada")
        elif deed in {"publish", "retry"}:
            self.publish(card, deed, name or "ada")
        elif deed in {"look", "approve", "look and approve", "reject"}:
            self.decide(card, deed, name or self.approver_of(card))
        else:
            self.write(card, deed, name or card.creator)

    @rule(number=which, name=who, typed=contents(), is_stale=st.sampled_from([False, False, True]))
    def somebody_types(self, number: int, name: str, typed: dict[str, Any], is_stale: bool) -> None:
        self.save(self.cards[number], name, typed, is_stale=is_stale)

    def save(self, card: Card, name: str, typed: dict[str, Any], *, is_stale: bool) -> None:
        draft, name = self.draft(card), name or card.creator
        version = draft.version - 1 if is_stale else draft.version
        content, by = self.content(typed), self.user(name)
        saved = self.attempt(lambda: authoring.save(card.pk, by=by, draft_json=content, version=version))
        if saved is not None and saved.version != draft.version:
            card.hands.add(name)

    @rule(number=which, typed=contents())
    def content_changes_behind_a_screen(self, number: int, typed: dict[str, Any]) -> None:
        card = self.cards[number]
        approver = self.approver_of(card)
        self.write(card, "submit", card.creator)
        self.decide(card, "look", approver)
        self.write(card, "withdraw", card.creator)
        self.save(card, "", typed, is_stale=False)
        self.write(card, "submit", card.creator)
        self.decide(card, "approve", approver)

    @rule(number=which)
    def whoever_had_a_hand_in_it_tries_to_approve(self, number: int) -> None:
        card = self.cards[number]
        self.write(card, "submit", card.creator)
        for name in sorted(card.hands):
            self.decide(card, "look and approve", name)

    @rule(number=which)
    def an_approved_one_is_revised(self, number: int) -> None:
        self.go_on(self.cards[number], 2, "")
        self.write(self.cards[number], "revise", self.cards[number].creator)

    @rule(
        numbers=st.sampled_from([(0,), (1,), (0, 1)]), times=st.integers(1, 4), fault=st.sampled_from(["", "", *FAULTS])
    )
    def things_go_on_as_they_should(self, numbers: tuple[int, ...], times: int, fault: str) -> None:
        """Otherwise the machine would hardly ever get a campaign as far as published."""
        for number in numbers:
            self.go_on(self.cards[number], times, fault)

    def go_on(self, card: Card, times: int, fault: str) -> None:
        for _ in range(times):
            steps: dict[str, Callable[[], None]] = {
                "draft": lambda: self.write(card, "submit", card.creator),
                "submitted": lambda: self.decide_all(card),
                "approved": lambda: self.publish(card, "publish", "ada"),
                "failed": lambda: self.publish(card, "retry", "ada"),
                "rejected": lambda: self.write(card, "revise", card.creator),
            }
            steps.get(str(self.draft(card).status), lambda: self.work(card, fault))()

    def write(self, card: Card, deed: str, name: str) -> None:
        done = self.act(deed, name, card)
        if done is None:
            return
        if deed == "submit":
            card.hands.add(name)
            card.asked, card.filled = self.asked_of(card, done.draft_json), {}
        removing = PublishRun.objects.filter(draft=card.pk, state="removing").exists()
        if deed in {"revise", "roll_back"} and not removing:
            self.promised.pop((card.pk, card.number), None)

    def decide_all(self, card: Card) -> None:
        """Let one after the other approve who can, so that dear campaigns get as far as cheap ones."""
        for name in (self.approver_of(card), "fiona", "abel", "ada"):
            self.decide(card, "look and approve", name)

    def decide(self, card: Card, deed: str, name: str) -> None:
        if deed.startswith("look"):
            draft = self.draft(card)
            card.screens[name] = (draft.content_hash, copy.deepcopy(draft.draft_json))
        if deed == "reject" and self.act("reject", name, card, reason="Too dear.") is not None:
            self.may_decide(card, name)
        if deed.endswith("approve"):
            self.approve(card, name)

    def approve(self, card: Card, name: str) -> None:
        shown_hash, shown = card.screens.get(name, ("0" * 64, None))
        approved = self.act("approve", name, card, content_hash=shown_hash)
        if approved is None:
            return
        self.may_decide(card, name)
        self.note_level(card, name)
        if approved.status != CampaignDraft.Status.APPROVED:
            return
        assert self.draft(card).draft_json == shown, f"{name} approved what was not on the screen"
        card.approved = shown
        card.number = Approval.objects.filter(draft=card.pk).latest("number").number
        self.promise(card)

    def note_level(self, card: Card, name: str) -> None:
        """Note which level this approval fills, and what the rules of this moment ask besides."""
        level = Approval.objects.filter(draft=card.pk).latest("number").level
        assert level not in card.filled, f"{level} was filled twice"
        assert self.fills(name, level), f"{name} may not approve as {level}, and did"
        card.asked |= self.asked_of(card, self.draft(card).draft_json)
        card.filled[level] = name

    def may_decide(self, card: Card, name: str) -> None:
        asked = card.asked | self.asked_of(card, self.draft(card).draft_json)
        assert any(self.fills(name, level) for level in asked), f"{name} is no approver, and decided"
        assert name not in card.hands, f"{name} had a hand in it, and decided"

    def approver_of(self, card: Card) -> str:
        return next((name for name in ("anne", "cora") if name not in card.hands), "ada")

    def publish(self, card: Card, deed: str, name: str) -> None:
        known = dict(PublishRun.objects.filter(draft=card.pk).values_list("pk", "attempt"))
        run = self.act(deed, name, card)
        if run is None or known.get(run.pk) == run.attempt:
            return
        own = name == card.creator and self.holds(name, Role.CREATOR)
        assert own or self.holds(name, Role.PUBLISHER), f"{name} may not publish, and did"
        assert self.draft(card).draft_json == card.approved, "what is published is not what was approved"
        missing = self.asked_of(card, card.approved) - set(card.filled)
        assert not missing, f"it is published without its levels of today: {sorted(missing)}"
        self.promise(card)

    def switch(self, card: Card, deed: str, name: str) -> None:
        action = {"pause": Action.SWITCH_OFF, "resume": Action.SWITCH_ON, "end": Action.END}[deed]
        self.attempt(lambda: workflow.switch(card.pk, action, by=self.user(name)))

    # What goes on without them --------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 9, 9, 24, 24 * 6]))
    def time_passes(self, hours: int) -> None:
        self.clock.shift(timedelta(hours=hours))

    @rule(number=which, fault=st.sampled_from(["", "", *FAULTS]))
    def workers_work(self, number: int, fault: str) -> None:
        self.work(self.cards[number], fault)

    def work(self, card: Card, fault: str) -> None:
        self.world.faults = {key: list(faults) for key, faults in FAULTS.get(fault, {}).items()}
        for run in PublishRun.objects.open().filter(draft=card.pk):
            self.finish(run)
            self.note_end(card, PublishRun.objects.select_related("approval").get(pk=run.pk))

    def finish(self, run: PublishRun) -> None:
        for _ in range(8):
            PublishRun.objects.filter(pk=run.pk).update(lease_until=None, due_at=run.created_at)
            runner.work(run.pk)
            if not PublishRun.objects.filter(pk=run.pk, state__in=PublishRun.DUE).exists():
                return

    def note_end(self, card: Card, run: PublishRun) -> None:
        key = (card.pk, run.approval.number)
        if run.state == "removed":
            self.promised.pop(key, None)
        if run.state == "succeeded" and run.kind == "end":
            was = self.promised[key]
            if was.first > self.today:
                del self.promised[key]
            elif was.last is None or was.last > self.today:
                self.promised[key] = replace(was, last=self.today)

    @rule(
        daily=st.sampled_from([None, 500, 1500, 2000]),
        monthly=st.sampled_from([None, 12_000, 30_000, 31_000]),
        real=st.booleans(),
    )
    def caps_change(self, daily: int | None, monthly: int | None, real: bool) -> None:
        changes = {
            "daily_cap": Decimal(daily) if daily else None,
            "monthly_cap": Decimal(monthly) if monthly else None,
            "count_real_days": real,
        }
        editing.change(AdAccount.objects.get().pk, by=self.user("ada"), changes=changes)

    @rule(number=which, level=which_level, over=st.sampled_from([0, 0, 350, 500]), then=thresholds)
    def an_admin_changes_a_level_while_one_waits(self, number: int, level: str, over: int, then: int | None) -> None:
        card = self.cards[number]
        self.write(card, "withdraw", card.creator)
        self.ask_level(level, over)
        self.write(card, "submit", card.creator)
        self.ask_level(level, then)
        self.decide(card, "look and approve", self.approver_of(card))

    @rule(change=st.sampled_from(CHANGES), name=st.sampled_from(OTHERS), roles=some_roles)
    def circumstances_change(self, change: str, name: str, roles: set[str]) -> None:
        stale = timezone.now() if change == "account is missing" else None
        AdAccount.objects.update(is_enabled=change != "account is disabled", stale_since=stale)
        if change == "somebody has other roles":
            give(name, roles)
            self.roles[name] = set(roles)
        elif change == "somebody leaves" and name in self.active:
            team.deactivate(self.user(name), by=self.user("ada"))
            self.active.discard(name)
        elif change == "everybody returns":
            for away in sorted(set(OTHERS) - self.active):
                team.reactivate(self.user(away), by=self.user("ada"))
            self.active = set(TEAM)

    def ask_level(self, level: str, over: int | None) -> None:
        """Have an Admin ask for the level over so much a day, or no more."""
        account, ada = AdAccount.objects.get(), self.user("ada")
        if over is None:
            approval_rules.remove_rule(account.pk, by=ada, level=level)
            self.over.pop(level, None)
            return
        amount = Decimal(over)
        approval_rules.set_rule(account.pk, by=ada, level=level, over_per_day=amount, over_total=None)
        self.over[level] = over
        self.strictest[level] = min(over, self.strictest.get(level, over))

    # What always holds ----------------------------------------------------------------------------------------------

    @invariant()
    def what_is_committed_is_what_was_promised(self) -> None:
        rows = {
            (row.draft_id, row.approval_number): Promise(row.from_day, row.to_day, row.per_day, row.is_spread)
            for row in CapCommitment.objects.all()
        }
        assert rows == self.promised

    @invariant()
    def nothing_is_approved_without_every_level_it_needed(self) -> None:
        """What binds is asked at submit and again at each decision: a rule dropped in between still counts.

        An approval counts for the role that its person held when they gave it, and for one level only.
        """
        for card in self.cards:
            if str(self.draft(card).status) not in {"approved", "publishing", "published"}:
                continue
            missing = card.asked - set(card.filled)
            assert not missing, f"it is approved without its levels: {sorted(missing)}"
            people = list(card.filled.values())
            assert len(set(people)) == len(people), "one person was counted for two levels"
            assert card.hands.isdisjoint(people), "somebody who had a hand in it was counted for a level"

    @invariant()
    def nothing_can_spend_that_nobody_approved_and_committed(self) -> None:
        on = [thing for thing in self.world.things.values() if thing.level == Level.CAMPAIGN and thing.is_on]
        for thing in on:
            short_id, number, _ = thing.key.split("-")
            card = next(card for card in self.cards if self.draft(card).short_id == short_id)
            assert card.number == int(number), "another approval's campaign is on"
            wanted = card.approved["campaign"]
            assert (thing.name, thing.budget) == (wanted["name"], str(Decimal(wanted["budget"]["amount"])))
            assert (card.pk, card.number) in self.promised, "a campaign can spend what is committed nowhere"

    @invariant()
    def no_state_is_without_its_event(self) -> None:
        drafts = {draft.event_subject: draft for draft in CampaignDraft.objects.select_related("account")}
        states: dict[str, str] = {}
        rows = Event.objects.filter(subject__in=list(drafts)).order_by("pk").values_list("subject", "code")
        for subject, code in rows:
            if code == "draft.publish_failed" and states.get(subject) == "publishing":
                states[subject] = "failed"
            states[subject] = LEADS_TO.get(code, states.get(subject, ""))
        assert states == {subject: str(draft.status) for subject, draft in drafts.items()}


def give(name: str, roles: set[str]) -> None:
    user = User.objects.get(username=name)
    names = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}
    team.change(user, by=User.objects.get(username="ada"), roles=[Role(role) for role in roles], **names)


def prepare(world: World) -> type[PeopleMachine]:
    """Make the people, the account and its connection, and return the machine that plays with them."""
    for name in TEAM:
        person(name)
    for name in OTHERS:
        give(name, ROLES[name])
    make_account(daily_cap="1500", monthly_cap="30000")
    make_connection(expires_at=NOW + timedelta(days=4000))
    return type("People", (PeopleMachine,), {"world": world, "template": make_draft_json()})

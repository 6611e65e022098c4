"""Hands a draft in: our own rules, then the landing pages, then the platform's word, and only then the submission itself.

Pages and platform are asked here, outside of any transaction. What a page's silence means is for the creator to judge.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from campaigns import building, permissions, preflight, rules, unusual, workflow
from campaigns.landing import pages
from campaigns.landing.pages import Page
from campaigns.models import CampaignDraft
from campaigns.preflight import Answer
from campaigns.rules import Problem
from campaigns.unusual import UnusualBudget
from stratum.models import User
from stratum.ui import Refusal


class NotSaidYet(Refusal):
    """The campaign could be submitted, but its creator must say something first: on the page of its checks."""

    #: What to do, for who was not on that page.
    on_its_page = ""


class PagesUnreachable(NotSaidYet):
    """Landing pages did not open, and nobody has said yet that the campaign is to be submitted all the same."""

    on_its_page = "Say on the campaign's own page that it is to be used nevertheless."


class BudgetNotTyped(NotSaidYet):
    """The budget is many times the account's usual one and was not typed again, or as another amount."""

    on_its_page = "That is done on the campaign's own page."


@dataclass(frozen=True)
class Checked:
    """All that is known before a submission: our own rules, the landing pages, the platform's answer if it was asked."""

    draft: CampaignDraft
    problems: list[Problem]
    pages: list[Page]
    answer: Answer | None = None
    unusual: UnusualBudget | None = None

    @property
    def unreachable(self) -> list[Page]:
        return [page for page in self.pages if page.is_warned_of]


def submit(draft_id: int, *, by: User, accepted: Collection[str] = (), typed_budget: str = "") -> CampaignDraft:
    """Submit the draft; `accepted` are the addresses of pages that did not open and shall be used nevertheless.

    `typed_budget` is the budget once more. Raises PagesUnreachable for others that did not open, BudgetNotTyped for a
    budget that is unusual there and not what was typed, and what rules, the platform and workflow.submit() refuse.
    """
    draft = building.fetch(draft_id)
    permissions.require(by, draft, "submit")
    rules.require_ready(draft)
    odd = unusual.of(draft)
    if odd is not None and not odd.is_typed(typed_budget):
        raise _not_typed(odd, typed_budget)
    unreachable = [page for page in pages.visit(draft.content) if page.is_warned_of]
    rules.require_ready(draft)  # a page may have led to a private address
    left = [page for page in unreachable if page.url not in accepted]
    if left:
        raise _unreachable(left)
    preflight.require_accepted(draft)
    confirmed = odd.amount if odd else None
    return workflow.submit(
        draft_id, by=by, accepted_pages=[page.url for page in unreachable], confirmed_budget=confirmed
    )


def look(draft_id: int) -> Checked:
    """Return what is known already; nobody is asked."""
    draft = building.fetch(draft_id)
    return Checked(draft, rules.problems_of(draft), pages.pages_of(draft.content), unusual=unusual.of(draft))


def check(draft_id: int) -> Checked:
    """Visit every landing page, and ask the platform if nothing else stands in the way."""
    draft = building.fetch(draft_id)
    pages.visit(draft.content, again=True)
    known = look(draft_id)
    if preflight.can_ask(draft) and any(problem.is_error for problem in known.problems):
        return replace(
            known, answer=Answer(asked=False, why="Settle the errors first; then the platform can be asked.")
        )
    answer = preflight.ask(draft)
    return replace(known, problems=[*answer.problems, *known.problems], answer=answer)


def _not_typed(odd: UnusualBudget, typed: str) -> BudgetNotTyped:
    message = "That is not the campaign's budget." if typed else "Type the budget again if it is meant."
    details = [{"code": "BUDGET_UNUSUAL", "path": "typed_budget", "message": message, "fix": odd.sentence}]
    return BudgetNotTyped("VALIDATION_FAILED", f"{odd.sentence} {message}", details)


def _unreachable(left: list[Page]) -> PagesUnreachable:
    first = left[0]
    said = first.check.message if first.check else ""
    count = "A landing page was" if len(left) == 1 else f"{len(left)} landing pages were"
    details = [
        {
            "code": "LANDING_PAGE_UNREACHABLE",
            "path": page.paths[0],
            "message": page.check.message if page.check else "",
            "fix": "See that it opens, or send its address in accept_pages.",
            "url": page.url,
        }
        for page in left
    ]
    return PagesUnreachable(
        "VALIDATION_FAILED", f"{count} not found to open, so it is not submitted yet. {said}", details
    )

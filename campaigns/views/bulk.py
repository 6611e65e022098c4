"""One action on many campaigns: a page that asks, then a page that answers for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from campaigns.bulk import answered, asked
from campaigns.bulk.actions import ACTIONS, Action, Press
from campaigns.bulk.answered import MOST, Answer, Outcome
from campaigns.views.progress import VIEW
from stratum import ui
from stratum.ui import Refusal

SHOWN = "hash-"


@require_http_methods(["GET", "POST"])
@VIEW
def ask(request: HttpRequest) -> HttpResponse:
    """Show the ticked campaigns with their money before anything is done to them."""
    if request.method == "GET":  # where a log-in in between leads
        return redirect("campaigns:list")
    action, versions = _action(request.POST.get("action")), _ticked(request.POST.getlist("row"))
    if not versions:
        messages.info(request, f"Tick campaigns first, then choose {action.label}.")
        return redirect(ui.back(request, reverse("campaigns:list")))
    return _asking(request, action, asked.lines(ui.member(request), action, versions))


@require_http_methods(["GET", "POST"])
@VIEW
def run(request: HttpRequest) -> HttpResponse:
    """Do it, and answer for each campaign."""
    if request.method == "GET":
        return redirect("campaigns:list")
    sent = ui.body(request)
    action, reason = _action(sent.get("action")), str(sent.get("reason", ""))
    hashes = _hashes(sent)
    if len(hashes) > MOST:
        raise _too_many()
    if action.needs_reason and not reason.strip():
        return _without_reason(request, action, hashes)
    answers = answered.run(action, hashes, Press(ui.member(request), reason))
    if ui.wants_json(request):
        return ui.success({"answers": [_data(answer) for answer in answers]})
    counts = Counter(answer.outcome for answer in answers)
    context = {
        "action": action,
        "title": _title(action, counts),
        "groups": [[answer for answer in answers if answer.outcome is outcome] for outcome in SHOWN_AS],
        "left": [answer for answer in answers if answer.outcome is Outcome.LATER],
        "reason": reason,
        "back": ui.back(request, reverse("campaigns:list")),
    }
    return render(request, "campaigns/bulk/answers.html", context)


#: What asks for a person's eyes comes first.
SHOWN_AS = [Outcome.REFUSED, Outcome.LATER, Outcome.BEFORE, Outcome.DONE]


def _asking(
    request: HttpRequest, action: Action, lines: list[asked.Line], *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "action": action,
        "open": [line for line in lines if not line.reason_against],
        "closed": [line for line in lines if line.reason_against],
        "sums": asked.sums(lines),
        "errors": [error] if error else [],
        "back": ui.back(request, reverse("campaigns:list")),
    }
    return render(request, "campaigns/bulk/ask.html", context, status=status)


def _without_reason(request: HttpRequest, action: Action, hashes: Mapping[int, str]) -> HttpResponse:
    message = "Say why: the creators need a reason."
    if ui.wants_json(request):
        raise Refusal("VALIDATION_FAILED", message, [{"path": "reason", "message": message}])
    lines = asked.lines_shown(ui.member(request), action, hashes)
    return _asking(request, action, lines, error=message, status=422)


def _title(action: Action, counts: Mapping[Outcome, int]) -> str:
    done = counts[Outcome.DONE] + counts[Outcome.BEFORE]
    not_done = counts[Outcome.REFUSED] + counts[Outcome.LATER]
    return f"{done} {action.done}" + (f", {not_done} not" if not_done else "")


def _action(name: Any) -> Action:
    if name not in ACTIONS:
        raise Refusal("VALIDATION_FAILED", f"Choose an action: {', '.join(ACTIONS)}.")
    return ACTIONS[name]


def _ticked(rows: list[str]) -> dict[int, int]:
    """Return the version of each ticked campaign that was on the screen."""
    pairs = [row.partition(":") for row in rows]
    found = {int(pk): int(version) for pk, _, version in pairs if _is_number(pk) and _is_number(version)}
    if len(found) > MOST:
        raise _too_many()
    return found


def _hashes(sent: Mapping[str, Any]) -> dict[int, str]:
    """Return the hash that was on the screen by the campaign's id: fields `hash-12`, or JSON `hashes: {"12": …}`."""
    by_id = sent.get("hashes")
    if not isinstance(by_id, Mapping):
        by_id = {name.removeprefix(SHOWN): value for name, value in sent.items() if name.startswith(SHOWN)}
    return {int(pk): str(value) for pk, value in by_id.items() if _is_number(pk)}


def _is_number(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19


def _too_many() -> Refusal:
    return Refusal("VALIDATION_FAILED", f"Choose at most {MOST} campaigns at once. Nothing was done.")


def _data(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.draft.pk,
        "outcome": answer.outcome.value,
        "message": answer.sentence,
        "code": answer.code,
        "details": answer.details,
        "url": answer.url,
    }

"""The way of an API call through the sandbox: journal, latency, faults, the platform, and back."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse

from . import faults
from .call import Answer, Call, UnreadableBodyError, read_call
from .journal import Recording
from .models import Fault, settings_in_force
from .platform import Platform
from .sockets import BREAKAGE

CORE_SETTINGS: dict[str, Any] = {"latency_ms": 0}
_BREAKAGES = {"drop_before": "drop", "drop_after": "drop", "reset": "reset", "truncate": "truncate"}


def respond(request: HttpRequest, platform: Platform, surface: str, path: str) -> HttpResponse:
    """Answers one API call; nothing is locked while it is held up."""
    settings = settings_in_force(CORE_SETTINGS | platform.settings)
    live = faults.live(platform.slug)
    try:
        call = read_call(request, surface, path, settings, live)
    except UnreadableBodyError as problem:
        return _as_response(platform.unreadable(str(problem)))
    with Recording(platform, call) as recording:
        return _answered(request, platform, call, recording)


def _answered(request: HttpRequest, platform: Platform, call: Call, recording: Recording) -> HttpResponse:
    due = time.monotonic() + call.settings["latency_ms"] / 1000
    requests = platform.requests(call)
    delay = call.faults.claim(requests, faults.DELAYS)
    breakage = call.faults.claim(requests, faults.CONNECTION)
    _wait(delay, "before")
    if breakage and breakage.moment == "before":
        return _broken(request, recording, breakage)
    answer = execute(platform, call)
    _wait(delay, "after")
    time.sleep(max(0.0, due - time.monotonic()))
    return _sent(request, recording, breakage, answer)


def execute(platform: Platform, call: Call) -> Answer:
    """Executes a call, or one that another carries, under the faults that put another answer in its place."""
    requests = [(call.method, call.path)]
    view = call.faults.claim(requests, faults.VIEWS)
    fault = call.faults.claim(requests, faults.ANSWERS)
    if fault and fault.moment == "before":
        return _in_its_place(platform, call, fault)
    answer = platform.answer(call.seeing(view.value) if view else call)
    return _in_its_place(platform, call, fault) if fault else answer


def _in_its_place(platform: Platform, call: Call, fault: Fault) -> Answer:
    match fault.effect:
        case "status":
            return platform.failing(call, int(fault.value))
        case "rate_limit":
            return platform.throttled(call, fault.value)
        case "token_expired":
            return platform.token_expired(call)
        case "token_revoked":
            return platform.token_revoked(call)
    return _ordered_body(fault.value)


def _ordered_body(value: Any) -> Answer:
    """The answer as it was ordered: {status, body, headers, content_type}, or a bare body that goes out with 400."""
    if not isinstance(value, dict) or "body" not in value:
        return Answer(value, status=400)
    answer = Answer(value["body"], status=value.get("status", 400), headers=value.get("headers", {}))
    answer.content_type = value.get("content_type", answer.content_type)
    return answer


def _wait(delay: Fault | None, moment: str) -> None:
    if delay and delay.moment == moment:
        time.sleep(float(delay.value))


def _sent(request: HttpRequest, recording: Recording, breakage: Fault | None, answer: Answer) -> HttpResponse:
    if breakage is None:
        recording.answered(answer)
        return _as_response(answer)
    if breakage.effect != "truncate":
        return _broken(request, recording, breakage)
    recording.truncated(answer)
    request.META[BREAKAGE] = _BREAKAGES[breakage.effect]
    return _as_response(answer)


def _broken(request: HttpRequest, recording: Recording, breakage: Fault) -> HttpResponse:
    recording.unanswered()
    request.META[BREAKAGE] = _BREAKAGES[breakage.effect]
    return HttpResponse()


def _as_response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.content(), status=answer.status, content_type=answer.content_type)
    for name, value in answer.headers.items():
        response[name] = value
    # Without a length nobody could tell a truncated answer from a whole one.
    response["Content-Length"] = str(len(response.content))
    # A refusal is the sandbox's work, not a failure to write to its log about.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response

"""The second factor: a code from an app on the person's phone (TOTP, RFC 6238), or one of ten codes on paper.

A log-in with a second factor is finished only by the code: until then nobody is logged in, and the session holds no more
than whose password was right, for ten minutes. Each code is good once. After a wrong one the next try waits 1, 2, 4 …
seconds.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString

from stratum import events, sessions, ui
from stratum.models import Authenticator, User
from stratum.roles import Role
from stratum.ui import Refusal

TURNED_ON = "person.two_factor_on"
TURNED_OFF = "person.two_factor_off"
REMOVED = "person.two_factor_removed"
NEW_CODES = "person.backup_codes_made"
CODE_USED = "person.backup_code_used"
WRONG_CODE = "person.wrong_code"

ISSUER = "Stratum"
#: Whom REQUIRE_TWO_FACTOR concerns: those who can let money be spent, or let others do it.
REQUIRED_OF = frozenset({Role.ADMIN, Role.APPROVER, Role.FINANCE, Role.PUBLISHER})
STEP_SECONDS = 30
#: How many steps a phone's clock may be early or late.
TOLERANCE = 1
BACKUP_CODES = 10
LONGEST_WAIT = timedelta(minutes=15)
#: In the session: a second factor is set up, so the middleware need not ask the database at each request.
SESSION_FLAG = "two_factor"
#: No letters and figures that look alike, because these codes are written down.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class TooSoon(Exception):
    """The code is not looked at, because a wrong one was entered a moment ago."""

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        super().__init__(f"Too many wrong codes. Wait {seconds} second{'' if seconds == 1 else 's'}, then try again.")


def is_on(user: User) -> bool:
    """Say whether the person's log-in asks for a code."""
    return Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_required(user: User) -> bool:
    """Say whether the installation demands a second factor of this person."""
    return settings.REQUIRE_TWO_FACTOR and (user.is_superuser or not REQUIRED_OF.isdisjoint(user.roles))


# Setting up ---------------------------------------------------------------------------------------------------------


def begin(user: User) -> Authenticator:
    """Return the person's authenticator that waits for its first code; Refusal if the second factor is on."""
    row, _ = Authenticator.objects.get_or_create(user=user, defaults={"secret": pyotp.random_base32()})
    if row.confirmed_at:
        raise Refusal("INVALID_STATUS_TRANSITION", "Your second factor is on already.")
    return row


def address(row: Authenticator) -> str:
    """Return the otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(row.secret).provisioning_uri(name=row.user.email or row.user.username, issuer_name=ISSUER)


def picture(row: Authenticator) -> SafeString:
    """Return the address as a QR code: an SVG element without style attributes, dark on light in every theme."""
    code = segno.make(address(row), error="m")
    # Nothing of it but black and white squares comes from the address.
    return SafeString(
        code.svg_inline(border=3, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    )


def confirm(user: User, code: str, *, session_key: str) -> list[str] | None:
    """Turn the second factor on with the app's first code, and return the backup codes; None if the code is wrong.

    Every other session of the person ends: none of them has shown a second factor.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(user=user, confirmed_at=None)
        _check_wait(row)
        if not _takes(row, code):
            _note_failure(row)
            return None
        codes = _new_codes(row)
        row.confirmed_at = timezone.now()
        row.save()
        sessions.end_others(user, but=session_key)
        events.record(user, TURNED_ON, user)
    return codes


def new_backup_codes(user: User, code: str) -> list[str] | None:
    """Replace the backup codes, and return the new ones; None if the app's code is wrong."""
    with transaction.atomic():
        row = _locked(user)
        if not _takes(row, code):
            _note_failure(row)
            return None
        codes = _new_codes(row)
        row.save()
        events.record(user, NEW_CODES, user)
    return codes


def codes_left(user: User) -> int:
    """Return how many backup codes the person has not used yet."""
    row = Authenticator.objects.filter(user=user).first()
    return len(row.backup_codes.split()) if row else 0


def _new_codes(row: Authenticator) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(BACKUP_CODES)
    ]
    row.backup_codes = " ".join(_hash(code) for code in codes)
    return codes


# Asking for it ------------------------------------------------------------------------------------------------------


def check(user: User, code: str) -> bool:
    """Say whether the code is the app's present one, or a backup code, and use it up; TooSoon after wrong ones.

    Whoever asks twice at once with one code is told yes once.
    """
    with transaction.atomic():
        row = _locked(user)
        if _takes(row, code):
            row.save()
            return True
        if _takes_backup(row, code):
            row.save()
            events.record(user, CODE_USED, user, left=len(row.backup_codes.split()))
            return True
        _note_failure(row)
        events.record(None, WRONG_CODE, user, in_a_row=row.failures)
        return False


def turn_off(user: User, code: str, *, session_key: str) -> bool:
    """Turn the person's own second factor off; False if the code is wrong, Refusal where it is required.

    Every other session of the person ends.
    """
    if is_required(user):
        raise Refusal("INVALID_STATUS_TRANSITION", "Your role needs a second factor here, so it cannot be turned off.")
    if not check(user, code):
        return False
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        sessions.end_others(user, but=session_key)
        events.record(user, TURNED_OFF, user)
    return True


def _locked(user: User) -> Authenticator:
    row = Authenticator.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
    _check_wait(row)
    return row


def _takes(row: Authenticator, code: str) -> bool:
    """Say whether it is a code of now, and newer than the last one used; note it if so."""
    given = "".join(code.split())
    now = int(time.time()) // STEP_SECONDS
    app = pyotp.TOTP(row.secret, interval=STEP_SECONDS)
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if step > row.last_step and hmac.compare_digest(app.at(step * STEP_SECONDS).encode(), given.encode()):
            row.last_step, row.failures, row.failed_at = step, 0, None
            return True
    return False


def _takes_backup(row: Authenticator, code: str) -> bool:
    left, given = row.backup_codes.split(), _hash(code)
    if not any(hmac.compare_digest(one, given) for one in left):
        return False
    row.backup_codes = " ".join(one for one in left if one != given)
    row.failures, row.failed_at = 0, None
    return True


def _hash(code: str) -> str:
    # The column is encrypted as well; the hash keeps the codes from whoever can decrypt it.
    plain = code.lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(f"stratum.backup:{plain}".encode()).hexdigest()


def _check_wait(row: Authenticator) -> None:
    if not row.failures or row.failed_at is None:
        return
    wait = min(timedelta(seconds=2 ** min(row.failures - 1, 20)), LONGEST_WAIT)
    left = row.failed_at + wait - timezone.now()
    if left > timedelta(0):
        raise TooSoon(left)


def _note_failure(row: Authenticator) -> None:
    row.failures, row.failed_at = row.failures + 1, timezone.now()
    row.save(update_fields=["failures", "failed_at"])


# Where it is required -----------------------------------------------------------------------------------------------


class Requirement:
    """Middleware: leads whoever must have a second factor, and has none, to the page that sets it up, and nowhere else."""

    #: Pages that stay open meanwhile.
    open = frozenset({"two_factor_set_up", "logout", "password_change"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_TWO_FACTOR or not getattr(view, "login_required", True):
            return None
        if request.resolver_match and request.resolver_match.view_name in self.open:
            return None
        if not self._is_missing(request):
            return None
        if ui.wants_json(request) or "HX-Request" in request.headers:
            return ui.failure("FORBIDDEN", "Your role needs a second factor. Set it up on the page of the site.", 403)
        return redirect("two_factor_set_up")

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        if not isinstance(user, User) or request.session.get(SESSION_FLAG):
            return False
        if not is_required(user):
            return False
        if is_on(user):
            request.session[SESSION_FLAG] = True
            return False
        return True

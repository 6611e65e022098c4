"""Mail backends that fail in the ways a mail server does."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class RefusesBadAddresses(EmailBackend):
    """Takes every mail but those to addresses that begin with bad."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for message in messages:
            if message.to[0].startswith("bad"):
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"No such user; password=hunter2")})
        return super().send_messages(messages)


class Unreachable(EmailBackend):
    """Refuses the connection."""

    opened = 0

    def open(self) -> Any:
        type(self).opened += 1
        raise ConnectionRefusedError(111, "Connection refused")


class DiesWhileSending(EmailBackend):
    """Ends the process in the middle of a mail, as a kill does."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise KeyboardInterrupt

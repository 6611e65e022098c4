"""What the queue calls. A task is a doorbell: the rows say what is to be done."""

from __future__ import annotations

from stratum import notifications


def send_mail() -> int:
    """Send the mails that are due."""
    return notifications.send_due_mail()

"""What connections tell the rooms above, which they do not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

#: A platform was connected or reconnected. Sent after the commit with `platform` and `by`. A receiver may return a
#: Note.
connected = Signal()

#: A platform is about to be disconnected. Sent inside the transaction with `platform` and `by`. A receiver objects by
#: raising stratum.ui.Refusal, which says what has to end first.
disconnecting = Signal()

#: What else is there to say about the platforms? Sent with `platforms`, a list of slugs. A receiver returns a
#: dictionary of slug to Note.
describing = Signal()


@dataclass(frozen=True)
class Note:
    """A sentence on a platform's card. `progress_url` is a fragment that is polled while something is under way."""

    text: str
    url: str = ""
    link: str = ""
    progress_url: str = ""
    is_problem: bool = False
    count: int | None = None


def answers(responses: list[tuple[Any, Any]]) -> list[Any]:
    """Return what the receivers of a robust signal had to say, without silence and failures."""
    return [answer for _, answer in responses if answer is not None and not isinstance(answer, Exception)]

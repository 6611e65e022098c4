"""Records what people and the system did. The codes are constants beside the code that records them."""

from __future__ import annotations

import json
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder

from stratum.models import Event, User
from stratum.redaction import redact


class Subject(Protocol):
    @property
    def event_subject(self) -> str: ...


def record(actor: User | None, code: str, subject: Subject | str, /, **data: Any) -> Event:
    """Store who (None: the system) did what to which thing; data is made JSON-safe and loses its secrets."""
    about = subject if isinstance(subject, str) else subject.event_subject
    safe = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return Event.objects.create(actor=actor, code=code, subject=about, data=redact(safe))

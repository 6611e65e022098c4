"""On PYTHONPATH, it switches redaction off in every process: the negative control of the search for secrets."""

from __future__ import annotations

from stratum import redaction

redaction.redact = lambda value: value
redaction.redact_text = lambda text: text

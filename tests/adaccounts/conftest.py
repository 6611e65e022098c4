from __future__ import annotations

from tests.stages import connected, stage

__all__ = ["connected", "stage"]

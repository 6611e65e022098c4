"""Work that a thread repeats at an interval, whatever happens to the database meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)


class Loop(threading.Thread):
    """Calls a function again and again until it is stopped. The first failure of a row is logged, and the recovery.

    The thread has its own database connection, which is dropped after a failure.
    """

    def __init__(self, name: str, function: Callable[[], None], seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self._function = function
        self._seconds = seconds
        self._wake = threading.Event()
        self._is_stopped = False
        self._is_failing = False

    def run(self) -> None:
        while not self._is_stopped:
            self._wake.clear()
            self.step()
            self._wake.wait(self._seconds)
        connections.close_all()

    def step(self) -> None:
        close_old_connections()
        try:
            self._function()
        except Exception:
            if not self._is_failing:
                logger.exception("%s failed; it is tried again every %g s.", self.name, self._seconds)
            self._is_failing = True
            connections.close_all()
            return
        if self._is_failing:
            logger.info("%s works again.", self.name)
        self._is_failing = False

    def hurry(self) -> None:
        """Take the next step now."""
        self._wake.set()

    def stop(self, seconds: float) -> None:
        """End the loop, waiting at most so long for a step that runs."""
        self._is_stopped = True
        self._wake.set()
        self.join(seconds)

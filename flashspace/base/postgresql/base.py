"""PostgreSQL as Django speaks it, with persistent connections that are asked once a second whether they live.

Django asks before the first statement of every request, a round trip each time. A database that was restarted was away
for longer than a second, so every connection is asked before it is used again.
"""

import time
from typing import Final

from django.db.backends.postgresql import base

TRUSTED_SECONDS: Final = 1.0

_clock = time.monotonic


class DatabaseWrapper(base.DatabaseWrapper):
    asked_at = 0.0
    health_check_enabled: bool
    health_check_done: bool

    def connect(self) -> None:
        super().connect()
        self.asked_at = _clock()

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        if _clock() - self.asked_at < TRUSTED_SECONDS:
            self.health_check_done = True
            return
        super().close_if_health_check_failed()
        self.asked_at = _clock()

"""Work for later. A message is only a wake-up call: what matters is a database row that a sweep finds as well."""

import logging
import time
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

LEFT_ALONE_SECONDS = 10.0
_left_alone_until = 0.0


def enqueue(task: Task, **kwargs: Any) -> None:
    """Send `task` after the current transaction commits; at once where there is none.

    A broker that is away is logged and forgotten: the sweep of the beat finds the row.
    """
    transaction.on_commit(partial(_send, task, kwargs), robust=True)


def _send(task: Task, kwargs: dict[str, Any]) -> None:
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return
    try:
        task.apply_async(kwargs=kwargs, retry=False)
    except OperationalError:
        # A broker that hangs costs its time-outs once, not on every request.
        _left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        log.warning("no broker; for %s s work waits for its sweep", LEFT_ALONE_SECONDS, exc_info=True)
    except Exception:
        # Nothing may fail a request whose transaction is committed.
        log.warning("task %s was not queued; its sweep will find the row", task.name, exc_info=True)

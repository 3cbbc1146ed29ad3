"""Work for later. A message is only a wake-up call: what matters is a database row that a sweep finds as well."""

import logging
from functools import partial
from typing import Any

from celery import Task
from django.db import transaction

log = logging.getLogger(__name__)


def enqueue(task: Task, **kwargs: Any) -> None:
    """Send `task` after the current transaction commits; at once where there is none.

    A broker that is away is logged and forgotten: the sweep of the beat finds the row.
    """
    transaction.on_commit(partial(_send, task, kwargs), robust=True)


def _send(task: Task, kwargs: dict[str, Any]) -> None:
    try:
        task.apply_async(kwargs=kwargs, retry=False)
    except Exception:
        # Every broker has its own errors, and none of them may fail a request whose transaction is committed.
        log.warning("task %s was not queued; its sweep will find the row", task.name, exc_info=True)

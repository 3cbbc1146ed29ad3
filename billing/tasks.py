from celery import shared_task

from billing.services.events import APPLY_EVENTS
from billing.services.invoices import MARK_OVERDUE
from billing.services.packages import EXPIRE_PACKAGES
from flashspace.base.clock import now
from flashspace.base.sweeps import run_sweep


@shared_task(name="billing.apply_events")  # type: ignore[untyped-decorator]
def task_apply_events() -> None:
    run_sweep(APPLY_EVENTS, at=now())


@shared_task(name="billing.mark_overdue")  # type: ignore[untyped-decorator]
def task_mark_overdue() -> None:
    run_sweep(MARK_OVERDUE, at=now())


@shared_task(name="billing.expire_packages")  # type: ignore[untyped-decorator]
def task_expire_packages() -> None:
    run_sweep(EXPIRE_PACKAGES, at=now())

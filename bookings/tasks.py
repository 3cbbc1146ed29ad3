from uuid import UUID

from celery import shared_task

from bookings.services.cancellation import RELEASE_HOLDS
from bookings.services.documents import ISSUE_MISSING, issue_documents
from bookings.services.lifecycle import EXPIRE_BOOKINGS
from flashspace.base.clock import now
from flashspace.base.sweeps import run_sweep


@shared_task(name="bookings.issue_documents")  # type: ignore[untyped-decorator]
def task_issue_documents(booking_id: str) -> None:
    issue_documents(booking_id=UUID(booking_id))


@shared_task(name="bookings.issue_missing_documents")  # type: ignore[untyped-decorator]
def task_issue_missing_documents() -> None:
    run_sweep(ISSUE_MISSING, at=now())


@shared_task(name="bookings.release_holds")  # type: ignore[untyped-decorator]
def task_release_holds() -> None:
    run_sweep(RELEASE_HOLDS, at=now())


@shared_task(name="bookings.expire_bookings")  # type: ignore[untyped-decorator]
def task_expire_bookings() -> None:
    run_sweep(EXPIRE_BOOKINGS, at=now())

"""Consultants in each of the document's states, as rows; the services' own tests make them by the services."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from consultants.models import Consultant
from flashspace.base.clock import now
from tests.factories.accounts import UserFactory

COMPLETE = {
    "phone_number": "9876543210",
    "personal_session_title": "One hour of tax advice",
    "personal_session_price": Decimal("1500.00"),
    "description": "Twenty years of it",
}


def make_consultant(user: User | None = None, **fields: Any) -> Consultant:
    """A verified one who waits for approval."""
    number = Consultant.objects.count() + 1
    values = {"slug": f"john-doe-{number}", "slug_base": "john-doe", "slug_number": number, **fields}
    return Consultant.objects.create(user=user or UserFactory(), **values)


def make_approved(user: User | None = None, **fields: Any) -> Consultant:
    return make_consultant(user, approval="approved", approved_at=now(), **fields)


def make_rejected(user: User | None = None, **fields: Any) -> Consultant:
    return make_consultant(user, approval="rejected", is_active=False, rejection_reason="Not now", **fields)

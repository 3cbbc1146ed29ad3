from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from bookings.enums import BookingStatus
from bookings.models import Booking
from bookings.services.documents import issue_documents
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import make_booking, make_customer


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anshu(db: None) -> User:
    return make_customer(
        email="anshu@example.com", full_name="Anshu Prasad", phone="+919876543210", phone_typed="+91 98765 43210"
    )


@pytest.fixture
def booking(anshu: User) -> Booking:
    """Paid, verified, with its papers."""
    made = make_booking(BookingStatus.ACTIVE, customer=anshu)
    issue_documents(booking_id=made.pk)
    return made


@pytest.fixture
def boss(db: None) -> Client:
    return client_of(StaffFactory(is_superuser=True))


@pytest.fixture
def colleague(db: None) -> Callable[..., Client]:
    def make(*permissions: str) -> Client:
        user = StaffFactory()
        for name in permissions:
            app, codename = name.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        return client_of(user)

    return make

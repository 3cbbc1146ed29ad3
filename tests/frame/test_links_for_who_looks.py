"""Pages of the admin link to what the one who looks may open, and name the rest."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.bookings import make_booking
from tests.factories.staff import make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("group", "leads"), [("Support", True), ("Finance", False), ("KYC", False)])
def test_listing_of_a_booking_is_a_link_for_those_who_may_open_it_and_a_name_for_others(group, leads):
    booking = make_booking("active")
    colleague = make_member(group)
    client = Client()
    client.force_login(colleague)

    page = client.get(reverse("admin:bookings_booking_changelist")).content.decode()

    assert booking.snapshot["name"] in page
    assert (reverse("admin:listings_space_change", args=[booking.space_id]) in page) is leads

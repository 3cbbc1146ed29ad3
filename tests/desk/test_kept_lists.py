"""Lists under a name."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SavedFilter, User
from accounts.services import desk
from flashspace.base.errors import Conflict, DomainError, Invalid
from tests.factories.accounts import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "admin:bookings_booking_changelist"


def keep(client: Client, name: str = "My week", query: str = "status__exact=active&p=3", **more: str) -> None:
    client.post(reverse("admin:keep_list"), {"page": "bookings.booking", "name": name, "query": query, **more})


def test_a_kept_list_is_a_chip_above_the_list_and_goes_when_dropped(boss: Client) -> None:
    keep(boss)
    kept = SavedFilter.objects.get()
    html = boss.get(reverse(LIST)).content.decode()

    assert (kept.page, kept.name, kept.query, kept.is_shared) == (
        "bookings.booking",
        "My week",
        "status__exact=active",
        False,
    )
    assert 'href="?status__exact=active"' in html
    assert "My week" in html
    boss.post(reverse("admin:drop_list", args=[kept.pk]))
    assert not SavedFilter.objects.exists()


def test_only_a_shared_list_is_seen_by_colleagues_and_nobody_drops_another_s(
    boss: Client, colleague: Callable[..., Client]
) -> None:
    keep(boss, "Secret plan")
    keep(boss, "For us all", is_shared="on")
    other = colleague("bookings.view_booking")
    html = other.get(reverse(LIST)).content.decode()

    assert "For us all" in html
    assert "Secret plan" not in html
    shared = SavedFilter.objects.get(name="For us all")
    assert other.post(reverse("admin:drop_list", args=[shared.pk])).status_code == 404
    assert SavedFilter.objects.count() == 2


def test_a_list_one_may_not_see_cannot_be_kept(colleague: Callable[..., Client]) -> None:
    client = colleague("listings.view_space")
    answer = client.post(reverse("admin:keep_list"), {"page": "bookings.booking", "name": "x", "query": "a=b"})

    assert answer.status_code == 403
    assert client.get(reverse("admin:keep_list")).status_code == 405


@pytest.mark.parametrize(
    ("name", "query", "error"),
    [(" ", "a=b", Invalid), ("x", "p=3", Invalid), ("x", f"a={'b' * 1000}", Invalid)],
)
def test_what_cannot_be_kept_is_refused(name: str, query: str, error: type[DomainError]) -> None:
    with pytest.raises(error):
        desk.save_filter(page="bookings.booking", name=name, query=query, is_shared=False, owner=StaffFactory())


def test_a_name_is_taken_once_and_twenty_are_the_most() -> None:
    owner: User = StaffFactory()
    for number in range(desk.MOST_FILTERS):
        desk.save_filter(page="x.y", name=f"n{number}", query="a=b", is_shared=False, owner=owner)
    again = desk.save_filter(page="x.y", name="n0", query="c=d", is_shared=True, owner=owner)

    assert (again.query, again.is_shared) == ("c=d", True)
    with pytest.raises(Conflict):
        desk.save_filter(page="x.y", name="one more", query="a=b", is_shared=False, owner=owner)


def test_customers_keep_no_lists_and_write_no_notes() -> None:
    customer = UserFactory()
    with pytest.raises(DomainError):
        desk.save_filter(page="x.y", name="n", query="a=b", is_shared=False, owner=customer)
    with pytest.raises(DomainError):
        desk.add_note(target=customer, text="Hello", author=customer)

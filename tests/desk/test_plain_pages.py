"""What staff read is in plain words, once, and in one form."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import KycProfile, OneTimeToken, User
from bookings.models import Booking
from tests.desk.test_lists_stay_quick import every_list, name_of
from tests.desk.test_no_dead_ends import make_linked, page_of
from tests.factories.bookings import book
from tests.factories.rows import make_row
from tests.pages import texts_of

pytestmark = pytest.mark.django_db

NOT_PLAIN = re.compile(r" (at|on)$|\b[Ee]mail\b|_")
PHONE = "+91 98765 43210"
PHONES = re.compile(r"(?<![\w-])\+?\d[\d -]{9,}\d(?![\w-])")  # and no part of an id


def words_on(client: Client, row: Any, *within: str) -> list[str]:
    return [one.words for one in texts_of(client.get(page_of(row)).content.decode(), *within or ("#content-main",))]


@pytest.mark.parametrize("model", [model for model in every_list() if model is not Group], ids=name_of)
def test_what_is_only_read_has_plain_names_no_help_for_typing_and_one_dash(boss: Client, model: Any) -> None:
    row = make_linked(model)
    answer = boss.get(page_of(row))
    if answer.context["has_change_permission"]:
        return
    html = answer.content.decode()
    labels = [one.words for one in texts_of(html, "label")]
    helps = {field.help_text for field in model._meta.fields if field.help_text}
    said = [one.words for one in texts_of(html, "#content-main") if not one.is_in("kbd")]

    assert [label for label in labels if NOT_PLAIN.search(label)] == []
    assert [words for words in said if words == "-" or words in helps] == []
    assert 'id="submit-row"' not in html


def test_a_page_that_is_typed_into_keeps_its_help_and_its_bar(boss: Client) -> None:
    answer = boss.get(reverse("admin:billing_sellerentity_add"))
    helps = [field.help_text for field in answer.context["adminform"].form.fields.values() if field.help_text]
    said = [one.words for one in texts_of(answer.content.decode(), "#content-main")]
    assert helps
    assert set(helps) <= set(said)
    assert 'id="submit-row"' in answer.content.decode()


@pytest.mark.parametrize(("model", "name"), [(User, "People"), (OneTimeToken, "One-time links"), (Booking, "Bookings")])
def test_the_head_of_a_page_calls_a_list_what_the_menu_calls_it(boss: Client, model: Any, name: str) -> None:
    row = make_row(model)
    assert words_on(boss, row, "h1")[::2] == [name, str(row)[0].upper() + str(row)[1:]]


def test_a_phone_number_has_one_form_however_it_was_typed(boss: Client, anshu: User) -> None:
    assert anshu.phone_typed != anshu.phone
    booking = book(customer=anshu)
    case = KycProfile.objects.filter(user=anshu).first() or make_row(KycProfile, user=anshu)
    for row in (anshu, booking, case):
        words = words_on(boss, row)
        assert PHONE in words
        assert {PHONES.search(one)[0] for one in words if PHONES.search(one)} <= {PHONE}  # type: ignore[index]


def test_a_booking_says_each_thing_once(boss: Client, booking: Booking) -> None:
    booking.snapshot["address"] = f"Andheri East, Mumbai - {booking.snapshot['pincode']}"
    booking.save(update_fields=["snapshot"])
    words = words_on(boss, booking)

    assert words.count(booking.number) == 1
    assert "Unpaid, it holds its seats until then" not in words
    assert " ".join(words).count(booking.snapshot["pincode"]) == 1

"""Faults planted where the fuzz must find them: each is caught, by the check that is there for it."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.api import workspace as payments_api
from bookings.api import nano as nano_api
from bookings.models import Booking
from flashspace.dialects import fields
from listings.models import Space
from tests.nets.fuzz_cases import Maker
from tests.nets.fuzz_targets import Target
from tests.nets.fuzz_wire import complaints, send
from tests.nets.fuzz_world import make_small_world
from tests.nets.test_fuzz import broken_rules, changed, fuzz, read_everything
from tests.nets.world import World

pytestmark = pytest.mark.net

BOOK = Target("nano", "POST", "/api/bookings")
BUSINESS = Target("flashspace", "PUT", "/api/user/kyc/business-info")
MINE = Target("nano", "GET", "/api/bookings/my-bookings")
COUNT = 40


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.RATE_LIMITS = "off"
    return make_small_world()


def test_nothing_planted_nothing_found(world: World) -> None:
    assert fuzz(MINE, world, COUNT) == []


def test_value_that_a_view_does_not_expect_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = fields.TextField.to_internal_value
    monkeypatch.setattr(fields.TextField, "to_internal_value", lambda self, data: plain(self, data.strip()))

    assert "500: " in "\n".join(fuzz(BUSINESS, world, COUNT))


def test_key_that_nobody_declared_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _show(monkeypatch, lambda row: {**row, "password_hash": "pbkdf2"})

    assert "outside the document" in "\n".join(fuzz(MINE, world, COUNT))


def test_value_of_another_type_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _show(monkeypatch, lambda row: {**row, "quantity": str(row["quantity"])})

    assert "is not of type 'integer'" in "\n".join(fuzz(MINE, world, COUNT))


def test_status_that_nobody_described_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = nano_api.BookingViewSet.reply
    monkeypatch.setattr(
        nano_api.BookingViewSet, "reply", lambda self, *a, **kw: plain(self, *a, **{**kw, "status": 202})
    )

    assert "202 is not documented" in "\n".join(fuzz(MINE, world, COUNT))


def test_action_made_public_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document says `no sign-in` then, too: the table that people wrote is what is believed."""
    view = payments_api.PaymentViewSet
    monkeypatch.setattr(view, "permissions", {**view.permissions, "list": []})

    assert "without sign-in" in "\n".join(fuzz(Target("workspace", "GET", "/api/v1/payments"), world, COUNT))


def test_row_that_no_list_can_show_is_found(world: World) -> None:
    before = read_everything(world)
    space = world.things["approved coworking"]["owner"]
    Space.objects.filter(pk=space).update(list_document='{"name": "Mum\x1bbai"}')

    found = "; ".join(changed(before, read_everything(world)))

    assert "customer's GET /api/coworkingSpace/getAll answers outside the document" in found


def test_row_that_breaks_a_rule_is_found(world: World) -> None:
    Booking.objects.filter(pk=world.things["active booking"]["customer"]).update(quantity=7)

    assert broken_rules()


def test_truth_taken_for_a_number_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = fields.IntegerField.to_internal_value
    monkeypatch.setattr(
        fields.IntegerField,
        "to_internal_value",
        lambda self, data: plain(self, int(data) if isinstance(data, bool) else data),
    )
    body = {
        "property_id": world.things["approved virtual_office"]["owner"],
        "plan": "gst",
        "tenure": 12,
        "quantity": True,
    }
    shot = Maker(BOOK, world, 0).spell("customer", body)

    assert "although quantity: True is not of type 'integer'" in "".join(
        complaints(shot, send(shot), protected=True, known=True)
    )


def _show(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    plain = nano_api.BookingOut.row
    monkeypatch.setattr(nano_api.BookingOut, "row", staticmethod(lambda booking: change(plain(booking))))

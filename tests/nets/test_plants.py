"""Holes are planted, one by one, and the nets must find each. What finds nothing here proves nothing."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import path

from accounts.admin import masks
from accounts.api import authentication, flashspace, flashspace_kyc, permissions
from accounts.models import Session, User
from accounts.services import audit, message_texts, mfa, one_time_tokens
from accounts.services.notify import notify
from accounts.services.tokens import read_access
from billing.api import flashspace as invoices
from billing.models import Invoice
from bookings.admin.documents import BookingDocumentAdmin
from bookings.api import flashspace as bookings
from bookings.models import Booking
from flashspace.base.errors import Forbidden, NotFound
from tests.nets import desk_cells
from tests.nets.canaries import Sent, behind, desk_of, hits, listening, misplaced, send_all
from tests.nets.cells import make_cells, run, uncovered, unlisted_methods
from tests.nets.desk_table import DESKS
from tests.nets.floors import FLOORS, Floor, parted, too_low
from tests.nets.issued import receive_all
from tests.nets.mass_assignment import rows_that_differ
from tests.nets.routes import Found, find_routes
from tests.nets.table import PAGES, ROWS
from tests.nets.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.net]


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"
    settings.OTP_RESEND_SECONDS = 0


def matrix(world: World, actor: str, start: str) -> list[str]:
    rows = [row for row in ROWS if row.path.startswith(start)]
    assert rows
    return run(list(make_cells(rows, [actor], world)), world)


def desk(world: World, actor: str, label: str) -> list[str]:
    return desk_cells.run([one for one in desk_cells.make_cells(actor, world) if one.page.startswith(label)], world)


# The matrix


def test_a_permission_taken_off_an_action_is_found(world, monkeypatch):
    assert not matrix(world, "anonymous", "/api/auth/change-password")
    monkeypatch.setitem(flashspace.AuthViewSet.permissions, "change_password", [])
    assert matrix(world, "anonymous", "/api/auth/change-password")


def test_a_permission_that_lets_everybody_in_is_found(world, monkeypatch):
    assert not matrix(world, "unverified", "/api/user/bookings")
    monkeypatch.setattr(permissions.EmailVerified, "has_permission", lambda self, request, view: True)
    assert matrix(world, "unverified", "/api/user/bookings")


def test_a_lookup_that_does_not_ask_whose_it_is_is_found(world, monkeypatch):
    assert not matrix(world, "customer", "/api/user/invoices")

    def get_invoice(*, user: User, id: Any) -> Invoice:
        return Invoice.objects.get(pk=id)

    monkeypatch.setattr(invoices, "get_invoice", get_invoice)
    assert any("foreign" in one for one in matrix(world, "customer", "/api/user/invoices"))


def test_a_foreign_id_that_is_forbidden_instead_of_unknown_is_found(world, monkeypatch):
    assert not matrix(world, "customer", "/api/user/bookings")

    def get_story(*, user: User, id: Any) -> Booking:
        if Booking.objects.filter(pk=id).exclude(customer=user).exists():
            raise Forbidden
        raise NotFound

    monkeypatch.setattr(bookings, "get_story", get_story)
    assert any("403 instead of 404" in one for one in matrix(world, "customer", "/api/user/bookings"))


def test_a_foreign_id_that_is_told_in_other_words_is_found(world, monkeypatch):
    assert not matrix(world, "customer", "/api/user/bookings")

    def get_story(*, user: User, id: Any) -> Booking:
        raise NotFound("This booking is not yours" if Booking.objects.filter(pk=id).exists() else None)

    monkeypatch.setattr(bookings, "get_story", get_story)
    assert any("told from an unknown" in one for one in matrix(world, "customer", "/api/user/bookings"))


def test_a_look_that_writes_is_found(world, monkeypatch):
    assert not matrix(world, "customer", "/api/user/dashboard")
    plain = bookings.get_dashboard

    def get_dashboard(*, user: User) -> Any:
        notify(user=user, kind="test", title="You looked")
        return plain(user=user)

    monkeypatch.setattr(bookings, "get_dashboard", get_dashboard)
    assert any("a look wrote" in one for one in matrix(world, "customer", "/api/user/dashboard"))


def test_an_unhandled_value_is_found(world, monkeypatch):
    assert not matrix(world, "customer", "/api/user/bookings")

    def get_story(*, user: User, id: Any) -> Booking:
        raise KeyError(id)

    monkeypatch.setattr(bookings, "get_story", get_story)
    assert any("broke" in one for one in matrix(world, "customer", "/api/user/bookings"))


def test_a_token_that_outlives_its_session_is_found(world, monkeypatch):
    assert not matrix(world, "ended", "/api/auth/profile")
    assert not matrix(world, "deactivated", "/api/auth/profile")

    def find_session(claims: Any) -> Session:
        return Session.objects.select_related("user").get(pk=claims.session_id)

    monkeypatch.setattr(authentication.sessions, "find_session", find_session)
    assert read_access(world.tokens["ended"])
    for actor in ("ended", "deactivated"):
        assert any("instead of 401" in one for one in matrix(world, actor, "/api/auth/profile"))


def test_a_route_without_a_row_and_a_row_without_a_route_are_found():
    found = [
        *find_routes(),
        Found("api", "GET", "/api/user/everything", "X.show", len),
        Found("page", "", "/x", "", len),
    ]
    assert uncovered(found, ROWS) == ["GET /api/user/everything has no row", "any /x has no row"]
    gone = replace(ROWS[0], path="/api/gone")
    assert uncovered(find_routes(), [*ROWS, gone]) == ["GET /api/gone has a row and no route"]


def test_a_verb_in_a_header_that_is_believed_is_found(world, settings):
    assert not unlisted_methods([row for row in PAGES if row.path == "/healthz"], world, "anonymous")
    settings.MIDDLEWARE = ["tests.nets.test_plants.BelievesHeaders", *settings.MIDDLEWARE]
    assert unlisted_methods([row for row in PAGES if row.path == "/healthz"], world, "anonymous")


class BelievesHeaders:
    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.method = request.headers.get("X-HTTP-Method-Override", request.method)
        return self.get_response(request)


# The desks


def test_a_group_that_may_one_thing_too_much_is_found(world):
    assert not desk(world, "Content", "accounts.kycprofile")
    extra = Permission.objects.get(content_type__app_label="accounts", codename="view_kycprofile")
    Group.objects.get(name="Content").permissions.add(extra)
    assert any("200 instead of (403,)" in one for one in desk(world, "Content", "accounts.kycprofile"))


def test_a_group_that_may_one_thing_too_little_is_found(world):
    assert not desk(world, "Finance", "billing.refund mark_paid")
    Group.objects.get(name="Finance").permissions.remove(Permission.objects.get(codename="pay_refund"))
    assert any("403 instead of (200,)" in one for one in desk(world, "Finance", "billing.refund mark_paid"))


def test_a_model_that_may_be_deleted_is_found(world, monkeypatch):
    assert not desk(world, "Support", "bookings.bookingdocument delete")
    monkeypatch.setattr(BookingDocumentAdmin, "has_delete_permission", lambda self, request, obj=None: True)
    assert any("delete" in one for one in desk(world, "Support", "bookings.bookingdocument delete"))


def test_a_view_beside_the_guard_of_the_site_is_found(monkeypatch):
    plain = BookingDocumentAdmin.get_urls

    def get_urls(self: BookingDocumentAdmin) -> list[Any]:
        return [path("<uuid:object_id>/raw", self.open_file, name="raw"), *plain(self)]

    monkeypatch.setattr(BookingDocumentAdmin, "get_urls", get_urls)
    assert [one.split(":")[0] for one in desk_cells.unwrapped()] == ["bookings.BookingDocument <uuid"]


def test_a_button_without_a_desk_and_a_desk_without_a_page_are_found(monkeypatch):
    new = Found("admin", "", "/admin/accounts/user/<path:object_id>/enrich/", "accounts_user_enrich", len)
    assert f"{new.path} ({new.name}) has no desk" in desk_cells.uncovered([*find_routes(), new])
    monkeypatch.setitem(DESKS, "accounts.gone", desk_cells.Desk(()))
    assert "accounts.gone change has a desk and no page" in desk_cells.uncovered(find_routes())


# Mass assignment


def test_a_field_that_a_body_should_not_reach_is_found(world, monkeypatch):
    plain = flashspace.signup.sign_up

    def sign_up(**values: Any) -> User:
        user = plain(**values)
        given = given_body.get("isStaff")
        User.objects.filter(pk=user.pk).update(is_staff=bool(given))
        return user

    given_body: dict[str, Any] = {}
    read = flashspace.AuthViewSet.read

    def remember(self: Any, form: Any, **options: Any) -> Any:
        given_body.clear()
        given_body.update(self.request.data)
        return read(self, form, **options)

    monkeypatch.setattr(flashspace.AuthViewSet, "read", remember)
    monkeypatch.setattr(flashspace.signup, "sign_up", sign_up)
    signup = [row for row in ROWS if row.path == "/api/auth/signup"]
    assert any("accounts.user" in one for one in rows_that_differ(world, ["customer"], signup))


# The canaries


def searched(world: World, start: str) -> list[str]:
    """What is wrong in the places whose names begin so; without a hole there is nothing, as test_canaries shows."""
    with listening() as log:
        sent = send_all(world)
    places = (one for one in behind(sent, log.getvalue()) if one[0].startswith(start))
    return misplaced(sent, hits(sent, places))


def test_a_password_in_a_log_line_is_found(world, monkeypatch):
    plain = flashspace.sign_in.sign_in

    def sign_in(**values: Any) -> Any:
        logging.getLogger("accounts.sign_in").debug("signing in with %s", values["password"])
        return plain(**values)

    monkeypatch.setattr(flashspace.sign_in, "sign_in", sign_in)
    assert "password stands in log" in searched(world, "log")


def test_a_field_leaked_in_an_answer_is_found(world, monkeypatch):
    plain = flashspace.ProfileOut.row
    monkeypatch.setattr(
        flashspace.ProfileOut, "row", staticmethod(lambda obj: {**plain(obj), "fullName": "canary-cookie-11"})
    )
    assert searched(world, "answer:") == ["cookie stands in answer:sender"]


def test_a_secret_in_an_audit_entry_is_found(world, monkeypatch):
    plain = flashspace_kyc.update_business_info

    def update(*, user: User, actor: User, **values: Any) -> Any:
        audit.record(action="test.kept", actor=actor, target=user, reason=f"typed {values.get('pan')}")
        return plain(user=user, actor=actor, **values)

    monkeypatch.setattr(flashspace_kyc, "update_business_info", update)
    assert "PAN stands in table:accounts.auditentry.reason" in searched(world, "table:accounts.auditentry")


def test_a_secret_in_a_mail_is_found(world, monkeypatch):
    monkeypatch.setattr(message_texts, "mark", lambda secret: secret)
    assert searched(world, "table:accounts.mail")


def test_a_secret_that_was_handed_out_and_is_kept_in_plain_text_is_found(world, monkeypatch):
    issue, begin = one_time_tokens.issue_token, mfa.begin_totp_setup

    def issue_token(**values: Any) -> str:
        token = issue(**values)
        audit.record(action="test.issued", actor=None, target=values["user"], reason=token)
        return token

    def begin_totp_setup(**values: Any) -> Any:
        offer = begin(**values)
        logging.getLogger("accounts.mfa").debug("set up by %s", offer.secret)
        return offer

    monkeypatch.setattr(one_time_tokens, "issue_token", issue_token)
    monkeypatch.setattr(mfa, "begin_totp_setup", begin_totp_setup)
    sent = Sent()
    with listening() as log:
        receive_all(sent)
    wrong = {
        (one.partition(" ")[0], one.rpartition(" ")[2])
        for one in misplaced(sent, hits(sent, behind(sent, log.getvalue())))
    }
    kept = {(name, "table:accounts.auditentry.reason") for name in ("link", "temp_token", "temp_setup_token", "code")}
    assert wrong == {("secret", "log"), *kept}


def test_a_number_that_support_sees_in_full_is_found(world, monkeypatch):
    extra = Permission.objects.get(codename="view_kycprofile")
    Group.objects.get(name="Support").permissions.add(extra)
    monkeypatch.setattr(masks, "can_see_identity_numbers", lambda user: True)
    sent = send_all(world)
    pages = list(desk_of(world, "Support", ["accounts.kycprofile"]))
    assert "PAN stands in desk:Support" in misplaced(sent, hits(sent, pages))


# The floors


def test_a_lower_pin_a_missing_package_and_a_raised_floor_are_found():
    good = {name: floor.least for name, floor in FLOORS.items()}
    assert too_low(good, "lock") == []
    assert too_low({**good, "django": "5.2.18"}, "lock")[0].startswith("lock: django 5.2.18 is below 5.2.19")
    assert too_low({name: one for name, one in good.items() if name != "pillow"}, "lock") == [
        "lock: pillow is not there"
    ]


def test_a_lowered_range_a_lost_mark_and_an_unknown_mark_are_found():
    floors = {"django": Floor("5.2.19", "why")}
    assert parted(["Django>=5.2.19,<5.3   # advisory: why"], floors) == []
    assert parted(["Django>=5.2.18,<5.3   # advisory: why"], floors) == ["base.txt lets django 5.2.18 in, below 5.2.19"]
    assert parted(["Django>=5.2.19,<5.3"], floors) == ["base.txt does not mark django"]
    assert parted(["Django>=5.2.19  # advisory", "x>=1  # advisory"], floors) == [
        "base.txt marks x, which is not in the table"
    ]

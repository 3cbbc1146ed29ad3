"""Support sees what a customer sees, changes nothing, and is seen doing it."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.api.cookie import SAFE, RentoViewSet
from accounts.clients import Client as Device
from accounts.enums import EndReason, KycStatus
from accounts.exceptions import FactorNotShown, SessionEnded
from accounts.models import AuditEntry, KycProfile, Session, SupportView, User
from accounts.services import sessions, tokens, users
from accounts.services.devices import is_known_device
from accounts.services.support_views import CLOSE_VIEWS, LIFE, end_view, start_view
from accounts.tasks import close_support_views
from flashspace.base.clock import now
from flashspace.base.errors import Forbidden, Invalid
from flashspace.dialects.routing import ApiResolver
from tests.accounts.api import Caller
from tests.factories.accounts import StaffFactory, UserFactory, sign_in_as
from tests.nets.cells import TRACES_OF_A_LOOK, UNKNOWN, WRITES
from tests.nets.routes import Found, find_routes

pytestmark = pytest.mark.django_db

OPEN = {
    "GET /api/auth/me",
    "GET /api/auth/profile",
    "GET /api/auth/sessions",
    "GET /api/user/dashboard",
    "GET /api/user/bookings",
    "GET /api/user/bookings/<str:id>",
    "GET /api/user/invoices",
    "GET /api/user/invoices/<str:id>",
}
ROUTES = [one for one in find_routes() if one.kind == "api"]
UNSAFE = [one for one in ROUTES if one.method not in ("GET", "HEAD", "OPTIONS")]
CLOSED = [one for one in ROUTES if one.method == "GET" and f"GET {one.path}" not in OPEN]
WHY = "Ticket 7: cannot find an invoice"


def name(route: Found) -> str:
    return f"{route.method} {route.path}"


def filled(route: Found) -> str:
    return re.sub(r"<(?:\w+:)?\w+>", UNKNOWN[""], route.path)


def supporter(**fields: Any) -> User:
    user = StaffFactory(**fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=["impersonate_user", "view_user"]))
    return User.objects.get(pk=user.pk)


def at_the_desk(user: User, *, has_shown_factor: bool = True) -> Session:
    device = Device(network="203.0.113.9", user_agent="desk", dialect="admin")
    return sessions.open_staff_session(user=user, client=device, has_shown_factor=has_shown_factor)


def token_of(view: SupportView) -> str:
    return tokens.access_token(user=view.session.user, session=view.session)


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "off"


@pytest.fixture
def customer() -> User:
    return UserFactory(email="asha@example.com", full_name="Asha Rao")


@pytest.fixture
def view(customer: User) -> SupportView:
    return start_view(customer=customer, staff_session=at_the_desk(supporter()), reason=WHY)


@pytest.fixture
def looks(view: SupportView) -> Caller:
    return Caller(token=token_of(view))


def test_it_is_a_quarter_of_an_hour_and_the_log_knows_who_whom_and_why(view: SupportView, customer: User) -> None:
    assert view.session.expires_at - view.session.created_at <= LIFE
    assert (view.session.dialect, view.session.mfa_verified_at) == ("support", None)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id, entry.reason) == (
        "support_view.started",
        view.staff,
        str(customer.pk),
        WHY,
    )


def test_the_customer_finds_it_among_their_sessions_and_may_end_it(
    view: SupportView, customer: User, looks: Caller
) -> None:
    mine = Caller(token=sign_in_as(customer).tokens.access)
    row = next(one for one in mine.get("/api/auth/sessions").json()["data"] if one["id"] == str(view.session_id))
    assert (row["device"], row["network"], row["signedInThrough"]) == ("FlashSpace support, read only", "", "support")
    assert looks.get("/api/auth/profile").status_code == 200
    assert mine._client.delete(f"/api/auth/sessions/{row['id']}", headers=mine._headers({})).status_code == 200
    assert looks.get("/api/auth/profile").status_code == 401


def test_it_is_no_sign_in_of_the_customers(view: SupportView, customer: User) -> None:
    customer.refresh_from_db()
    assert customer.last_login is None
    assert not is_known_device(user=customer, client=Device(network="", user_agent="", dialect="flashspace"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nobody_looks(reason: str, customer: User) -> None:
    with pytest.raises(Invalid):
        start_view(customer=customer, staff_session=at_the_desk(supporter()), reason=reason)


@pytest.mark.parametrize("whom", [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}])
def test_not_even_a_superuser_looks_as_a_colleague_or_as_nobody(whom: dict[str, bool]) -> None:
    boss = StaffFactory(is_superuser=True)
    with pytest.raises(Forbidden):
        start_view(customer=UserFactory(**whom), staff_session=at_the_desk(boss), reason=WHY)


def test_it_takes_the_right_the_second_factor_and_an_open_session(customer: User) -> None:
    with pytest.raises(Forbidden):
        start_view(customer=customer, staff_session=at_the_desk(StaffFactory()), reason=WHY)
    with pytest.raises(FactorNotShown):
        start_view(customer=customer, staff_session=at_the_desk(supporter(), has_shown_factor=False), reason=WHY)
    over = at_the_desk(supporter())
    sessions.end_session(session=over, reason=EndReason.LOGOUT)
    with pytest.raises(SessionEnded):
        start_view(customer=customer, staff_session=over, reason=WHY)
    assert not SupportView.objects.exists()


@pytest.mark.parametrize("route", UNSAFE, ids=name)
def test_nothing_is_written_by_it_through_any_route(route: Found, looks: Caller) -> None:
    with CaptureQueriesContext(connection) as seen:
        answer = looks._client.generic(
            route.method, filled(route), b"{}", "application/json", headers=looks._headers({})
        )
    assert answer.status_code == 403, answer.content
    assert b"FlashSpace support only looks" in answer.content
    writes = {match[0].strip().replace('"', "") for one in seen if (match := WRITES.match(one["sql"]))}
    assert writes <= TRACES_OF_A_LOOK - {"INSERT INTO accounts_auditentry"}


def test_control_the_customers_own_token_is_not_stopped_there(customer: User) -> None:
    mine = Caller(token=sign_in_as(customer).tokens.access)
    stopped = []
    for route in UNSAFE:
        answer = mine._client.generic(route.method, filled(route), b"{}", "application/json", headers=mine._headers({}))
        stopped += [name(route)] if b"FlashSpace support only looks" in answer.content else []
    assert stopped == []


def test_rentos_cookie_does_not_write_either(view: SupportView, settings: Any) -> None:
    browser = Client(headers={"Origin": settings.PUBLIC_URL})
    browser.cookies["token"] = token_of(view)
    unsafe = [one for one in routes_of_apis() if issubclass(one.view, RentoViewSet) and one.method not in SAFE]
    assert len(unsafe) > 5
    for route in unsafe:
        path = re.sub(r"<(?:\w+:)?\w+>", UNKNOWN[""], route.path)
        answer = browser.generic(route.method, path, b"{}", "application/json")
        assert (answer.status_code, b"only looks" in answer.content) == (403, True), route.path


def routes_of_apis() -> list[Any]:
    apis = [found for found in get_resolver().url_patterns if isinstance(found, ApiResolver)]
    return [one for api in apis for pattern in api.url_patterns for one in getattr(pattern, "routes", ())]


def test_what_is_open_to_it_is_this_and_nothing_else() -> None:
    routes = routes_of_apis()
    assert len(routes) == len(ROUTES)
    assert {f"{one.method} {one.path}" for one in routes if one.action in one.view.open_to_support} == OPEN


@pytest.mark.parametrize("route", CLOSED, ids=name)
def test_what_is_not_open_is_refused_or_answered_as_to_a_stranger(route: Found, looks: Caller, customer: User) -> None:
    """Papers, keys of the second factor, own data, bank accounts: whatever is not named is closed."""
    seen, stranger = looks.get(filled(route)), Caller(address="192.0.2.77").get(filled(route))
    assert seen.status_code == 403 or seen.status_code == stranger.status_code
    body = b"".join(seen.streaming_content) if seen.streaming else seen.content
    assert customer.email.encode() not in body


@pytest.mark.parametrize("path", sorted(one.removeprefix("GET ") for one in OPEN))
def test_what_is_open_answers_as_it_answers_the_customer(path: str, looks: Caller, customer: User) -> None:
    path = path.replace("<str:id>", UNKNOWN[""])
    mine = Caller(token=sign_in_as(customer).tokens.access)
    assert looks.get(path).status_code == mine.get(path).status_code
    assert looks._client.head(path, headers=looks._headers({})).status_code == mine.get(path).status_code


# How it ends


def _withdraw(view: SupportView) -> None:
    view.staff.user_permissions.clear()


def _new_password(view: SupportView) -> None:
    sessions.end_all_sessions(user=view.staff, reason=EndReason.PASSWORD)


def _promote(view: SupportView) -> None:
    User.objects.filter(pk=view.session.user_id).update(is_staff=True)


ENDS = {
    "the colleague ends it": lambda view: end_view(view=view, actor=view.staff),
    "the colleague signs out": lambda view: sessions.end_session(session=view.staff_session, reason=EndReason.LOGOUT),
    "the colleague's password changes": _new_password,
    "the colleague's account is off": lambda view: User.objects.filter(pk=view.staff_id).update(is_active=False),
    "the colleague is no longer staff": lambda view: User.objects.filter(pk=view.staff_id).update(is_staff=False),
    "the right is withdrawn": _withdraw,
    "the second factor is gone": lambda view: sessions.forget_second_factor(user=view.staff),
    "the idle end of the desk": lambda view: Session.objects.filter(pk=view.staff_session_id).update(expires_at=now()),
    "the customer signs out everywhere": lambda view: sessions.end_all_sessions(
        user=view.session.user, reason=EndReason.LOGOUT_ALL
    ),
    "the customer's account is off": lambda view: users.deactivate_user(
        user=view.session.user, actor=StaffFactory(is_superuser=True), reason="fraud"
    ),
    "the customer becomes a colleague": _promote,
    "time is up": lambda view: Session.objects.filter(pk=view.session_id).update(expires_at=now()),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_ends_at_once_and_the_log_hears_of_it_once(how: str, view: SupportView, looks: Caller) -> None:
    assert looks.get("/api/auth/profile").status_code == 200
    ENDS[how](view)
    assert looks.get("/api/auth/profile").status_code == 401
    for _ in range(2):
        close_support_views()
    entry = AuditEntry.objects.get(action="support_view.ended")
    assert (entry.after["staff"], entry.target_id) == (view.staff.email, str(view.session.user_id))
    assert not Session.objects.filter(pk=view.session_id, ended_at=None).exists()


def test_a_view_that_goes_on_is_not_closed(view: SupportView, looks: Caller) -> None:
    close_support_views()
    assert not CLOSE_VIEWS.apply(view.pk, now())
    assert looks.get("/api/auth/profile").status_code == 200
    out = StringIO()
    call_command("close_support_views", "--dry-run", "--at", (now() + LIFE).isoformat(), stdout=out)
    assert "1 due" in out.getvalue()
    assert not AuditEntry.objects.filter(action="support_view.ended").exists()


def test_to_look_at_somebody_else_ends_the_first(view: SupportView, looks: Caller) -> None:
    start_view(customer=UserFactory(), staff_session=view.staff_session, reason=WHY)
    assert looks.get("/api/auth/profile").status_code == 401
    assert AuditEntry.objects.get(action="support_view.ended").after["how"] == "looked at somebody else"


def test_only_who_looks_or_a_superuser_ends_it(view: SupportView) -> None:
    with pytest.raises(Forbidden):
        end_view(view=view, actor=supporter())
    assert end_view(view=view, actor=StaffFactory(is_superuser=True))
    assert not end_view(view=view, actor=view.staff)


def test_it_is_not_refreshed_nor_good_for_anything_that_asks_for_a_session_itself(view: SupportView) -> None:
    forged = tokens.refresh_token(
        user_id=view.session.user_id, session_id=view.session_id, token_id="x", expires_at=now() + timedelta(hours=1)
    )
    with pytest.raises(SessionEnded):
        sessions.refresh(token=forged)
    with pytest.raises(SessionEnded):
        sessions.find_session(tokens.read_access(token_of(view)))
    assert Session.objects.get(pk=view.session_id).ended_at is None, "nobody is put out by a guess"


def test_looks_are_not_counted_against_the_customer(view: SupportView, customer: User, settings: Any) -> None:
    settings.RATE_LIMITS = "flashspace.general=3/15m"
    looks, mine = Caller(token=token_of(view)), Caller(token=sign_in_as(customer).tokens.access)
    for _ in range(3):
        assert looks.get("/api/auth/profile").status_code == 200
    assert mine.get("/api/auth/profile")["X-RateLimit-Remaining"] == "2"


def test_kyc_numbers_are_not_told(looks: Caller, customer: User) -> None:
    KycProfile.objects.create(user=customer, pan="ABCDE1234F", status=KycStatus.PENDING)
    for path in OPEN:
        answer = looks.get(path.removeprefix("GET ").replace("<str:id>", UNKNOWN[""]))
        assert b"ABCDE1234F" not in answer.content
    assert looks.get("/api/user/kyc").status_code == 403

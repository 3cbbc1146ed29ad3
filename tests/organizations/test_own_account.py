"""One's own account in workspace: what is changed, and everything that is kept of a person."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import AuditEntry, Organization, Session, User
from accounts.services import audit
from accounts.services.notify import notify
from bookings.enums import BookingStatus
from flashspace.base.clock import now
from tests.accounts.phones_of_staff import enrol
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.bookings import make_booking
from tests.factories.organizations import add_member, make_organization, owner_of
from tests.organizations.workers import Worker, worker

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me"
DATA = f"{ME}/download-data"


@pytest.fixture(autouse=True)
def _few_limits(settings: Any) -> None:
    settings.RATE_LIMITS = "workspace.general=1000/m"


@pytest.fixture
def user() -> User:
    found: User = UserFactory(full_name="Asha Rao", phone="+919876543210", phone_verified_at=now())
    return found


@pytest.fixture
def me(user: User) -> Worker:
    return worker(user)


def test_what_is_left_out_stays(me: Worker, user: User) -> None:
    assert me.put(ME, {"last_name": "Menon"}).json()["data"]["fullName"] == "Asha Menon"
    user.refresh_from_db()
    assert (user.full_name, user.phone, user.phone_verified_at is None) == ("Asha Menon", "+919876543210", False)


def test_names_of_two_words_stay_apart(me: Worker) -> None:
    told = me.put(ME, {"first_name": "Mary Jane", "last_name": "van Dyke"}).json()["data"]
    assert (told["first_name"], told["last_name"], told["fullName"]) == ("Mary Jane", "van Dyke", "Mary Jane van Dyke")
    assert me.put(ME, {"last_name": ""}).json()["data"]["fullName"] == "Mary Jane"


def test_another_phone_has_to_be_verified_anew(me: Worker, user: User) -> None:
    assert me.put(ME, {"phone": "98765 43210"}).status_code == 200
    user.refresh_from_db()
    assert user.phone_verified_at is not None  # the same number, written otherwise
    me.put(ME, {"phone": "98765 43211"})
    user.refresh_from_db()
    assert (user.phone, user.phone_verified_at) == ("+919876543211", None)
    assert me.put(ME, {"phone": ""}).json()["data"]["phone"] is None


def test_what_is_not_theirs_to_say_is_ignored(me: Worker, user: User) -> None:
    sent = {"email": "x@y.example", "role": "admin", "is_staff": True, "permissions": ["users.view"], "id": "1"}
    assert me.put(ME, sent).status_code == 200
    again = User.objects.get(pk=user.pk)
    assert (again.email, again.is_staff, again.role) == (user.email, False, user.role)


@pytest.mark.parametrize(
    "body",
    [
        {"first_name": ""},
        {"first_name": "x" * 76},
        {"phone": "12"},
        {"avatar_url": "http://example.com/a.png"},
        {"avatar_url": 'https://example.com/"><script>'},
        {"avatar_url": "javascript:alert(1)"},
        {"first_name": ["a"]},
    ],
)
def test_invalid_fields_are_422_by_name(me: Worker, body: dict[str, Any]) -> None:
    answer = me.put(ME, body)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == set(body)


def test_change_is_in_the_log_of_the_organization_without_the_phone() -> None:
    organization = make_organization()
    one = worker(owner_of(organization), organization)
    one.put(ME, {"first_name": "Jane", "phone": "+1234567890"})
    one.put(ME, {"first_name": "Jane", "phone": "+1234567890"})
    entry = AuditEntry.objects.get(action="user.updated")
    assert entry.organization == organization
    assert (entry.before, entry.after) == ({"full_name": "John Doe"}, {"full_name": "Jane Doe"})


def test_wrong_current_password_is_401_and_changes_nothing(me: Worker) -> None:
    answer = me.put(f"{ME}/change-password", {"current_password": "wrong", "new_password": "Orchid lantern 42"})
    assert (answer.status_code, answer.json()["message"]) == (401, "The current password is not right")
    assert me.get(ME).status_code == 200
    short = me.put(f"{ME}/change-password", {"current_password": PASSWORD, "new_password": "short"})
    assert (short.status_code, set(short.json()["errors"])) == (422, {"new_password"})


def test_unverified_person_is_403(user: User) -> None:
    unproved = worker(UserFactory(email_verified_at=None))
    for path in (ME, DATA, "/api/v1/organizations"):
        assert (unproved.get(path).status_code, unproved.get(path).json()["code"]) == (403, "EMAIL_NOT_VERIFIED")


# Everything that is kept of a person


def test_own_data_is_handed_out_once_a_day(me: Worker, user: User) -> None:
    assert me.get(DATA).status_code == 200
    again = me.get(DATA)
    assert again.status_code == 429
    assert 0 < int(again["Retry-After"]) <= 24 * 3600 + 1
    with time_machine.travel(now() + timedelta(days=1, seconds=2), tick=False):
        assert worker(user).get(DATA).status_code == 200


def test_own_data_needs_a_recent_sign_in_and_a_switch_is_none(user: User) -> None:
    organizations = [make_organization(f"Place {number}") for number in range(2)]
    for one in organizations:
        add_member(one, user=user)
    somebody = worker(user, organizations[0])
    with time_machine.travel(now() + timedelta(minutes=14), tick=True) as clock:
        answer = somebody.put("/api/v1/organizations/switch", {"organization_id": str(organizations[1].pk)})
        switched = Worker(token=answer.json()["access_token"])
        clock.shift(timedelta(minutes=2))
        refused = switched.get(DATA)
    assert (refused.status_code, refused.json()["code"]) == (403, "RECENT_SIGN_IN_REQUIRED")


def test_own_data_that_fails_is_not_counted(me: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(user: User) -> Any:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr("accounts.services.own_data.own_data", broken)
        with pytest.raises(ConnectionError):
            me.get(DATA)
    assert me.get(DATA).status_code == 200


def test_own_data_has_everything_of_one_person_and_nothing_of_three_others(me: Worker, user: User) -> None:
    furnish(user, "own-mark")
    shared = make_organization("Shared Place")
    add_member(shared, user=user)
    for number in range(3):
        stranger = UserFactory(
            email=f"canary-{number}@people.example",
            full_name=f"Canary {number}",
            phone=f"+91987650000{number}",
            picture_url=f"https://canary.example/{number}.png",
        )
        furnish(stranger, f"canary-mark-{number}")
        add_member(shared, user=stranger)
        # what this person did to a stranger is theirs, whose it was is not
        audit.record(
            action="user.updated",
            actor=user,
            target=stranger,
            before={"full_name": f"Canary {number}"},
            after={"full_name": "Somebody"},
            reason=f"canary-mark-{number}",
            organization=shared,
        )
    answer = me.get(DATA)
    assert answer.status_code == 200
    text = answer.content.decode().lower()
    assert "canary" not in text
    assert "98765000" not in text
    for other in User.objects.exclude(pk=user.pk):
        assert str(other.pk) not in text
        assert other.email not in text
    sections = answer.json()["data"]["sections"]
    assert {name: len(rows) for name, rows in sections.items()} == {
        "sessions": 1,
        "memberships": 2,
        "activity": 3,
        "kyc": 1,
        "kyc_documents": len(sections["kyc_documents"]),
        "notifications": len(sections["notifications"]),
        "bookings": 1,
        "invoices": 1,
        "payments": len(sections["payments"]),
    }
    assert "own-mark" in text
    assert answer.json()["data"]["cut"] == []


def test_own_data_tells_no_secret(me: Worker, user: User) -> None:
    text = me.get(DATA).content.decode()
    session = Session.objects.get(user=user)
    assert session.refresh_hash not in text
    assert user.password not in text


@pytest.mark.parametrize(
    ("has_one", "is_required", "code"),
    [(True, False, "MFA_REQUIRED"), (True, True, "MFA_REQUIRED"), (False, True, "MFA_SETUP_REQUIRED")],
)
def test_own_data_is_refused_to_a_session_of_no_organization_without_the_factor(
    user: User, has_one: bool, is_required: bool, code: str
) -> None:
    add_member(make_organization("Inner Place", is_mfa_required=is_required), user=user)
    if has_one:
        enrol(user)
    refused = worker(user).get(DATA)
    assert (refused.status_code, refused.json()["code"]) == (401, code)
    assert b"Inner Place" not in refused.content
    assert worker(user).get(ME).json()["data"]["organization"] is None
    shown = worker(user, has_shown_factor=True).get(DATA)
    assert (shown.status_code, b"Inner Place" in shown.content) == (200, True)


def test_own_data_of_who_left_the_organization_that_requires_a_factor_is_theirs_without_one(user: User) -> None:
    add_member(make_organization(is_mfa_required=True), user=user, status="revoked")
    assert worker(user).get(DATA).status_code == 200


def furnish(user: User, mark: str) -> Organization:
    """An organization, approved KYC, a booking with its invoice, a notification, all with a word of their own."""
    booking = make_booking(BookingStatus.ACTIVE, customer=user)
    type(booking).objects.filter(pk=booking.pk).update(notes=mark, customer_name=mark)
    notify(user=user, kind="test", title=mark)
    return make_organization(mark, owner=user)

import pytest
from django.core.exceptions import ValidationError

from accounts.enums import TokenPurpose
from accounts.models import OneTimeToken, User
from accounts.password_policy import PasswordPolicy, is_common_pattern
from accounts.services import password_change, passwords
from tests.accounts.api import Caller, link_token_of, mails_to
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"
NEW = "newPassword456"
DOCUMENTED = ["securePassword123", "newSecurePassword123", "oldPassword123", "newPassword456", "password123"]


@pytest.fixture
def user():
    return UserFactory(email=EMAIL)


@pytest.fixture
def caller(user):
    return Caller(token=sign_in_as(user).tokens.access)


def forgot(email=EMAIL, address="198.51.100.7"):
    return Caller(address=address).post("/api/auth/forgot-password", {"email": email})


def reset(token, password=NEW, address="198.51.100.7"):
    return Caller(address=address).post("/api/auth/reset-password", {"token": token, "newPassword": password})


def change(caller, current=PASSWORD, new=NEW):
    return caller.post("/api/auth/change-password", {"currentPassword": current, "newPassword": new})


@pytest.mark.parametrize("password", DOCUMENTED)
def test_the_documents_own_examples_pass_in_the_contract_policy_and_fail_in_the_strict_one(password, settings):
    PasswordPolicy().validate(password)
    settings.PASSWORD_POLICY = "strict"
    with pytest.raises(ValidationError):
        PasswordPolicy().validate(password)


@pytest.mark.parametrize(
    "password", ["Tr0ub4dor&3x", "correct horse battery staple", "x7Gk92pQ", "my password is a green horse"]
)
def test_the_strict_policy_takes_what_is_hard_to_guess(password, settings):
    settings.PASSWORD_POLICY = "strict"
    PasswordPolicy().validate(password)


@pytest.mark.parametrize(
    "password", ["12345678", "9876501234567", "qwerty2024!", "Admin@2024", "letmein!!", "user@example.com", "JohnDoe1"]
)
def test_the_strict_policy_refuses_what_everybody_or_a_neighbour_would_guess(password, settings):
    settings.PASSWORD_POLICY = "strict"
    with pytest.raises(ValidationError):
        PasswordPolicy().validate(password, User(email=EMAIL, full_name="John Doe"))


def test_staff_always_have_the_strict_policy():
    with pytest.raises(ValidationError):
        PasswordPolicy().validate("password123", User(is_staff=True))


@pytest.mark.parametrize("length", [7, 129])
def test_a_password_has_8_to_128_characters(length):
    with pytest.raises(ValidationError, match=r"at least 8|at most 128"):
        PasswordPolicy().validate("aB3$" * 33 if length > 128 else "aB3$aB3")


def test_a_common_word_is_no_harm_in_a_long_phrase():
    assert is_common_pattern("MyAdmin2024")
    assert not is_common_pattern("the admin of seven purple lakes")


def test_the_policy_says_what_it_wants():
    assert "8 and 128" in PasswordPolicy().get_help_text()


def test_forgot_mails_a_link_of_the_frontend_good_for_half_an_hour(user, settings, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    assert forgot().status_code == 200
    token = link_token_of(EMAIL, "password_reset")
    time_machine.shift(30 * 60 - 1)
    assert OneTimeToken.objects.get().purpose == TokenPurpose.RESET_PASSWORD
    time_machine.shift(1)
    assert reset(token).status_code == 400
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_forgot_says_the_same_of_an_unknown_address(user):
    known, unknown = forgot(), forgot("nobody@example.com")
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert not mails_to("nobody@example.com", "password_reset")


def test_forgot_mails_nothing_to_a_disabled_account():
    UserFactory(email=EMAIL, is_active=False)
    assert forgot().status_code == 200
    assert not mails_to(EMAIL, "password_reset")


def test_reset_sets_the_password_once_and_tells_the_owner(user):
    forgot()
    token = link_token_of(EMAIL, "password_reset")
    assert reset(token).status_code == 200
    assert reset(token, "anotherPassword1").status_code == 400
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert len(mails_to(EMAIL, "password_changed")) == 1


def test_a_link_mailed_to_an_address_that_the_account_lost_meanwhile_is_good_for_nothing(user):
    """As when its owner takes the account back just while a reset for the thief's address is written."""
    forgot()
    User.objects.filter(pk=user.pk).update(email="owner@example.com")
    assert reset(link_token_of(EMAIL, "password_reset")).status_code == 400
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    User.objects.filter(pk=user.pk).update(email=EMAIL)
    assert reset(link_token_of(EMAIL, "password_reset")).status_code == 200


def test_reset_ends_everything_that_is_signed_in(user, caller):
    forgot()
    reset(link_token_of(EMAIL, "password_reset"))
    assert caller.get("/api/auth/profile").status_code == 401


def test_reset_proves_the_address():
    user = UserFactory(email=EMAIL, email_verified_at=None)
    forgot()
    reset(link_token_of(EMAIL, "password_reset"))
    user.refresh_from_db()
    assert user.is_email_verified


def test_a_refused_password_does_not_use_up_the_link(user):
    forgot()
    token = link_token_of(EMAIL, "password_reset")
    refused = reset(token, "short")
    assert refused.status_code == 400
    assert refused.json()["error"]["details"]["field"] == "newPassword"
    assert reset(token).status_code == 200


def test_a_newer_link_ends_the_older(user):
    forgot()
    old = link_token_of(EMAIL, "password_reset")
    forgot()
    assert reset(old).status_code == 400
    assert reset(link_token_of(EMAIL, "password_reset")).status_code == 200


def test_a_change_of_password_ends_the_mailed_links(user, caller):
    forgot()
    token = link_token_of(EMAIL, "password_reset")
    assert change(caller).status_code == 200
    assert reset(token).status_code == 400


def test_a_link_that_is_used_while_it_is_looked_at_changes_nothing(user, monkeypatch):
    forgot()
    token = link_token_of(EMAIL, "password_reset")
    real = passwords.hash_password

    def slow(password):
        OneTimeToken.objects.update(used_at="2026-01-05T10:00:00Z")
        return real(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    assert reset(token).status_code == 400
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("token", ["rubbish", "", None, "x" * 201])
def test_reset_with_a_bad_token_is_400_and_costs_no_hash(token, monkeypatch):
    monkeypatch.setattr(passwords, "hash_password", None)
    assert reset(token).status_code == 400


def test_forgot_and_reset_have_three_tries_each_in_a_quarter_of_an_hour(user):
    assert [forgot(f"{n}@example.com").status_code for n in range(4)] == [200, 200, 200, 429]
    assert [reset("rubbish").status_code for n in range(4)] == [400, 400, 400, 429]
    assert forgot(address="203.0.113.9").status_code == 200


def test_a_mailbox_gets_three_reset_mails_from_however_many_addresses(user):
    assert {forgot(address=f"203.0.113.{n}").status_code for n in range(8)} == {200}
    assert len(mails_to(EMAIL, "password_reset")) == 3


def test_change_ends_all_sessions_and_tells_the_owner(user, caller):
    other = Caller(token=sign_in_as(user).tokens.access)
    assert change(caller).status_code == 200
    assert [one.get("/api/auth/profile").status_code for one in (caller, other)] == [401, 401]
    assert len(mails_to(EMAIL, "password_changed")) == 1
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_change_with_a_wrong_current_password_is_400_by_its_field(user, caller):
    answer = change(caller, current="wrongPassword1")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "currentPassword"
    assert "wrongPassword1" not in answer.content.decode()
    assert caller.get("/api/auth/profile").status_code == 200


def test_change_with_a_bad_new_password_is_400_by_its_field(user, caller):
    answer = change(caller, new="short")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"]["field"] == "newPassword"


def test_a_stolen_session_guesses_the_password_ten_times_an_hour(user, caller):
    wrong = [change(caller, current=f"wrongPassword{n}").status_code for n in range(12)]
    assert wrong == [400] * 10 + [429] * 2
    assert change(caller).status_code == 429


def test_changes_that_succeed_cost_nothing_of_that_budget(user):
    current = PASSWORD
    for number in range(12):
        new = f"{NEW}{number}"
        assert change(Caller(token=sign_in_as(User.objects.get()).tokens.access), current, new).status_code == 200
        current = new


def test_a_password_that_changes_while_it_is_checked_is_not_changed_again(user, caller, monkeypatch):
    real = passwords.hash_password

    def slow(password):
        User.objects.update(password="meanwhile")
        return real(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    assert change(caller).status_code == 400
    assert User.objects.get().password == "meanwhile"


def test_a_change_needs_no_verified_address():
    caller = Caller(token=sign_in_as(UserFactory(email_verified_at=None)).tokens.access)
    assert change(caller).status_code == 200


def test_staff_cannot_choose_a_common_password():
    caller = Caller(token=sign_in_as(StaffFactory()).tokens.access)
    assert change(caller, new="password123").status_code == 400
    assert change(caller, new="Tr0ub4dor&3x").status_code == 200


def test_a_notice_that_cannot_be_written_leaves_the_old_password(user, monkeypatch):
    def refuse(**_):
        raise RuntimeError("no template")

    monkeypatch.setattr(password_change, "queue_mail", refuse)
    with pytest.raises(RuntimeError):
        password_change.change_password(user=user, current_password=PASSWORD, new_password=NEW)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)

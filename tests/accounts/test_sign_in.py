import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import Session, User
from accounts.services import devices, passwords, sessions
from tests.accounts.api import Caller, link_token_of
from tests.factories.accounts import PASSWORD, StaffFactory, UserFactory, sign_in_as

pytestmark = pytest.mark.django_db

EMAIL = "user@example.com"


def login(password=PASSWORD, email=EMAIL, **caller):
    return Caller(**caller).post("/api/auth/login", {"email": email, "password": password})


def address(number):
    return f"203.0.113.{number}"


def error_of(answer):
    body = answer.json()
    return {**body, "error": {**body["error"], "timestamp": ""}}


@pytest.fixture
def user():
    return UserFactory(email=EMAIL)


def test_wrong_password_and_unknown_address_get_the_same_answer(user):
    wrong, unknown = login("wrongPassword1"), login(email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    assert error_of(wrong) == error_of(unknown)
    assert wrong.json()["error"]["code"] == "AUTHENTICATION_FAILED"
    assert wrong["WWW-Authenticate"] == "Bearer"


def test_an_unknown_address_costs_a_hash_like_a_known_one(user, monkeypatch):
    def verify(given, encoded):
        seen.append(encoded)
        return real(given, encoded)

    seen = []
    real = passwords.verify_password
    monkeypatch.setattr(passwords, "verify_password", verify)
    login("wrongPassword1")
    login(email="nobody@example.com")
    assert len(seen) == 2
    assert seen[1].startswith("!"), "Django hashes once for an unusable password"


def test_the_address_counts_however_it_is_typed(user):
    assert login(email="  USER@Example.COM ").status_code == 200


@pytest.mark.parametrize(
    ("fields", "role"), [({}, "user"), ({"role": "enterprise"}, "user"), ({"role": "owner"}, "partner")]
)
def test_role_is_told_in_the_documents_words(fields, role):
    UserFactory(email=EMAIL, **fields)
    assert login().json()["user"]["role"] == role


def test_staff_is_admin():
    StaffFactory(email=EMAIL)
    assert login().json()["user"]["role"] == "admin"


def test_an_unverified_person_may_sign_in():
    UserFactory(email=EMAIL, email_verified_at=None)
    answer = login()
    assert answer.status_code == 200
    assert answer.json()["user"]["isEmailVerified"] is False


def test_a_disabled_account_is_told_only_after_the_right_password():
    UserFactory(email=EMAIL, is_active=False)
    wrong, right = login("wrongPassword1"), login()
    assert (wrong.status_code, right.status_code) == (401, 403)
    assert right.json()["error"]["code"] == "FORBIDDEN"
    assert not Session.objects.exists()


def test_a_session_says_where_it_was_opened(user):
    login(address=address(9), agent="Mozilla/5.0 (X11)\u200b evil")
    session = Session.objects.get()
    assert (session.user, session.dialect, session.network) == (user, "flashspace", address(9))
    assert session.user_agent == "Mozilla/5.0 (X11) evil"
    assert User.objects.get().last_login is not None


def test_an_old_hash_is_made_anew(user, settings):
    settings.PASSWORD_HASHERS = ["flashspace.base.hashers.Argon2Hasher", *settings.PASSWORD_HASHERS]
    old = make_password(PASSWORD, hasher="md5")
    User.objects.update(password=old)
    assert login().status_code == 200
    new = User.objects.get().password
    assert new.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert login().status_code == 200
    assert User.objects.get().password == new


def test_a_password_that_changes_while_it_is_checked_opens_nothing(user, monkeypatch):
    def judge(*args, **kwargs):
        verdict = real(*args, **kwargs)
        User.objects.update(password=make_password("somethingElse9"))
        return verdict

    real = passwords.judge
    monkeypatch.setattr(passwords, "judge", judge)
    assert login().status_code == 401
    assert not Session.objects.exists()


def test_an_account_without_a_password_cannot_sign_in_with_one(user):
    user.set_unusable_password()
    user.save()
    assert login("").status_code == 400
    assert login("!" + "x" * 20).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": PASSWORD}, "email"),
        ({"email": EMAIL}, "password"),
        ({"email": "no address", "password": PASSWORD}, "email"),
        ({"email": [EMAIL], "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": 12345678}, "password"),
        ({"email": EMAIL, "password": "x" * 129}, "password"),
    ],
)
def test_a_bad_body_is_refused_by_its_field_and_no_secret_comes_back(user, body, field):
    answer = Caller().post("/api/auth/login", body)
    assert answer.status_code == 400
    details = answer.json()["error"]["details"]
    assert details["field"] == field
    assert str(body.get("password", "nothing")) not in answer.content.decode()


def test_an_address_has_five_sign_ins_in_a_quarter_of_an_hour_right_or_wrong(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    answers = [login() for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [answer["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0"]
    refused = login()
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 890 <= int(refused["Retry-After"]) <= 901
    assert login(address=address(2)).status_code == 200
    time_machine.shift(15 * 60 + 1)
    assert login().status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "Via"])
def test_a_header_does_not_make_another_address(user, header):
    caller = Caller()
    body = {"email": EMAIL, "password": "wrongPassword1"}
    statuses = [caller.post("/api/auth/login", body, **{header: address(n)}).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/auth/login", {"email": EMAIL}),
        ("/api/auth/login", {"identifier": EMAIL}),
        ("/api/user/signin", {"email": EMAIL}),
        ("/api/v1/auth/login", {"email": EMAIL}),
        ("/api/v1/auth/admin/login", {"email": EMAIL}),
        ("/api/v1/auth/verify-mfa", {"email": EMAIL, "mfa_code": "000000"}),
    ],
)
def test_all_forged_headers_at_once_gain_nothing_at_any_door(user, path, body):
    statuses = [
        Caller()
        .post(
            path,
            {**body, "password": "wrongPassword1"},
            **{
                "X-Forwarded-For": f"{address(n)}, {address(n + 1)}",
                "Forwarded": f"for={address(n)};proto=https",
                "X-Real-IP": address(n),
                "X-Forwarded-Host": f"host-{n}.example",
                "True-Client-IP": address(n),
                "CF-Connecting-IP": address(n),
            },
        )
        .status_code
        for n in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2


def test_an_account_has_ten_failures_an_hour_over_all_addresses(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    wrong = [login("wrongPassword1", address=address(n)).status_code for n in range(30)]
    assert wrong == [401] * 10 + [429] * 20
    assert login(address=address(31)).status_code == 429, "not even the right one from an unknown device"
    time_machine.shift(3601)
    assert login(address=address(31)).status_code == 200


def test_an_unknown_address_is_counted_alike():
    wrong = [login(email="nobody@example.com", address=address(n)).status_code for n in range(12)]
    assert wrong == [401] * 10 + [429] * 2


def test_successes_are_no_failures_and_do_not_forgive_any(user):
    for number in range(9):
        login("wrongPassword1", address=address(number))
    assert [login(address=address(n), agent=f"phone {n}").status_code for n in range(20, 40)] == [200] * 20
    assert login("wrongPassword1", address=address(50)).status_code == 401
    assert login("wrongPassword1", address=address(51)).status_code == 429


def test_nobody_locks_out_a_device_that_signed_in_lately(user):
    sign_in_as(user, network=address(1), user_agent="her laptop")
    for number in range(50, 70):
        login("wrongPassword1", address=address(number))
    assert login(address=address(1), agent="her laptop").status_code == 200
    assert login(address=address(1), agent="another").status_code == 429
    assert login(address=address(2), agent="her laptop").status_code == 429


def test_a_browser_that_was_updated_is_the_same_device(user):
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0 Safari/537.36"
    sign_in_as(user, network=address(1), user_agent=chrome.format(120))
    for number in range(50, 70):
        login("wrongPassword1", address=address(number))
    assert login(address=address(1), agent=chrome.format(121)).status_code == 200
    assert login(address=address(1), agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/121.0").status_code == 429


def test_a_new_password_by_mail_lets_in_whom_others_guesses_kept_out(user):
    for number in range(50, 70):
        login("wrongPassword1", address=address(number))
    assert login(address=address(2)).status_code == 429
    Caller().post("/api/auth/forgot-password", {"email": user.email})
    link = {"token": link_token_of(user.email, "password_reset"), "newPassword": "another-Passw0rd"}
    assert Caller().post("/api/auth/reset-password", link).status_code == 200
    assert login("another-Passw0rd", address=address(2)).status_code == 200


def test_a_device_is_known_for_thirty_days_and_not_after_a_revocation(user, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    first = sign_in_as(user, network=address(1), user_agent="her laptop")
    client = sessions.Client(network=address(1), user_agent="her laptop")
    assert devices.is_known_device(user=user, client=client)
    sessions.end_session(session=first.session, reason="logout")
    time_machine.shift(30 * 86400 - 1)
    assert devices.is_known_device(user=user, client=client)
    Session.objects.update(end_reason="revoked")
    assert not devices.is_known_device(user=user, client=client)
    Session.objects.update(end_reason="logout")
    time_machine.shift(2)
    assert not devices.is_known_device(user=user, client=client)


def test_more_hashes_at_once_than_sixteen_are_refused_and_count_as_no_failure(user, monkeypatch):
    monkeypatch.setattr(passwords, "_gate", passwords.threading.BoundedSemaphore(1))
    with passwords.hashing():
        answers = [login(address=address(n)) for n in range(12)]
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0]["Retry-After"] == "1"
    assert answers[0].json()["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert login(address=address(20)).status_code == 200


def test_limits_are_settable(user, settings):
    settings.RATE_LIMITS = "flashspace.signin=2/1m,accounts.failures=1/h"
    assert [login("wrongPassword1").status_code for _ in range(3)] == [401, 429, 429]
    settings.RATE_LIMITS = "off"
    assert [login("wrongPassword1").status_code for _ in range(12)] == [401] * 12

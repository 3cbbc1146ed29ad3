import base64
import json
import time

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.google import views as google_views
from cryptography.hazmat.primitives import serialization
from django.urls import NoReverseMatch, reverse

from accounts.clients import Client
from accounts.models import AuditEntry, Session, User
from accounts.services import google as service
from accounts.social import OutgoingSession, certificates
from flashspace.base.cache import CacheDown
from tests.accounts.api import Caller, link_token_of
from tests.accounts.google_peer import Google, Key
from tests.contract.shapes import assert_documented, example_of
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "user@gmail.com"


@pytest.fixture(scope="module")
def _peer():
    peer = Google()
    yield peer
    peer.close()


@pytest.fixture
def peer(_peer, monkeypatch, settings):
    settings.RATE_LIMITS = "off"
    monkeypatch.setattr(google_views, "CERTS_URL", _peer.url)
    certificates.forget()
    _peer.keys, _peer.fetches, _peer.status, _peer.delay, _peer.body = _peer.keys[:1], 0, 200, 0.0, None
    _peer.cache_control = "public, max-age=3600"
    yield _peer
    certificates.forget()


def sign_in(credential):
    return Caller().post("/api/auth/google", {"credential": credential})


def test_the_documented_example(peer):
    answer = sign_in(peer.token())
    assert answer.status_code == 200
    assert_documented(answer.json(), example_of("POST", "/api/auth/google")[1])
    user = User.objects.get()
    assert answer.json()["user"] == {
        "id": str(user.pk),
        "email": EMAIL,
        "fullName": "John Doe",
        "profilePicture": "https://lh3.googleusercontent.com/a/photo",
        "authProvider": "google",
        "role": "user",
        "isEmailVerified": True,
    }
    assert Caller(token=answer.json()["accessToken"]).get("/api/auth/profile").status_code == 200
    assert not user.has_usable_password()
    assert not EmailAddress.objects.exists(), "user.email_verified_at is the only truth"


def test_the_same_person_gets_the_same_account_also_with_another_address(peer):
    first = sign_in(peer.token()).json()["user"]
    second = sign_in(peer.token(email="renamed@gmail.com")).json()["user"]
    assert second["id"] == first["id"]
    assert second["email"] == EMAIL
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_a_verified_account_of_the_address_is_linked_and_told_to_the_audit_log(peer):
    user = UserFactory(email=EMAIL)
    assert sign_in(peer.token(email="USER@gmail.com")).json()["user"]["id"] == str(user.pk)
    assert SocialAccount.objects.get().user == user
    assert list(AuditEntry.objects.values_list("action", "target_id")) == [("user.google_linked", str(user.pk))]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_unproved_account_of_the_address_is_not_taken_over_nor_handed_over(peer):
    trap = UserFactory(email=EMAIL, email_verified_at=None)
    answer = sign_in(peer.token())
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "CONFLICT"
    assert "forgot password" in answer.json()["message"]
    trap.refresh_from_db()
    assert not trap.is_email_verified
    assert not SocialAccount.objects.exists()
    assert not Session.objects.exists()


def test_the_owner_of_the_address_claims_such_an_account_by_a_reset_link(peer):
    UserFactory(email=EMAIL, email_verified_at=None)
    setter = Caller().post("/api/auth/login", {"email": EMAIL, "password": PASSWORD}).json()["accessToken"]
    Caller().post("/api/auth/forgot-password", {"email": EMAIL})
    body = {"token": link_token_of(EMAIL, "password_reset"), "newPassword": "newPassword456"}
    assert Caller().post("/api/auth/reset-password", body).status_code == 200
    assert sign_in(peer.token()).status_code == 200
    assert Caller(token=setter).get("/api/auth/check-auth").json()["isAuthenticated"] is False
    assert Caller().post("/api/auth/login", {"email": EMAIL, "password": PASSWORD}).status_code == 401


def test_an_address_that_google_has_not_verified_opens_and_makes_nothing(peer):
    UserFactory(email="other@gmail.com")
    for claims in ({"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}):
        for email in (EMAIL, "other@gmail.com"):
            answer = sign_in(peer.token(email=email, **claims))
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "EMAIL_NOT_VERIFIED")
    assert User.objects.count() == 1
    assert not Session.objects.exists()


def test_an_address_that_only_folds_into_somebody_s_is_refused(peer):
    user = UserFactory(email="bob@strasse.example")
    assert sign_in(peer.token(email="bob@straße.example")).status_code == 401
    assert not SocialAccount.objects.filter(user=user).exists()


def test_a_linked_person_is_known_by_the_subject_whatever_the_address_says(peer):
    sign_in(peer.token())
    assert sign_in(peer.token(email_verified=False)).status_code == 200


def test_a_disabled_account_stays_out(peer):
    sign_in(peer.token())
    User.objects.update(is_active=False)
    assert sign_in(peer.token()).status_code == 403


def unsigned(peer, header, claims=None):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims or peer.claims())}."


def signed_with_the_certificate_as_a_secret(peer):
    pem = (
        peer.keys[0]
        .private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    import hashlib
    import hmac

    head = unsigned(peer, {"alg": "HS256", "kid": peer.keys[0].id}).rstrip(".")
    tag = hmac.digest(pem, head.encode(), hashlib.sha256)
    return f"{head}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


def spliced(signed, claimed):
    head, _, signature = signed.split(".")
    return f"{head}.{claimed.split('.')[1]}.{signature}"


FORGERIES = {
    "garbage": lambda p: "google_id_token",
    "a key of their own under our id": lambda p: p.token(key=_named(Key(), p.keys[0].id)),
    "a key that Google does not have": lambda p: p.token(key=Key()),
    "another audience": lambda p: p.token(aud="another.apps.googleusercontent.com"),
    "no audience": lambda p: p.token(aud=None),
    "another issuer": lambda p: p.token(iss="https://accounts.evil.example"),
    "no issuer": lambda p: p.token(iss=None),
    "expired": lambda p: p.token(exp=int(time.time()) - 1),
    "never ends": lambda p: p.token(exp=None),
    "from the future": lambda p: p.token(iat=int(time.time()) + 3600),
    "an algorithm that Google does not use": lambda p: p.token(algorithm="RS512"),
    "no signature": lambda p: unsigned(p, {"alg": "none", "kid": p.keys[0].id}),
    "alg RS256 without a signature": lambda p: unsigned(p, {"alg": "RS256", "kid": p.keys[0].id}),
    "the public key as a secret": signed_with_the_certificate_as_a_secret,
    "no key id": lambda p: unsigned(p, {"alg": "RS256"}),
    "a key id that is a list": lambda p: unsigned(p, {"alg": "RS256", "kid": ["a"]}),
    "claims changed": lambda p: spliced(p.token(), unsigned(p, {})),
    "no subject": lambda p: p.token(sub=None),
    "a subject that is a number": lambda p: p.token(sub=1),
    "no address": lambda p: p.token(email=None),
    "an access token of ours": lambda p: jwt.encode({"sub": "x"}, "k" * 32, headers={"kid": p.keys[0].id}),
    "longer than any of Google's": lambda p: "a" * 9000,
    "not ASCII": lambda p: "é.é.é",
}


def _named(key, id):
    key.id = id
    return key


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_401(peer, name):
    answer = sign_in(FORGERIES[name](peer))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "AUTHENTICATION_FAILED"
    assert not User.objects.exists()


def test_a_token_works_once(peer):
    token = peer.token()
    assert sign_in(token).status_code == 200
    assert sign_in(token).status_code == 401


@pytest.mark.parametrize("body", [{}, {"credential": ""}, {"credential": None}, {"credential": "x" * 10_001}])
def test_a_bad_body_is_400(peer, body):
    assert Caller().post("/api/auth/google", body).status_code == 400


def test_certificates_are_fetched_once_for_many_sign_ins(peer):
    for _ in range(5):
        assert sign_in(peer.token()).status_code == 200
    assert peer.fetches == 1


def test_certificates_are_fetched_again_when_google_says_they_are_old(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    peer.cache_control = "public, max-age=600"
    sign_in(peer.token())
    time_machine.shift(599)
    sign_in(peer.token())
    assert peer.fetches == 1
    time_machine.shift(1)
    assert sign_in(peer.token()).status_code == 200
    assert peer.fetches == 2


@pytest.mark.parametrize(("asked", "seconds"), [("no-store", 3600), ("max-age=0", 60), ("max-age=999999999", 86400)])
def test_how_long_they_are_kept_is_bounded(peer, time_machine, asked, seconds):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    peer.cache_control = asked
    sign_in(peer.token())
    time_machine.shift(seconds - 1)
    sign_in(peer.token())
    assert peer.fetches == 1
    time_machine.shift(1)
    sign_in(peer.token())
    assert peer.fetches == 2


def test_a_new_key_of_googles_is_found_before_the_old_answer_is_stale(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    assert sign_in(peer.token()).status_code == 200
    peer.keys = [Key(), *peer.keys]
    time_machine.shift(30)
    assert sign_in(peer.token()).status_code == 200
    assert sign_in(peer.token(key=peer.keys[1])).status_code == 200
    assert peer.fetches == 2


def test_forged_key_ids_do_not_make_us_call_google_each_time(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    stranger = Key()
    for _ in range(20):
        assert sign_in(peer.token(key=stranger)).status_code == 401
        time_machine.shift(3)
    assert peer.fetches == 2


@pytest.mark.parametrize("fault", [{"status": 500}, {"body": b"<html>"}, {"body": b"[1]"}, {"body": b"5"}])
def test_without_certificates_it_is_503_and_google_is_left_alone_for_a_moment(peer, time_machine, fault):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    for name, value in fault.items():
        setattr(peer, name, value)
    answers = [sign_in(peer.token()) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0]["Retry-After"] == "5"
    assert peer.fetches == 1
    peer.status, peer.body = 200, None
    time_machine.shift(5)
    assert sign_in(peer.token()).status_code == 200


def test_old_certificates_serve_on_when_google_is_away(peer, time_machine):
    time_machine.move_to("2026-01-05T10:00:00Z", tick=False)
    assert sign_in(peer.token()).status_code == 200
    peer.status = 500
    time_machine.shift(3601)
    assert [sign_in(peer.token()).status_code for _ in range(3)] == [200] * 3
    assert peer.fetches == 2


def test_a_hanging_google_is_given_up(peer, monkeypatch):
    monkeypatch.setattr("accounts.social.TIMEOUT", (0.05, 0.05))
    peer.delay = 0.5
    began = time.monotonic()
    assert sign_in(peer.token()).status_code == 503
    assert time.monotonic() - began < 0.5


def test_every_call_of_allauth_has_a_timeout(monkeypatch):
    seen = []
    monkeypatch.setattr("requests.Session.request", lambda self, method, url, **options: seen.append(options))
    OutgoingSession().post("https://oauth2.googleapis.com/token")
    OutgoingSession().get("https://www.googleapis.com/oauth2/v2/userinfo")
    assert [options["timeout"] for options in seen] == [(3, 5), (3, 5)]


def test_without_a_cache_it_goes_on_and_a_token_still_works_once(peer, monkeypatch):
    def gone(*args, **kwargs):
        raise CacheDown("gone")

    for name in ("add", "get", "set", "incr"):
        monkeypatch.setattr(f"django.core.cache.cache.{name}", gone)
    token = peer.token(jti=None)  # Google need not name them
    assert [sign_in(token).status_code for _ in range(2)] == [200, 401]


def test_a_used_token_does_not_come_back_with_its_signature_spelled_otherwise(peer):
    token = peer.token()
    assert sign_in(token).status_code == 200
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        assert sign_in(token[:-1] + last).status_code == 401


def test_without_a_client_id_it_is_503(peer, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {**settings.SOCIALACCOUNT_PROVIDERS["google"], "APPS": []}}
    answer = sign_in(peer.token())
    assert answer.status_code == 503
    assert "not configured" in answer.json()["message"]


def test_it_counts_as_a_sign_in(peer, settings):
    settings.RATE_LIMITS = ""
    assert [sign_in("rubbish").status_code for _ in range(6)] == [401] * 5 + [429]


def test_a_person_who_comes_twice_at_once_gets_one_account(peer, monkeypatch):
    """The other call commits between our look and our insert."""
    real = service._new_user

    def late(identity):
        monkeypatch.setattr(service, "_new_user", real)
        from django.db import IntegrityError

        raise IntegrityError("the other call was quicker")

    monkeypatch.setattr(service, "_new_user", late)
    opened = service.sign_in_with_google(credential=peer.token(), client=Client("198.51.100.7"))
    assert opened.user == User.objects.get()


def test_odd_names_and_pictures_are_made_harmless(peer):
    sign_in(peer.token(name="John\u202e\n Doe" + "x" * 200, picture="javascript:alert(1)"))
    user = User.objects.get()
    assert user.full_name == ("John Doe" + "x" * 200)[:150]
    assert user.picture_url == ""


def test_allauths_own_pages_are_not_there():
    for name in ("account_login", "account_signup", "google_login", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert Caller().get("/accounts/login/").status_code == 404
